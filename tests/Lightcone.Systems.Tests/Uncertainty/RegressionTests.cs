using Lightcone.Evaluation;
using Lightcone.Statistics;
using Lightcone.Systems.Uncertainty;
using Lightcone.Systems.Uncertainty.Acceptance;
using Lightcone.Tests.Training;

namespace Lightcone.Systems.Tests.Uncertainty;

/// <summary>Networks that answer with a Gaussian, with quantiles, with a distribution.</summary>
[Collection(SeededGenerator.Name)]
public sealed class RegressionTests
{
    private const int TestRows = 4000;

    private static readonly RegressionRecipe Small = new() { Hidden = [32, 32], Epochs = 20, BatchSize = 200, WarmUpEpochs = 3 };
    private static readonly TableRows Train = NoisyCurve.Draw(1, 10_000), Test = NoisyCurve.Draw(2, TestRows);

    // Binomial scatter 0.0047 at 4,000 rows, and what 10,000 training rows leave.
    private const double Tolerance90 = 0.03;

    [Fact]
    public void A_Gaussian_network_finds_mean_and_width_at_every_x()
    {
        using var network = HeteroscedasticNetwork.Train(Train, Small);
        float[] x = [-1.5f, -0.75f, 0, 0.75f, 1.5f];
        var answers = network.Predict(x);
        for (int i = 0; i < x.Length; i++)
        {
            Assert.InRange(answers.Mean[i] - NoisyCurve.Mean(x[i]), -0.15, 0.15);
            Assert.InRange(Math.Sqrt(answers.Variance[i]) / NoisyCurve.Deviation(x[i]), 0.75, 1.33);
        }
    }

    [Fact]
    public void Units_of_the_table_do_not_matter()
    {
        var quick = Small with { Epochs = 4, WarmUpEpochs = 1 };
        var other = Train with { Inputs = Array.ConvertAll(Train.Inputs, x => 1000 * x), Targets = Array.ConvertAll(Train.Targets, y => 50 + 8 * y) };
        using HeteroscedasticNetwork here = HeteroscedasticNetwork.Train(Train, quick), there = HeteroscedasticNetwork.Train(other, quick);
        GaussianAnswers a = here.Predict([0.5f]), b = there.Predict([500]);
        Assert.Equal(50 + 8 * a.Mean[0], b.Mean[0], 0.05); // float32 rounding of the table, grown over eighty steps
        Assert.Equal(8 * Math.Sqrt(a.Variance[0]), Math.Sqrt(b.Variance[0]), 0.05);
    }

    [Fact]
    public void Quantiles_are_sorted_and_cover_what_they_say()
    {
        using var network = QuantileNetwork.Train(Train, [0.05, 0.5, 0.95], Small);
        var answers = network.Predict(Test.Inputs);
        double[] low = answers.At(0.05), middle = answers.At(0.5), high = answers.At(0.95);
        Assert.All(Enumerable.Range(0, TestRows), i => Assert.True(low[i] <= middle[i] && middle[i] <= high[i]));
        Assert.InRange(Enumerable.Range(0, TestRows).Average(i => Test.Targets[i] >= low[i] && Test.Targets[i] <= high[i] ? 1.0 : 0), 0.9 - Tolerance90, 0.9 + Tolerance90);
        Assert.Throws<ArgumentOutOfRangeException>(() => answers.At(0.1));
    }

    [Fact]
    public void Collaborating_networks_learn_the_distribution_and_their_table_inverts_it()
    {
        var recipe = new CollaboratingRecipe { FirstEpochs = 15, PilotRecipe = Small, Networks = new() { Hidden = [40, 30], Epochs = 15, BatchSize = 200, LearningRate = 2e-3 } };
        using var networks = CollaboratingNetworks.Train(Train, recipe);
        double[] pit = networks.Cdf(Test.Inputs, Test.Targets);
        Assert.True(ProbabilityTransform.Kolmogorov(pit).Distance < 0.045); // 0.0257 is the 1 % point of a perfect answer
        var table = networks.Predict(Test.Inputs);
        for (int i = 0; i < 50; i++)
        {
            Assert.Equal(pit[i], table.Cdf(i, Test.Targets[i]), 0.003); // h² g″/8 of a table of 400 points, h about 0.03
            Assert.Equal(0.3, table.Cdf(i, table.Quantile(i, 0.3)), 10);
        }

        Assert.True(table.Decreasing < 0.001);
        // Two thirds of the way from nothing: f follows g, though behind it.
        double[] searched = networks.SearchedQuantile(Test.Inputs, 0.9);
        Assert.InRange(Test.Targets.Where((y, i) => y < searched[i]).Count() / (double)TestRows, 0.8, 0.97);
    }

    [Fact]
    public void Histograms_have_the_quantiles_of_their_beta_distributions()
    {
        using var network = EarthMoverPinball.Train(DirichletHistograms.Draw(1, 50_000), HistogramCheck.Recipe with { Epochs = 15 });
        var (quantiles, _) = network.Predict([0], [0.05, 0.5, 0.95]);
        for (int edge = 0; edge < DirichletHistograms.Edges; edge++)
            foreach (var (level, i) in new[] { (0.05, 0), (0.5, 1), (0.95, 2) }) Assert.Equal(DirichletHistograms.Quantile(1, edge, level), quantiles[edge * 3 + i], 0.04);
    }

    [Fact]
    public void The_known_quantiles_of_a_Dirichlet_toy()
    {
        Assert.Equal(0.0410, DirichletHistograms.Quantile(1, 0, 0.05), 5e-5);
        Assert.Equal(0.5, DirichletHistograms.Quantile(1, 1, 0.5), 1e-9);
        Assert.Equal(0.8312, DirichletHistograms.Quantile(1, 2, 0.95), 5e-5);
        var drawn = DirichletHistograms.Draw(1, 20_000);
        Assert.Equal(0.2, Enumerable.Range(0, drawn.Count).Average(i => (double)drawn.Targets[4 * i]), 0.004); // deviation 0.12 over √20000, five times
    }

    [Fact]
    public void The_pinball_loss_at_one_half_is_half_the_distance_of_the_earth()
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        var predicted = TorchSharp.torch.tensor(new float[] { 0.5f, 0.75f, 1 }, [1, 3]);
        var truth = TorchSharp.torch.tensor(new float[] { 0.25f, 1, 1 }, [1, 3]);
        Assert.Equal(0.5 * (0.25 + 0.25) / 3, EarthMoverPinball.Loss(predicted, truth, TorchSharp.torch.tensor(new[] { 0.5f }, [1, 1])).item<float>(), 7);
        Assert.Equal((0.25 * 0.1 + 0.25 * 0.9) / 3, EarthMoverPinball.Loss(predicted, truth, TorchSharp.torch.tensor(new[] { 0.9f }, [1, 1])).item<float>(), 7);
    }

    [Fact]
    public void Rows_beyond_the_training_are_flagged_and_rows_within_are_not() =>
        Assert.All(SupportCheck.Run(2, default).Gates, g => Assert.True(g.Result == GateResult.Pass, $"{g.Name}: {g.Measured}"));

    [Fact]
    public void A_part_that_does_not_exist_is_refused() =>
        Assert.Contains("flow", Assert.Throws<UsageException>(() => UncertaintyCheck.Run(new UncertaintyCheckRequest { Only = ["flaw"] }, _ => { }, default).ToList()).WhatToDo);
}
