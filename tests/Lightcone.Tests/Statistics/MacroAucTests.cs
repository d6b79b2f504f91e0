using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class MacroAucTests
{
    /// <summary>Samples with at least two jets of two classes and, on a coarse grid, many ties; other classes may be missing.</summary>
    private static readonly Gen<(double[] Scores, int[] Labels, int Classes)> Samples = Gen.Select(Gen.Int[4, 50], Gen.Int[2, 5], Gen.Int[1, 10], Gen.ULong, (jets, classes, grid, seed) =>
    {
        var random = new RandomStream(seed, "sample", 0, 0);
        int[] labels = [.. Enumerable.Range(0, jets).Select(i => i < 4 ? i % 2 : random.NextInt(classes))];
        return (Scores(labels, classes, 1, ref random, grid), labels, classes);
    });

    private static double[] Scores(int[] labels, int classes, double separation, ref RandomStream random, double grid = 1 << 20)
    {
        var scores = new double[labels.Length * classes];
        for (int i = 0; i < scores.Length; i++) scores[i] = Math.Round(grid * (random.NextGaussian() + (labels[i / classes] == i % classes ? separation : 0))) / grid;
        return scores;
    }

    /// <summary>Areas from all pairs, and their covariance matrix from what each jet shifts them by.</summary>
    private static (double[] Areas, double[,] Covariance) AllPairs(double[] scores, int[] labels, int classes)
    {
        int[] present = [.. labels.Distinct().Order()], counts = [.. Enumerable.Range(0, classes).Select(c => labels.Count(l => l == c))];
        double Psi(double x, double y) => x > y ? 1 : x == y ? 0.5 : 0;
        double Score(int jet, int c) => scores[jet * classes + c];
        int[] jets = [.. Enumerable.Range(0, labels.Length)];
        int[] Own(int c) => [.. jets.Where(i => labels[i] == c)];
        int[] Rest(int c) => [.. jets.Where(i => labels[i] != c)];
        double[] areas = [.. present.Select(c => Own(c).Average(i => Rest(c).Average(j => Psi(Score(i, c), Score(j, c)))))];
        double Shift(int jet, int k)
        {
            int c = present[k];
            return labels[jet] == c
                ? (Rest(c).Average(j => Psi(Score(jet, c), Score(j, c))) - areas[k]) / counts[c]
                : (Own(c).Average(i => Psi(Score(i, c), Score(jet, c))) - areas[k]) / (labels.Length - counts[c]);
        }

        double[][] shifts = [.. jets.Select(i => present.Select((_, k) => Shift(i, k)).ToArray())];
        var covariance = new double[present.Length, present.Length];
        for (int k = 0; k < present.Length; k++)
            for (int l = 0; l < present.Length; l++)
                covariance[k, l] = jets.Sum(i => shifts[i][k] * shifts[i][l] * counts[labels[i]] / (counts[labels[i]] - 1.0));
        return (areas, covariance);
    }

    [Fact]
    public void Four_jets_counted_by_hand()
    {
        // Class 0 (2, 0) against 1, 3: one of four pairs in order. Class 1 (5) above 0, 1, 1: all. Class 2 (4) against 4, 0, 1: a tie and two.
        double[] scores = [2, 0, 4, 1, 5, 0, 3, 1, 4, 0, 1, 1];
        var auc = MacroAuc.OneAgainstRest(scores, [0, 1, 2, 0], 3);
        Assert.Equal((0.25 + 1 + 2.5 / 3) / 3, auc.Value, 1e-15);
        Assert.Equal([0, 1], (double[])[auc.Lower, auc.Upper]); // one jet of a class has no spread
        Assert.Contains("fewer than two jets", auc.Method);
    }

    [Fact]
    public void Area_and_interval_equal_those_of_all_pairs_and_their_covariance_matrix() => Samples.Sample(sample =>
    {
        var (areas, covariance) = AllPairs(sample.Scores, sample.Labels, sample.Classes);
        var interval = MacroAuc.OneAgainstRest(sample.Scores, sample.Labels, sample.Classes);
        Assert.Equal(areas.Average(), interval.Value, 1e-13);
        if (interval.Method != MacroAuc.Method) return;
        double half = Math.Sqrt(covariance.Cast<double>().Sum()) / areas.Length;
        Assert.Equal(Math.Max(0, interval.Value - half), interval.Lower, 1e-12);
        Assert.Equal(Math.Min(1, interval.Value + half), interval.Upper, 1e-12);
    }, iter: 300);

    [Fact]
    public void Of_two_classes_it_is_the_area_of_the_one_curve_with_its_interval() => Gen.Select(Gen.Int[2, 60], Gen.Int[1, 20], Gen.ULong).Sample((jets, grid, seed) =>
    {
        var random = new RandomStream(seed, "two", 0, 0);
        int[] labels = [.. Enumerable.Range(0, jets).Select(i => i < 2 ? i : random.NextInt(2))];
        double[] scores = Array.ConvertAll(labels, l => Math.Round(grid * (random.NextGaussian() + 2 * l)) / grid);
        var curve = RocCurve.From(scores, labels).Auc(0.9);
        var macro = MacroAuc.OneAgainstRest([.. scores.SelectMany(s => (double[])[-s, s])], labels, 2, 0.9);
        Assert.Equal(curve.Value, macro.Value, 1e-13);
        Assert.Equal(curve.Lower, macro.Lower, 1e-12);
        Assert.Equal(curve.Upper, macro.Upper, 1e-12);
    }, iter: 1_000);

    [Fact]
    public void Neither_the_order_of_the_jets_nor_the_scale_of_a_class_matters() => Samples.Sample(sample =>
    {
        var auc = MacroAuc.OneAgainstRest(sample.Scores, sample.Labels, sample.Classes);
        var reversed = MacroAuc.OneAgainstRest([.. sample.Scores.Chunk(sample.Classes).Reverse().SelectMany(r => r)], [.. sample.Labels.Reverse()], sample.Classes);
        Assert.Equal(auc.Value, reversed.Value, 1e-13);
        Assert.Equal(auc.Lower, reversed.Lower, 1e-12);
        var rescaled = MacroAuc.OneAgainstRest([.. sample.Scores.Select((s, i) => i % sample.Classes == 0 ? Math.Exp(s) : 3 * s)], sample.Labels, sample.Classes);
        Assert.Equal(auc, rescaled);
    }, iter: 300);

    [Fact]
    public void A_class_without_jets_is_left_out_of_the_mean()
    {
        var random = new RandomStream(4, "missing", 0, 0);
        int[] labels = [.. Enumerable.Range(0, 60).Select(i => i % 2)];
        double[] two = Scores(labels, 2, 1, ref random);
        double[] three = [.. two.Chunk(2).SelectMany(r => (double[])[r[0], 7, r[1]])];
        Assert.Equal(MacroAuc.OneAgainstRest(two, labels, 2), MacroAuc.OneAgainstRest(three, Array.ConvertAll(labels, l => 2 * l), 3));
    }

    [Fact]
    public void Classes_that_do_not_overlap_get_an_interval_of_positive_length()
    {
        int[] labels = [0, 0, 0, 1, 1, 1, 2, 2, 2];
        var auc = MacroAuc.OneAgainstRest([.. labels.SelectMany(l => Enumerable.Range(0, 3).Select(c => l == c ? 1.0 : 0))], labels, 3);
        Assert.Equal([1, 1], (double[])[auc.Value, auc.Upper]);
        Assert.Equal(ClopperPearson.Of(3, 3).Lower, auc.Lower, 1e-14);
    }

    [Fact]
    public void The_interval_is_as_wide_as_independent_samples_scatter()
    {
        const int experiments = 400, jets = 300, classes = 4;
        var (values, halves) = (new double[experiments], new double[experiments]);
        for (int e = 0; e < experiments; e++)
        {
            var random = new RandomStream(1, "experiment", e, 0);
            int[] labels = [.. Enumerable.Range(0, jets).Select(_ => (int)(classes * Math.Pow(random.NextDouble(), 1.5)))];
            double[] scores = Scores(labels, classes, 1, ref random);
            var auc = MacroAuc.OneAgainstRest(scores, labels, classes);
            (values[e], halves[e]) = (auc.Value, (auc.Upper - auc.Lower) / 2);
        }

        double mean = values.Average(), deviation = Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (experiments - 1));
        // The deviation of 400 values has an error of 1/√800 = 3.5 %; four of them, and 1/75 for the estimate of the variance from classes of 75 jets.
        Assert.Equal(1, deviation / halves.Average(), 4 / Math.Sqrt(2.0 * experiments) + 1.0 / 75);
    }

    [Fact]
    public void Jets_that_cannot_be_ranked_are_named()
    {
        Assert.Contains("jet 1 of 2, class 0", Assert.Throws<InputDataException>(() => MacroAuc.OneAgainstRest([0, 1, double.NaN, 0], [0, 1], 2)).Where);
        Assert.Contains("2", Assert.Throws<InputDataException>(() => MacroAuc.OneAgainstRest([0, 1, 1, 0], [0, 2], 2)).Message);
        Assert.Throws<InputDataException>(() => MacroAuc.OneAgainstRest([0, 1, 1, 0], [1, 1], 2));
        Assert.Throws<ArgumentException>(() => MacroAuc.OneAgainstRest([0, 1, 1], [1, 0], 2));
        Assert.Throws<ArgumentOutOfRangeException>(() => MacroAuc.OneAgainstRest([0, 1], [0, 0], 1));
    }
}
