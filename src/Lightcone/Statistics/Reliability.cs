using Lightcone.Randomness;

namespace Lightcone.Statistics;

/// <summary>One bin of a reliability curve.</summary>
/// <param name="Low">Lower edge of the predicted probability.</param>
/// <param name="High">Upper edge of the predicted probability.</param>
/// <param name="Count">Jets in the bin.</param>
/// <param name="MeanPredicted">Mean predicted probability, where the point belongs; NaN for an empty bin.</param>
/// <param name="Observed">Fraction of signal with its Clopper–Pearson interval.</param>
public readonly record struct ReliabilityBin(double Low, double High, long Count, double MeanPredicted, Interval Observed);

/// <summary>Whether predicted probabilities mean what they say: among jets given the probability p, a fraction p should be signal.</summary>
public sealed class Reliability
{
    private const long FewestForMaximum = 50;

    private readonly double[] predicted;
    private readonly int[] binOf;

    private Reliability(ReadOnlySpan<double> predicted, ReadOnlySpan<int> labels, double[] edges, int[] binOf, double level)
    {
        (this.predicted, this.binOf) = (predicted.ToArray(), binOf);
        int bins = edges.Length - 1;
        var (count, signals, sums) = (new long[bins], new long[bins], new double[bins]);
        for (int i = 0; i < predicted.Length; i++)
        {
            count[binOf[i]]++;
            signals[binOf[i]] += labels[i];
            sums[binOf[i]] += predicted[i];
        }
        Bins = [.. Enumerable.Range(0, bins).Select(b => new ReliabilityBin(edges[b], edges[b + 1], count[b], sums[b] / count[b], ClopperPearson.Of(signals[b], count[b], level)))];
    }

    /// <summary>The bins, by rising probability.</summary>
    public IReadOnlyList<ReliabilityBin> Bins { get; }

    /// <summary>
    /// Expected calibration error Σ (n_b/N) |observed − predicted|. It is above 0 even for a perfect model, since bins fluctuate: quote it beside
    /// <see cref="NullEce"/>.
    /// </summary>
    public double Ece => Bins.Where(b => b.Count > 0).Sum(b => b.Count * Math.Abs(b.Observed.Value - b.MeanPredicted)) / predicted.Length;

    /// <summary>Largest |observed − predicted| among bins of at least 50 jets; NaN if there is none.</summary>
    public double MaximumError => Bins.Where(b => b.Count >= FewestForMaximum).Select(b => Math.Abs(b.Observed.Value - b.MeanPredicted)).DefaultIfEmpty(double.NaN).Max();

    /// <summary>Bins of equal width in [0, 1].</summary>
    /// <param name="predicted">Predicted probability of signal, one a jet.</param>
    /// <param name="labels">1 for signal, 0 for background, one a jet.</param>
    /// <param name="bins">Number of bins.</param>
    /// <param name="level">Level of the bins' intervals.</param>
    /// <exception cref="InputDataException">A probability or a label is out of range.</exception>
    public static Reliability EqualWidth(ReadOnlySpan<double> predicted, ReadOnlySpan<int> labels, int bins = 15, double level = Interval.OneSigma)
    {
        Check(predicted, labels, bins);
        var binOf = new int[predicted.Length];
        for (int i = 0; i < binOf.Length; i++) binOf[i] = Math.Min((int)(predicted[i] * bins), bins - 1);
        return new(predicted, labels, [.. Enumerable.Range(0, bins + 1).Select(b => (double)b / bins)], binOf, level);
    }

    /// <summary>Bins of equal population; equal probabilities stay in one bin, so there may be fewer bins.</summary>
    /// <inheritdoc cref="EqualWidth"/>
    public static Reliability EqualPopulation(ReadOnlySpan<double> predicted, ReadOnlySpan<int> labels, int bins = 15, double level = Interval.OneSigma)
    {
        Check(predicted, labels, bins);
        var sorted = predicted.ToArray();
        var jets = Enumerable.Range(0, sorted.Length).ToArray();
        Array.Sort(sorted, jets);
        var edges = new List<double> { sorted[0] };
        var binOf = new int[sorted.Length];
        for (int i = 0, bin = 0, share = 1; i < sorted.Length; i++)
        {
            binOf[jets[i]] = bin;
            bool last = i + 1 == sorted.Length, full = (long)(i + 1) * bins >= (long)sorted.Length * share;
            if (!last && (!full || sorted[i + 1] == sorted[i])) continue;
            edges.Add(last ? sorted[i] : 0.5 * (sorted[i] + sorted[i + 1]));
            bin++;
            share = (int)((long)(i + 1) * bins / sorted.Length) + 1; // a run of equal values may have filled several shares
        }
        return new(predicted, labels, [.. edges], binOf, level);
    }

    /// <summary>
    /// Whether the largest of several probabilities is the fraction of jets whose class it names: predicted is that probability, observed how often it
    /// was right.
    /// </summary>
    /// <param name="probabilities">Probability of each class, row-major, shape [jets, classes].</param>
    /// <param name="labels">True class of each jet, 0 … classes − 1.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="bins">Number of bins of equal width.</param>
    /// <param name="level">Level of the bins' intervals.</param>
    /// <exception cref="InputDataException">A probability or a label is out of range.</exception>
    public static Reliability TopLabel(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes, int bins = 15, double level = Interval.OneSigma)
    {
        CheckClasses(probabilities, labels, classes);
        var (top, right) = (new double[labels.Length], new int[labels.Length]);
        for (int i = 0; i < labels.Length; i++)
        {
            var row = probabilities.Slice(i * classes, classes);
            int best = 0;
            for (int c = 1; c < classes; c++)
                if (row[c] > row[best]) best = c;
            (top[i], right[i]) = (row[best], best == labels[i] ? 1 : 0);
        }

        return EqualWidth(top, right, bins, level);
    }

    /// <summary>Whether the probability of each class, one against the rest, is the fraction of its jets. The mean of their <see cref="Ece"/> is the class-wise error.</summary>
    /// <inheritdoc cref="TopLabel"/>
    /// <returns>One reliability a class, in order.</returns>
    public static IReadOnlyList<Reliability> ClassWise(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes, int bins = 15, double level = Interval.OneSigma)
    {
        CheckClasses(probabilities, labels, classes);
        var result = new Reliability[classes];
        var (own, isOwn) = (new double[labels.Length], new int[labels.Length]);
        for (int c = 0; c < classes; c++)
        {
            for (int i = 0; i < labels.Length; i++) (own[i], isOwn[i]) = (probabilities[i * classes + c], labels[i] == c ? 1 : 0);
            result[c] = EqualWidth(own, isOwn, bins, level);
        }

        return result;
    }

    /// <summary>
    /// Calibration errors that a perfect model of the same probabilities would show: labels are drawn from the probabilities themselves.
    /// A model fails when its <see cref="Ece"/> exceeds the 99 % quantile.
    /// </summary>
    /// <param name="seed">Seed of the drawing.</param>
    /// <param name="replicas">Number of drawings.</param>
    /// <returns>Mean and 99 % quantile over the drawings.</returns>
    public (double Mean, double Quantile99) NullEce(ulong seed, int replicas = 200)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(replicas);
        var errors = new double[replicas];
        var excess = new double[Bins.Count];
        for (int r = 0; r < replicas; r++)
        {
            var random = new RandomStream(seed, "reliability", 0, r);
            Array.Clear(excess);
            for (int i = 0; i < predicted.Length; i++) excess[binOf[i]] += (random.NextDouble() < predicted[i] ? 1 : 0) - predicted[i];
            errors[r] = excess.Sum(Math.Abs) / predicted.Length;
        }
        return (errors.Average(), Quantile.Of(errors, 0.99));
    }

    private static void Check(ReadOnlySpan<double> predicted, ReadOnlySpan<int> labels, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        if (predicted.Length != labels.Length || predicted.IsEmpty) throw new ArgumentException($"There are {predicted.Length} probabilities and {labels.Length} labels.", nameof(labels));
        for (int i = 0; i < predicted.Length; i++)
            if (!(predicted[i] is >= 0 and <= 1) || labels[i] is not (0 or 1))
                throw new InputDataException($"Probability {predicted[i]} with label {labels[i]} cannot be calibrated.", $"jet {i} of {predicted.Length}",
                    "logits were given instead of probabilities, or the sample has more than two classes", "give probabilities of the signal class and labels 0 or 1");
    }

    internal static void CheckClasses(ReadOnlySpan<double> probabilities, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (labels.IsEmpty || probabilities.Length != (long)labels.Length * classes)
            throw new ArgumentException($"{probabilities.Length} probabilities do not fit {labels.Length} jets of {classes} classes.", nameof(probabilities));
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] < 0 || labels[i] >= classes)
                throw new InputDataException($"A label is {labels[i]}.", $"jet {i} of {labels.Length}", $"the sample has other classes than the {classes} of the network", "evaluate on a sample with the classes of the training");
    }
}
