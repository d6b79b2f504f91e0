using Lightcone.Evaluation;
using Lightcone.Systems.Uncertainty;
using Lightcone.Systems.Uncertainty.Acceptance;
using Lightcone.Tests.Training;

namespace Lightcone.Systems.Tests.Uncertainty;

/// <summary>Mixtures of Gaussians and ensembles of networks.</summary>
[Collection(SeededGenerator.Name)]
public sealed class EnsembleTests
{
    private static readonly GaussianMixtureAnswers Disagreeing = new([new([0], [0.01]), new([2], [0.01]), new([2], [0.04])]);

    [Fact]
    public void Parts_of_the_variance_are_those_computed_by_hand()
    {
        var spread = EnsembleSpread.Of([0, 1, 2], [1, 1, 4]);
        Assert.Equal((1.0, 2.0, 1.0), (spread.Mean, spread.Aleatoric, spread.Epistemic));
        Assert.Equal(2.0 / 3, spread.Spread, 15);
        Assert.Equal(8.0 / 3, spread.Total, 15);
        Assert.True(double.IsNaN(EnsembleSpread.Of([1], [1]).Epistemic)); // one member says nothing about the others
    }

    [Fact]
    public void Entropy_splits_into_what_members_agree_on_and_what_not()
    {
        var mixed = EnsembleEntropy.Of([[0.9, 0.1], [0.5, 0.5]]);
        double Binary(double p) => -p * Math.Log(p) - (1 - p) * Math.Log(1 - p);
        Assert.Equal(Binary(0.7), mixed.Total, 14);
        Assert.Equal((Binary(0.9) + Binary(0.5)) / 2, mixed.Aleatoric, 14);
        Assert.Equal(mixed.Total - mixed.Aleatoric, mixed.Epistemic, 14);
        Assert.Equal(Math.Log(2), EnsembleEntropy.Of([[1, 0], [0, 1]]).Epistemic, 14);
    }

    [Fact]
    public void Quantiles_of_a_mixture_invert_its_distribution_even_between_humps()
    {
        foreach (double p in new[] { 1e-6, 0.05, 0.3333, 0.34, 0.5, 0.95, 1 - 1e-6 }) Assert.Equal(p, Disagreeing.Cdf(0, Disagreeing.Quantile(0, p)), 10);
        // A third of the probability lies about 0 and two about 2; a Gaussian of the total variance would put its median at 1.33, where the mixture has almost nothing.
        Assert.InRange(Disagreeing.Quantile(0, 0.5), 1.8, 2);
        Assert.True(Disagreeing.Density(0, 4.0 / 3) < 0.01);
    }

    [Fact]
    public void Density_of_a_mixture_is_the_slope_of_its_distribution()
    {
        const double Step = 1e-4;
        foreach (double y in new[] { -0.1, 0.05, 1.9, 2.3 })
            Assert.Equal((Disagreeing.Cdf(0, y + Step) - Disagreeing.Cdf(0, y - Step)) / (2 * Step), Disagreeing.Density(0, y), 4); // h²f‴/6 below 10⁻⁸ · 4000/6
    }

    [Fact]
    public void Bootstrapped_least_squares_scatter_as_computed_and_four_times_less_with_four_times_the_rows() =>
        Assert.All(EnsembleCheck.Run(3).Gates, g => Assert.True(g.Result == GateResult.Pass, $"{g.Name}: {g.Measured}"));

    [Fact]
    public void A_bootstrap_shows_members_other_rows_and_otherwise_they_differ_by_their_seed_alone()
    {
        var rows = NoisyCurve.Draw(1, 300);
        Assert.Equal(300, rows.Bootstrapped(1).Count);
        Assert.InRange(rows.Bootstrapped(1).Inputs.Distinct().Count(), 160, 220); // (1 − 1/e) 300 = 190, deviation 5
        Assert.Equal(rows.Bootstrapped(1).Targets, rows.Bootstrapped(1).Targets);
        var recipe = new RegressionRecipe { Hidden = [8], Epochs = 2, WarmUpEpochs = 1, BatchSize = 50 };
        using DeepEnsemble ensemble = DeepEnsemble.Train(rows, recipe, 3), same = DeepEnsemble.Train(rows, recipe, 3), other = DeepEnsemble.Train(rows, recipe, 3, bootstrap: true);
        double[] Means(DeepEnsemble e) => [.. e.Predict([0.5f]).Members.Select(m => m.Mean[0])];
        Assert.Equal(3, Means(ensemble).Distinct().Count());
        Assert.Equal(Means(ensemble), Means(same));
        Assert.NotEqual(Means(ensemble), Means(other));
    }
}
