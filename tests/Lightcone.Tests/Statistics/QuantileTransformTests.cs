using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class QuantileTransformTests
{
    private const double Last = 5.199337582187471; // Φ⁻¹(1 − 10⁻⁷)

    /// <summary>Tables with many repeated quantiles.</summary>
    private static readonly Gen<double[]> Tables = Gen.Int[-4, 4].Array[2, 12].Select(t => t.Order().Select(x => x / 2.0).ToArray());

    private static double[] Sample(int count, ulong seed)
    {
        var random = new RandomStream(seed, "quantile transform", 0, 0);
        return [.. Enumerable.Range(0, count).Select(_ => Math.Exp(random.NextGaussian()))];
    }

    /// <summary>The share as the formula states it: linear interpolation from the left and, mirrored, from the right, and the mean of the two.</summary>
    private static double SlowShare(double[] table, double x)
    {
        double[] shares = [.. table.Select((_, i) => i / (table.Length - 1.0))];
        double mirrored = OneSided([.. table.Reverse().Select(q => -q)], [.. shares.Reverse().Select(r => -r)], -x);
        return 0.5 * (OneSided(table, shares, x) - mirrored);

        static double OneSided(double[] q, double[] r, double x)
        {
            if (x < q[0]) return r[0];
            int below = Array.FindLastIndex(q, value => value <= x);
            return below + 1 == q.Length ? r[^1] : r[below] + (x - q[below]) / (q[below + 1] - q[below]) * (r[below + 1] - r[below]);
        }
    }

    [Fact]
    public void Shares_are_those_of_two_sided_interpolation() => Gen.Select(Tables, Gen.Double[-3, 3], Gen.Int[-6, 6]).Sample((table, x, half) =>
    {
        var transform = new QuantileTransform(table);
        foreach (double value in (double[])[x, half / 2.0])
        {
            // Shares agree to a few roundings of numbers below 1; the inverse distribution is steepest at the clipped ends, where both sides are clipped.
            double expected = Math.Clamp(SlowShare(table, value), 1e-7, 1 - 1e-7);
            Assert.Equal(expected, SpecialFunctions.NormalCdf(transform.Transform(value)), 1e-14);
        }
    }, iter: 20_000);

    [Fact]
    public void A_fitted_sample_becomes_standard_normal()
    {
        double[] sample = Sample(100_000, 1), other = Sample(100_000, 2);
        var transform = QuantileTransform.Fit(sample);
        double[] normal = [.. other.Select(transform.Transform)];
        // Five standard errors of a mean, and of a variance, of 10⁵ normal numbers; twice that because the table was fitted on as many.
        Assert.Equal(0, normal.Average(), 10 / Math.Sqrt(1e5));
        Assert.Equal(1, normal.Average(x => x * x), 10 * Math.Sqrt(2 / 1e5));
        foreach (double p in (double[])[0.01, 0.16, 0.5, 0.84, 0.99])
            Assert.Equal(p, normal.Count(x => x < SpecialFunctions.NormalQuantile(p)) / 1e5, 10 * Math.Sqrt(p * (1 - p) / 1e5));
    }

    [Fact]
    public void Quantiles_are_those_of_the_sample()
    {
        double[] sample = Sample(1234, 3);
        var transform = QuantileTransform.Fit(sample, 11);
        for (int i = 0; i <= 10; i++) Assert.Equal(Quantile.Of(sample, i / 10.0), transform.Quantiles[i], 1e-12 * sample.Max());
        Assert.Equal(500, QuantileTransform.Fit(sample).Quantiles.Count);
        Assert.Equal(transform.Quantiles, new QuantileTransform([.. transform.Quantiles]).Quantiles);
    }

    [Fact]
    public void The_inverse_leads_back_and_order_is_kept() => Gen.Double[0.02, 30].Array[2].Sample(pair =>
    {
        var transform = Fitted;
        Array.Sort(pair);
        double[] y = [.. pair.Select(transform.Transform)];
        Assert.True(y[0] <= y[1]);
        foreach (double x in pair)
            if (x > transform.Quantiles[1] && x < transform.Quantiles[^2])
                Assert.Equal(x, transform.Inverse(transform.Transform(x)), 1e-10 * x); // Φ and its inverse lose up to 1e-14 of a share; a quantile step of 1/499 spans at most x itself
    }, iter: 2_000);

    private static readonly QuantileTransform Fitted = QuantileTransform.Fit(Sample(20_000, 4));

    [Fact]
    public void Values_outside_the_table_and_those_that_are_no_number_have_defined_results()
    {
        var transform = new QuantileTransform([-1, 0, 2]);
        Assert.Equal(-Last, transform.Transform(-1), 1e-8);
        Assert.Equal(0, transform.Transform(0));
        foreach (double x in (double[])[2, 3, double.MaxValue, double.PositiveInfinity]) Assert.Equal(Last, transform.Transform(x), 1e-8);
        Assert.Equal(-Last, transform.Transform(double.NegativeInfinity), 1e-8);
        Assert.Equal(double.NaN, transform.Transform(double.NaN));
        Assert.Equal(double.NaN, transform.Inverse(double.NaN));
        Assert.Equal(-1, transform.Inverse(double.NegativeInfinity));
        Assert.Equal(2, transform.Inverse(40));
        Assert.Equal(1, transform.Inverse(SpecialFunctions.NormalQuantile(0.75)), 1e-12);
    }

    [Fact]
    public void A_sample_of_one_value_maps_it_to_the_middle()
    {
        var transform = QuantileTransform.Fit([3, 3, 3]);
        Assert.Equal(0, transform.Transform(3));
        Assert.Equal(-Last, transform.Transform(2.999), 1e-8);
        Assert.Equal(Last, transform.Transform(3.001), 1e-8);
        Assert.Equal(3, transform.Inverse(1.5));
        Assert.Equal(0, QuantileTransform.Fit([7], 2).Transform(7));
    }

    [Fact]
    public void Repeated_values_land_in_the_middle_of_their_shares()
    {
        double[] sample = [.. Enumerable.Range(0, 100).Select(i => i < 60 ? 5.0 : 5 + i)];
        double share = 0.5 * 59 / 99; // the quantiles 0 to 59 of 99 steps
        Assert.Equal(SpecialFunctions.NormalQuantile(share), QuantileTransform.Fit(sample, 100).Transform(5), 1e-13);
    }

    [Fact]
    public void Many_values_are_transformed_as_each_is_and_nothing_is_allocated()
    {
        float[] values = [.. Sample(10_000, 5).Select(x => (float)x), float.NaN], target = new float[10_002];
        target[^1] = 77;
        Fitted.Transform(values, target);
        for (int i = 0; i < values.Length; i++) Assert.Equal((float)Fitted.Transform(values[i]), target[i]);
        Assert.Equal(77, target[^1]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Fitted.Transform(values, target);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Fitted.Transform(values, values); // in place
        Assert.Equal(target[..^1], values);
        Assert.Throws<ArgumentException>(() => Fitted.Transform(values, target.AsSpan(0, 3)));
    }

    [Fact]
    public void Tables_and_samples_that_are_none_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new QuantileTransform([1]));
        Assert.Throws<ArgumentException>(() => new QuantileTransform([1, double.NaN]));
        Assert.Throws<ArgumentException>(() => new QuantileTransform([1, double.PositiveInfinity]));
        Assert.Throws<ArgumentException>(() => new QuantileTransform([1, 3, 2]));
        Assert.Throws<ArgumentException>(() => new QuantileTransform([-double.MaxValue, double.MaxValue]));
        Assert.Throws<ArgumentException>(() => QuantileTransform.Fit([]));
        Assert.Throws<ArgumentException>(() => QuantileTransform.Fit([1, double.NaN]));
        Assert.Throws<ArgumentException>(() => QuantileTransform.Fit([1, double.NegativeInfinity]));
        Assert.Throws<ArgumentException>(() => QuantileTransform.Fit([1, 2], 1));
    }

    [Fact]
    public void A_table_does_not_follow_the_array_it_was_made_from()
    {
        double[] table = [0, 1, 2];
        var transform = new QuantileTransform(table);
        table[1] = 2;
        Assert.Equal(0, transform.Transform(1));
    }
}
