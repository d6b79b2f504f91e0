namespace Lightcone.Statistics;

/// <summary>How often intervals of one level held the truth, and on which side they missed it.</summary>
/// <param name="Nominal">Coverage that the intervals claim, between 0 and 1.</param>
/// <param name="Count">Intervals.</param>
/// <param name="Covered">Intervals that hold the truth; an end counts as inside.</param>
/// <param name="MissedBelow">Truths below their interval.</param>
/// <param name="MissedAbove">Truths above their interval.</param>
public readonly record struct CoverageCount(double Nominal, long Count, long Covered, long MissedBelow, long MissedAbove)
{
    /// <summary>The covered fraction with its <see cref="ClopperPearson"/> interval.</summary>
    public Interval Fraction(double level = Interval.OneSigma) => ClopperPearson.Of(Covered, Count, level);

    /// <summary>
    /// Whether a method whose coverage is exactly <see cref="Nominal"/> would show such a count: <see cref="BinomialAcceptance"/>. For conformal
    /// intervals, which share one calibration sample, ask <see cref="ConformalLaw"/>.
    /// </summary>
    public bool Accepts(double level = 0.99)
    {
        var (low, high) = BinomialAcceptance.Counts(Count, Nominal, level);
        return Covered >= low && Covered <= high;
    }
}
