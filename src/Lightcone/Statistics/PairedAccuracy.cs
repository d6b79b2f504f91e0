using Lightcone.Randomness;

namespace Lightcone.Statistics;

/// <summary>Difference of the accuracies of two classifiers on the same jets, most of which both get right or both get wrong.</summary>
public static class PairedAccuracy
{
    /// <summary>
    /// Mean correctness of the first classifier minus that of the second. In each draw both see the same jets, drawn with replacement; the ends are
    /// quantiles of the draws' differences. Two calls with one seed and two levels use the same draws, so that the intervals lie in one another.
    /// </summary>
    /// <remarks>
    /// Jets are resampled, trainings are not: with correctness averaged over seeds the interval holds for those seeds. Where both classifiers differ by the
    /// same on all jets, the interval has no length. One jet alone has no interval.
    /// </remarks>
    /// <param name="a">Correctness of the first classifier, one a jet: 0 or 1, or between as the mean over several trainings.</param>
    /// <param name="b">Correctness of the second classifier on the same jets.</param>
    /// <param name="draws">Number of draws.</param>
    /// <param name="seed">Seed of the drawing.</param>
    /// <param name="level">Confidence level.</param>
    /// <exception cref="ArgumentException">The lengths differ or are 0, or a correctness lies outside 0 … 1.</exception>
    public static Interval Difference(ReadOnlySpan<double> a, ReadOnlySpan<double> b, int draws, ulong seed, double level)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(draws);
        double tail = Interval.HalfTail(level);
        string method = $"paired bootstrap, {draws} draws";
        double[] differences = Differences(a, b);
        double value = differences.Sum() / differences.Length;
        if (differences.Length < 2) return new(value, double.NaN, double.NaN, level, method);
        var means = new double[draws];
        for (int d = 0; d < draws; d++)
        {
            var random = new RandomStream(seed, "paired accuracy", 0, d);
            double sum = 0;
            for (int i = 0; i < differences.Length; i++) sum += differences[random.NextInt(differences.Length)];
            means[d] = sum / differences.Length;
        }

        return new(value, Quantile.Of(means, tail), Quantile.Of(means, 1 - tail), level, method);
    }

    private static double[] Differences(ReadOnlySpan<double> a, ReadOnlySpan<double> b)
    {
        if (a.Length != b.Length || a.IsEmpty) throw new ArgumentException($"There are {a.Length} and {b.Length} jets; both classifiers must have judged the same ones.", nameof(b));
        var differences = new double[a.Length];
        for (int i = 0; i < a.Length; i++)
        {
            if (!(a[i] is >= 0 and <= 1 && b[i] is >= 0 and <= 1)) throw new ArgumentException($"Jet {i} is right by {a[i]} and {b[i]}; correctness lies in 0 … 1.", nameof(a));
            differences[i] = a[i] - b[i];
        }

        return differences;
    }
}
