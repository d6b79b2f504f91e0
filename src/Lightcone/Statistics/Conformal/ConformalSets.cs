using Lightcone.Randomness;

namespace Lightcone.Statistics;

/// <summary>Sets of classes of one true class.</summary>
/// <param name="Class">The class; −1 for all together.</param>
/// <param name="Covered">Share of sets that hold the true class, with its interval.</param>
/// <param name="MeanSize">Mean number of classes in a set.</param>
/// <param name="EmptyShare">Share of sets without a class.</param>
public readonly record struct ConformalSetSummary(int Class, Interval Covered, double MeanSize, double EmptyShare);

/// <summary>
/// Sets of classes that hold the true one at least with their level, from the probabilities of any classifier. They are promised on average over jets;
/// for each class by itself take <see cref="MondrianConformal"/> of the same scores.
/// </summary>
public sealed class ConformalSets
{
    private const string Purpose = "conformal sets";
    private readonly bool adaptive;
    private readonly int classes;

    private ConformalSets(bool adaptive, int classes, double offset, long count, double level) =>
        (this.adaptive, this.classes, Offset, Level, Law) = (adaptive, classes, offset, level, ConformalLaw.Of(count, level));

    /// <summary>Classes with a score up to this are in the set.</summary>
    public double Offset { get; }

    /// <summary>Coverage that is promised.</summary>
    public double Level { get; }

    /// <summary>How the coverage varies with the calibration sample; a lower bound where scores tie.</summary>
    public ConformalLaw Law { get; }

    /// <summary>Score 1 − probability of the class: the smallest sets on average (M. Sadinle et al., arXiv:1609.00451), empty where no class is likely.</summary>
    /// <param name="probabilities">Probability of each class, row-major, shape [jets, classes].</param>
    /// <param name="labels">True class of each jet, 0 … classes − 1.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <exception cref="InputDataException">A probability or a label is out of range.</exception>
    public static ConformalSets LeastAmbiguous(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes, double level) =>
        Fit(false, probabilities, labels, classes, level, 0);

    /// <summary>Sets of <see cref="LeastAmbiguous"/> again, from what was kept of them.</summary>
    /// <param name="offset">Their <see cref="Offset"/>.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="count">Jets they were fitted on.</param>
    /// <param name="level">Their level.</param>
    public static ConformalSets LeastAmbiguousAt(double offset, int classes, long count, double level)
    {
        SampleRules.Level(level);
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        if (double.IsNaN(offset)) throw new ArgumentException("The offset is not a number.", nameof(offset));
        return new(false, classes, offset, count, level);
    }

    /// <summary>
    /// Score: probability of all more likely classes plus a random share of the class's own (Y. Romano et al., arXiv:2006.02544). Difficult jets get larger
    /// sets.
    /// </summary>
    /// <param name="probabilities">Probability of each class, row-major, shape [jets, classes].</param>
    /// <param name="labels">True class of each jet, 0 … classes − 1.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <param name="seed">Seed of the random shares.</param>
    /// <exception cref="InputDataException">A probability or a label is out of range.</exception>
    public static ConformalSets Adaptive(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes, double level, ulong seed) =>
        Fit(true, probabilities, labels, classes, level, seed);

    /// <summary>The set of one jet, by falling probability.</summary>
    /// <param name="probabilities">Probability of each class.</param>
    /// <param name="share">Uniform random number in [0, 1] of this jet, for adaptive sets; 0 gives the largest set, which covers too often.</param>
    public IReadOnlyList<int> Set(ReadOnlySpan<double> probabilities, double share = 0)
    {
        if (probabilities.Length != classes) throw new ArgumentException($"{probabilities.Length} probabilities of {classes} classes.", nameof(probabilities));
        if (!(share is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(share), $"{share} is outside [0, 1].");
        double[] row = probabilities.ToArray();
        return [.. Enumerable.Range(0, classes).Where(c => Score(row, c, share, adaptive) <= Offset).OrderByDescending(c => row[c]).ThenBy(c => c)];
    }

    /// <summary>Coverage and size of the sets on a test sample, all together first, then by true class.</summary>
    /// <param name="probabilities">Probability of each class, row-major, shape [jets, classes].</param>
    /// <param name="labels">True class of each jet.</param>
    /// <param name="seed">Seed of the random shares of adaptive sets; the shares of calibration are others.</param>
    /// <param name="level">Level of the intervals of the covered share.</param>
    /// <exception cref="InputDataException">A probability or a label is out of range.</exception>
    public IReadOnlyList<ConformalSetSummary> Summarise(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, ulong seed = 0, double level = Interval.OneSigma)
    {
        Check(probabilities, labels, classes);
        var (count, covered, size, empty) = (new long[classes], new long[classes], new long[classes], new long[classes]);
        var random = new RandomStream(seed, Purpose, 1, 0);
        for (int i = 0; i < labels.Length; i++)
        {
            var own = random.ForItem(i);
            var set = Set(probabilities.Slice(i * classes, classes), own.NextDouble());
            count[labels[i]]++;
            size[labels[i]] += set.Count;
            if (set.Contains(labels[i])) covered[labels[i]]++;
            if (set.Count == 0) empty[labels[i]]++;
        }

        ConformalSetSummary Of(int c, long n, long k, long sizes, long none) => new(c, ClopperPearson.Of(k, n, level), (double)sizes / n, (double)none / n);
        return [Of(-1, count.Sum(), covered.Sum(), size.Sum(), empty.Sum()), .. Enumerable.Range(0, classes).Select(c => Of(c, count[c], covered[c], size[c], empty[c]))];
    }

    private static ConformalSets Fit(bool adaptive, ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes, double level, ulong seed)
    {
        SampleRules.Level(level);
        Check(probabilities, labels, classes);
        var scores = new double[labels.Length];
        var random = new RandomStream(seed, Purpose, 0, 0);
        for (int i = 0; i < scores.Length; i++)
        {
            var own = random.ForItem(i);
            scores[i] = Score(probabilities.Slice(i * classes, classes).ToArray(), labels[i], own.NextDouble(), adaptive);
        }

        return new(adaptive, classes, ConformalQuantile.Of(scores, level), scores.Length, level);
    }

    private static double Score(double[] row, int c, double share, bool adaptive)
    {
        if (!adaptive) return 1 - row[c];
        double before = 0;
        for (int other = 0; other < row.Length; other++)
            if (row[other] > row[c] || (row[other] == row[c] && other < c)) before += row[other];
        return before + share * row[c];
    }

    private static void Check(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes)
    {
        Reliability.CheckClasses(probabilities, labels, classes);
        SampleRules.Probabilities(probabilities, "probability");
    }
}
