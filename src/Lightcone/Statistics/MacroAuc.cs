namespace Lightcone.Statistics;

/// <summary>How well scores of several classes rank jets: the unweighted mean over classes of the area of each class against all others.</summary>
public static class MacroAuc
{
    /// <summary>Its name in reports.</summary>
    internal const string Method = "DeLong, all classes with their covariance";

    /// <summary>
    /// The mean area with its interval. All areas are measured on the same jets, so their errors are correlated: the shifts that one jet causes in all areas
    /// (its placements of <see cref="DeLong"/>, E. DeLong et al., Biometrics 44 (1988) 837) are added before they are squared, which sums the whole
    /// covariance matrix. With two classes it is DeLong's interval of the one area.
    /// </summary>
    /// <remarks>A class without jets has no area and is left out of the mean.</remarks>
    /// <param name="scores">Score of each class, row-major, shape [jets, classes]; only the order within a class matters.</param>
    /// <param name="labels">True class of each jet, 0 … classes − 1.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="level">Confidence level.</param>
    /// <exception cref="InputDataException">A score is NaN, a label is out of range, or fewer than two classes have jets.</exception>
    public static Interval OneAgainstRest(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, int classes, double level = Interval.OneSigma)
    {
        int[] counts = Counts(scores, labels, classes);
        int[] present = [.. Enumerable.Range(0, classes).Where(c => counts[c] > 0)];
        double z = -SpecialFunctions.NormalQuantile(Interval.HalfTail(level));
        var shifts = new double[labels.Length];
        var areas = new List<double>();
        foreach (int c in present)
        {
            var (own, isOwn) = Column(scores, labels, classes, c);
            areas.Add(AddShifts(own, isOwn, shifts));
        }

        double mean = areas.Average();
        if (areas.All(a => a is 0 or 1)) return WithoutOverlap(scores, labels, classes, present, level);
        if (present.Any(c => counts[c] < 2)) return new(mean, 0, 1, level, "none: fewer than two jets of a class");
        double variance = 0;
        for (int i = 0; i < shifts.Length; i++) variance += shifts[i] * shifts[i] * counts[labels[i]] / (counts[labels[i]] - 1.0);
        double half = z * Math.Sqrt(variance) / present.Length;
        return new(mean, Math.Max(0, mean - half), Math.Min(1, mean + half), level, Method);
    }

    /// <summary>Area of one class; adds what each jet shifts it by to first order.</summary>
    private static double AddShifts(double[] scores, int[] isOwn, double[] shifts)
    {
        var (own, rest) = DeLong.Placements(scores, isOwn);
        double area = own.Average();
        for (int i = 0, o = 0, r = 0; i < shifts.Length; i++)
            shifts[i] += isOwn[i] == 1 ? (own[o++] - area) / own.Length : (rest[r++] - area) / rest.Length;
        return area;
    }

    // DeLong's variance is 0 here. The mean of the ends of each area's exact interval is the interval of the mean if all err together, and wider than it otherwise.
    private static Interval WithoutOverlap(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, int classes, int[] present, double level)
    {
        var areas = new List<Interval>();
        foreach (int c in present)
        {
            var (own, isOwn) = Column(scores, labels, classes, c);
            areas.Add(RocCurve.From(own, isOwn).Auc(level));
        }

        return new(areas.Average(a => a.Value), areas.Average(a => a.Lower), areas.Average(a => a.Upper), level, areas[0].Method + ", mean of the classes' ends");
    }

    private static (double[] Scores, int[] IsOwn) Column(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, int classes, int c)
    {
        var (own, isOwn) = (new double[labels.Length], new int[labels.Length]);
        for (int i = 0; i < own.Length; i++) (own[i], isOwn[i]) = (scores[i * classes + c], labels[i] == c ? 1 : 0);
        return (own, isOwn);
    }

    private static int[] Counts(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (scores.Length != (long)labels.Length * classes) throw new ArgumentException($"There are {scores.Length} scores for {labels.Length} jets and {classes} classes.", nameof(scores));
        for (int i = 0; i < scores.Length; i++)
            if (double.IsNaN(scores[i]))
                throw new InputDataException("A score is not a number.", $"jet {i / classes} of {labels.Length}, class {i % classes}", "the network's weights or the jet hold NaN or infinity", "check the jets with 'dataset check' and the weights' training");
        var counts = new int[classes];
        for (int i = 0; i < labels.Length; i++)
        {
            if ((uint)labels[i] >= (uint)classes)
                throw new InputDataException($"A label is {labels[i]}.", $"jet {i} of {labels.Length}", $"the sample has more classes than the {classes} that were scored", "evaluate on a sample with the classes of the training");
            counts[labels[i]]++;
        }

        if (counts.Count(n => n > 0) < 2)
            throw new InputDataException($"The {labels.Length} jets are of {counts.Count(n => n > 0)} class.", "labels", "the sample holds one class only", "evaluate on a sample of several classes");
        return counts;
    }
}
