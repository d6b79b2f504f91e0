using System.Globalization;
using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Tagging;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.LorentzNet;

/// <summary>A trained or imported LorentzNet that scores jets.</summary>
public sealed class LorentzNetModel : ITagger
{
    private LorentzNetModel(LorentzNetRecipe recipe, TaggerCalibration? calibration)
    {
        (Recipe, Calibration, Network) = (recipe, calibration, new LorentzNetNetwork(recipe));
        Columns =
        [
            new("score", [], "signal probability of the soft-max, in [0, 1]"),
            new("logits", [2], "before the soft-max: background, signal"),
            .. calibration is null ? (ScoreColumn[])[] : [new("probability", [], $"signal probability from the logits divided by {calibration.Temperature.ToString("0.###", CultureInfo.InvariantCulture)}, the temperature of the validation jets")],
        ];
    }

    /// <summary>The recipe scored with.</summary>
    public LorentzNetRecipe Recipe { get; }

    /// <summary>The network.</summary>
    public LorentzNetNetwork Network { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ScoreColumn> Columns { get; }

    /// <summary>The temperature of the run; null where it has none.</summary>
    internal TaggerCalibration? Calibration { get; }

    int ITagger.Classes => 2;

    TaggerCalibration? ITagger.Calibration => Calibration;

    /// <summary>Loads the best weights of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="change">Changes the recipe before scoring (precision, pooling, clamp); null for none.</param>
    /// <exception cref="InputDataException">The run has no weights yet, or they do not fit its recipe, or its temperature cannot be read.</exception>
    public static LorentzNetModel Load(Run run, Func<LorentzNetRecipe, LorentzNetRecipe>? change = null)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new LorentzNetRecipe());
        run.RequireWeights();
        var model = new LorentzNetModel(change is null ? recipe : change(recipe), TaggerCalibration.Read(run, classes: 2));
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
            .. Calibration is null ? (float[][])[] : [Array.ConvertAll(logits, l => (float)Calibration.Scaling.Apply(l.Signal - l.Background))],
        ];
    }

    /// <summary>Scores before the soft-max, (background, signal) a jet, optionally in another Lorentz frame (scalars kept).</summary>
    public (double Background, double Signal)[] Logits(JetBatch jets, LorentzTransform? frame = null) => LorentzNetScoring.Logits(Network, Recipe, jets, frame);

    double[] ITagger.LogitRows(JetBatch jets) => [.. Logits(jets).SelectMany(l => new[] { l.Background, l.Signal })];

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
