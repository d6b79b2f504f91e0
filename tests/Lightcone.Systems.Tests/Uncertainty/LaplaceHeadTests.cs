using Lightcone.Evaluation;
using Lightcone.Systems.Uncertainty;
using Lightcone.Systems.Uncertainty.Acceptance;

namespace Lightcone.Systems.Tests.Uncertainty;

/// <summary>The Gaussian posterior of a last layer.</summary>
public sealed class LaplaceHeadTests
{
    [Fact]
    public void A_linear_head_has_the_posterior_in_closed_form() => Assert.All(LaplaceCheck.Run(5).Gates, g => Assert.True(g.Result == GateResult.Pass, $"{g.Name}: {g.Measured}"));

    [Fact]
    public void One_weight_by_hand()
    {
        // Feature 0 at every row: the offset alone, L = n/s² + λ, mean Σy/s²/L.
        var head = LaplaceHead.Regression([0, 0, 0], [1, 2, 6], [0.5, 0.5, 0.5], lambda: 2);
        var (mean, variance) = head.Answer([0]);
        Assert.Equal(18.0 / 8, mean, 14);
        Assert.Equal(1.0 / 8, variance, 14);
        Assert.Equal(1.0 / 8 + 9.0 / 2, head.Answer([3]).Variance, 14); // of a weight that no row speaks of the prior is left
    }

    [Fact]
    public void More_evidence_is_given_to_the_precision_that_made_the_weights()
    {
        var random = new Lightcone.Randomness.RandomStream(1, "weights", 0, 0);
        const int Rows = 400, Width = 40;
        var (features, targets, noise) = (new double[Rows * Width], new double[Rows], new double[Rows]);
        double[] weights = new double[Width];
        for (int k = 0; k < Width; k++) weights[k] = 0.1 * random.NextGaussian(); // λ = 100
        for (int i = 0; i < Rows; i++)
        {
            for (int k = 0; k < Width; k++) targets[i] += weights[k] * (features[i * Width + k] = random.NextGaussian());
            targets[i] += 0.3 * random.NextGaussian();
            noise[i] = 0.09;
        }

        // 41 squares determine λ to √(2/41), 22 %; the grid has steps of a factor 1.8.
        Assert.InRange(LaplaceHead.Regression(features, targets, noise).Lambda, 50, 200);
    }

    [Fact]
    public void A_probability_moves_towards_one_half_where_the_head_is_unsure()
    {
        var head = LaplaceHead.Binary([-2, -1, -1.5, 1, 2, 1.5], [0, 0, 0, 1, 1, 1], lambda: 1);
        var (mean, variance) = head.Answer([3]);
        Assert.True(variance > 0.1);
        Assert.InRange(LaplaceHead.Probability(mean, variance), 0.5, 1 / (1 + Math.Exp(-mean)) - 0.01);
        Assert.True(double.IsFinite(LaplaceHead.Binary([-2, -1, 1, 2], [0, 0, 1, 1]).Evidence)); // classes that separate have no maximum without the prior
    }

    [Fact]
    public void A_matrix_that_is_not_positive_is_refused() => Assert.Throws<InputDataException>(() => new CholeskyFactor(new double[,] { { 1, 0 }, { 2, 1 } }));
}
