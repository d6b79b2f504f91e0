using System.Globalization;
using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Tagging;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>A trained classifier.</summary>
internal sealed class ClassifierModel : ITagger
{
    /// <summary>Jets that are computed together; bounds the memory, has no influence on any number beyond rounding.</summary>
    private const int LargestBatch = 256;

    private ClassifierModel(FineTuneRecipe recipe, Preprocessing preprocessing, TaggerCalibration? calibration)
    {
        (Recipe, Preprocessing, Classes, Calibration) = (recipe, preprocessing, recipe.Classes.Names.Count, calibration);
        Network = new ClassifierNetwork(recipe, Classes);
        Columns =
        [
            new("score", [], Classes == 2 ? $"probability of {recipe.Classes.Names[1]}, in [0, 1]" : $"probability of any class but {recipe.Classes.Names[0]}, in [0, 1]"),
            new("probabilities", [Classes], $"of the classes {string.Join(", ", recipe.Classes.Names)}"),
            new("logits", [Classes], "before the soft-max"),
            new("empty", [], "1 for a jet without particles, whose probabilities are the shares of the training jets' classes"),
            .. calibration is null ? (ScoreColumn[])[] : [new("calibrated_probabilities", [Classes], $"probabilities from the logits divided by {calibration.Temperature.ToString("0.###", CultureInfo.InvariantCulture)}, the temperature of the validation jets")],
        ];
    }

    /// <summary>The recipe of the run.</summary>
    public FineTuneRecipe Recipe { get; }

    /// <summary>How jets are read.</summary>
    public Preprocessing Preprocessing { get; }

    /// <inheritdoc/>
    public int Classes { get; }

    /// <inheritdoc/>
    public TaggerCalibration? Calibration { get; }

    /// <summary>The network.</summary>
    public ClassifierNetwork Network { get; }

    /// <inheritdoc/>
    public IReadOnlyList<ScoreColumn> Columns { get; }

    /// <summary>Loads the weights of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="change">Changes what has no influence on the shape of the weights, for example the precision; null for nothing.</param>
    /// <exception cref="InputDataException">The run has no weights yet, or they do not fit its recipe.</exception>
    public static ClassifierModel Load(Run run, Func<FineTuneRecipe, FineTuneRecipe>? change = null)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new FineTuneRecipe());
        recipe = change?.Invoke(recipe) ?? recipe;
        run.RequireWeights();
        var model = new ClassifierModel(recipe, Preprocessing.Read(run.PreprocessingPath, recipe), TaggerCalibration.Read(run, recipe.Classes.Names.Count));
        try
        {
            model.Network.State.Load(Safetensors.ReadAll(run.BestPath));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>Logits of each jet, row-major, shape [jets, classes].</summary>
    public double[] Logits(JetBatch jets)
    {
        var logits = new double[jets.JetCount * Classes];
        for (int first = 0; first < jets.JetCount; first += LargestBatch)
        {
            int count = Math.Min(LargestBatch, jets.JetCount - first);
            var part = count == jets.JetCount ? jets : jets.Select([.. Enumerable.Range(first, count)]);
            Logits(Preprocessing.Apply(part)).CopyTo(logits, first * Classes);
        }

        return logits;
    }

    double[] ITagger.LogitRows(JetBatch jets) => Logits(jets);

    /// <summary>The same of jets as the network reads them, all together.</summary>
    public double[] Logits(ParticleTable table)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Network.Logits(table, training: false).to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <inheritdoc/>
    public float[][] Score(JetBatch jets)
    {
        double[] logits = Logits(jets);
        var (scores, probabilities, empty) = (new float[jets.JetCount], new float[logits.Length], new float[jets.JetCount]);
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var own = logits.AsSpan(jet * Classes, Classes);
            double most = double.NegativeInfinity, sum = 0;
            foreach (double l in own) most = Math.Max(most, l);
            foreach (double l in own) sum += Math.Exp(l - most);
            for (int c = 0; c < Classes; c++) probabilities[jet * Classes + c] = (float)(Math.Exp(own[c] - most) / sum);
            // The sum over the other classes, not 1 − p: it keeps its digits where p is close to 1.
            for (int c = 1; c < Classes; c++) scores[jet] += probabilities[jet * Classes + c];
            empty[jet] = jets.Multiplicity(jet) == 0 ? 1 : 0;
        }

        return
        [
            scores, probabilities, Array.ConvertAll(logits, l => (float)l), empty,
            .. Calibration is null ? (float[][])[] : [Array.ConvertAll(Calibration.Scaling.Apply(logits, Classes), p => (float)p)],
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();
}
