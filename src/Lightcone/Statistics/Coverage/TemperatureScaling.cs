namespace Lightcone.Statistics;

/// <summary>
/// Probabilities from logits divided by one temperature, fitted on a calibration sample (C. Guo et al., arXiv:1706.04599). Above 1 the model was
/// over-confident. The order of the classes, and of jets in two classes, does not change.
/// </summary>
/// <param name="Temperature">T, between 0.05 and 20.</param>
/// <param name="Error">Standard error from the curvature of the likelihood; NaN where T ended at a bound.</param>
/// <param name="Before">Mean negative log-likelihood of the calibration sample at T = 1, nat.</param>
/// <param name="After">The same at T.</param>
public readonly record struct TemperatureScaling(double Temperature, double Error, double Before, double After)
{
    private const double Least = 0.05, Most = 20;

    /// <summary>Fits T: the negative log-likelihood is convex in 1/T, and Newton's steps stay inside a shrinking bracket.</summary>
    /// <param name="logits">Logits, row-major, shape [jets, classes]; finite.</param>
    /// <param name="labels">True class of each jet, 0 … classes − 1.</param>
    /// <param name="classes">Number of classes, at least 2.</param>
    /// <exception cref="InputDataException">A logit is not finite or a label out of range.</exception>
    public static TemperatureScaling Fit(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(classes, 2);
        if (labels.IsEmpty || logits.Length != (long)labels.Length * classes) throw new ArgumentException($"{logits.Length} logits do not fit {labels.Length} jets of {classes} classes.", nameof(logits));
        Check(logits, labels, classes);
        double low = 1 / Most, high = 1 / Least, inverse = 1;
        for (int step = 0; step < 200; step++)
        {
            var (_, slope, curvature) = Likelihood(logits, labels, classes, inverse);
            if (slope < 0) low = inverse;
            else high = inverse;
            double next = inverse - slope / curvature;
            if (!(next > low && next < high)) next = Math.Sqrt(low * high);
            bool done = Math.Abs(next - inverse) <= 1e-13 * inverse || high - low <= 1e-13 * high;
            inverse = next;
            if (done) break;
        }

        var (after, _, atBest) = Likelihood(logits, labels, classes, inverse);
        bool bounded = inverse < (1 + 1e-9) / Most || inverse > (1 - 1e-9) / Least;
        double error = bounded ? double.NaN : 1 / (Math.Sqrt(atBest) * inverse * inverse); // dT = T² d(1/T)
        return new(1 / inverse, error, Likelihood(logits, labels, classes, 1).Value / labels.Length, after / labels.Length);
    }

    /// <summary>Fits T for two classes.</summary>
    /// <param name="differences">Logit of signal minus logit of background, one a jet.</param>
    /// <param name="labels">1 for signal, 0 for background.</param>
    /// <exception cref="InputDataException">A logit is not finite or a label out of range.</exception>
    public static TemperatureScaling FitBinary(ReadOnlySpan<double> differences, ReadOnlySpan<int> labels)
    {
        var logits = new double[2 * differences.Length];
        for (int i = 0; i < differences.Length; i++) logits[2 * i + 1] = differences[i];
        return Fit(logits, labels, 2);
    }

    /// <summary>Probability of signal from the difference of two logits.</summary>
    public double Apply(double difference) => 1 / (1 + Math.Exp(-difference / Temperature));

    /// <summary>Probabilities softmax(logits/T).</summary>
    /// <param name="logits">Logits, row-major, shape [jets, classes].</param>
    /// <param name="classes">Number of classes.</param>
    /// <returns>Probabilities of the same shape.</returns>
    public double[] Apply(ReadOnlySpan<double> logits, int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        if (logits.Length % classes != 0) throw new ArgumentException($"{logits.Length} logits are no rows of {classes} classes.", nameof(logits));
        var probabilities = new double[logits.Length];
        for (int row = 0; row < logits.Length; row += classes)
        {
            double top = double.NegativeInfinity, sum = 0;
            for (int c = 0; c < classes; c++) top = Math.Max(top, logits[row + c]);
            for (int c = 0; c < classes; c++) sum += probabilities[row + c] = Math.Exp((logits[row + c] - top) / Temperature);
            for (int c = 0; c < classes; c++) probabilities[row + c] /= sum;
        }

        return probabilities;
    }

    /// <summary>Negative log-likelihood at an inverse temperature with its two derivatives: the mean logit minus that of the label, and the variance of the logit.</summary>
    private static (double Value, double Slope, double Curvature) Likelihood(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, int classes, double inverse)
    {
        double value = 0, slope = 0, curvature = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            var row = logits.Slice(i * classes, classes);
            double top = double.NegativeInfinity, norm = 0, first = 0, second = 0;
            foreach (double logit in row) top = Math.Max(top, logit);
            foreach (double logit in row)
            {
                double weight = Math.Exp(inverse * (logit - top));
                norm += weight;
                first += weight * (logit - top);
                second += weight * (logit - top) * (logit - top);
            }

            double mean = first / norm, own = row[labels[i]] - top;
            value += Math.Log(norm) - inverse * own;
            slope += mean - own;
            curvature += second / norm - mean * mean;
        }

        return (value, slope, curvature);
    }

    private static void Check(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, int classes)
    {
        for (int i = 0; i < logits.Length; i++)
            if (!double.IsFinite(logits[i]))
                throw new InputDataException($"A logit is {logits[i]}.", $"jet {i / classes} of {labels.Length}, class {i % classes}", "the network diverged, or probabilities of exactly 0 were turned into logits", "check the network's answers, and give its logits");
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] < 0 || labels[i] >= classes)
                throw new InputDataException($"A label is {labels[i]}.", $"jet {i} of {labels.Length}", $"the sample has other classes than the {classes} of the network", "calibrate on a sample with the classes of the training");
    }
}
