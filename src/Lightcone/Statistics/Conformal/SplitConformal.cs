namespace Lightcone.Statistics;

/// <summary>
/// Intervals prediction ± offset around any model, with the offset from |truth − prediction| of a calibration sample. They cover at least with their
/// level on average over inputs, for exchangeable data and any model; not at each input.
/// </summary>
public sealed class SplitConformal
{
    private SplitConformal(double offset, long count, double level) => (Offset, Level, Law) = (offset, level, ConformalLaw.Of(count, level));

    /// <summary>Half width of every interval; +∞ for too few calibration entries.</summary>
    public double Offset { get; }

    /// <summary>Coverage that is promised.</summary>
    public double Level { get; }

    /// <summary>How the coverage varies with the calibration sample.</summary>
    public ConformalLaw Law { get; }

    /// <summary>Takes the offset from a calibration sample.</summary>
    /// <param name="predictions">Predictions.</param>
    /// <param name="truth">True values.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <exception cref="InputDataException">A number is NaN.</exception>
    public static SplitConformal Fit(ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth, double level) =>
        new(ConformalQuantile.Of(Residuals(predictions, truth), level), truth.Length, level);

    /// <summary>The interval of a prediction.</summary>
    public ConformalInterval Interval(double prediction) => ConformalInterval.Around(prediction, Offset, 1);

    /// <summary>|truth − prediction| of each entry.</summary>
    internal static double[] Residuals(ReadOnlySpan<double> predictions, ReadOnlySpan<double> truth)
    {
        SampleRules.SameLength(truth.Length, predictions.Length, nameof(predictions));
        SampleRules.NotNaN(predictions, "prediction");
        SampleRules.NotNaN(truth, "truth");
        var residuals = new double[truth.Length];
        for (int i = 0; i < residuals.Length; i++) residuals[i] = Math.Abs(truth[i] - predictions[i]);
        return residuals;
    }
}
