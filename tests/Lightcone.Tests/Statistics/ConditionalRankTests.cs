using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class ConditionalRankTests
{
    private const double Slope = 3;

    /// <summary>Values whose middle and width grow with x, x uniform in (0, 1).</summary>
    private static (double[] X, double[] Values) Points(int count, ulong seed)
    {
        var random = new RandomStream(seed, "rank", 0, 0);
        var (x, values) = (new double[count], new double[count]);
        for (int i = 0; i < count; i++) (x[i], values[i]) = (random.NextDouble(), random.NextGaussian());
        for (int i = 0; i < count; i++) values[i] = Slope * x[i] + (1 + x[i]) * values[i];
        return (x, values);
    }

    [Fact]
    public void Ranks_of_points_like_the_reference_are_uniform_at_every_x_where_those_of_the_value_are_not()
    {
        const int count = 40_000, neighbours = 400, bins = 10;
        var (x, values) = Points(count, 1);
        var rank = new ConditionalRank(x, values, neighbours);
        var (freshX, fresh) = Points(count, 2);
        double[] sorted = [.. values.Order()];
        for (int bin = 0; bin < bins; bin++)
        {
            int[] own = [.. Enumerable.Range(0, count).Where(i => (int)(bins * freshX[i]) == bin)];
            double[] ranks = [.. own.Select(i => rank.Of(freshX[i], fresh[i])).Order()], plain = [.. own.Select(i => (double)~Array.BinarySearch(sorted, fresh[i]) / count).Order()];
            // Kolmogorov and Smirnov with equally many reference points in the bin: √(ln(2/p)/2) √(2/n), p = 1e-6, is 2.69 √(2/n). At the ends of x the neighbours lie on one
            // side, half of 1 % away on average, which moves the middle by 0.005 Slope in units of the width: 0.4 × 0.015 at most. The rank itself comes in steps of 1/400.
            double bound = 2.69 * Math.Sqrt(2.0 / own.Length) + 0.4 * 0.005 * Slope + 1.0 / neighbours;
            Assert.InRange(Distance(ranks), 0, bound);
            if (bin is 0 or bins - 1) Assert.True(Distance(plain) > 2 * bound, "the value alone depends on x");
        }
    }

    private static double Distance(double[] sorted) =>
        Enumerable.Range(0, sorted.Length).Max(i => Math.Max(Math.Abs(sorted[i] - (double)i / sorted.Length), Math.Abs(sorted[i] - (i + 1.0) / sorted.Length)));

    [Fact]
    public void A_larger_value_never_has_a_smaller_rank_and_ranks_lie_between_0_and_1() =>
        Gen.Select(Gen.Int[1, 60], Gen.Int[2, 80], Gen.ULong).Sample((count, neighbours, seed) =>
        {
            var random = new RandomStream(seed, "monotone", 0, 0);
            var (x, values) = (new double[count], new double[count]);
            for (int i = 0; i < count; i++) (x[i], values[i]) = (random.NextInt(8), random.NextInt(6)); // many ties in both
            var rank = new ConditionalRank(x, values, neighbours);
            Assert.Equal(Math.Min(count, neighbours), rank.Neighbours);
            for (double at = -1; at <= 8; at += 0.5)
            {
                Assert.Equal((0.0, 1.0), (rank.Of(at, -100), rank.Of(at, 100))); // no line through them is steeper than 5 in one
                double last = 0;
                for (double value = -0.5; value <= 6; value += 0.5)
                {
                    double now = rank.Of(at, value);
                    Assert.InRange(now, last, 1);
                    last = now;
                }
            }
        }, iter: 300);

    [Fact]
    public void A_rank_counts_the_nearest_in_the_order_of_x_and_equal_values_half()
    {
        double[] x = [5, 1, 3, 2, 4], values = [50, 10, 30, 20, 40]; // value = 10 x
        var rank = new ConditionalRank(x, values, 2);
        Assert.Equal([1.0, 2, 3, 4, 5], rank.Positions.ToArray());
        Assert.Equal([10.0, 20, 30, 40, 50], rank.Values.ToArray());
        Assert.Equal(0.5, rank.Of(3.5, 35)); // 30 at 3 and 40 at 4 are both 35 at 3.5
        Assert.Equal(0, rank.Of(3.5, 34));
        Assert.Equal(1, rank.Of(3.5, 36));
        Assert.Equal(0.5, new ConditionalRank([1, 1, 1, 1], [1, 2, 2, 3], 4).Of(1, 2));
    }

    [Theory]
    [InlineData(-1e300, 10, 0.5)]
    [InlineData(0.5, 10, 0.5)]
    [InlineData(1, 10, 0.5)]
    [InlineData(5, 50, 0.5)]
    [InlineData(6, 50, 0.5)]
    [InlineData(double.PositiveInfinity, 50, 0.5)]
    public void Beyond_the_ends_of_x_the_last_neighbours_count(double at, double value, double expected) =>
        Assert.Equal(expected, new ConditionalRank([1, 2, 3, 4, 5], [10, 20, 30, 40, 50], 2).Of(at, value));

    [Fact]
    public void Fewer_points_than_neighbours_are_all_neighbours()
    {
        var rank = new ConditionalRank([1], [7], 400);
        Assert.Equal((0.0, 0.5, 1.0), (rank.Of(100, 6), rank.Of(-100, 7), rank.Of(1, 8)));
    }

    [Fact]
    public void What_has_no_rank_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new ConditionalRank([], [], 2));
        Assert.Throws<ArgumentException>(() => new ConditionalRank([1, 2], [1], 2));
        Assert.Throws<ArgumentException>(() => new ConditionalRank([1, double.NaN], [1, 2], 2));
        Assert.Throws<ArgumentException>(() => new ConditionalRank([1, 2], [1, double.PositiveInfinity], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConditionalRank([1], [1], 1));
        var rank = new ConditionalRank([1, 2, 3], [1, 2, 3], 2);
        Assert.True(double.IsNaN(rank.Of(double.NaN, 1)));
        Assert.True(double.IsNaN(rank.Of(1, double.NaN)));
    }
}
