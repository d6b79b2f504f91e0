namespace Lightcone.Statistics;

/// <summary>
/// Two predicted quantiles moved until they cover (Y. Romano, E. Patterson, E. Candès, arXiv:1905.03222): the score is how far the truth lies outside
/// them, negative inside, so that intervals may also shrink. Predict the quantiles at (1 − level)/2 and (1 + level)/2.
/// </summary>
public sealed class ConformalisedQuantiles
{
    private ConformalisedQuantiles(double below, double above, double level, ConformalLaw? law) => (OffsetBelow, OffsetAbove, Level, Law) = (below, above, level, law);

    /// <summary>By how much the lower quantile moves down.</summary>
    public double OffsetBelow { get; }

    /// <summary>By how much the upper quantile moves up.</summary>
    public double OffsetAbove { get; }

    /// <summary>Coverage that is promised.</summary>
    public double Level { get; }

    /// <summary>How the coverage varies with the calibration sample; null for separate offsets, whose coverage has only the lower bound.</summary>
    public ConformalLaw? Law { get; }

    /// <summary>Takes one offset for both ends from a calibration sample. Crossed quantiles are exchanged first.</summary>
    /// <param name="lower">Predicted lower quantiles.</param>
    /// <param name="upper">Predicted upper quantiles.</param>
    /// <param name="truth">True values.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <exception cref="InputDataException">A number is NaN.</exception>
    public static ConformalisedQuantiles Fit(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> truth, double level)
    {
        var (below, above) = Scores(lower, upper, truth);
        for (int i = 0; i < below.Length; i++) below[i] = Math.Max(below[i], above[i]);
        double offset = ConformalQuantile.Of(below, level);
        return new(offset, offset, level, ConformalLaw.Of(truth.Length, level));
    }

    /// <summary>Takes an offset for each end, each missed with at most half of what is left of the level: misses are balanced, intervals a little wider.</summary>
    /// <inheritdoc cref="Fit"/>
    public static ConformalisedQuantiles FitAsymmetric(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> truth, double level)
    {
        double side = 1 - Statistics.Interval.HalfTail(level);
        var (below, above) = Scores(lower, upper, truth);
        return new(ConformalQuantile.Of(below, side), ConformalQuantile.Of(above, side), level, null);
    }

    /// <summary>The interval of two predicted quantiles; the flagged middle where shrinking lets the ends cross.</summary>
    public ConformalInterval Interval(double lower, double upper)
    {
        if (double.IsNaN(lower) || double.IsNaN(upper)) throw new ArgumentOutOfRangeException(nameof(lower), $"{lower} and {upper} are no quantiles.");
        return ConformalInterval.Between(Math.Min(lower, upper) - OffsetBelow, Math.Max(lower, upper) + OffsetAbove);
    }

    /// <summary>How far each truth lies below its lower and above its upper quantile.</summary>
    private static (double[] Below, double[] Above) Scores(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> truth)
    {
        SampleRules.SameLength(truth.Length, lower.Length, nameof(lower));
        SampleRules.SameLength(truth.Length, upper.Length, nameof(upper));
        SampleRules.NotNaN(lower, "quantile");
        SampleRules.NotNaN(upper, "quantile");
        SampleRules.NotNaN(truth, "truth");
        var (below, above) = (new double[truth.Length], new double[truth.Length]);
        for (int i = 0; i < truth.Length; i++) (below[i], above[i]) = (Math.Min(lower[i], upper[i]) - truth[i], truth[i] - Math.Max(lower[i], upper[i]));
        return (below, above);
    }
}
