namespace Lightcone.Statistics;

/// <summary>
/// Variance of areas under ROC curves (E. DeLong, D. DeLong, D. Clarke-Pearson, Biometrics 44 (1988) 837), from sorted scores as in
/// X. Sun, W. Xu, IEEE SPL 21 (2014) 1389: a sort instead of all pairs. Equal scores count half.
/// </summary>
internal static class DeLong
{
    public const string Method = "DeLong";

    /// <summary>Area and interval from the points of one curve.</summary>
    public static Interval Auc(ReadOnlySpan<RocPoint> points, double level)
    {
        double signals = points[^1].SignalPassing, backgrounds = points[^1].BackgroundPassing;
        double auc = Area(points);
        if (auc is 0 or 1 || Math.Min(signals, backgrounds) < 2) return WithoutOverlap(auc, (long)Math.Min(signals, backgrounds), level);
        double overSignals = 0, overBackgrounds = 0;
        for (int i = 1; i < points.Length; i++)
        {
            var (tighter, point) = (points[i - 1], points[i]);
            double below = (backgrounds - 0.5 * (point.BackgroundPassing + tighter.BackgroundPassing)) / backgrounds - auc;
            double above = 0.5 * (point.SignalPassing + tighter.SignalPassing) / signals - auc;
            overSignals += (point.SignalPassing - tighter.SignalPassing) * below * below;
            overBackgrounds += (point.BackgroundPassing - tighter.BackgroundPassing) * above * above;
        }
        double variance = overSignals / (signals - 1) / signals + overBackgrounds / (backgrounds - 1) / backgrounds;
        double half = -SpecialFunctions.NormalQuantile(Interval.HalfTail(level)) * Math.Sqrt(variance);
        return new(auc, Math.Max(0, auc - half), Math.Min(1, auc + half), level, Method);
    }

    /// <summary>Fraction of (signal, background) pairs in order; twice the number of such pairs is counted in integers.</summary>
    public static double Area(ReadOnlySpan<RocPoint> points)
    {
        long signals = points[^1].SignalPassing, backgrounds = points[^1].BackgroundPassing;
        Int128 twice = 0;
        for (int i = 1; i < points.Length; i++)
            twice += (Int128)(points[i].SignalPassing - points[i - 1].SignalPassing) * (2 * backgrounds - points[i].BackgroundPassing - points[i - 1].BackgroundPassing);
        return (double)twice / (2.0 * signals * backgrounds);
    }

    /// <summary>For each signal jet the fraction of background below it, for each background jet the fraction of signal above it.</summary>
    public static (double[] OfSignals, double[] OfBackgrounds) Placements(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels)
    {
        var sorted = scores.ToArray();
        var jets = new int[sorted.Length];
        for (int i = 0; i < jets.Length; i++) jets[i] = i;
        Array.Sort(sorted, jets);
        long signals = 0;
        foreach (int label in labels) signals += label;
        long backgrounds = labels.Length - signals, signalsBelow = 0, backgroundsBelow = 0;
        var placement = new double[sorted.Length];
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            long tiedSignals = 0;
            for (end = first; end < sorted.Length && sorted[end] == sorted[first]; end++) tiedSignals += labels[jets[end]];
            long tiedBackgrounds = end - first - tiedSignals;
            for (int i = first; i < end; i++)
                placement[jets[i]] = labels[jets[i]] == 1
                    ? (backgroundsBelow + 0.5 * tiedBackgrounds) / backgrounds
                    : (signals - signalsBelow - 0.5 * tiedSignals) / signals;
            signalsBelow += tiedSignals;
            backgroundsBelow += tiedBackgrounds;
        }
        var ofSignals = new List<double>((int)signals);
        var ofBackgrounds = new List<double>((int)backgrounds);
        for (int i = 0; i < placement.Length; i++) (labels[i] == 1 ? ofSignals : ofBackgrounds).Add(placement[i]);
        return ([.. ofSignals], [.. ofBackgrounds]);
    }

    /// <summary>
    /// Classes that do not overlap leave DeLong a variance of 0. Jets paired off one to one are independent trials of "signal above background",
    /// all with one outcome, so their Clopper–Pearson interval is exact.
    /// </summary>
    private static Interval WithoutOverlap(double auc, long pairs, double level) => auc is 0 or 1
        ? ClopperPearson.Of(auc * pairs, pairs, level) with { Method = "Clopper–Pearson of disjoint pairs" }
        : new(auc, 0, 1, level, "none: fewer than two jets of a class");
}
