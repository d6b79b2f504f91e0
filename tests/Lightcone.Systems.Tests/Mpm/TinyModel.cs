using Lightcone.Jets;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using TorchSharp;

namespace Lightcone.Systems.Tests.Mpm;

/// <summary>Networks of a few numbers that were never trained.</summary>
internal static class TinyModel
{
    public const int Tokens = 6;

    public static MpmRecipe Recipe { get; } = new()
    {
        Width = 8, Layers = 2, Heads = 2, Registers = 1, LayerScale = 0.5, DecoderWidth = 8, DecoderLayers = 1, DecoderHeads = 2, Clusters = Tokens, Constituents = 16,
    };

    /// <summary>A network for a recipe whose preprocessing and tokens are fitted to toy jets.</summary>
    public static MpmModel Of(MpmRecipe recipe, MultiplicityCorrection? correction = null)
    {
        var source = new InMemorySource(MaskableJets.Make(100, 9), MaskableJets.Schema);
        var preprocessing = Preprocessing.Fit(source, recipe.Inputs, recipe.Constituents);
        torch.manual_seed(1);
        return new MpmModel(recipe, preprocessing, recipe.Target.Kind == TargetKind.KMeans ? KMeansTokenizer.Fit(source, preprocessing, recipe.Clusters, 1) : null, correction);
    }

    /// <summary>Overwrites a parameter.</summary>
    public static void Set(MpmModel model, string name, params float[] values)
    {
        using var noGrad = torch.no_grad();
        using var from = torch.tensor(values);
        using var shaped = from.view(model.State[name].shape);
        model.State[name].copy_(shaped);
    }

    /// <summary>Values of a parameter.</summary>
    public static double[] Get(MpmModel model, string name) => [.. model.State[name].data<float>().ToArray().Select(x => (double)x)];
}
