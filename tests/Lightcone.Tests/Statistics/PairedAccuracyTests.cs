using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class PairedAccuracyTests
{
    /// <summary>Correctness of two classifiers, means over three trainings, that agree on most jets.</summary>
    private static (double[] A, double[] B) Correctness(int jets, ulong seed)
    {
        var random = new RandomStream(seed, "correctness", 0, 0);
        var (a, b) = (new double[jets], new double[jets]);
        for (int i = 0; i < jets; i++)
        {
            double easy = random.NextDouble();
            for (int training = 0; training < 3; training++)
            {
                a[i] += (random.NextDouble() < 0.1 + 0.9 * easy ? 1 : 0) / 3.0;
                b[i] += (random.NextDouble() < 0.9 * easy ? 1 : 0) / 3.0;
            }

            (a[i], b[i]) = (Math.Min(a[i], 1), Math.Min(b[i], 1));
        }

        return (a, b);
    }

    [Fact]
    public void Two_jets_have_the_interval_that_counting_their_four_draws_gives()
    {
        // Differences 0 and 1: the mean of two draws is 0, ½, 1 with probabilities ¼, ½, ¼. The ends at 16 and 84 % are 0 and 1, those at 30 and 70 % both ½.
        // Of 2000 draws a quarter ± 1 % give 0: 16 and 30 % are beyond four of these errors from the step at 25 %.
        var wide = PairedAccuracy.Difference([1, 1], [1, 0], 2000, 1, Interval.OneSigma);
        Assert.Equal([0.5, 0, 1], (double[])[wide.Value, wide.Lower, wide.Upper]);
        var narrow = PairedAccuracy.Difference([1, 1], [1, 0], 2000, 1, 0.4);
        Assert.Equal([0.5, 0.5, 0.5], (double[])[narrow.Value, narrow.Lower, narrow.Upper]);
    }

    [Fact]
    public void The_draws_are_those_of_a_loop_that_resamples_both_classifiers() => Gen.Select(Gen.Int[2, 40], Gen.ULong).Sample((jets, seed) =>
    {
        var (a, b) = Correctness(jets, seed);
        var differences = new List<double>();
        for (int draw = 0; draw < 50; draw++)
        {
            var random = new RandomStream(seed, "paired accuracy", 0, draw);
            int[] drawn = [.. Enumerable.Range(0, jets).Select(_ => random.NextInt(jets))];
            differences.Add(drawn.Average(i => a[i]) - drawn.Average(i => b[i]));
        }

        var interval = PairedAccuracy.Difference(a, b, 50, seed, 0.9);
        Assert.Equal(a.Average() - b.Average(), interval.Value, 1e-14);
        Assert.Equal(Quantile.Of([.. differences], 0.05), interval.Lower, 1e-14);
        Assert.Equal(Quantile.Of([.. differences], 0.95), interval.Upper, 1e-14);
    }, iter: 200);

    [Theory]
    [InlineData(Interval.OneSigma, 1)]
    [InlineData(0.95, 1.959964)]
    public void Many_jets_have_the_interval_of_the_normal_approximation(double level, double deviations)
    {
        const int jets = 2000, draws = 4000;
        var (a, b) = Correctness(jets, 7);
        double[] differences = [.. a.Zip(b, (x, y) => x - y)];
        double mean = differences.Average(), error = Math.Sqrt(differences.Sum(d => (d - mean) * (d - mean)) / jets / jets);
        var interval = PairedAccuracy.Difference(a, b, draws, 3, level);
        Assert.Equal(mean, interval.Value, 1e-14);
        // A quantile of 4000 normal draws is off by √(p(1 − p)/4000)/φ standard deviations: 0.024 at 16 %, 0.042 at 2.5 %. Four of them, and 0.02 for the
        // skewness, at most γ (z² − 1)/(6 √2000) with γ of order 1.
        double tail = (1 - level) / 2, density = Math.Exp(-deviations * deviations / 2) / Math.Sqrt(2 * Math.PI);
        double tolerance = (4 * Math.Sqrt(tail * (1 - tail) / draws) / density + 0.02) * error;
        Assert.Equal(mean - deviations * error, interval.Lower, tolerance);
        Assert.Equal(mean + deviations * error, interval.Upper, tolerance);
        double unpaired = Math.Sqrt(Variance(a) / jets + Variance(b) / jets);
        Assert.True(error < 0.9 * unpaired, "jets that are easy for one are easy for the other");
    }

    [Fact]
    public void The_second_against_the_first_is_the_mirror_image_and_the_narrow_interval_lies_in_the_wide_one() => Gen.Select(Gen.Int[2, 60], Gen.ULong).Sample((jets, seed) =>
    {
        var (a, b) = Correctness(jets, seed);
        Interval one = PairedAccuracy.Difference(a, b, 200, seed, 0.95), other = PairedAccuracy.Difference(b, a, 200, seed, 0.95), narrow = PairedAccuracy.Difference(a, b, 200, seed, Interval.OneSigma);
        Assert.Equal(one.Lower, -other.Upper, 1e-14);
        Assert.Equal(one.Upper, -other.Lower, 1e-14);
        Assert.True(one.Lower <= narrow.Lower && narrow.Upper <= one.Upper);
        Assert.Equal(one, PairedAccuracy.Difference(a, b, 200, seed, 0.95));
    }, iter: 100);

    [Fact]
    public void A_classifier_does_not_differ_from_itself_and_one_jet_tells_nothing_of_others()
    {
        var (a, _) = Correctness(100, 1);
        var same = PairedAccuracy.Difference(a, a, 100, 1, 0.95);
        Assert.Equal([0, 0, 0], (double[])[same.Value, same.Lower, same.Upper]);
        var single = PairedAccuracy.Difference([1], [0], 100, 1, 0.95);
        Assert.Equal(1, single.Value);
        Assert.True(double.IsNaN(single.Lower) && double.IsNaN(single.Upper));
    }

    [Fact]
    public void Jets_that_only_one_classifier_judged_and_correctness_beyond_one_are_refused()
    {
        Assert.Throws<ArgumentException>(() => PairedAccuracy.Difference([1, 0], [1], 10, 1, 0.95));
        Assert.Throws<ArgumentException>(() => PairedAccuracy.Difference([], [], 10, 1, 0.95));
        Assert.Throws<ArgumentException>(() => PairedAccuracy.Difference([1.5], [1], 10, 1, 0.95));
        Assert.Throws<ArgumentException>(() => PairedAccuracy.Difference([1], [double.NaN], 10, 1, 0.95));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedAccuracy.Difference([1], [1], 0, 1, 0.95));
        Assert.Throws<ArgumentOutOfRangeException>(() => PairedAccuracy.Difference([1], [1], 10, 1, 95));
    }

    private static double Variance(double[] values) => values.Average(v => v * v) - Math.Pow(values.Average(), 2);
}
