using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.LorentzNet;

/// <summary>A trained or imported LorentzNet that scores jets.</summary>
public sealed class LorentzNetModel : IModel
{
    private LorentzNetModel(LorentzNetRecipe recipe) => (Recipe, Network) = (recipe, new LorentzNetNetwork(recipe));

    /// <summary>The recipe scored with.</summary>
    public LorentzNetRecipe Recipe { get; }

    /// <summary>The network.</summary>
    public LorentzNetNetwork Network { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ScoreColumn> Columns { get; } =
    [
        new("score", [], "signal probability of the soft-max, in [0, 1]"),
        new("logits", [2], "before the soft-max: background, signal"),
    ];

    /// <summary>Loads the best weights of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="change">Changes the recipe before scoring (precision, pooling, clamp); null for none.</param>
    /// <exception cref="InputDataException">The run has no weights yet, or they do not fit its recipe.</exception>
    public static LorentzNetModel Load(Run run, Func<LorentzNetRecipe, LorentzNetRecipe>? change = null)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new LorentzNetRecipe());
        run.RequireWeights();
        var model = new LorentzNetModel(change is null ? recipe : change(recipe));
        model.Network.State.Load(Safetensors.ReadAll(run.BestPath));
        return model;
    }

    /// <inheritdoc/>
    public float[][] Score(JetBatch jets)
    {
        var logits = Logits(jets);
        return
        [
            Array.ConvertAll(logits, l => (float)(1 / (1 + Math.Exp(l.Background - l.Signal)))),
            [.. logits.SelectMany(l => new[] { (float)l.Background, (float)l.Signal })],
        ];
    }

    /// <summary>Scores before the soft-max, (background, signal) a jet, optionally in another Lorentz frame (scalars kept).</summary>
    public (double Background, double Signal)[] Logits(JetBatch jets, LorentzTransform? frame = null) => LorentzNetScoring.Logits(Network, Recipe, jets, frame);

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
