using Lightcone.Systems.Networks;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Uncertainty;

/// <summary>A network that answers with several quantiles, trained on the pinball loss max(τe, (τ − 1)e), e = y − q (R. Koenker and G. Bassett, Econometrica 46 (1978) 33).</summary>
internal sealed class QuantileNetwork : IDisposable
{
    private readonly NetworkState state = new();
    private readonly DenseStack stack;
    private readonly Standardisation scale;
    private readonly int features;
    private readonly double[] levels;

    private QuantileNetwork(TableRows rows, double[] levels, RegressionRecipe recipe)
    {
        (scale, features, this.levels) = (Standardisation.Of(rows), rows.Features, levels);
        TableTraining.SeedWeights(recipe.Seed);
        stack = new DenseStack(state, "quantiles", recipe.Sizes(features, levels.Length), recipe.Activation, DenseStack.Kept);
    }

    /// <summary>Trains one.</summary>
    /// <param name="rows">Rows.</param>
    /// <param name="levels">Probabilities of the quantiles, rising.</param>
    /// <param name="recipe">How.</param>
    public static QuantileNetwork Train(TableRows rows, double[] levels, RegressionRecipe recipe)
    {
        var network = new QuantileNetwork(rows, levels, recipe);
        var scaled = network.scale.Apply(rows);
        float[] above = Array.ConvertAll(levels, t => (float)t), below = Array.ConvertAll(levels, t => (float)(t - 1));
        recipe.Training(rows.Count).Run(network.state, (chosen, _) =>
        {
            var error = scaled.TargetsOf(chosen).unsqueeze(1) - network.stack.Apply(scaled.InputsOf(chosen));
            return maximum(error * tensor(above), error * tensor(below)).mean();
        });
        return network;
    }

    /// <summary>Quantiles at inputs [rows, features].</summary>
    public QuantileAnswers Predict(float[] inputs)
    {
        double[] values = TableRows.Evaluate(scale.Inputs(inputs), features, stack.Apply);
        int crossings = 0, width = levels.Length;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = scale.TargetMean + scale.TargetDeviation * values[i];
            if (i % width > 0 && values[i] < values[i - 1]) crossings++;
        }

        for (int row = 0; row < values.Length; row += width) values.AsSpan(row, width).Sort();
        return new QuantileAnswers(levels, values, width == 1 ? 0 : (double)crossings / (values.Length / width * (width - 1)));
    }

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();
}

/// <summary>Quantiles for each row, sorted.</summary>
/// <param name="Levels">Their probabilities.</param>
/// <param name="Values">Row-major, shape [rows, levels].</param>
/// <param name="Crossings">Share of neighbouring pairs that the network gave in the wrong order.</param>
internal sealed record QuantileAnswers(double[] Levels, double[] Values, double Crossings)
{
    /// <summary>All rows' quantile at a level that was trained.</summary>
    public double[] At(double level)
    {
        int column = Array.IndexOf(Levels, level);
        if (column < 0) throw new ArgumentOutOfRangeException(nameof(level), $"The level {level} was not trained.");
        return [.. Enumerable.Range(0, Values.Length / Levels.Length).Select(row => Values[row * Levels.Length + column])];
    }
}
