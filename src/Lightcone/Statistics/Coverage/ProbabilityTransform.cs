namespace Lightcone.Statistics;

/// <summary>
/// The probability integral transform u = F(truth | input): uniform in [0, 1] if the predicted distribution F is right. A histogram with the shape of a
/// U tells of too narrow predictions, a hump of too wide ones, a slope of a bias.
/// </summary>
/// <remarks>With many entries a tiny imperfection is significant: judge the distance, and quote the p-value beside it.</remarks>
public static class ProbabilityTransform
{
    /// <summary>u of a distribution with steps or flat pieces: F(z−) + v (F(z) − F(z−)), uniform again when v is.</summary>
    /// <param name="below">F just below the truth.</param>
    /// <param name="at">F at the truth.</param>
    /// <param name="v">Uniform random number in [0, 1].</param>
    public static double Randomised(double below, double at, double v)
    {
        if (!(below >= 0 && below <= at && at <= 1)) throw new ArgumentOutOfRangeException(nameof(at), $"A cumulative distribution does not step from {below} to {at}.");
        if (!(v is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(v), $"{v} is outside [0, 1].");
        return below + v * (at - below);
    }

    /// <summary>u of a distribution known by samples: (rank + v)/(m + 1), exactly uniform when truth and samples come from one distribution.</summary>
    /// <param name="samples">m samples of the predicted distribution.</param>
    /// <param name="truth">The truth.</param>
    /// <param name="v">Uniform random number in [0, 1]; it also orders the truth among equal samples.</param>
    /// <exception cref="InputDataException">A sample is NaN.</exception>
    public static double FromSamples(ReadOnlySpan<double> samples, double truth, double v)
    {
        SampleRules.SameLength(samples.Length, samples.Length, nameof(samples));
        SampleRules.NotNaN(samples, "sample");
        int below = 0, equal = 0;
        foreach (double sample in samples)
        {
            if (sample < truth) below++;
            else if (sample == truth) equal++;
        }

        return Randomised(below / (samples.Length + 1.0), (below + equal + 1) / (samples.Length + 1.0), v);
    }

    /// <summary>
    /// Largest distance of the empirical distribution from the uniform one, with its p-value: Kolmogorov's limit law at D (√n + 0.12 + 0.11/√n)
    /// (M. Stephens, J. R. Stat. Soc. B 32 (1970) 115), good to a few per cent from n = 4 on.
    /// </summary>
    /// <param name="u">Values in [0, 1].</param>
    /// <exception cref="InputDataException">A value is outside [0, 1].</exception>
    public static (double Distance, double PValue) Kolmogorov(ReadOnlySpan<double> u)
    {
        double[] sorted = Checked(u);
        Array.Sort(sorted);
        double n = sorted.Length, distance = 0;
        for (int i = 0; i < sorted.Length; i++) distance = Math.Max(distance, Math.Max(sorted[i] - i / n, (i + 1) / n - sorted[i]));
        return (distance, KolmogorovTail(distance * (Math.Sqrt(n) + 0.12 + 0.11 / Math.Sqrt(n))));
    }

    /// <summary>Pearson's χ² of the counts in bins of equal width against a flat expectation.</summary>
    /// <param name="u">Values in [0, 1].</param>
    /// <param name="bins">Bins; at least five entries should be expected in each.</param>
    /// <exception cref="InputDataException">A value is outside [0, 1].</exception>
    public static (double Value, int Degrees, double PValue) ChiSquare(ReadOnlySpan<double> u, int bins = 20)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 2);
        double[] values = Checked(u);
        var counts = new double[bins];
        foreach (double value in values) counts[Math.Min((int)(value * bins), bins - 1)]++;
        double expected = (double)values.Length / bins, sum = counts.Sum(count => (count - expected) * (count - expected) / expected);
        return (sum, bins - 1, SpecialFunctions.GammaUpperRegularized(0.5 * (bins - 1), 0.5 * sum));
    }

    /// <summary>P(K &gt; x) of Kolmogorov's distribution.</summary>
    internal static double KolmogorovTail(double x)
    {
        if (x < 0.2) return 1; // 1 − 4·10⁻¹² at most
        double sum = 0;
        if (x < 1)
        {
            // The transformed series 1 − √(2π)/x Σ exp(−(2k − 1)² π²/8x²) converges where the alternating one does not.
            for (int k = 1; k < 20; k++) sum += Math.Exp(-(2 * k - 1) * (2 * k - 1) * Math.PI * Math.PI / (8 * x * x));
            return 1 - Math.Sqrt(2 * Math.PI) / x * sum;
        }

        for (int k = 1; k < 20; k++) sum += (k % 2 == 1 ? 2 : -2) * Math.Exp(-2.0 * k * k * x * x);
        return sum;
    }

    private static double[] Checked(ReadOnlySpan<double> u)
    {
        SampleRules.SameLength(u.Length, u.Length, nameof(u));
        SampleRules.Probabilities(u, "cumulative probability");
        return u.ToArray();
    }
}
