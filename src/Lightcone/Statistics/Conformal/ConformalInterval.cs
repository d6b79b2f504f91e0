namespace Lightcone.Statistics;

/// <summary>An interval of conformal prediction.</summary>
/// <param name="Lower">Lower end; −∞ where the calibration sample was too small.</param>
/// <param name="Upper">Upper end, in the same way.</param>
/// <param name="Inverted">The ends had crossed, so that no value was allowed; both are at the middle then.</param>
public readonly record struct ConformalInterval(double Lower, double Upper, bool Inverted = false)
{
    /// <summary>Upper − lower.</summary>
    public double Width => Upper - Lower;

    /// <summary>Whether an end is infinite.</summary>
    public bool IsInfinite => double.IsInfinity(Lower) || double.IsInfinity(Upper);

    /// <summary>Whether a value is inside; an end is.</summary>
    public bool Holds(double value) => value >= Lower && value <= Upper;

    /// <summary>The interval between two ends, or the flagged middle of crossed ones.</summary>
    internal static ConformalInterval Between(double lower, double upper) => lower <= upper ? new(lower, upper) : new(0.5 * (lower + upper), 0.5 * (lower + upper), true);

    /// <summary>centre ± offset·scale; a scale of 0 does not hide an infinite offset.</summary>
    internal static ConformalInterval Around(double centre, double offset, double scale)
    {
        if (!double.IsFinite(centre)) throw new ArgumentOutOfRangeException(nameof(centre), $"{centre} is no prediction.");
        double half = double.IsInfinity(offset) ? offset : offset * scale;
        return Between(centre - half, centre + half);
    }
}
