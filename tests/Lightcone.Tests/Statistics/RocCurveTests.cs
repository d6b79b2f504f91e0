using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class RocCurveTests
{
    /// <summary>Samples with both classes and, on a coarse grid, many ties.</summary>
    private static readonly Gen<(double[] Scores, int[] Labels)> Samples =
        Gen.Select(Gen.Int[2, 60], Gen.Int[1, 20], Gen.ULong, (n, grid, seed) =>
        {
            var random = new RandomStream(seed, "sample", 0, 0);
            var (scores, labels) = (new double[n], new int[n]);
            for (int i = 0; i < n; i++)
            {
                labels[i] = i < 2 ? i : random.NextInt(2);
                scores[i] = Math.Round(grid * (random.NextGaussian() + labels[i])) / grid;
            }
            return (scores, labels);
        });

    private static (double[] Scores, int[] Labels) Gaussians(int n, double separation, ulong seed)
    {
        var random = new RandomStream(seed, "gaussians", 0, 0);
        var labels = Enumerable.Range(0, n).Select(i => i % 2).ToArray();
        return (Array.ConvertAll(labels, l => random.NextGaussian() + separation * l), labels);
    }

    /// <summary>AUC and DeLong variance from all pairs, as the paper writes them.</summary>
    private static (double Auc, double Variance) AllPairs(double[] scores, int[] labels)
    {
        double[] signal = [.. scores.Where((_, i) => labels[i] == 1)], background = [.. scores.Where((_, i) => labels[i] == 0)];
        double Psi(double x, double y) => x > y ? 1 : x == y ? 0.5 : 0;
        double auc = signal.Average(x => background.Average(y => Psi(x, y)));
        double s10 = signal.Sum(x => Math.Pow(background.Average(y => Psi(x, y)) - auc, 2)) / (signal.Length - 1);
        double s01 = background.Sum(y => Math.Pow(signal.Average(x => Psi(x, y)) - auc, 2)) / (background.Length - 1);
        return (auc, s10 / signal.Length + s01 / background.Length);
    }

    [Fact]
    public void Area_and_DeLong_interval_equal_those_of_all_pairs() => Samples.Sample(sample =>
    {
        var (auc, variance) = AllPairs(sample.Scores, sample.Labels);
        var interval = RocCurve.From(sample.Scores, sample.Labels).Auc();
        Assert.Equal(auc, interval.Value, 1e-14);
        if (interval.Method != "DeLong") return;
        Assert.Equal(Math.Max(0, auc - Math.Sqrt(variance)), interval.Lower, 1e-12);
        Assert.Equal(Math.Min(1, auc + Math.Sqrt(variance)), interval.Upper, 1e-12);
    }, iter: 2_000);

    [Fact]
    public void The_curve_counts_what_passes_each_distinct_score() => Samples.Sample(sample =>
    {
        var curve = RocCurve.From(sample.Scores, sample.Labels);
        Assert.Equal(sample.Scores.Distinct().OrderDescending().Prepend(double.PositiveInfinity), curve.Points.Select(p => p.Threshold));
        foreach (var point in curve.Points)
        {
            Assert.Equal(sample.Scores.Where((s, i) => sample.Labels[i] == 1 && s >= point.Threshold).Count(), point.SignalPassing);
            Assert.Equal(sample.Scores.Where((s, i) => sample.Labels[i] == 0 && s >= point.Threshold).Count(), point.BackgroundPassing);
        }
    }, iter: 500);

    [Fact]
    public void The_curve_does_not_depend_on_the_order_of_the_jets_nor_on_the_scale_of_the_score() => Samples.Sample(sample =>
    {
        var curve = RocCurve.From(sample.Scores, sample.Labels);
        var reversed = RocCurve.From(sample.Scores.Reverse().ToArray(), sample.Labels.Reverse().ToArray());
        Assert.Equal(curve.Points, reversed.Points);
        var rescaled = RocCurve.From(Array.ConvertAll(sample.Scores, s => Math.Exp(0.5 * s)), sample.Labels);
        Assert.Equal(curve.Points.Select(p => (p.SignalPassing, p.BackgroundPassing)), rescaled.Points.Select(p => (p.SignalPassing, p.BackgroundPassing)));
        Assert.Equal(curve.Auc(), rescaled.Auc());
    }, iter: 500);

    [Fact]
    public void Dropping_inner_points_of_straight_pieces_keeps_the_drawing() => Samples.Sample(sample =>
    {
        var curve = RocCurve.From(sample.Scores, sample.Labels);
        var corners = curve.Corners;
        Assert.Equal(curve.Points[0], corners[0]);
        Assert.Equal(curve.Points[^1], corners[^1]);
        foreach (var p in curve.Points)
        {
            int after = 0;
            while (corners[after].Threshold > p.Threshold) after++;
            if (corners[after] == p) continue;
            var (a, b) = (corners[after - 1], corners[after]);
            Assert.Equal((b.SignalPassing - a.SignalPassing) * (p.BackgroundPassing - a.BackgroundPassing), (p.SignalPassing - a.SignalPassing) * (b.BackgroundPassing - a.BackgroundPassing));
        }
    }, iter: 500);

    [Fact]
    public void Working_points_are_those_of_the_published_evaluation()
    {
        // Worked by hand: the cuts at 0.7, 0.6 (signal only passes more) and 0.4, 0.3 (background only) lie inside straight pieces.
        double[] scores = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2];
        int[] labels = [1, 0, 1, 1, 1, 0, 0, 0];
        var curve = RocCurve.From(scores, labels);
        Assert.Equal([double.PositiveInfinity, 0.9, 0.8, 0.5, 0.2], curve.Corners.Select(p => p.Threshold));
        var nearest = curve.Nearest(0.7); // the cut at 0.6 keeps 0.75, but only corners are quoted: ε_S = 1 is nearer than ¼
        Assert.Equal((0.5, 1.0, 1.0), (nearest.Threshold, nearest.SignalEfficiency, nearest.BackgroundPassing));
        Assert.Equal(4, nearest.Rejection.Value);
        var tight = curve.Nearest(0.3); // two corners keep ¼: the one without background comes first
        Assert.True(tight.IsLimit);
        Assert.Equal((0.9, 0.25), (tight.Threshold, tight.SignalEfficiency));
        Assert.Equal(1 / ClopperPearson.Of(0, 4).Upper, tight.Rejection.Lower, 1e-12);
    }

    [Fact]
    public void Interpolation_divides_a_tie_evenly()
    {
        double[] scores = [2, 1, 1, 1, 1, 0];
        int[] labels = [1, 1, 1, 0, 0, 0];
        var curve = RocCurve.From(scores, labels);
        var point = curve.Interpolated(2.0 / 3);
        Assert.Equal(1, point.BackgroundPassing, 1e-12);
        Assert.Equal(1, point.Threshold);
        Assert.Equal(3, point.Rejection.Value, 1e-12);
        Assert.Equal(0, curve.Interpolated(1.0 / 3).BackgroundPassing);
        Assert.Equal(2, curve.Interpolated(1).BackgroundPassing);
    }

    [Fact]
    public void Interpolated_rejection_falls_as_more_signal_is_kept() => Samples.Sample(sample =>
    {
        var curve = RocCurve.From(sample.Scores, sample.Labels);
        double last = 0;
        for (double efficiency = 0.05; efficiency <= 1; efficiency += 0.05)
        {
            double passing = curve.Interpolated(efficiency).BackgroundPassing;
            Assert.True(passing >= last);
            last = passing;
        }
    }, iter: 300);

    [Fact]
    public void Classes_that_do_not_overlap_get_an_interval_of_positive_length()
    {
        var auc = RocCurve.From([0, 1, 2, 3, 4, 5], [0, 0, 0, 1, 1, 1]).Auc();
        Assert.Equal(1, auc.Value);
        Assert.Equal(ClopperPearson.Of(3, 3).Lower, auc.Lower);
        var single = RocCurve.From([0, 1, 0.5], [0, 0, 1]).Auc();
        Assert.Equal([0.5, 0, 1], (double[])[single.Value, single.Lower, single.Upper]);
    }

    [Fact]
    public void DeLong_covers_with_its_level()
    {
        // Two unit Gaussians one apart: AUC = Φ(1/√2).
        double truth = SpecialFunctions.NormalCdf(1 / Math.Sqrt(2));
        const int repetitions = 2000;
        int covered = 0;
        for (int r = 0; r < repetitions; r++)
        {
            var (scores, labels) = Gaussians(400, 1, (ulong)r);
            var auc = RocCurve.From(scores, labels).Auc();
            if (auc.Lower <= truth && truth <= auc.Upper) covered++;
        }
        var observed = ClopperPearson.Of(covered, repetitions, 0.9999);
        Assert.InRange(Interval.OneSigma, observed.Lower - 0.005, observed.Upper + 0.005); // asymptotic: 200 jets a class leave up to half a percent
    }

    [Fact]
    public void The_paired_bootstrap_agrees_with_DeLong_and_is_reproducible()
    {
        var (first, labels) = Gaussians(4000, 1.5, 1);
        var noise = new RandomStream(2, "noise", 0, 0);
        var second = Array.ConvertAll(first, s => s + 0.5 * noise.NextGaussian());
        var exact = AucDifference.ByDeLong(first, second, labels);
        var bootstrap = AucDifference.ByBootstrap(first, second, labels, seed: 3, replicas: 2000);
        Assert.Equal(exact.Value, bootstrap.Value, 1e-12);
        double width = exact.Upper - exact.Lower;
        // A standard deviation from 2000 replicas has an error of 1.6 %, a 16 % quantile one of 3.4 % of it.
        Assert.Equal(exact.Lower, bootstrap.Lower, 0.1 * width);
        Assert.Equal(exact.Upper, bootstrap.Upper, 0.1 * width);
        Assert.Equal(bootstrap, AucDifference.ByBootstrap(first, second, labels, seed: 3, replicas: 2000));
        var unpaired = RocCurve.From(first, labels).Auc();
        Assert.True(width < 0.9 * Math.Sqrt(2) * (unpaired.Upper - unpaired.Lower), "taggers of the same jets share their fluctuations");
    }

    [Fact]
    public void The_difference_of_areas_is_the_difference_of_the_curves_areas() => Gen.Select(Samples, Gen.ULong).Sample((sample, seed) =>
    {
        var random = new RandomStream(seed, "second", 0, 0);
        var second = Array.ConvertAll(sample.Scores, s => Math.Round(s + random.NextGaussian()));
        double expected = RocCurve.From(sample.Scores, sample.Labels).Auc().Value - RocCurve.From(second, sample.Labels).Auc().Value;
        Assert.Equal(expected, AucDifference.ByDeLong(sample.Scores, second, sample.Labels).Value, 1e-13);
        Assert.Equal(expected, AucDifference.ByBootstrap(sample.Scores, second, sample.Labels, seed, replicas: 1).Value, 1e-13);
    }, iter: 500);

    [Fact]
    public void Jets_that_cannot_be_ranked_are_named()
    {
        Assert.Contains("jet 1", Assert.Throws<InputDataException>(() => RocCurve.From([0, double.NaN], [0, 1])).Where);
        Assert.Contains("2", Assert.Throws<InputDataException>(() => RocCurve.From([0, 1], [0, 2])).Message);
        Assert.Throws<InputDataException>(() => RocCurve.From([0, 1], [1, 1]));
        Assert.Throws<InputDataException>(() => RocCurve.From([], []));
    }

    [Fact]
    public void Infinite_scores_rank_at_the_ends() =>
        Assert.Equal(1, RocCurve.From([double.NegativeInfinity, 0, double.PositiveInfinity], [0, 0, 1]).Auc().Value);

    [Fact]
    public void Accuracy_counts_scores_at_the_threshold_as_signal()
    {
        var accuracy = Accuracy.AtThreshold([-1, 0, 0, 1], [0, 1, 0, 1], 0);
        Assert.Equal(0.75, accuracy.Value);
        Assert.Equal(ClopperPearson.Of(3, 4), accuracy);
    }
}
