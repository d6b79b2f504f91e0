using CsCheck;
using Lightcone.Statistics;
using MathNet.Numerics.Distributions;

namespace Lightcone.Tests.Statistics;

public sealed class IntervalTests
{
    [Theory]
    [InlineData(0, 10, 0, 0.168149, 0, 0.308497, 0, 0.411296)]
    [InlineData(5, 10, 0.304818, 0.695182, 0.187086, 0.812914, 0.128311, 0.871689)]
    [InlineData(10, 10, 0.831851, 1, 0.691503, 1, 0.588704, 1)]
    [InlineData(90, 100, 0.860397, 0.930332, 0.823777, 0.950995, 0.798046, 0.961804)]
    [InlineData(683, 1000, 0.667604, 0.698018, 0.653153, 0.711765, 0.643783, 0.720448)]
    [InlineData(900, 1000, 0.889592, 0.909566, 0.879712, 0.917895, 0.873120, 0.922978)]
    [InlineData(6827, 10_000, 0.677977, 0.687386, 0.673476, 0.691818, 0.670576, 0.694649)]
    [InlineData(68_269, 100_000, 0.681211, 0.684165, 0.679795, 0.685574, 0.678885, 0.686477)]
    public void Clopper_Pearson_gives_the_tabulated_ends(long k, long n, double l68, double u68, double l95, double u95, double l99, double u99)
    {
        foreach (var (level, lower, upper) in new[] { (Interval.OneSigma, l68, u68), (0.95, l95, u95), (0.99, l99, u99) })
        {
            var interval = ClopperPearson.Of(k, n, level);
            Assert.Equal(lower, interval.Lower, 1e-6);
            Assert.Equal(upper, interval.Upper, 1e-6);
            Assert.Equal((double)k / n, interval.Value);
        }
    }

    [Theory]
    [InlineData(15_216, 16_000, 0.951, 0.949233, 0.952709)]
    public void Accuracy_of_the_report_has_the_tabulated_interval(long k, long n, double value, double lower, double upper)
    {
        var interval = ClopperPearson.Of(k, n);
        Assert.Equal([value, lower, upper], [interval.Value, Math.Round(interval.Lower, 6), Math.Round(interval.Upper, 6)]);
    }

    [Theory]
    [InlineData(3, 2666.667, 1352.013, 5850.731)]
    [InlineData(12, 666.667, 483.235, 931.746)]
    [InlineData(53, 150.943, 130.519, 174.822)]
    [InlineData(123, 65.0407, 59.2514, 71.4315)]
    public void Rejection_of_the_report_has_the_tabulated_interval(long passing, double value, double lower, double upper)
    {
        var rejection = ClopperPearson.Of(passing, 8000).Reciprocal();
        Assert.Equal(value, rejection.Value, 5e-4 + 1e-6 * value); // the digits of the table, and its accuracy
        Assert.Equal(lower, rejection.Lower, 5e-4 + 1e-6 * lower);
        Assert.Equal(upper, rejection.Upper, 5e-4 + 1e-6 * upper);
    }

    [Theory]
    [InlineData(0, 0, 1.8410)]
    [InlineData(1, 0.1728, 3.2995)]
    [InlineData(2, 0.7082, 4.6379)]
    [InlineData(3, 1.3673, 5.9182)]
    [InlineData(5, 2.8403, 8.3825)]
    [InlineData(10, 6.8913, 14.2669)]
    [InlineData(100, 90.0167, 111.0334)]
    public void Garwood_gives_the_tabulated_ends(long count, double lower, double upper)
    {
        var interval = Garwood.Of(count);
        Assert.Equal(lower, interval.Lower, 5.1e-5);
        Assert.Equal(upper, interval.Upper, 5.1e-5);
    }

    [Fact]
    public void No_background_passing_gives_a_limit_of_about_N_over_1_841()
    {
        var rejection = ClopperPearson.Of(0, 200_000).Reciprocal();
        Assert.Equal(double.PositiveInfinity, rejection.Value);
        Assert.Equal(double.PositiveInfinity, rejection.Upper);
        Assert.Equal(200_000 / 1.8410, rejection.Lower, 200_000 / 1.8410 * 1e-4);
    }

    [Fact]
    public void Ends_are_where_binomial_tails_have_half_the_missing_probability() =>
        Gen.Select(Gen.Int[1, 2000], Gen.Double[0, 1], Gen.Double[0.05, 0.999]).Sample((n, f, level) =>
        {
            int k = (int)(f * n);
            var interval = ClopperPearson.Of(k, n, level);
            double tail = (1 - level) / 2;
            // MathNet's tail carries an error of about n times 1e-15 in the exponent.
            if (k > 0) Assert.Equal(tail, 1 - Binomial.CDF(interval.Lower, n, k - 1), 1e-9);
            if (k < n) Assert.Equal(tail, Binomial.CDF(interval.Upper, n, k), 1e-9);
        }, iter: 2_000);

    [Fact]
    public void Clopper_Pearson_covers_at_least_with_its_level()
    {
        foreach (int n in new[] { 5, 20, 100 })
        {
            var intervals = Enumerable.Range(0, n + 1).Select(k => ClopperPearson.Of(k, n)).ToArray();
            for (double truth = 0.01; truth < 1; truth += 0.01)
            {
                double covered = Enumerable.Range(0, n + 1).Where(k => intervals[k].Lower <= truth && truth <= intervals[k].Upper).Sum(k => Binomial.PMF(truth, n, k));
                Assert.True(covered >= Interval.OneSigma - 1e-9, $"n = {n}, truth {truth}: {covered}");
            }
        }
    }

    [Fact]
    public void A_fractional_count_lies_between_its_neighbours()
    {
        var (two, between, three) = (ClopperPearson.Of(2, 100), ClopperPearson.Of(2.5, 100), ClopperPearson.Of(3, 100));
        Assert.True(two.Lower < between.Lower && between.Lower < three.Lower);
        Assert.True(two.Upper < between.Upper && between.Upper < three.Upper);
        Assert.Equal(0, ClopperPearson.Of(1e-300, 100).Lower, 1e-12); // continuous at 0
    }

    [Fact]
    public void Small_fractions_of_many_trials_keep_their_digits()
    {
        var interval = ClopperPearson.Of(0, 1_000_000_000_000, 0.95);
        Assert.Equal(-Math.Log(0.025) / 1e12, interval.Upper, 1e-22); // 1 − (α/2)^(1/n) = −ln(α/2)/n up to 1/n relative
        Assert.Equal(1 - interval.Upper, ClopperPearson.Of(1_000_000_000_000, 1_000_000_000_000, 0.95).Lower, 1e-15);
    }

    [Fact]
    public void Nothing_tried_tells_nothing()
    {
        var interval = ClopperPearson.Of(0, 0);
        Assert.True(double.IsNaN(interval.Value));
        Assert.Equal([0.0, 1.0], (double[])[interval.Lower, interval.Upper]);
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Of(11, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => ClopperPearson.Of(1, 10, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Garwood.Of(-1));
    }
}
