using CsCheck;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class ConformalLawTests
{
    [Theory]
    [InlineData(50, 46, 0.90196, 0.0412, 0.785, 0.974)]
    [InlineData(100, 91, 0.90099, 0.0296, 0.821, 0.958)]
    [InlineData(200, 181, 0.90050, 0.0211, 0.846, 0.943)]
    [InlineData(500, 451, 0.90020, 0.0134, 0.867, 0.929)]
    [InlineData(1_000, 901, 0.90010, 0.00947, 0.877, 0.921)]
    [InlineData(5_000, 4_501, 0.90002, 0.00424, 0.890, 0.910)]
    [InlineData(10_000, 9_001, 0.90001, 0.00300, 0.893, 0.907)]
    public void Coverage_of_a_calibration_sample_varies_as_tabulated(long n, long rank, double mean, double deviation, double low, double high)
    {
        var law = ConformalLaw.Of(n, 0.9);
        Assert.Equal(rank, law.Rank);
        Assert.Equal(mean, law.Mean, 5.1e-6); // the digits of the table
        Assert.Equal(deviation, law.Deviation, n < 1000 ? 5.1e-5 : 5.1e-6);
        Assert.Equal(low, law.Quantile(0.01), 5.1e-4);
        Assert.Equal(high, law.Quantile(0.99), 5.1e-4);
    }

    [Theory]
    [InlineData(500, 466)]
    [InlineData(1_000, 922)]
    [InlineData(5_000, 4_550)]
    public void Rank_that_promises_ninety_per_cent_for_most_calibration_samples_is_the_tabulated_one(long n, long rank)
    {
        Assert.Equal(rank, ConformalLaw.SmallestRank(n, 0.9, 0.99));
        Assert.True(new ConformalLaw(n, rank).Quantile(0.01) >= 0.9);
        Assert.True(new ConformalLaw(n, rank - 1).Quantile(0.01) < 0.9);
    }

    [Fact]
    public void Too_few_scores_promise_nothing()
    {
        Assert.Equal(21, ConformalLaw.SmallestRank(20, 0.9, 0.99)); // 0.9²⁰ = 0.12 > 0.01
        Assert.Equal(44, ConformalLaw.SmallestRank(44, 0.9, 0.99)); // 0.9⁴⁴ = 0.0097
        Assert.Equal(44, ConformalLaw.SmallestRank(43, 0.9, 0.99));
        Assert.Equal(1, new ConformalLaw(20, 21).Quantile(0.01));
        Assert.Equal((1, 1), new ConformalLaw(20, 21).Band(100));
    }

    [Fact]
    public void Band_leaves_at_most_half_the_rest_on_each_side_as_summed_term_by_term() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[1, 60], Gen.Int[1, 80], Gen.Double[0.05, 0.999]).Sample((a, b, m, level) =>
        {
            double LogBeta(double x, double y) => SpecialFunctions.LogGamma(x) + SpecialFunctions.LogGamma(y) - SpecialFunctions.LogGamma(x + y);
            double[] p = [.. Enumerable.Range(0, m + 1).Select(j => Math.Exp(LogBeta(j + a, m - j + b) - LogBeta(a, b) - LogBeta(j + 1, m - j + 1)) / (m + 1))];
            var law = new ConformalLaw(a + b - 1, a);
            var band = law.Band(m, level);
            int low = (int)Math.Round(band.Low * m), high = (int)Math.Round(band.High * m);
            double tail = (1 - level) / 2;
            Assert.True(p.Take(low).Sum() <= tail + 1e-9 && p.Take(low + 1).Sum() >= tail - 1e-9);
            Assert.True(p.Skip(high + 1).Sum() <= tail + 1e-9 && p.Skip(high).Sum() >= tail - 1e-9);
            double mean = p.Select((q, j) => q * j / m).Sum();
            Assert.Equal(law.Mean, mean, 1e-9);
            Assert.Equal(law.DeviationOf(m), Math.Sqrt(p.Select((q, j) => q * Math.Pow((double)j / m - mean, 2)).Sum()), 1e-9);
        }, iter: 300);

    [Fact]
    public void Band_of_many_test_entries_is_that_of_the_coverage_itself()
    {
        var law = ConformalLaw.Of(1000, 0.9);
        var band = law.Band(1_000_000, 0.98);
        Assert.Equal(law.Quantile(0.01), band.Low, 2e-4);
        Assert.Equal(law.Quantile(0.99), band.High, 2e-4);
        Assert.True(law.Accepts(new CoverageCount(0.9, 1_000_000, 880_000, 60_000, 60_000)));
        Assert.False(new CoverageCount(0.9, 1_000_000, 880_000, 60_000, 60_000).Accepts());
        Assert.Equal(0.0099, law.DeviationOf(10_000), 1e-4); // √(0.00947² + 0.003²)
    }

    [Theory]
    [InlineData(0.3)]
    [InlineData(0.5)]
    [InlineData(0.9)]
    public void Coverage_is_the_rank_over_n_plus_one_for_every_position_of_the_new_score(double level)
    {
        for (int n = 1; n <= 40; n++)
        {
            int covered = 0;
            for (int test = 0; test <= n; test++) // all n + 1 ranks of an exchangeable new score
                if (test <= ConformalQuantile.Of([.. Enumerable.Range(0, n + 1).Where(r => r != test).Select(r => (double)r)], level)) covered++;
            Assert.Equal(ConformalQuantile.Rank(n, level), covered);
            Assert.True(covered >= level * (n + 1) - 1e-9 && covered <= level * (n + 1) + 1);
        }
    }

    [Fact]
    public void Quantile_of_scores_rises_with_the_level_and_forgets_their_order() =>
        Gen.Select(Gen.Double[-5, 5].Array[1, 60], Gen.Double[0.01, 0.99], Gen.Double[0.01, 0.99]).Sample((scores, a, b) =>
        {
            Assert.True(ConformalQuantile.Of(scores, Math.Min(a, b)) <= ConformalQuantile.Of(scores, Math.Max(a, b)));
            double[] turned = [.. scores.Skip(scores.Length / 2), .. scores.Take(scores.Length / 2).Reverse()];
            Assert.Equal(ConformalQuantile.Of(scores, a), ConformalQuantile.Of(turned, a));
        }, iter: 500);

    [Fact]
    public void Nine_scores_are_the_fewest_for_ninety_per_cent()
    {
        Assert.Equal(double.PositiveInfinity, ConformalQuantile.Of([1, 2, 3, 4, 5, 6, 7, 8], 0.9));
        Assert.Equal(9, ConformalQuantile.Of([1, 2, 3, 4, 5, 6, 7, 8, 9], 0.9));
        Assert.Equal(10, ConformalQuantile.Rank(99, 0.1)); // 100·0.1 is not exactly 10
    }

    [Fact]
    public void Bad_scores_and_levels_are_refused()
    {
        Assert.Equal("entry 1 of 2", Assert.Throws<InputDataException>(() => ConformalQuantile.Of([1, double.NaN], 0.5)).Where);
        Assert.Throws<ArgumentException>(() => ConformalQuantile.Of([], 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalQuantile.Of([1], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalQuantile.Of([1], double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalLaw.Of(-1, 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalLaw.SmallestRank(10, 0.9, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalLaw.Of(10, 0.9).Quantile(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalLaw.Of(10, 0.9).Band(-1));
        Assert.Throws<InvalidOperationException>(() => default(ConformalLaw).Quantile(0.5));
    }
}
