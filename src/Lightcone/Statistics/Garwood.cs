namespace Lightcone.Statistics;

/// <summary>The exact central interval of a Poisson mean from one count (F. Garwood, Biometrika 28 (1936) 437).</summary>
public static class Garwood
{
    /// <summary>Its name in reports.</summary>
    public const string Method = "Garwood";

    /// <summary>Interval of the mean when <paramref name="count"/> events were seen.</summary>
    public static Interval Of(long count, double level = Interval.OneSigma)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        double tail = Interval.HalfTail(level);
        double lower = count == 0 ? 0 : SpecialFunctions.GammaLowerRegularizedInverse(count, tail);
        return new(count, lower, SpecialFunctions.GammaLowerRegularizedInverse(count + 1.0, 1 - tail), level, Method);
    }
}
