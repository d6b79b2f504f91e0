using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class ScoreTests
{
    private static double[] Gaussians(int n, long item, double sigma = 1)
    {
        var random = new RandomStream(11, "scores", 0, item);
        return [.. Enumerable.Range(0, n).Select(_ => sigma * random.NextGaussian())];
    }

    [Theory]
    [InlineData(0, 1, 0, 0.2336950)]
    [InlineData(0, 1, 1, 0.6024414)]
    [InlineData(1, 2, -1.5, 1.5739683)]
    public void Crps_of_a_Gaussian_is_the_tabulated_one(double mean, double sigma, double truth, double score) =>
        Assert.Equal(score, ProperScores.Crps(mean, sigma, truth), 1e-7);

    [Fact]
    public void Mean_scores_of_the_true_distribution_are_the_exact_ones()
    {
        // By the midpoint rule in the quantiles of N(0, 1): 2·10⁵ points leave below 1e-5 in the tails.
        double[] y = [.. Enumerable.Range(0, 200_000).Select(i => SpecialFunctions.NormalQuantile((i + 0.5) / 200_000))];
        Assert.Equal(0.5641896, y.Average(v => ProperScores.Crps(0, 1, v)), 1e-5);
        double z = SpecialFunctions.NormalQuantile(0.95);
        Assert.Equal(0.103136, y.Average(v => ProperScores.Pinball(z, 0.95, v)), 1e-5);
        Assert.Equal(0.103136, y.Average(v => ProperScores.Pinball(-z, 0.05, v)), 1e-5);
        Assert.Equal(0.398942, y.Average(v => ProperScores.Pinball(0, 0.5, v)), 1e-5);
        Assert.Equal(4.125426, y.Average(v => ProperScores.IntervalScore(-z, z, 0.9, v)), 2e-4);
        Assert.Equal(1.418939, y.Average(v => ProperScores.GaussianNegativeLogDensity(0, 1, v)), 1e-4); // ½ ln 2πe
    }

    [Fact]
    public void Scores_of_the_over_confident_toy_are_the_exact_ones()
    {
        // True logit from N(0, 1.5²), the model states twice of it; the midpoint rule in the quantiles of the logit, the sum over both labels.
        double[] logits = [.. Enumerable.Range(0, 100_000).Select(i => 1.5 * SpecialFunctions.NormalQuantile((i + 0.5) / 100_000))];
        double Mean(double factor, Func<double, int, double> score) => logits.Average(logit =>
        {
            double truth = 1 / (1 + Math.Exp(-logit)), stated = 1 / (1 + Math.Exp(-factor * logit));
            return truth * score(stated, 1) + (1 - truth) * score(stated, 0);
        });
        Assert.Equal(0.527414, Mean(1, ProperScores.NegativeLogLikelihood), 2e-6);
        Assert.Equal(0.598803, Mean(2, ProperScores.NegativeLogLikelihood), 2e-5); // grows linearly in the tails, where the rule misses most
        Assert.Equal(0.176728, Mean(1, ProperScores.Brier), 2e-6);
        Assert.Equal(0.188937, Mean(2, ProperScores.Brier), 2e-6);
    }

    [Theory]
    [InlineData(0.682689, 2.295746)]
    [InlineData(0.9, 4.605170)]
    public void Squared_distances_in_two_dimensions_have_the_tabulated_limits(double level, double limit) =>
        Assert.Equal(limit, 2 * SpecialFunctions.GammaLowerRegularizedInverse(1, level), 1e-6);

    [Fact]
    public void Crps_of_samples_is_the_double_sum_of_its_definition() =>
        Gen.Select(Gen.Double[-5, 5].Array[2, 40], Gen.Double[-6, 6]).Sample((samples, truth) =>
        {
            double m = samples.Length, slow = samples.Average(x => Math.Abs(x - truth)) - samples.Sum(a => samples.Sum(b => Math.Abs(a - b))) / (2 * m * (m - 1));
            Assert.Equal(slow, ProperScores.Crps(samples, truth), 1e-12);
        }, iter: 300);

    [Fact]
    public void Crps_of_samples_has_the_mean_of_the_distribution_even_for_few()
    {
        double[] scores = [.. Enumerable.Range(0, 20_000).Select(i => ProperScores.Crps(Gaussians(3, i), 1))];
        double error = SampleDeviation.Of(scores) / Math.Sqrt(scores.Length);
        Assert.InRange(scores.Average(), 0.6024414 - 4 * error, 0.6024414 + 4 * error);
    }

    [Fact]
    public void Kolmogorov_critical_distance_has_a_probability_of_one_per_cent()
    {
        Assert.Equal(0.01, ProbabilityTransform.KolmogorovTail(1.6276), 1e-5);
        Assert.Equal(1, ProbabilityTransform.KolmogorovTail(0.2), 1e-10);
        Assert.Equal(ProbabilityTransform.KolmogorovTail(1), ProbabilityTransform.KolmogorovTail(Math.BitDecrement(1)), 1e-14); // the two series meet
    }

    [Fact]
    public void Kolmogorov_distance_is_the_largest_step_on_either_side()
    {
        Assert.Equal(0.7, ProbabilityTransform.Kolmogorov([0.3, 0.1, 0.2]).Distance, 1e-15);
        Assert.Equal(0.6, ProbabilityTransform.Kolmogorov([0.6, 0.8]).Distance, 1e-15);
        Assert.Equal(0.05, ProbabilityTransform.Kolmogorov([.. Enumerable.Range(0, 10).Select(i => (i + 0.5) / 10)]).Distance, 1e-12);
    }

    [Fact]
    public void Tests_of_uniformity_reject_uniform_samples_as_often_as_they_say()
    {
        var random = new RandomStream(12, "uniform", 0, 0);
        int ks = 0, chi = 0, repetitions = 2000;
        for (int r = 0; r < repetitions; r++)
        {
            double[] u = [.. Enumerable.Range(0, 200).Select(_ => random.NextDouble())];
            if (ProbabilityTransform.Kolmogorov(u).PValue < 0.1) ks++;
            if (ProbabilityTransform.ChiSquare(u).PValue < 0.1) chi++;
        }

        // 2000 trials at 0.1: deviation 13.4; χ² of whole counts is itself off by a few per mille.
        Assert.InRange(ks, 200 - 54, 200 + 54);
        Assert.InRange(chi, 200 - 54, 200 + 54);
    }

    [Fact]
    public void Chi_square_has_the_tabulated_critical_value()
    {
        // 19 degrees of freedom, 1 %: 36.19.
        Assert.Equal(0.01, SpecialFunctions.GammaUpperRegularized(9.5, 36.19 / 2), 1e-5);
        var (value, degrees, p) = ProbabilityTransform.ChiSquare([0.1, 0.2, 0.3, 0.9], 2);
        Assert.Equal((1.0, 1), (value, degrees));
        Assert.Equal(2 * (1 - SpecialFunctions.NormalCdf(1)), p, 1e-12);
        Assert.Equal(0, ProbabilityTransform.ChiSquare([0, 0.25, 0.5, 1], 2).Value);
    }

    [Fact]
    public void Randomising_makes_steps_uniform()
    {
        var random = new RandomStream(13, "steps", 0, 0);
        var (steps, ranks) = (new double[4000], new double[4000]);
        for (int i = 0; i < steps.Length; i++)
        {
            int count = (random.NextDouble() < 0.3 ? 1 : 0) + (random.NextDouble() < 0.3 ? 1 : 0); // 0.49, 0.42, 0.09
            steps[i] = ProbabilityTransform.Randomised(count switch { 0 => 0, 1 => 0.49, _ => 0.91 }, count switch { 0 => 0.49, 1 => 0.91, _ => 1 }, random.NextDouble());
            ranks[i] = ProbabilityTransform.FromSamples([random.NextInt(3), random.NextInt(3), random.NextInt(3)], random.NextInt(3), random.NextDouble());
        }

        Assert.True(ProbabilityTransform.Kolmogorov(steps).PValue > 1e-3);
        Assert.True(ProbabilityTransform.Kolmogorov(ranks).PValue > 1e-3);
    }

    [Fact]
    public void Gaussian_pulls_have_their_exact_summary()
    {
        int n = 50_000;
        double[] truth = Gaussians(n, 1, 2), value = [.. truth.Zip(Gaussians(n, 2, 0.5), (t, e) => t + e)];
        var pulls = PullSummary.Of(truth, value, [.. Enumerable.Repeat(0.5, n)]);
        Assert.Equal(n, pulls.Count);
        Assert.InRange(pulls.Mean.Value, -3 / Math.Sqrt(n) - 0.01, 3 / Math.Sqrt(n) + 0.01);
        Assert.InRange(pulls.Deviation.Value, 1 - 3 / Math.Sqrt(2 * n) - 0.01, 1 + 3 / Math.Sqrt(2 * n) + 0.01);
        Assert.Equal(1 / Math.Sqrt(n), pulls.Mean.Upper - pulls.Mean.Value, 0.02 / Math.Sqrt(n));
        Assert.Equal(1 / Math.Sqrt(2 * n), pulls.Deviation.Upper - pulls.Deviation.Value, 0.05 / Math.Sqrt(2 * n));
        Assert.Equal(1, pulls.HalfWidth, 0.03);
        Assert.Equal(0, pulls.Median, 0.03); // five of √(π/2n)
        Assert.Equal(0, pulls.ExcessKurtosis, 5 * Math.Sqrt(24.0 / n));
        Assert.Equal(0.0455, pulls.Beyond2.Value, 0.004);
        Assert.Equal(0.0027, pulls.Beyond3.Value, 0.001);
        Assert.Equal(0, pulls.Beyond5.Value);
    }

    [Fact]
    public void Pulls_show_a_bias_and_a_wrong_scale()
    {
        var pulls = PullSummary.Of([3, 5], [1, 1], [2, 2]);
        Assert.Equal([1.5, 1.5, 1.5], (double[])[pulls.Mean.Value, pulls.Median, (1 + 2) / 2.0]);
        Assert.Equal(Math.Sqrt(0.5), pulls.Deviation.Value, 1e-15);
        double[] outlier = [.. Gaussians(10_000, 3), .. Enumerable.Repeat(30.0, 100)];
        var tailed = PullSummary.Of(outlier);
        Assert.True(tailed.Deviation.Value > 2.5 && tailed.HalfWidth < 1.1 && tailed.ExcessKurtosis > 10);
        Assert.Equal(100, Math.Round(tailed.Beyond5.Value * tailed.Count));
    }

    [Fact]
    public void Bad_numbers_are_refused()
    {
        Assert.Throws<InputDataException>(() => PullSummary.Of([1], [1], [0]));
        Assert.Throws<InputDataException>(() => PullSummary.Of([double.NaN], [1], [1]));
        Assert.Throws<ArgumentException>(() => PullSummary.Of([]));
        Assert.Throws<InputDataException>(() => ProbabilityTransform.Kolmogorov([double.NaN]));
        Assert.Throws<InputDataException>(() => ProbabilityTransform.ChiSquare([1.01]));
        Assert.Throws<ArgumentException>(() => ProbabilityTransform.Kolmogorov([]));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProbabilityTransform.Randomised(0.5, 0.4, 0.5));
        Assert.Throws<ArgumentException>(() => ProperScores.Crps([1.0], 0));
        Assert.Throws<InputDataException>(() => ProperScores.Crps([1.0, double.NaN], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProperScores.Crps(0, 0, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProperScores.Pinball(0, 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProperScores.Brier(1.1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ProperScores.NegativeLogLikelihood(0.5, 2));
    }
}
