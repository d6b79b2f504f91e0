namespace Lightcone.Statistics;

/// <summary>Covered fraction at one or many levels.</summary>
public static class CoverageCurve
{
    /// <summary>The levels of a curve unless others are asked for: 0.05, 0.10, … 0.95.</summary>
    public static IReadOnlyList<double> DefaultLevels { get; } = [.. Enumerable.Range(1, 19).Select(i => i / 20.0)];

    /// <summary>Coverage of the central intervals: at level c they hold the truth when (1 − c)/2 ≤ u ≤ (1 + c)/2.</summary>
    /// <param name="pit">u = F(truth | input) of each entry, the cumulative distribution that the model predicts at the truth (<see cref="ProbabilityTransform"/>).</param>
    /// <param name="levels">Levels, each between 0 and 1; <see cref="DefaultLevels"/> if null.</param>
    /// <exception cref="InputDataException">A value is outside [0, 1].</exception>
    public static IReadOnlyList<CoverageCount> Of(ReadOnlySpan<double> pit, IReadOnlyList<double>? levels = null) => Counts(pit, levels, c => (Interval.HalfTail(c), 1 - Interval.HalfTail(c)));

    /// <summary>
    /// Coverage of nested regions: at level c they hold the truth when u ≤ c. For the base-ordered regions of a normalising flow u is the cumulative χ²
    /// distribution at the squared distance of the truth in base space (arXiv:2008.05825).
    /// </summary>
    /// <param name="regions">Level of the smallest region that holds the truth, one an entry.</param>
    /// <param name="levels">Levels, each between 0 and 1; <see cref="DefaultLevels"/> if null.</param>
    /// <exception cref="InputDataException">A value is outside [0, 1].</exception>
    public static IReadOnlyList<CoverageCount> OfRegions(ReadOnlySpan<double> regions, IReadOnlyList<double>? levels = null) => Counts(regions, levels, c => (0, c));

    /// <summary>Coverage of given intervals; ends may be infinite.</summary>
    /// <param name="lower">Lower ends.</param>
    /// <param name="upper">Upper ends.</param>
    /// <param name="truth">True values.</param>
    /// <param name="nominal">Coverage that the intervals claim.</param>
    /// <exception cref="InputDataException">A truth or an end is NaN, or an interval has its ends in the wrong order.</exception>
    public static CoverageCount OfIntervals(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> truth, double nominal)
    {
        SampleRules.Level(nominal);
        SampleRules.Intervals(lower, upper, truth);
        long below = 0, above = 0;
        for (int i = 0; i < truth.Length; i++)
        {
            if (truth[i] < lower[i]) below++;
            else if (truth[i] > upper[i]) above++;
        }

        return new(nominal, truth.Length, truth.Length - below - above, below, above);
    }

    /// <summary>Coverage of conformal intervals. The point of an inverted one is counted as it is.</summary>
    /// <param name="intervals">Intervals.</param>
    /// <param name="truth">True values.</param>
    /// <param name="nominal">Coverage that the intervals claim.</param>
    /// <exception cref="InputDataException">A truth is NaN.</exception>
    public static CoverageCount OfIntervals(ReadOnlySpan<ConformalInterval> intervals, ReadOnlySpan<double> truth, double nominal)
    {
        var (lower, upper) = (new double[intervals.Length], new double[intervals.Length]);
        for (int i = 0; i < lower.Length; i++) (lower[i], upper[i]) = (intervals[i].Lower, intervals[i].Upper);
        return OfIntervals(lower, upper, truth, nominal);
    }

    private static CoverageCount[] Counts(ReadOnlySpan<double> pit, IReadOnlyList<double>? levels, Func<double, (double Low, double High)> region)
    {
        SampleRules.SameLength(pit.Length, pit.Length, nameof(pit));
        SampleRules.Probabilities(pit, "cumulative probability");
        double[] sorted = pit.ToArray();
        Array.Sort(sorted);
        return [.. (levels ?? DefaultLevels).Select(level =>
        {
            SampleRules.Level(level);
            var (low, high) = region(level);
            int below = Below(sorted, low), inside = Below(sorted, Math.BitIncrement(high)) - below;
            return new CoverageCount(level, sorted.Length, inside, below, sorted.Length - inside - below);
        })];
    }

    /// <summary>How many sorted values are below a limit.</summary>
    private static int Below(double[] sorted, double limit)
    {
        int low = 0, high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (sorted[middle] < limit) low = middle + 1;
            else high = middle;
        }

        return low;
    }
}
