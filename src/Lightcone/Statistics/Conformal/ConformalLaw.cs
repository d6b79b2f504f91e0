namespace Lightcone.Statistics;

/// <summary>
/// How the true coverage of split conformal intervals varies with the calibration sample: it follows Beta(k, n + 1 − k) where scores do not tie
/// (V. Vovk, arXiv:1209.2673). One experiment with n = 1000 may cover 0.88 or 0.92 at 0.9 and be right.
/// </summary>
/// <param name="Count">n, calibration scores.</param>
/// <param name="Rank">k, the rank of the score in use, 1 … n + 1; n + 1 is the infinite interval, whose coverage is 1.</param>
public readonly record struct ConformalLaw(long Count, long Rank)
{
    private const long MostTested = 10_000_000;

    /// <summary>The law of <see cref="ConformalQuantile"/>.</summary>
    /// <param name="n">Calibration scores.</param>
    /// <param name="level">Coverage that is promised on average over calibration samples.</param>
    public static ConformalLaw Of(long n, double level) => new(n, ConformalQuantile.Rank(n, level));

    /// <summary>Mean coverage over calibration samples, k/(n + 1).</summary>
    public double Mean => (double)Rank / (Count + 1);

    /// <summary>Standard deviation of the coverage over calibration samples.</summary>
    public double Deviation => Math.Sqrt(Mean * (1 - Mean) / (Count + 2));

    /// <summary>The coverage below which a calibration sample leads with a given probability.</summary>
    public double Quantile(double probability)
    {
        Check();
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), $"{probability} is no probability.");
        return Rank > Count ? 1 : SpecialFunctions.BetaRegularizedInverse(Rank, Count + 1 - Rank, probability);
    }

    /// <summary>Standard deviation of the covered fraction among m test entries, calibration samples varying with them.</summary>
    public double DeviationOf(long m)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(m);
        return Math.Sqrt(Mean * (1 - Mean) / m * (1 + (m - 1.0) / (Count + 2)));
    }

    /// <summary>
    /// The band of covered fractions among m test entries that one calibration sample may show: the central part of the beta-binomial distribution, from
    /// the smallest to the largest count in neither tail of (1 − level)/2.
    /// </summary>
    /// <param name="m">Test entries, at most 10⁷; without any every fraction is accepted.</param>
    /// <param name="level">Probability of the band.</param>
    public (double Low, double High) Band(long m, double level = 0.99)
    {
        var (low, high) = Counts(m, level);
        return m == 0 ? (0, 1) : ((double)low / m, (double)high / m);
    }

    /// <summary>Whether a count of covered test entries lies in the <see cref="Band"/>.</summary>
    public bool Accepts(CoverageCount coverage, double level = 0.99)
    {
        var (low, high) = Counts(coverage.Count, level);
        return coverage.Covered >= low && coverage.Covered <= high;
    }

    /// <summary>
    /// The smallest rank k whose coverage is at least <paramref name="level"/> for all but a share 1 − <paramref name="confidence"/> of calibration samples;
    /// n + 1 if even the largest score does not promise that.
    /// </summary>
    /// <param name="n">Calibration scores.</param>
    /// <param name="level">Coverage to promise.</param>
    /// <param name="confidence">Share of calibration samples for which it must hold.</param>
    public static long SmallestRank(long n, double level, double confidence = 0.99)
    {
        SampleRules.Level(level);
        SampleRules.Level(confidence);
        ArgumentOutOfRangeException.ThrowIfNegative(n);
        long low = 1, high = n + 1;
        while (low < high)
        {
            long k = low + (high - low) / 2;
            if (SpecialFunctions.BetaRegularized(k, n + 1 - k, level) <= 1 - confidence) high = k;
            else low = k + 1;
        }

        return low;
    }

    private void Check()
    {
        if (Count < 0 || Rank < 1 || Rank > Count + 1) throw new InvalidOperationException($"There is no rank {Rank} among {Count} scores.");
    }

    private (long Low, long High) Counts(long m, double level)
    {
        double tail = Interval.HalfTail(level);
        Check();
        if (!(m is >= 0 and <= MostTested)) throw new ArgumentOutOfRangeException(nameof(m), $"{m} test entries; a band is summed for at most {MostTested}.");
        if (Rank > Count || m == 0) return (m, m);
        double[] probability = BetaBinomial(m);
        long low = 0, high = m;
        for (double sum = probability[0]; sum <= tail; sum += probability[low]) low++;
        for (double sum = probability[m]; sum <= tail; sum += probability[high]) high--;
        return (low, high);
    }

    /// <summary>Probabilities of 0 … m covered, from ratios of neighbours around the mean, where nothing underflows that matters.</summary>
    private double[] BetaBinomial(long m)
    {
        double a = Rank, b = Count + 1 - Rank;
        var probability = new double[m + 1];
        long start = Math.Clamp((long)(Mean * m), 0, m);
        probability[start] = 1;
        double sum = 1;
        for (long j = start; j < m; j++) sum += probability[j + 1] = probability[j] * ((m - j) / (j + 1.0)) * ((j + a) / (m - j - 1 + b));
        for (long j = start; j > 0; j--) sum += probability[j - 1] = probability[j] * (j / (m - j + 1.0)) * ((m - j + b) / (j - 1 + a));
        for (long j = 0; j <= m; j++) probability[j] /= sum;
        return probability;
    }
}
