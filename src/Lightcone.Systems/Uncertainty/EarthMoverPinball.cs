using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// A network that answers with a histogram at a quantile level τ, trained on the Earth mover's pinball loss (arXiv:2106.02051): the pinball loss of the cumulative histogram, bin by bin. The cumulative
/// content up to each bin is then its τ-quantile; the differences, the bins' own contents, are not quantiles of them.
/// </summary>
internal sealed class EarthMoverPinball : IDisposable
{
    private const double LevelScale = 4; // brings τ − ½ to about the spread of the other inputs

    private readonly NetworkState state = new();
    private readonly DenseStack stack;
    private readonly Standardisation scale;
    private readonly int features, bins;

    private EarthMoverPinball(TableRows rows, RegressionRecipe recipe)
    {
        (scale, features, bins) = (Standardisation.Of(rows), rows.Features, rows.Width);
        TableTraining.SeedWeights(recipe.Seed);
        stack = new DenseStack(state, "histogram", recipe.Sizes(features + 1, bins), recipe.Activation, DenseStack.Kept);
    }

    /// <summary>Trains one; every row meets a new τ at every pass.</summary>
    /// <param name="rows">Rows whose targets are histograms of sum 1.</param>
    /// <param name="recipe">How.</param>
    public static EarthMoverPinball Train(TableRows rows, RegressionRecipe recipe)
    {
        var network = new EarthMoverPinball(rows, recipe);
        var scaled = rows with { Inputs = network.scale.Inputs(rows.Inputs) };
        recipe.Training(rows.Count).Run(network.state, (chosen, _) =>
        {
            var level = rand(chosen.Length, 1);
            return Loss(network.Cumulative(scaled.InputsOf(chosen), level), scaled.TargetsOf(chosen).cumsum(1), level);
        });
        return network;
    }

    /// <summary>Mean of max(τe, (τ − 1)e), e = truth − prediction, over rows and bins; at τ = ½ half the Earth mover's distance in units of a bin.</summary>
    /// <param name="predicted">Cumulative histograms, shape [rows, bins].</param>
    /// <param name="truth">Cumulative histograms, shape [rows, bins].</param>
    /// <param name="level">τ, shape [rows, 1].</param>
    public static Tensor Loss(Tensor predicted, Tensor truth, Tensor level)
    {
        var error = truth - predicted;
        return maximum(error * level, error * level.Plus(-1)).mean();
    }

    /// <summary>Quantiles of the cumulative histogram, sorted over the levels.</summary>
    /// <param name="inputs">Inputs, row-major.</param>
    /// <param name="levels">Levels, rising.</param>
    /// <returns>Quantiles, row-major, shape [rows, bins − 1, levels], and the share of neighbouring pairs that crossed.</returns>
    public (double[] Quantiles, double Crossings) Predict(float[] inputs, double[] levels)
    {
        int rows = inputs.Length / features, edges = bins - 1, count = levels.Length, crossings = 0;
        double[][] atLevel = [.. levels.Select(t => TableRows.Evaluate(scale.Inputs(inputs), features, x => Cumulative(x, zeros(x.shape[0], 1).Plus(t)).narrow(1, 0, edges)))];
        var quantiles = new double[rows * edges * count];
        for (int i = 0; i < rows * edges; i++)
        {
            var own = quantiles.AsSpan(i * count, count);
            for (int t = 0; t < count; t++)
            {
                own[t] = atLevel[t][i];
                if (t > 0 && own[t] < own[t - 1]) crossings++;
            }

            own.Sort();
        }

        return (quantiles, count == 1 ? 0 : (double)crossings / (rows * edges * (count - 1)));
    }

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();

    private Tensor Cumulative(Tensor x, Tensor level) => nn.functional.softmax(stack.Apply(cat([x, level.Plus(-0.5).Times(LevelScale)], 1)), 1).cumsum(1);
}
