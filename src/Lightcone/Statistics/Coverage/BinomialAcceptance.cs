namespace Lightcone.Statistics;

/// <summary>Which fractions a correct method may show: the central counts of a binomial distribution.</summary>
public static class BinomialAcceptance
{
    /// <summary>
    /// The band of fractions k/n in which a method with success probability p falls at least with probability <paramref name="level"/>: from the
    /// smallest to the largest count that is in neither tail of (1 − level)/2. Trials must be independent.
    /// </summary>
    /// <param name="n">Trials; without trials every fraction is accepted.</param>
    /// <param name="p">Probability of success of a correct method.</param>
    /// <param name="level">Probability of the band.</param>
    public static (double Low, double High) Of(long n, double p, double level = 0.99)
    {
        var (low, high) = Counts(n, p, level);
        return n == 0 ? (0, 1) : ((double)low / n, (double)high / n);
    }

    /// <summary>The counts at the ends of the band.</summary>
    internal static (long Low, long High) Counts(long n, double p, double level)
    {
        double tail = Interval.HalfTail(level);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        if (!(p is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(p), $"{p} is no probability.");
        if (n == 0 || p == 0) return (0, 0);
        if (p == 1) return (n, n);
        // P(X ≤ k) = I_{1−p}(n − k, k + 1) and P(X > k) = I_p(k + 1, n − k), each without cancellation in its own tail.
        return (Smallest(n, k => SpecialFunctions.BetaRegularized(n - k, k + 1, 1 - p) > tail), Smallest(n, k => SpecialFunctions.BetaRegularized(k + 1, n - k, p) <= tail));
    }

    /// <summary>The smallest k in 0 … n with a property that all larger ones share; n has it.</summary>
    private static long Smallest(long n, Func<long, bool> holds)
    {
        long low = 0, high = n;
        while (low < high)
        {
            long middle = low + (high - low) / 2;
            if (holds(middle)) high = middle;
            else low = middle + 1;
        }

        return low;
    }
}
