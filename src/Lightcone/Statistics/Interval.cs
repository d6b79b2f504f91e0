namespace Lightcone.Statistics;

/// <summary>A measured number with its central interval. What cannot be measured is NaN, never 0.</summary>
/// <param name="Value">The estimate; +∞ for a ratio whose denominator counted nothing, then <see cref="Lower"/> is a limit.</param>
/// <param name="Lower">Lower end.</param>
/// <param name="Upper">Upper end.</param>
/// <param name="Level">Confidence level, between 0 and 1.</param>
/// <param name="Method">How the interval was obtained, as a report prints it.</param>
public readonly record struct Interval(double Value, double Lower, double Upper, double Level, string Method)
{
    /// <summary>The level of one Gaussian standard deviation, 68.27 %: the default of every interval.</summary>
    public const double OneSigma = 0.68268949213708589717;

    /// <summary>The interval of 1/x: ends exchange places. 0 becomes +∞.</summary>
    public Interval Reciprocal() => new(Inverse(Value), Inverse(Upper), Inverse(Lower), Level, Method);

    /// <summary>The same interval with value and ends multiplied by a positive constant.</summary>
    public Interval Times(double factor) => factor > 0
        ? this with { Value = factor * Value, Lower = factor * Lower, Upper = factor * Upper }
        : throw new ArgumentOutOfRangeException(nameof(factor), $"{factor} is not positive.");

    internal static double HalfTail(double level) =>
        level is > 0 and < 1 ? (1 - level) / 2 : throw new ArgumentOutOfRangeException(nameof(level), $"{level} is no confidence level: it lies between 0 and 1.");

    private static double Inverse(double x) => x == 0 ? double.PositiveInfinity : 1 / x; // also for −0
}
