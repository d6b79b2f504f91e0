namespace Lightcone.Statistics;

/// <summary>The offset that turns scores of a calibration sample into intervals of any level (V. Vovk et al., Algorithmic Learning in a Random World, 2005).</summary>
public static class ConformalQuantile
{
    /// <summary>
    /// The k-th smallest of n scores with k = ⌈(n + 1)·level⌉; +∞ where k &gt; n: so few scores promise nothing. A new score of the same kind lies at or
    /// below it with probability at least the level, and with exactly k/(n + 1) where scores never tie.
    /// </summary>
    /// <param name="scores">Scores of entries that the model was not trained on; in any order, +∞ allowed.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <exception cref="InputDataException">A score is NaN.</exception>
    public static double Of(ReadOnlySpan<double> scores, double level)
    {
        long rank = Rank(scores.Length, level);
        SampleRules.SameLength(scores.Length, scores.Length, nameof(scores));
        SampleRules.NotNaN(scores, "score");
        if (rank > scores.Length) return double.PositiveInfinity;
        double[] sorted = scores.ToArray();
        Array.Sort(sorted);
        return sorted[rank - 1];
    }

    /// <summary>k = ⌈(n + 1)·level⌉, counted from 1; n + 1 means that no score is large enough.</summary>
    /// <param name="n">Number of calibration scores.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    public static long Rank(long n, double level)
    {
        SampleRules.Level(level);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        return Math.Clamp(SampleRules.Ceiling((n + 1) * level), 1, n + 1);
    }
}
