namespace Lightcone.Statistics;

/// <summary>The one factor that makes claimed standard deviations right on a calibration sample.</summary>
/// <param name="Factor">√(mean pull²), the maximum-likelihood factor for Gaussian errors; below 1 the claims were too large.</param>
/// <param name="Error">Its standard error, from the fourth moment of the pulls.</param>
/// <param name="Robust">The 68.27 % quantile of |pull|: makes ±1σ cover as it should, and outliers do not move it.</param>
public readonly record struct SigmaScale(double Factor, double Error, double Robust)
{
    /// <summary>Fits the factor.</summary>
    /// <param name="truth">True values.</param>
    /// <param name="value">Measured values.</param>
    /// <param name="sigma">Their claimed standard deviations, positive.</param>
    /// <exception cref="InputDataException">A number is NaN or a σ not positive.</exception>
    public static SigmaScale Fit(ReadOnlySpan<double> truth, ReadOnlySpan<double> value, ReadOnlySpan<double> sigma)
    {
        double[] sizes = PullSummary.Pulls(truth, value, sigma);
        for (int i = 0; i < sizes.Length; i++) sizes[i] = Math.Abs(sizes[i]);
        double second = sizes.Average(t => t * t), fourth = sizes.Average(t => t * t * t * t), factor = Math.Sqrt(second);
        double error = sizes.Length > 1 ? 0.5 * factor * Math.Sqrt(Math.Max(0, fourth / (second * second) - 1) / sizes.Length) : double.NaN;
        return new(factor, error, Quantile.Of(sizes, Interval.OneSigma));
    }

    /// <summary>The corrected standard deviation.</summary>
    public double Apply(double sigma) => Factor * sigma;
}
