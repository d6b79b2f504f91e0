namespace Lightcone.Statistics;

/// <summary>
/// The exact interval of a fraction of independent trials (C. Clopper and E. Pearson, Biometrika 26 (1934) 404). It covers at least with its
/// level, whatever the true fraction. Several jets of one event are not independent trials.
/// </summary>
public static class ClopperPearson
{
    /// <summary>Its name in reports.</summary>
    public const string Method = "Clopper–Pearson";

    /// <summary>Interval of k successes in n trials.</summary>
    /// <param name="successes">k; not an integer only where a count was interpolated, for which the formula is continued smoothly.</param>
    /// <param name="trials">n; without trials the value is NaN and the interval [0, 1].</param>
    /// <param name="level">Confidence level.</param>
    public static Interval Of(double successes, long trials, double level = Interval.OneSigma)
    {
        double tail = Interval.HalfTail(level);
        if (!(trials >= 0 && successes >= 0 && successes <= trials)) throw new ArgumentOutOfRangeException(nameof(successes), $"{successes} of {trials} is no fraction.");
        if (trials == 0) return new(double.NaN, 0, 1, level, Method);
        double failures = trials - successes;
        double lower = successes == 0 ? 0 : SpecialFunctions.BetaRegularizedInverse(successes, failures + 1, tail);
        double upper = failures == 0 ? 1 : SpecialFunctions.BetaRegularizedInverse(successes + 1, failures, 1 - tail);
        return new(successes / trials, lower, upper, level, Method);
    }
}
