using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;
using MathNet.Numerics.Distributions;

namespace Lightcone.Tests.Statistics;

public sealed class CoverageTests
{
    [Theory]
    [InlineData(1_000, Interval.OneSigma, 0.644, 0.720)]
    [InlineData(1_000, 0.9, 0.875, 0.924)]
    [InlineData(10_000, Interval.OneSigma, 0.6707, 0.6946)]
    [InlineData(10_000, 0.9, 0.8922, 0.9077)]
    [InlineData(10_000, 0.95, 0.9443, 0.9555)]
    [InlineData(100_000, Interval.OneSigma, 0.67889, 0.68648)]
    [InlineData(100_000, 0.9, 0.89755, 0.90244)]
    [InlineData(100_000, 0.95, 0.94822, 0.95177)]
    public void Acceptance_band_is_the_tabulated_one(long n, double p, double low, double high)
    {
        var band = BinomialAcceptance.Of(n, p);
        Assert.Equal(low, band.Low, 1e-12);
        Assert.Equal(high, band.High, 1e-12);
    }

    [Fact]
    public void Acceptance_band_leaves_at_most_half_the_rest_on_each_side_and_no_smaller_band_does() =>
        Gen.Select(Gen.Int[1, 500], Gen.Double[0.001, 0.999], Gen.Double[0.05, 0.999]).Sample((n, p, level) =>
        {
            var band = BinomialAcceptance.Of(n, p, level);
            int low = (int)Math.Round(band.Low * n), high = (int)Math.Round(band.High * n);
            double tail = (1 - level) / 2;
            double AtMost(int k) => k < n ? Binomial.CDF(p, n, k) : 1; // MathNet's is wrong at k = n
            Assert.True(AtMost(low - 1) <= tail + 1e-10 && AtMost(low) >= tail - 1e-10);
            Assert.True(1 - AtMost(high) <= tail + 1e-10 && 1 - AtMost(high - 1) >= tail - 1e-10);
        }, iter: 1_000);

    [Fact]
    public void Certain_and_empty_trials_have_defined_bands()
    {
        Assert.Equal((0, 0), BinomialAcceptance.Of(10, 0));
        Assert.Equal((1, 1), BinomialAcceptance.Of(10, 1));
        Assert.Equal((0, 1), BinomialAcceptance.Of(0, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialAcceptance.Of(10, 1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialAcceptance.Of(10, 0.5, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => BinomialAcceptance.Of(-1, 0.5));
    }

    [Fact]
    public void Intervals_are_counted_with_their_ends_and_the_side_of_each_miss()
    {
        var count = CoverageCurve.OfIntervals([0, 0, 0, 0, double.NegativeInfinity], [1, 1, 1, 1, double.PositiveInfinity], [0, 1, -0.1, 2, 1e300], 0.9);
        Assert.Equal(new CoverageCount(0.9, 5, 3, 1, 1), count);
        Assert.Equal(ClopperPearson.Of(3, 5, 0.95), count.Fraction(0.95));
    }

    [Fact]
    public void A_count_is_accepted_up_to_the_ends_of_the_band()
    {
        Assert.True(new CoverageCount(0.9, 1000, 875, 60, 65).Accepts());
        Assert.False(new CoverageCount(0.9, 1000, 874, 60, 66).Accepts());
        Assert.True(new CoverageCount(0.9, 1000, 924, 40, 36).Accepts());
        Assert.False(new CoverageCount(0.9, 1000, 925, 40, 35).Accepts());
    }

    [Fact]
    public void A_curve_counts_what_the_intervals_of_the_distribution_count()
    {
        var random = new RandomStream(3, "curve", 0, 0);
        double[] u = [.. Enumerable.Range(0, 5000).Select(_ => random.NextDouble())];
        var curve = CoverageCurve.Of(u);
        Assert.Equal(19, curve.Count);
        foreach (var point in curve)
        {
            double tail = (1 - point.Nominal) / 2;
            Assert.Equal(u.Count(v => v < tail), point.MissedBelow);
            Assert.Equal(u.Count(v => v > 1 - tail), point.MissedAbove);
            Assert.Equal(point.Count, point.Covered + point.MissedBelow + point.MissedAbove);
            Assert.True(point.Accepts(1 - 0.01 / 19));
        }

        foreach (var point in CoverageCurve.OfRegions(u, [0.3, 0.8]))
        {
            Assert.Equal(u.Count(v => v <= point.Nominal), point.Covered);
            Assert.Equal(0, point.MissedBelow);
        }
    }

    [Fact]
    public void Too_narrow_predictions_fail_at_every_level()
    {
        var random = new RandomStream(4, "narrow", 0, 0);
        double[] u = [.. Enumerable.Range(0, 10_000).Select(_ => SpecialFunctions.NormalCdf(1.3 * random.NextGaussian()))]; // claims σ = 1, is 1.3
        Assert.All(CoverageCurve.Of(u), point => Assert.False(point.Accepts()));
    }

    [Fact]
    public void The_worst_bin_is_where_a_constant_width_fails()
    {
        var random = new RandomStream(5, "bins", 0, 0);
        int n = 10_000;
        var (x, truth, low, high, own) = (new double[n], new double[n], new double[n], new double[n], new double[n]);
        for (int i = 0; i < n; i++)
        {
            x[i] = 4 * random.NextDouble() - 2;
            truth[i] = (0.2 + 0.3 * Math.Abs(x[i])) * random.NextGaussian();
            (low[i], high[i]) = (-1.750502 / 2, 1.750502 / 2); // right on average at 90 %, exactly
            own[i] = 1.6448536 * (0.2 + 0.3 * Math.Abs(x[i]));
        }

        double[] size = [.. x.Select(Math.Abs)];
        var constant = BinnedCoverage.Of(size, low, high, truth, 0.9);
        Assert.True(CoverageCurve.OfIntervals(low, high, truth, 0.9).Accepts());
        Assert.False(constant.Accepted);
        Assert.All(constant.Bins, b => Assert.Equal(1000, b.Coverage.Count));
        Assert.Equal(2, constant.Worst.High, 1e-2);
        Assert.True(constant.Worst.Band.Upper < 0.9);
        Assert.Equal(0.999, constant.Level, 1e-12);
        Assert.True(BinnedCoverage.Of(size, [.. own.Select(w => -w)], own, truth, 0.9).Accepted);
    }

    [Fact]
    public void Equal_values_stay_in_one_bin_and_every_entry_is_counted()
    {
        double[] values = [.. Enumerable.Repeat(1.0, 70), .. Enumerable.Range(0, 30).Select(i => 2.0 + i)];
        var binned = BinnedCoverage.Of(values, new double[100], new double[100], new double[100], 0.9);
        Assert.Equal(100, binned.Bins.Sum(b => b.Coverage.Count));
        Assert.True(binned.Bins[0].Coverage.Count >= 70);
        var one = BinnedCoverage.Of([3, 3, 3], [0, 0, 0], [1, 1, 1], [0.5, 2, 0.5], 0.5);
        Assert.Equal(3, Assert.Single(one.Bins).Coverage.Count);
    }

    [Fact]
    public void Bad_samples_are_refused_with_their_cause()
    {
        Assert.Contains("quantiles crossed", Assert.Throws<InputDataException>(() => CoverageCurve.OfIntervals([1], [0], [0.5], 0.9)).LikelyCause);
        Assert.Equal("entry 1 of 2", Assert.Throws<InputDataException>(() => CoverageCurve.OfIntervals([0, 0], [1, 1], [0, double.NaN], 0.9)).Where);
        Assert.Throws<InputDataException>(() => CoverageCurve.Of([0.5, 1.5]));
        Assert.Throws<InputDataException>(() => BinnedCoverage.Of([double.NaN], [0], [1], [0], 0.9));
        Assert.Throws<ArgumentException>(() => CoverageCurve.Of([]));
        Assert.Throws<ArgumentException>(() => CoverageCurve.OfIntervals([0], [1, 1], [0], 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => CoverageCurve.OfIntervals([0], [1], [0], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => CoverageCurve.Of([0.5], [0]));
    }
}
