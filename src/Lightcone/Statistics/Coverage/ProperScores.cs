namespace Lightcone.Statistics;

/// <summary>
/// Scores of a predicted distribution that no other prediction improves on average than the true one (T. Gneiting, A. Raftery, JASA 102 (2007) 359).
/// Smaller is better.
/// </summary>
public static class ProperScores
{
    private const double HalfLogTwoPi = 0.91893853320467274178;
    private static readonly double InverseRootPi = 1 / Math.Sqrt(Math.PI);

    /// <summary>
    /// Continuous ranked probability score of a Gaussian, ∫ (F(x) − 1[x ≥ truth])² dx, in the unit of the truth: σ [w (2Φ(w) − 1) + 2φ(w) − 1/√π] with
    /// w = (truth − mean)/σ. Its mean is σ/√π where the prediction is right.
    /// </summary>
    public static double Crps(double mean, double sigma, double truth)
    {
        double w = Standardised(mean, sigma, truth);
        double density = Math.Exp(-0.5 * w * w - HalfLogTwoPi);
        return sigma * (w * (2 * SpecialFunctions.NormalCdf(w) - 1) + 2 * density - InverseRootPi);
    }

    /// <summary>
    /// The same score of a distribution known by m ≥ 2 samples X: mean |X − truth| − Σ_{i≠j} |Xᵢ − Xⱼ|/(2m(m − 1)), without bias for any m; therefore
    /// it may be negative. In m log m steps.
    /// </summary>
    /// <exception cref="InputDataException">A sample is NaN.</exception>
    public static double Crps(ReadOnlySpan<double> samples, double truth)
    {
        if (samples.Length < 2) throw new ArgumentException($"{samples.Length} samples; the spread of a distribution needs two.", nameof(samples));
        SampleRules.NotNaN(samples, "sample");
        double[] sorted = samples.ToArray();
        Array.Sort(sorted);
        double m = sorted.Length, distance = 0, spread = 0;
        for (int k = 0; k < sorted.Length; k++)
        {
            distance += Math.Abs(sorted[k] - truth);
            spread += (2 * k - m + 1) * (sorted[k] - sorted[0]); // Σ_{i<j} (x_j − x_i); the shift keeps digits
        }

        return distance / m - spread / (m * (m - 1));
    }

    /// <summary>Pinball loss of a quantile: level·(truth − quantile) above it, (1 − level)·(quantile − truth) below it.</summary>
    /// <param name="quantile">Predicted quantile.</param>
    /// <param name="level">Its probability, between 0 and 1.</param>
    /// <param name="truth">The truth.</param>
    public static double Pinball(double quantile, double level, double truth)
    {
        SampleRules.Level(level);
        double excess = truth - quantile;
        return Math.Max(level * excess, (level - 1) * excess);
    }

    /// <summary>Winkler's interval score: the width plus 2/(1 − level) times the distance by which the truth was missed.</summary>
    /// <param name="lower">Lower end.</param>
    /// <param name="upper">Upper end.</param>
    /// <param name="level">Coverage that the interval claims.</param>
    /// <param name="truth">The truth.</param>
    public static double IntervalScore(double lower, double upper, double level, double truth)
    {
        SampleRules.Level(level);
        return upper - lower + 2 / (1 - level) * (Math.Max(0, lower - truth) + Math.Max(0, truth - upper));
    }

    /// <summary>−ln of the Gaussian density at the truth.</summary>
    public static double GaussianNegativeLogDensity(double mean, double sigma, double truth)
    {
        double w = Standardised(mean, sigma, truth);
        return 0.5 * w * w + Math.Log(sigma) + HalfLogTwoPi;
    }

    /// <summary>Brier's score of a probability of signal, (probability − label)².</summary>
    /// <param name="probability">Predicted probability of signal.</param>
    /// <param name="label">1 for signal, 0 for background.</param>
    public static double Brier(double probability, int label)
    {
        CheckLabel(probability, label);
        return (probability - label) * (probability - label);
    }

    /// <summary>−ln of the probability given to what happened, nat; +∞ if that was 0.</summary>
    /// <inheritdoc cref="Brier"/>
    public static double NegativeLogLikelihood(double probability, int label)
    {
        CheckLabel(probability, label);
        return label == 1 ? -Math.Log(probability) : -double.LogP1(-probability);
    }

    private static void CheckLabel(double probability, int label)
    {
        if (!(probability is >= 0 and <= 1)) throw new ArgumentOutOfRangeException(nameof(probability), $"{probability} is no probability.");
        if (label is not (0 or 1)) throw new ArgumentOutOfRangeException(nameof(label), $"{label} is no label of two classes.");
    }

    private static double Standardised(double mean, double sigma, double truth) =>
        sigma > 0 ? (truth - mean) / sigma : throw new ArgumentOutOfRangeException(nameof(sigma), $"{sigma} is no standard deviation.");
}
