using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class ConformalSetTests
{
    private const int Classes = 4;

    /// <summary>Labels from softmax(z), z normal with deviation 1.5; the classifier states the softmax of a multiple of z.</summary>
    private static (double[] Probabilities, int[] Labels) Sample(int n, long item, double factor)
    {
        var random = new RandomStream(41, "sets", 0, item);
        var (logits, labels) = (new double[Classes * n], new int[n]);
        for (int i = 0; i < n; i++)
        {
            double[] z = [.. Enumerable.Range(0, Classes).Select(_ => 1.5 * random.NextGaussian())];
            double u = random.NextDouble() * z.Sum(Math.Exp);
            while ((u -= Math.Exp(z[labels[i]])) > 0 && labels[i] < Classes - 1) labels[i]++;
            for (int c = 0; c < Classes; c++) logits[Classes * i + c] = factor * z[c];
        }

        return (new TemperatureScaling(1, 0, 0, 0).Apply(logits, Classes), labels);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 1)]
    [InlineData(true, 2)]
    public void Sets_cover_whether_or_not_the_classifier_is_calibrated(bool adaptive, double factor)
    {
        var (probabilities, labels) = Sample(2_000, 0, factor);
        var sets = adaptive ? ConformalSets.Adaptive(probabilities, labels, Classes, 0.9, seed: 3) : ConformalSets.LeastAmbiguous(probabilities, labels, Classes, 0.9);
        var (test, truth) = Sample(5_000, 1, factor);
        var summary = sets.Summarise(test, truth, seed: 4);
        var covered = summary[0];
        Assert.True(sets.Law.Accepts(new CoverageCount(0.9, 5_000, (long)Math.Round(covered.Covered.Value * 5_000), 0, 0), 0.999), $"{covered}");
        Assert.Equal([-1, 0, 1, 2, 3], summary.Select(s => s.Class));
        Assert.All(summary.Skip(1), s => Assert.Equal(0.9, s.Covered.Value, 0.05)); // the classes are alike
        Assert.InRange(covered.MeanSize, 1, 3);
    }

    [Fact]
    public void A_calibrated_classifier_needs_no_correction_of_adaptive_sets()
    {
        var (probabilities, labels) = Sample(20_000, 0, 1);
        // Its scores are uniform, so the 90 % quantile is 0.9 within three of √(0.09/20000) = 0.0021.
        Assert.Equal(0.9, ConformalSets.Adaptive(probabilities, labels, Classes, 0.9, seed: 3).Offset, 0.0064);
        var (sharp, sharpLabels) = Sample(20_000, 0, 2);
        Assert.True(ConformalSets.Adaptive(sharp, sharpLabels, Classes, 0.9, seed: 3).Offset > 0.95);
    }

    [Fact]
    public void Least_ambiguous_sets_are_smaller_on_average()
    {
        var (probabilities, labels) = Sample(5_000, 0, 1);
        var (test, truth) = Sample(5_000, 1, 1);
        double least = ConformalSets.LeastAmbiguous(probabilities, labels, Classes, 0.9).Summarise(test, truth)[0].MeanSize;
        double adaptive = ConformalSets.Adaptive(probabilities, labels, Classes, 0.9, seed: 3).Summarise(test, truth)[0].MeanSize;
        Assert.True(least < adaptive, $"{least} {adaptive}");
    }

    [Fact]
    public void A_set_lists_likely_classes_first_and_shrinks_with_the_share()
    {
        var (probabilities, labels) = Sample(2_000, 0, 1);
        var sets = ConformalSets.Adaptive(probabilities, labels, Classes, 0.9, seed: 3);
        double[] jet = [0.2, 0.5, 0.05, 0.25];
        Assert.Equal([1, 3, 0], sets.Set(jet).Take(3));
        Assert.True(sets.Set(jet, 1).Count <= sets.Set(jet, 0).Count);
        Assert.Equal(ConformalSets.LeastAmbiguous(probabilities, labels, Classes, 0.9).Set(jet, 0), ConformalSets.LeastAmbiguous(probabilities, labels, Classes, 0.9).Set(jet, 1));
    }

    [Fact]
    public void Few_jets_give_the_set_of_all_classes() =>
        Assert.Equal([1, 0], ConformalSets.LeastAmbiguous([0.5, 0.5], [0], 2, 0.9).Set([0.4, 0.6]));

    [Fact]
    public void Bad_probabilities_are_refused()
    {
        Assert.Throws<InputDataException>(() => ConformalSets.LeastAmbiguous([0.5, 1.5], [0], 2, 0.9));
        Assert.Throws<InputDataException>(() => ConformalSets.Adaptive([0.5, double.NaN], [0], 2, 0.9, seed: 1));
        Assert.Throws<InputDataException>(() => ConformalSets.LeastAmbiguous([0.5, 0.5], [2], 2, 0.9));
        Assert.Throws<ArgumentException>(() => ConformalSets.LeastAmbiguous([], [], 2, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => ConformalSets.LeastAmbiguous([0.5, 0.5], [0], 2, 1.5));
        var sets = ConformalSets.LeastAmbiguous([0.5, 0.5], [0], 2, 0.4);
        Assert.Throws<ArgumentException>(() => sets.Set([1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => sets.Set([0.5, 0.5], 2));
    }
}
