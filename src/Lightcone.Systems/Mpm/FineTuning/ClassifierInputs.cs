using Lightcone.Jets;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>What a run of fine-tuning holds beside its weights: the preprocessing, and the backbone it began with.</summary>
internal static class ClassifierInputs
{
    /// <summary>The recipe with the encoder of its backbone and the classes of its jets written out.</summary>
    public static FineTuneRecipe Resolve(FineTuneRecipe recipe, JetSchema training)
    {
        if (recipe.Classes.IsEmpty && recipe.Signals.IsEmpty && training.Classes.Count > 0) recipe = recipe with { Classes = Lightcone.Training.Recipes.ClassList.Of([.. training.Classes]) };
        if (recipe.Classes.Names.Count < 2)
            throw new UsageException("A classifier wants at least two classes.", "--set classes", "The jets name none, or one was chosen.", "Name files with labels, or several classes: --set classes=QCD,Tbqq.");
        if (recipe.MixedSignals >= 0 && recipe.Classes.Names.Count != 2)
            throw new UsageException("Mixed samples want two classes, background and signal.", "--set mixedSignals", $"The classes are {string.Join(", ", recipe.Classes.Names)}.", "Choose two: --set classes=QCD,Tbqq.");
        if (recipe.Backbone.Length == 0)
            return recipe;
        var backbone = Backbone.Open(recipe.Backbone);
        var size = backbone.Size;
        return recipe with
        {
            Inputs = size.Inputs, Constituents = backbone.Preprocessing.Constituents, Width = size.Width, Layers = size.Layers, Heads = size.Heads, Registers = size.Registers, HeadNorm = size.HeadNorm,
            LayerScale = size.LayerScale,
        };
    }

    /// <summary>Copies the backbone, or fits the preprocessing where there is none.</summary>
    public static void Prepare(Run run, FineTuneRecipe recipe, IJetSource training)
    {
        if (recipe.Backbone.Length == 0)
        {
            MpmInputs.PreparedPreprocessing(run, recipe, training);
            return;
        }

        if (File.Exists(BackbonePath(run))) return;
        var backbone = Backbone.Open(recipe.Backbone);
        Directory.CreateDirectory(run.InputsFolder);
        backbone.Preprocessing.Write(run.PreprocessingPath);
        backbone.Write(BackbonePath(run));
    }

    /// <summary>The backbone a run began with; null where it began from scratch.</summary>
    public static Backbone? BackboneOf(Run run, FineTuneRecipe recipe) => recipe.Backbone.Length == 0 ? null : Backbone.Open(BackbonePath(run));

    private static string BackbonePath(Run run) => Path.Combine(run.InputsFolder, "backbone.safetensors");
}
