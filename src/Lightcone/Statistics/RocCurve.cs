namespace Lightcone.Statistics;

/// <summary>A cut on the score and what passes it: jets whose score is at or above the threshold.</summary>
/// <param name="Threshold">The cut; +∞ where nothing passes.</param>
/// <param name="SignalPassing">Signal jets that pass.</param>
/// <param name="BackgroundPassing">Background jets that pass.</param>
public readonly record struct RocPoint(double Threshold, long SignalPassing, long BackgroundPassing);

/// <summary>A quoted working point of a tagger.</summary>
/// <param name="Target">Signal efficiency that was asked for.</param>
/// <param name="Threshold">The cut: of the point itself, or, when interpolated, the tightest one that passes at least the target.</param>
/// <param name="SignalEfficiency">Signal efficiency at which the rejection is quoted: that of the point, or the target when interpolated.</param>
/// <param name="BackgroundPassing">Background jets that pass; not an integer when interpolated between two cuts.</param>
/// <param name="Backgrounds">Background jets in all.</param>
/// <param name="BackgroundEfficiency">ε_B with its Clopper–Pearson interval at fixed threshold.</param>
public sealed record WorkingPoint(double Target, double Threshold, double SignalEfficiency, double BackgroundPassing, long Backgrounds, Interval BackgroundEfficiency)
{
    /// <summary>1/ε_B. Where no background jet passes, the value is +∞ and the lower end is the limit to print.</summary>
    public Interval Rejection => BackgroundEfficiency.Reciprocal();

    /// <summary>No background jet passes: the rejection has a lower limit and no value.</summary>
    public bool IsLimit => BackgroundPassing == 0;
}

/// <summary>
/// How a score separates signal (label 1) from background (label 0): one point at each distinct score, so that jets of equal score pass or fail
/// together. Feed it the difference of the logits: softmax scores saturate at 1 and make ties that are not there.
/// </summary>
public sealed class RocCurve
{
    private readonly RocPoint[] points;

    private RocCurve(RocPoint[] points) => this.points = points;

    /// <summary>The points from "nothing passes" to "everything passes".</summary>
    public IReadOnlyList<RocPoint> Points => points;

    /// <summary>Signal jets.</summary>
    public long Signals => points[^1].SignalPassing;

    /// <summary>Background jets.</summary>
    public long Backgrounds => points[^1].BackgroundPassing;

    /// <summary>The points without those inside a straight piece of the curve: the same drawing from fewer points.</summary>
    /// <remarks>
    /// Exactly the points that scikit-learn's <c>roc_curve</c> keeps by default, on which published numbers rest: the first and last scores, and
    /// those where the steps in either count change.
    /// </remarks>
    public IReadOnlyList<RocPoint> Corners => [points[0], .. points.Skip(1).Where((_, i) => IsCorner(i + 1))];

    /// <summary>Makes the curve from a score and a label (0 or 1) a jet.</summary>
    /// <exception cref="InputDataException">A score is NaN, a label is neither 0 nor 1, or a class has no jets.</exception>
    public static RocCurve From(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels)
    {
        CheckJets(scores, labels);
        var sorted = scores.ToArray();
        var truth = labels.ToArray();
        Array.Sort(sorted, truth);
        var points = new List<RocPoint> { new(double.PositiveInfinity, 0, 0) };
        long signal = 0, background = 0;
        for (int i = sorted.Length - 1; i >= 0; i--)
        {
            if (truth[i] == 1) signal++;
            else background++;
            if (i == 0 || sorted[i - 1] != sorted[i]) points.Add(new(sorted[i], signal, background));
        }
        return new([.. points]);
    }

    /// <summary>Fraction of signal jets that pass a point's cut.</summary>
    public double SignalEfficiency(RocPoint point) => (double)point.SignalPassing / Signals;

    /// <summary>Fraction of background jets that pass a point's cut, with its Clopper–Pearson interval.</summary>
    public Interval BackgroundEfficiency(RocPoint point, double level = Interval.OneSigma) => ClopperPearson.Of(point.BackgroundPassing, Backgrounds, level);

    /// <summary>Area under the curve: the probability that a signal jet scores above a background jet, equal scores counting half; interval by DeLong.</summary>
    public Interval Auc(double level = Interval.OneSigma) => DeLong.Auc(points, level);

    /// <summary>
    /// The working point as published code quotes it (arXiv:2201.08187 and others): the corner of the curve whose signal efficiency is nearest to
    /// the target, the tighter one of two equally near.
    /// </summary>
    public WorkingPoint Nearest(double signalEfficiency, double level = Interval.OneSigma)
    {
        CheckTarget(signalEfficiency);
        var nearest = Corners.MinBy(p => Math.Abs(SignalEfficiency(p) - signalEfficiency));
        return new(signalEfficiency, nearest.Threshold, SignalEfficiency(nearest), nearest.BackgroundPassing, Backgrounds, BackgroundEfficiency(nearest, level));
    }

    /// <summary>The working point at exactly the target: background jets interpolated linearly between the two neighbouring cuts.</summary>
    public WorkingPoint Interpolated(double signalEfficiency, double level = Interval.OneSigma)
    {
        CheckTarget(signalEfficiency);
        double wanted = signalEfficiency * Signals;
        int at = 0;
        while (points[at].SignalPassing < wanted) at++;
        double passing = points[at].BackgroundPassing;
        if (points[at].SignalPassing > wanted)
        {
            var (tighter, looser) = (points[at - 1], points[at]);
            double fraction = (wanted - tighter.SignalPassing) / (looser.SignalPassing - tighter.SignalPassing);
            passing = tighter.BackgroundPassing + fraction * (looser.BackgroundPassing - tighter.BackgroundPassing);
        }
        return new(signalEfficiency, points[at].Threshold, signalEfficiency, passing, Backgrounds, ClopperPearson.Of(passing, Backgrounds, level));
    }

    internal static void CheckJets(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels)
    {
        if (scores.Length != labels.Length) throw new ArgumentException($"There are {scores.Length} scores and {labels.Length} labels.", nameof(labels));
        long signals = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (double.IsNaN(scores[i]))
                throw new InputDataException("A score is not a number.", $"jet {i} of {scores.Length}", "the network's weights or the jet hold NaN or infinity", "check the jets with 'dataset check' and the weights' training");
            if (labels[i] is not (0 or 1))
                throw new InputDataException($"A label is {labels[i]}.", $"jet {i} of {scores.Length}", "the sample has more than two classes", "name the signal class and the background class");
            signals += labels[i];
        }
        if (signals == 0 || signals == scores.Length)
            throw new InputDataException($"There are {signals} signal jets among {scores.Length}.", "labels", "the sample holds one class only", "evaluate on a sample with signal and background");
    }

    private bool IsCorner(int i)
    {
        if (i == 1 || i == points.Length - 1) return true;
        var (a, b, c) = (points[i - 1], points[i], points[i + 1]);
        return a.SignalPassing - 2 * b.SignalPassing + c.SignalPassing != 0 || a.BackgroundPassing - 2 * b.BackgroundPassing + c.BackgroundPassing != 0;
    }

    private static void CheckTarget(double signalEfficiency)
    {
        if (!(signalEfficiency is > 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(signalEfficiency), $"{signalEfficiency} is no signal efficiency: it lies in (0, 1].");
    }
}
