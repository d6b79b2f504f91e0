namespace Lightcone.Statistics;

/// <summary>
/// Intervals prediction ± offset·σ(input), with the offset from |truth − prediction|/σ of a calibration sample: they follow the widths of any model of
/// the uncertainty and cover as <see cref="SplitConformal"/> even where that model is wrong.
/// </summary>
public sealed class NormalisedConformal
{
    private const double FloorOfSpread = 1e-3;

    private NormalisedConformal(double offset, double floor, long count, double level) => (Offset, Floor, Level, Law) = (offset, floor, level, ConformalLaw.Of(count, level));

    /// <summary>Half width of an interval in units of σ; +∞ for too few calibration entries.</summary>
    public double Offset { get; }

    /// <summary>Smaller σ are raised to this: 10⁻³ of the standard deviation of the calibration truths.</summary>
    public double Floor { get; }

    /// <summary>Coverage that is promised.</summary>
    public double Level { get; }

    /// <summary>How the coverage varies with the calibration sample.</summary>
    public ConformalLaw Law { get; }

    /// <summary>Takes the offset from a calibration sample.</summary>
    /// <param name="predictions">Predictions.</param>
    /// <param name="sigma">Their claimed uncertainties, not negative.</param>
    /// <param name="truth">True values.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <exception cref="InputDataException">A number is NaN or an uncertainty negative.</exception>
    public static NormalisedConformal Fit(ReadOnlySpan<double> predictions, ReadOnlySpan<double> sigma, ReadOnlySpan<double> truth, double level)
    {
        double[] scores = SplitConformal.Residuals(predictions, truth);
        SampleRules.SameLength(truth.Length, sigma.Length, nameof(sigma));
        double spread = SampleDeviation.Of(truth.ToArray()), floor = double.IsNaN(spread) ? 0 : FloorOfSpread * spread;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!(sigma[i] >= 0 && double.IsFinite(sigma[i])))
                throw new InputDataException($"The uncertainty {sigma[i]} is negative or not finite.", $"entry {i} of {sigma.Length}", "a logarithm of a variance was given, or the model diverged", "give standard deviations in the unit of the prediction");
            double scale = Math.Max(sigma[i], floor);
            scores[i] = scores[i] == 0 ? 0 : scores[i] / scale; // a σ of 0 allows no residual
        }

        return new(ConformalQuantile.Of(scores, level), floor, truth.Length, level);
    }

    /// <summary>The interval of a prediction with its claimed uncertainty.</summary>
    public ConformalInterval Interval(double prediction, double sigma) => sigma >= 0 && double.IsFinite(sigma)
        ? ConformalInterval.Around(prediction, Offset, Math.Max(sigma, Floor))
        : throw new ArgumentOutOfRangeException(nameof(sigma), $"{sigma} is no standard deviation.");
}
