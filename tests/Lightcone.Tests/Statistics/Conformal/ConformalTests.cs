using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class ConformalTests
{
    [Fact]
    public void A_split_interval_reaches_as_far_as_the_ranked_residual()
    {
        var split = SplitConformal.Fit([0, 0, 0, 0], [1, -3, 2, -4], 0.6);
        Assert.Equal(3, split.Offset); // ⌈5·0.6⌉ = 3rd of 1, 2, 3, 4
        Assert.Equal(new ConformalInterval(7, 13), split.Interval(10));
        Assert.Equal(new ConformalLaw(4, 3), split.Law);
        Assert.True(SplitConformal.Fit([0], [1], 0.9).Interval(0).IsInfinite);
    }

    [Fact]
    public void The_order_of_the_calibration_sample_changes_nothing() =>
        Gen.Select(Gen.Double[-3, 3], Gen.Double[0.1, 2], Gen.Double[-3, 3]).Array[20, 60].Sample(rows =>
        {
            var turned = rows.Reverse().ToArray();
            double[] Column(IEnumerable<(double, double, double)> from, int c) => [.. from.Select(r => c == 0 ? r.Item1 : c == 1 ? r.Item2 : r.Item3)];
            Assert.Equal(SplitConformal.Fit(Column(rows, 0), Column(rows, 2), 0.8).Offset, SplitConformal.Fit(Column(turned, 0), Column(turned, 2), 0.8).Offset);
            Assert.Equal(NormalisedConformal.Fit(Column(rows, 0), Column(rows, 1), Column(rows, 2), 0.8).Offset, NormalisedConformal.Fit(Column(turned, 0), Column(turned, 1), Column(turned, 2), 0.8).Offset, 1e-12);
            Assert.Equal(ConformalisedQuantiles.Fit(Column(rows, 0), Column(rows, 1), Column(rows, 2), 0.8).OffsetAbove, ConformalisedQuantiles.Fit(Column(turned, 0), Column(turned, 1), Column(turned, 2), 0.8).OffsetAbove);
            double[] sizes = [.. Column(rows, 0).Select(Math.Abs)], back = [.. sizes.Reverse()];
            Assert.Equal(JackknifePlus.Interval(Column(rows, 2), sizes, 0.8), JackknifePlus.Interval(Column(turned, 2), back, 0.8));
        }, iter: 100);

    [Fact]
    public void Intervals_of_a_higher_level_hold_those_of_a_lower() =>
        Gen.Select(Gen.Double[-3, 3].Array[30], Gen.Double[-3, 3].Array[30], Gen.Double[0.5, 0.99], Gen.Double[0.5, 0.99]).Sample((f, y, a, b) =>
        {
            double low = Math.Min(a, b), high = Math.Max(a, b);
            void Nested(Func<double, ConformalInterval> at)
            {
                var (inner, outer) = (at(low), at(high));
                Assert.True(outer.Lower <= inner.Lower && outer.Upper >= inner.Upper);
            }

            double[] sigma = [.. f.Select(v => Math.Abs(v) + 0.1)], upper = [.. f.Select(v => v + 0.1)], residuals = [.. f.Zip(y, (p, t) => Math.Abs(p - t))];
            int[] groups = [.. Enumerable.Range(0, 30).Select(i => i % 2)];
            Nested(level => SplitConformal.Fit(f, y, level).Interval(0));
            Nested(level => NormalisedConformal.Fit(f, sigma, y, level).Interval(0, 2));
            Nested(level => MondrianConformal.Fit(residuals, groups, level).Interval(0, 1));
            Nested(level => JackknifePlus.Interval(f, residuals, level));
            Nested(level => CrossValidationPlus.Interval([0.1, -0.2], residuals, groups, level));
            Nested(level => ConformalisedQuantiles.Fit(f, upper, y, level).Interval(-4, 4));
        }, iter: 200);

    [Fact]
    public void Normalised_intervals_follow_sigma_down_to_a_floor()
    {
        double[] truth = [1, -2, 3, -4, 5, -6, 7, -8, 9];
        var fit = NormalisedConformal.Fit(new double[9], [1, 2, 3, 4, 5, 6, 7, 8, 9], truth, 0.9);
        Assert.Equal(1, fit.Offset);
        Assert.Equal(new ConformalInterval(-1, 3), fit.Interval(1, 2));
        Assert.Equal(1e-3 * SampleDeviation.Of(truth), fit.Floor);
        Assert.Equal(2 * fit.Floor, fit.Interval(0, 0).Width, 1e-15);
        Assert.True(NormalisedConformal.Fit([0], [0], [1], 0.9).Interval(0, 0).IsInfinite);
    }

    [Fact]
    public void Quantiles_are_uncrossed_moved_and_flagged_where_they_invert()
    {
        double[] low = [0, 0, 2, 0, 0, 0, 0, 0, 0], high = [2, 2, 0, 2, 2, 2, 2, 2, 2], truth = [1, 1.5, 1, 0.5, 1.2, 0.9, 1.1, 0.8, 1];
        var fit = ConformalisedQuantiles.Fit(low, high, truth, 0.9);
        Assert.Equal(-0.5, fit.OffsetBelow); // the worst truth is still half inside
        var interval = fit.Interval(5, 3);
        Assert.Equal(new ConformalInterval(3.5, 4.5), interval);
        Assert.Equal(new ConformalInterval(0.25, 0.25, true), fit.Interval(0, 0.5));
        Assert.Equal(new ConformalLaw(9, 9), fit.Law);
        var sides = ConformalisedQuantiles.FitAsymmetric([.. low, .. low, .. low], [.. high, .. high, .. high], [.. truth, .. truth, .. truth], 0.9);
        Assert.Equal(-0.5, sides.OffsetBelow, 1e-15);
        Assert.Equal(-0.5, sides.OffsetAbove, 1e-15);
        Assert.Null(sides.Law);
    }

    [Fact]
    public void Asymmetric_offsets_balance_the_misses()
    {
        var random = new RandomStream(31, "skewed", 0, 0);
        int n = 20_000;
        double[] truth = [.. Enumerable.Range(0, 2 * n).Select(_ => -Math.Log(1 - random.NextDouble()))], low = [.. Enumerable.Repeat(0.5, n)], high = [.. Enumerable.Repeat(1.0, n)];
        var both = ConformalisedQuantiles.Fit(low, high, truth.AsSpan(0, n), 0.9);
        var sides = ConformalisedQuantiles.FitAsymmetric(low, high, truth.AsSpan(0, n), 0.9);
        CoverageCount Count(ConformalisedQuantiles fit) => CoverageCurve.OfIntervals([.. Enumerable.Repeat(fit.Interval(0.5, 1), n)], truth.AsSpan(n), 0.9);
        var (one, two) = (Count(both), Count(sides));
        Assert.True(one.MissedBelow == 0 && both.Law!.Value.Accepts(one));
        Assert.Equal(0.05, (double)two.MissedBelow / n, 0.009); // calibration and test each fluctuate by 0.0015
        Assert.Equal(0.05, (double)two.MissedAbove / n, 0.009);
    }

    [Fact]
    public void Jackknife_takes_the_ranked_ends()
    {
        double[] f = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], r = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1];
        Assert.Equal(new ConformalInterval(0, 9), JackknifePlus.Interval(f, r, 0.8)); // ⌊2.2⌋ = 2nd of −1 … 8, ⌈8.8⌉ = 9th of 1 … 10
        Assert.True(JackknifePlus.Interval([1], [1], 0.9).IsInfinite);
        Assert.Equal(0.8, JackknifePlus.Guarantee(0.9), 1e-12);
        Assert.Equal(0, JackknifePlus.Guarantee(0.3));
        Assert.Equal(JackknifePlus.Interval([5, 7, 5, 7], [1, 2, 3, 4], 0.7), CrossValidationPlus.Interval([5, 7], [1, 2, 3, 4], [0, 1, 0, 1], 0.7));
        Assert.Equal(0.718, CrossValidationPlus.Guarantee(100, 10, 0.9), 5.1e-4);
        Assert.Equal(JackknifePlus.Guarantee(0.9), CrossValidationPlus.Guarantee(100, 100, 0.9), 1e-12); // one entry a fold
        Assert.True(JackknifePlus.Interval([0, 10], [0, 0], 0.1).Inverted);
    }

    [Fact]
    public void Groups_have_their_own_offsets_and_unknown_ones_none()
    {
        double[] scores = [.. Enumerable.Range(1, 20).Select(i => (double)i), .. Enumerable.Range(1, 8).Select(i => 100.0 * i)];
        int[] groups = [.. Enumerable.Repeat(7, 20), .. Enumerable.Repeat(-1, 8)];
        var fit = MondrianConformal.Fit(scores, groups, 0.9);
        Assert.Equal([-1, 7], fit.Groups.Select(g => g.Group));
        Assert.Equal(19, fit.Offset(7)); // ⌈21·0.9⌉
        Assert.True(fit.Interval(0, -1).IsInfinite); // 8 < 1/0.1 − 1
        Assert.True(fit.Interval(0, 99).IsInfinite);
        Assert.Equal(new ConformalInterval(-37, 39), fit.Interval(1, 7, 2));
        Assert.Equal(new ConformalLaw(20, 19), fit.Groups[1].Law);
    }

    [Fact]
    public void Equal_weights_give_the_plain_quantile() =>
        Gen.Select(Gen.Double[-5, 5].Array[100, 200], Gen.Double[0.01, 0.99], Gen.Double[0.1, 10]).Sample((scores, level, weight) =>
        {
            var fit = WeightedConformal.Fit(scores, [.. scores.Select(_ => weight)], level);
            Assert.Equal(ConformalQuantile.Of(scores, level), fit.Offset(weight));
            Assert.Equal(scores.Length, fit.EffectiveCount, 1e-9 * scores.Length);
            Assert.True(fit.Offset(2 * weight) >= fit.Offset(weight));
        }, iter: 200);

    [Fact]
    public void A_test_entry_far_from_the_calibration_sample_gets_an_infinite_interval_that_is_counted()
    {
        double[] scores = [.. Enumerable.Range(0, 200).Select(i => (double)i)];
        var fit = WeightedConformal.Fit(scores, [.. scores.Select(_ => 1.0)], 0.9);
        Assert.True(fit.Interval(0, 100).IsInfinite); // 200 < 0.9·300
        Assert.Equal(0.5, fit.InfiniteShare([1, 100, 0, 30]), 1e-15); // 0.9·230 = 207
        Assert.Equal(179, fit.Offset(0));
    }

    [Fact]
    public void Few_effective_entries_are_refused_with_four_parts()
    {
        double[] weights = [.. Enumerable.Repeat(1e-3, 999), 1.0];
        var e = Assert.Throws<InputDataException>(() => WeightedConformal.Fit(new double[1000], weights, 0.9));
        Assert.Contains("effective", e.Message);
        Assert.Contains("overlap", e.LikelyCause);
        Assert.Contains("clip", e.WhatToDo);
        Assert.NotEmpty(e.Where);
    }

    [Fact]
    public void Candidates_of_a_shifted_prior_have_their_own_weights()
    {
        double[] scores = [.. Enumerable.Range(1, 200).Select(i => (double)i)];
        var fit = WeightedConformal.Fit(scores, [.. scores.Select(_ => 1.0)], 0.5);
        Assert.True(fit.Holds(100, 0) && !fit.Holds(100.5, 0) && fit.Holds(100.5, 1));
        Assert.Equal(new ConformalInterval(2, 4), fit.Hull([1, 2, 3, 4, 5], [150, 50, 120, 50, 150], [1, 1, 1, 1, 1]));
        Assert.Equal(new ConformalInterval(1, 5), fit.Hull([1, 2, 3, 4, 5], [150, 50, 120, 50, 150], [100, 1, 1, 1, 100]));
        Assert.Equal(new ConformalInterval(2, 2, true), fit.Hull([1, 2], [180, 170], [1, 1]));
    }

    [Fact]
    public void Bad_samples_are_refused()
    {
        Assert.Throws<InputDataException>(() => SplitConformal.Fit([double.NaN], [1], 0.9));
        Assert.Throws<ArgumentException>(() => SplitConformal.Fit([], [], 0.9));
        Assert.Throws<ArgumentException>(() => SplitConformal.Fit([1, 2], [1], 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => SplitConformal.Fit([1], [1], 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => SplitConformal.Fit([1], [1], 0.5).Interval(double.NaN));
        Assert.Throws<InputDataException>(() => NormalisedConformal.Fit([1], [-1], [1], 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => NormalisedConformal.Fit([1], [1], [1], 0.5).Interval(0, -1));
        Assert.Throws<InputDataException>(() => ConformalisedQuantiles.Fit([1], [double.NaN], [1], 0.9));
        Assert.Throws<InputDataException>(() => JackknifePlus.Interval([1], [-1], 0.9));
        Assert.Contains("fold", Assert.Throws<InputDataException>(() => CrossValidationPlus.Interval([1], [1], [1], 0.9)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => CrossValidationPlus.Guarantee(5, 10, 0.9));
        Assert.Throws<InputDataException>(() => MondrianConformal.Fit([double.NaN], [0], 0.9));
        Assert.Throws<InputDataException>(() => WeightedConformal.Fit(new double[200], [.. Enumerable.Repeat(-1.0, 200)], 0.9));
        Assert.Contains("overlap", Assert.Throws<InputDataException>(() => WeightedConformal.Fit(new double[200], new double[200], 0.9)).LikelyCause);
        Assert.Throws<InputDataException>(() => WeightedConformal.Fit(new double[200], [.. Enumerable.Repeat(double.NaN, 200)], 0.9));
        Assert.Throws<ArgumentException>(() => WeightedConformal.Fit(new double[200], [], 0.9));
    }
}
