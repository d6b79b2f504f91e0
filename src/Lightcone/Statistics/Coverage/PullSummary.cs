namespace Lightcone.Statistics;

/// <summary>
/// Pulls (truth − value)/σ of many measurements: with right uncertainties they have mean 0 and deviation 1, whatever the scale of each.
/// </summary>
/// <param name="Count">Measurements.</param>
/// <param name="Mean">Mean; its error is deviation/√n.</param>
/// <param name="Deviation">Standard deviation, n − 1 below; its error √((κ + 2)/4n) relative, κ the excess kurtosis: 1/√2n for Gaussian pulls.</param>
/// <param name="Median">Median.</param>
/// <param name="HalfWidth">Half the distance of the quantiles at ∓1σ, (q84 − q16)/2: a deviation that tails do not move.</param>
/// <param name="ExcessKurtosis">Fourth central moment over the squared variance, minus 3.</param>
/// <param name="Beyond2">Fraction with |pull| &gt; 2: 0.0455 for Gaussian pulls.</param>
/// <param name="Beyond3">Fraction with |pull| &gt; 3: 0.0027.</param>
/// <param name="Beyond5">Fraction with |pull| &gt; 5: 5.7·10⁻⁷.</param>
public sealed record PullSummary(long Count, Interval Mean, Interval Deviation, double Median, double HalfWidth, double ExcessKurtosis, Interval Beyond2, Interval Beyond3, Interval Beyond5)
{
    /// <summary>Summary of measurements.</summary>
    /// <param name="truth">True values.</param>
    /// <param name="value">Measured values.</param>
    /// <param name="sigma">Their claimed standard deviations, positive.</param>
    /// <param name="level">Level of the intervals.</param>
    /// <exception cref="InputDataException">A number is NaN or a σ not positive.</exception>
    public static PullSummary Of(ReadOnlySpan<double> truth, ReadOnlySpan<double> value, ReadOnlySpan<double> sigma, double level = Interval.OneSigma) => Of(Pulls(truth, value, sigma), level);

    /// <summary>Summary of pulls.</summary>
    /// <exception cref="InputDataException">A pull is NaN.</exception>
    public static PullSummary Of(ReadOnlySpan<double> pulls, double level = Interval.OneSigma)
    {
        double z = -SpecialFunctions.NormalQuantile(Interval.HalfTail(level));
        SampleRules.SameLength(pulls.Length, pulls.Length, nameof(pulls));
        SampleRules.NotNaN(pulls, "pull");
        double n = pulls.Length, mean = 0, second = 0, fourth = 0;
        foreach (double t in pulls) mean += t / n;
        foreach (double t in pulls)
        {
            double square = (t - mean) * (t - mean);
            second += square / n;
            fourth += square * square / n;
        }

        double kurtosis = fourth / (second * second) - 3, deviation = n > 1 ? Math.Sqrt(second * n / (n - 1)) : double.NaN;
        double meanError = z * deviation / Math.Sqrt(n), deviationError = z * deviation * Math.Sqrt(Math.Max(0, kurtosis + 2) / (4 * n));
        return new(pulls.Length, new(mean, mean - meanError, mean + meanError, level, "normal"), new(deviation, Math.Max(0, deviation - deviationError), deviation + deviationError, level, "normal"),
            Quantile.Of(pulls, 0.5), HalfWidthOf(pulls), kurtosis, Beyond(pulls, 2, level), Beyond(pulls, 3, level), Beyond(pulls, 5, level));
    }

    /// <summary>(truth − value)/σ of each measurement.</summary>
    internal static double[] Pulls(ReadOnlySpan<double> truth, ReadOnlySpan<double> value, ReadOnlySpan<double> sigma)
    {
        SampleRules.SameLength(truth.Length, value.Length, nameof(value));
        SampleRules.SameLength(truth.Length, sigma.Length, nameof(sigma));
        SampleRules.Deviations(sigma);
        SampleRules.NotNaN(truth, "truth");
        SampleRules.NotNaN(value, "value");
        var pulls = new double[truth.Length];
        for (int i = 0; i < pulls.Length; i++) pulls[i] = (truth[i] - value[i]) / sigma[i];
        return pulls;
    }

    private static double HalfWidthOf(ReadOnlySpan<double> pulls) =>
        0.5 * (Quantile.Of(pulls, 0.5 + 0.5 * Interval.OneSigma) - Quantile.Of(pulls, 0.5 - 0.5 * Interval.OneSigma));

    private static Interval Beyond(ReadOnlySpan<double> pulls, double limit, double level)
    {
        long beyond = 0;
        foreach (double t in pulls)
            if (Math.Abs(t) > limit) beyond++;
        return ClopperPearson.Of(beyond, pulls.Length, level);
    }
}
