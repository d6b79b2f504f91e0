using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class SearchCurveTests
{
    private static readonly Gen<(double[] Background, double[] Signal)> Samples = Gen.Select(Gen.Int[1, 60], Gen.Int[1, 30], Gen.Int[1, 20], Gen.ULong, (backgrounds, signals, grid, seed) =>
    {
        var random = new RandomStream(seed, "search", 0, 0);
        double Draw(double shift) => Math.Round(grid * (random.NextGaussian() + shift)) / grid;
        return (Enumerable.Range(0, backgrounds).Select(_ => Draw(0)).ToArray(), Enumerable.Range(0, signals).Select(_ => Draw(1)).ToArray());
    });

    /// <summary>(background, signal) that pass each distinct score, from the highest down, the empty cut first.</summary>
    private static List<(int Background, int Signal)> Cuts(double[] background, double[] signal) =>
        [(0, 0), .. background.Concat(signal).Distinct().OrderDescending().Select(cut => (background.Count(s => s >= cut), signal.Count(s => s >= cut)))];

    /// <summary>Signal efficiency on the polygon through all cuts, at a background efficiency; at a corner where it rises straight up the lower end.</summary>
    private static double OnPolygon(double[] background, double[] signal, double share)
    {
        var cuts = Cuts(background, signal);
        double wanted = share * background.Length;
        int at = cuts.FindIndex(c => c.Background >= wanted);
        var (b0, s0) = cuts[at - 1];
        var (b1, s1) = cuts[at];
        return (s0 + (wanted - b0) / (b1 - b0) * (s1 - s0)) / signal.Length;
    }

    [Fact]
    public void Signal_efficiencies_lie_on_the_polygon_through_all_cuts() => Samples.Sample(sample =>
    {
        var curve = new SearchCurve(sample.Background, sample.Signal, 1);
        Assert.Equal((sample.Background.Length, sample.Signal.Length), (curve.Backgrounds, curve.Signals));
        foreach (double share in (double[])[0.01, 0.1, 1.0 / 3, 0.5, 0.77, 0.99])
        {
            double value = curve.SignalEfficiency(share).Value;
            if (share * sample.Background.Length < 1) Assert.True(double.IsNaN(value));
            else Assert.Equal(OnPolygon(sample.Background, sample.Signal, share), value, 1e-12);
        }
    }, iter: 100);

    [Fact]
    public void The_largest_gain_is_that_of_the_best_cut_behind_which_ten_background_jets_stand() => Samples.Sample(sample =>
    {
        double[] gains = [.. Cuts(sample.Background, sample.Signal).Where(c => c.Background >= SearchCurve.FewestBackgrounds)
            .Select(c => (double)c.Signal / sample.Signal.Length / Math.Sqrt((double)c.Background / sample.Background.Length))];
        double value = new SearchCurve(sample.Background, sample.Signal, 1).LargestGain().Value;
        if (gains.Length == 0) Assert.True(double.IsNaN(value));
        else Assert.Equal(gains.Max(), value, 1e-12);
    }, iter: 100);

    [Fact]
    public void Ten_background_jets_have_a_gain_and_nine_have_none()
    {
        double[] background = [.. Enumerable.Range(0, 10).Select(i => (double)i)];
        Assert.Equal(1, new SearchCurve(background, [5, 100], 1).LargestGain().Value);
        var nine = new SearchCurve(background.AsSpan(1), [5, 100], 1).LargestGain();
        Assert.True(double.IsNaN(nine.Value));
    }

    [Fact]
    public void Less_than_one_background_jet_has_no_efficiency_and_exactly_one_has()
    {
        double[] background = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        var curve = new SearchCurve(background, [998.5, 2000, 3000, -1], 1);
        var below = curve.SignalEfficiency(0.0009);
        Assert.All((double[])[below.Value, below.Lower, below.Upper], v => Assert.True(double.IsNaN(v)));
        // One jet is allowed to pass: the cut stands at the highest, 999.
        Assert.Equal(0.5, curve.SignalEfficiency(1e-3).Value);
        Assert.All((double[])[1e-1, 1e-2, 1e-3], share => Assert.False(double.IsNaN(new SearchCurve(background.AsSpan(0, (int)Math.Round(1 / share)), [1], 1).SignalEfficiency(share).Value)));
    }

    [Fact]
    public void A_tie_is_divided_evenly()
    {
        // Four background and two signal jets at the same score: half the background takes half the signal with it.
        var curve = new SearchCurve([1, 1, 1, 1], [1, 1], 1);
        Assert.Equal(0.5, curve.SignalEfficiency(0.5).Value, 1e-15);
        Assert.Equal(0.25, curve.SignalEfficiency(0.25).Value, 1e-15);
    }

    [Fact]
    public void The_same_seed_gives_the_same_interval_whatever_the_scale_of_the_score()
    {
        var random = new RandomStream(1, "same", 0, 0);
        double[] background = [.. Enumerable.Range(0, 300).Select(_ => random.NextGaussian())], signal = [.. Enumerable.Range(0, 100).Select(_ => 1 + random.NextGaussian())];
        Interval one = new SearchCurve(background, signal, 3).SignalEfficiency(0.1), same = new SearchCurve(background, signal, 3).SignalEfficiency(0.1), other = new SearchCurve(background, signal, 4).SignalEfficiency(0.1);
        Assert.Equal(one, same);
        Assert.NotEqual(one, other);
        Assert.Equal(one.Value, other.Value);
        Assert.True(one.Lower < one.Value && one.Value < one.Upper);
        var steeper = new SearchCurve(Array.ConvertAll(background, Math.Exp), Array.ConvertAll(signal, Math.Exp), 3);
        Assert.Equal(one, steeper.SignalEfficiency(0.1));
    }

    [Fact]
    public void Infinite_scores_rank_at_the_ends_and_what_is_no_score_is_refused()
    {
        var curve = new SearchCurve([double.NegativeInfinity, 0, 1], [double.PositiveInfinity, double.PositiveInfinity], 1);
        Assert.Equal(1, curve.SignalEfficiency(0.4).Value);
        Assert.Throws<ArgumentException>(() => new SearchCurve([1, double.NaN], [1], 1));
        Assert.Throws<ArgumentException>(() => new SearchCurve([], [1], 1));
        Assert.Throws<ArgumentException>(() => new SearchCurve([1], [], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => curve.SignalEfficiency(0.5, level: 1));
    }

    [Fact]
    public void The_interval_of_a_signal_efficiency_covers_with_its_level()
    {
        // Unit Gaussians, signal 1.5 higher, the threshold at the upper tenth of the background: ε_S = Φ(1.5 − 1.2816).
        double truth = SpecialFunctions.NormalCdf(1.5 + SpecialFunctions.NormalQuantile(0.1));
        const int experiments = 400, jets = 200;
        int covered = 0;
        for (int e = 0; e < experiments; e++)
        {
            var random = new RandomStream(1, "experiment", e, 0);
            double[] background = [.. Enumerable.Range(0, jets).Select(_ => random.NextGaussian())], signal = [.. Enumerable.Range(0, jets).Select(_ => 1.5 + random.NextGaussian())];
            var interval = new SearchCurve(background, signal, (ulong)e).SignalEfficiency(0.1);
            if (interval.Lower <= truth && truth <= interval.Upper) covered++;
        }

        // The count is binomial. The ends are quantiles of 200 replicas, each off by √(0.16 · 0.84 / 200) = 2.6 % of probability at random, which averages out to second order;
        // percentile intervals of 20 background jets behind the threshold are off by their skewness, up to 1/(3 √20) · φ(1) in each tail: 2 %, in opposite directions for the most part.
        var observed = ClopperPearson.Of(covered, experiments, 0.9999);
        Assert.InRange(Interval.OneSigma, observed.Lower - 0.02, observed.Upper + 0.02);
    }
}
