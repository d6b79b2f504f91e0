using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class SpectrumTests
{
    [Fact]
    public void Nothing_that_was_filled_is_lost() => Gen.Select(Gen.Double[-2, 2], Gen.Double[-1, 3]).Array[0, 200].Sample(entries =>
    {
        var histogram = Histogram.Uniform(-1, 1, 7);
        foreach (var (value, weight) in entries) histogram.Fill(value, weight);
        histogram.Fill(double.NaN);
        Assert.Equal(entries.Length, histogram.Total.Entries);
        Assert.Equal(entries.Sum(e => e.Item2), histogram.Total.SumOfWeights, 1e-12);
        Assert.Equal(entries.Sum(e => e.Item2 * e.Item2), histogram.Total.SumOfSquaredWeights, 1e-12);
        Assert.Equal(entries.Count(e => e.Item1 < -1), histogram.Underflow.Entries);
        Assert.Equal(1, histogram.NotANumber.Entries);
        for (int b = 0; b < 7; b++)
            Assert.Equal(entries.Count(e => e.Item1 >= histogram.Edges[b] && (e.Item1 < histogram.Edges[b + 1] || (b == 6 && e.Item1 == 1))), histogram.Bins[b].Entries);
    }, iter: 200);

    [Fact]
    public void An_edge_belongs_to_the_bin_above_and_the_last_to_the_last()
    {
        var histogram = new Histogram([0, 1, 3]);
        histogram.Fill([0, 1, 3, Math.BitIncrement(3), Math.BitDecrement(0)]);
        Assert.Equal([1, 2], histogram.Bins.Select(b => b.Entries));
        Assert.Equal(1, histogram.Overflow.Entries);
        Assert.Equal(1, histogram.Underflow.Entries);
        Assert.Throws<ArgumentException>(() => new Histogram([0, 1, 1]));
        Assert.Throws<ArgumentException>(() => new Histogram([0, double.NaN]));
    }

    [Fact]
    public void Counts_get_Garwood_and_weights_get_the_root_of_their_squares()
    {
        var histogram = new Histogram([0, 1]);
        histogram.Fill([0.5, 0.5, 0.5]);
        Assert.Equal(Garwood.Of(3), histogram.Content(0));
        histogram.Fill(0.5, 2);
        Assert.Equal(5 - Math.Sqrt(7), histogram.Content(0).Lower, 1e-12);
        Assert.Equal(5 + 1.959963984540054 * Math.Sqrt(7), histogram.Content(0, 0.95).Upper, 1e-9);
    }

    [Fact]
    public void A_density_integrates_to_the_fraction_in_range()
    {
        var histogram = new Histogram([0, 1, 3]);
        histogram.Fill([0.5, 2, 2, 9]);
        Assert.Equal([0.25, 0.25], histogram.Density());
        Assert.All(new Histogram([0, 1]).Density(), d => Assert.True(double.IsNaN(d)));
    }

    [Fact]
    public void Histograms_add_and_refuse_other_edges()
    {
        Histogram a = new([0, 1]), b = new([0, 1]);
        a.Fill([0.5, -1]);
        b.Fill(0.5, 3);
        a.Add(b);
        Assert.Equal(4, a.Bins[0].SumOfWeights);
        Assert.Equal("√Σw²", a.Content(0).Method);
        Assert.Throws<ArgumentException>(() => a.Add(new Histogram([0, 2])));
    }

    [Fact]
    public void Quantiles_interpolate_between_order_statistics()
    {
        Assert.Equal(2.5, Quantile.Of([4, 1, 3, 2], 0.5));
        Assert.Equal(1, Quantile.Of([4, 1, 3, 2], 0));
        Assert.Equal(4, Quantile.Of([4, 1, 3, 2], 1));
        Assert.Equal(1.3, Quantile.Of([4, 1, 3, 2], 0.1), 1e-15);
        Assert.True(double.IsNaN(Quantile.Of([], 0.5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Quantile.Of([1], 1.1));
    }

    [Fact]
    public void Bins_of_equal_population_hold_equally_many()
    {
        var random = new RandomStream(1, "values", 0, 0);
        var values = Enumerable.Range(0, 6000).Select(_ => random.NextGaussian()).ToArray();
        var histogram = new Histogram(Quantile.Edges(values, 6));
        histogram.Fill(values);
        Assert.All(histogram.Bins, b => Assert.InRange(b.Entries, 999, 1001));
        Assert.Equal(0, histogram.Underflow.Entries + histogram.Overflow.Entries);
        Assert.Equal(2, Quantile.Edges([5, 5, 5], 6).Length);
        Assert.Equal([1.0, 2], Quantile.Edges([1, 1, 1, 1, 1, 2], 3));
    }

    [Fact]
    public void The_interval_of_a_quantile_covers()
    {
        const int repetitions = 3000;
        int covered = 0;
        for (int r = 0; r < repetitions; r++)
        {
            var random = new RandomStream(1, "quantile", r, 0);
            var interval = Quantile.WithInterval(Enumerable.Range(0, 101).Select(_ => random.NextDouble()).ToArray(), 0.3);
            if (interval.Lower <= 0.3 && 0.3 <= interval.Upper) covered++;
        }
        var observed = ClopperPearson.Of(covered, repetitions, 0.9999);
        Assert.True(observed.Upper > Interval.OneSigma && observed.Value < 0.80, $"covers {observed}"); // conservative by at most two ranks of about 4 %
        Assert.Equal(double.PositiveInfinity, Quantile.WithInterval([1, 2], 0.99).Upper);
    }

    [Fact]
    public void Efficiencies_in_bins_count_and_leave_out_what_lies_outside()
    {
        var bins = BinnedEfficiency.Of([0.5, 0.7, 1.5, 1.5, 2, 3], [true, false, true, true, false, true], [0, 1, 2]);
        Assert.Equal((1L, 2L), (bins[0].Passed, bins[0].Total));
        Assert.Equal((2L, 3L), (bins[1].Passed, bins[1].Total));
        Assert.Equal(ClopperPearson.Of(2, 3), bins[1].Efficiency);
        Assert.Equal(0.6, bins[0].MeanValue, 1e-15);
        Assert.True(double.IsNaN(BinnedEfficiency.Of([], [], [0, 1])[0].MeanValue));
    }

    [Fact]
    public void Spectra_differ_by_nothing_from_themselves_and_by_one_bit_without_overlap()
    {
        Assert.Equal(0, JensenShannon.Divergence([1, 2, 3], [10, 20, 30]), 1e-15);
        Assert.Equal(1, JensenShannon.Divergence([1, 0], [0, 5]));
        // By hand: p = (1, 0), q = (½, ½): ½ log₂(4/3) + ¼ log₂(2/3) + ¼ log₂ 2 = 0.311278…
        Assert.Equal(0.31127812445913283, JensenShannon.Divergence([1, 0], [1, 1]), 1e-15);
        Assert.True(double.IsNaN(JensenShannon.Divergence([0, 0], [1, 1])));
        Assert.Throws<ArgumentException>(() => JensenShannon.Divergence([-1, 2], [1, 1]));
        Gen.Double[0.001, 1].Array[5].Select(Gen.Double[0.001, 1].Array[5]).Sample((p, q) =>
        {
            double d = JensenShannon.Divergence(p, q);
            Assert.InRange(d, 0, 1);
            Assert.Equal(d, JensenShannon.Divergence(q, p), 1e-14);
        }, iter: 500);
    }
}
