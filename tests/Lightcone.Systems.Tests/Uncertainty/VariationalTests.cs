using Lightcone.Evaluation;
using Lightcone.Systems.Networks;
using Lightcone.Systems.Uncertainty;
using Lightcone.Systems.Uncertainty.Acceptance;
using Lightcone.Tests.Training;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Uncertainty;

/// <summary>Layers whose weights are distributions, and hidden numbers left out.</summary>
[Collection(SeededGenerator.Name)]
public sealed class VariationalTests
{
    [Fact]
    public void Divergence_is_that_of_two_Gaussians()
    {
        using var scope = NewDisposeScope();
        using var state = new NetworkState();
        var layer = new VariationalLayer(state, "layer", 2, 1, prior: 0.5);
        Set(state, [0.3f, -0.1f], [0.2, 0.5]);
        double expected = new[] { (M: 0.3, S: 0.2), (M: -0.1, S: 0.5) }.Sum(w => Math.Log(0.5 / w.S) + (w.S * w.S + w.M * w.M) / (2 * 0.25) - 0.5);
        Assert.Equal(expected, layer.Divergence().item<float>(), 5);
    }

    [Fact]
    public void Sums_are_drawn_with_the_mean_and_variance_of_the_weights_and_each_row_for_itself()
    {
        const int Rows = 40_000;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var state = new NetworkState();
        var layer = new VariationalLayer(state, "layer", 2, 1, prior: 1);
        Set(state, [0.3f, -0.1f], [0.2, 0.5]);
        TableTraining.SeedWeights(1);
        double[] drawn = layer.Sample(tensor(new float[] { 2, -1 }).repeat(Rows, 1)).to(ScalarType.Float64).flatten().data<double>().ToArray();
        double mean = drawn.Average(), variance = drawn.Average(d => (d - mean) * (d - mean)), exact = 4 * 0.04 + 0.25;
        Assert.Equal(0.7, mean, 4 * Math.Sqrt(exact / Rows)); // four standard errors
        Assert.Equal(exact, variance, 4 * exact * Math.Sqrt(2.0 / Rows));
        Assert.True(drawn.Distinct().Count() > Rows / 2);
    }

    [Fact]
    public void The_optimum_of_a_line_is_the_exact_one_of_independent_weights() =>
        Assert.All(VariationalCheck.Run(2, 2500, default).Gates, g => Assert.True(g.Result == GateResult.Pass, $"{g.Name}: {g.Measured}"));

    [Fact]
    public void A_training_that_is_too_short_misses_it() => Assert.Contains(VariationalCheck.Run(2, 100, default).Gates, g => g.Result == GateResult.Fail);

    [Fact]
    public void Dropout_before_a_linear_layer_has_its_exact_variance() => Assert.All(DropoutCheck.Run(2).Gates, g => Assert.Equal(GateResult.Pass, g.Result));

    private static void Set(NetworkState state, float[] means, double[] deviations)
    {
        using var noGrad = no_grad();
        state["layer.mean"].copy_(tensor(means, [1, 2]));
        state["layer.rho"].copy_(tensor(Array.ConvertAll(deviations, s => (float)Math.Log(Math.Exp(s) - 1)), [1, 2]));
    }
}
