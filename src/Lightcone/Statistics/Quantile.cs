namespace Lightcone.Statistics;

/// <summary>Quantiles of a sample.</summary>
public static class Quantile
{
    /// <summary>The quantile at a probability: linear between order statistics, as numpy's default (Hyndman and Fan's type 7). NaN for no values.</summary>
    public static double Of(ReadOnlySpan<double> values, double probability)
    {
        var sorted = values.ToArray();
        Array.Sort(sorted);
        return OfSorted(sorted, probability);
    }

    /// <summary>Edges of at most <paramref name="bins"/> bins that hold equally many values; fewer where equal values would make an empty bin.</summary>
    /// <exception cref="ArgumentException">There are no values.</exception>
    public static double[] Edges(ReadOnlySpan<double> values, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        if (values.IsEmpty) throw new ArgumentException("Bins of equal population need values.", nameof(values));
        var sorted = values.ToArray();
        Array.Sort(sorted);
        double[] edges = [.. Enumerable.Range(0, bins + 1).Select(i => OfSorted(sorted, (double)i / bins)).Distinct()];
        return edges.Length > 1 ? edges : [edges[0], Math.BitIncrement(edges[0])];
    }

    /// <summary>The quantile with a distribution-free interval: order statistics whose ranks a binomial count reaches with the asked probability.</summary>
    public static Interval WithInterval(ReadOnlySpan<double> values, double probability, double level = Interval.OneSigma)
    {
        double tail = Interval.HalfTail(level);
        var sorted = values.ToArray();
        Array.Sort(sorted);
        int n = sorted.Length;
        // The quantile lies above order statistic r (from 1) with probability P(Bin(n, p) ≥ r) = I_p(r, n − r + 1).
        int lower = 0, upper = n + 1;
        for (int low = 1, high = n; low <= high;)
        {
            int r = (low + high) / 2;
            if (SpecialFunctions.BetaRegularized(r, n - r + 1, probability) >= 1 - tail) (lower, low) = (r, r + 1);
            else high = r - 1;
        }
        for (int low = 1, high = n; low <= high;)
        {
            int r = (low + high) / 2;
            if (SpecialFunctions.BetaRegularized(r, n - r + 1, probability) <= tail) (upper, high) = (r, r - 1);
            else low = r + 1;
        }
        return new(OfSorted(sorted, probability), lower == 0 ? double.NegativeInfinity : sorted[lower - 1],
            upper == n + 1 ? double.PositiveInfinity : sorted[upper - 1], level, "order statistics");
    }

    /// <summary>The quantile of values that are sorted already, rising.</summary>
    public static double OfSorted(ReadOnlySpan<double> sorted, double probability)
    {
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), $"{probability} is no probability.");
        if (sorted.Length == 0) return double.NaN;
        double position = probability * (sorted.Length - 1);
        int below = (int)position;
        return below + 1 < sorted.Length ? sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]) : sorted[below];
    }
}
