namespace Lightcone.Statistics;

/// <summary>Probability of signal as sigmoid(a·score + b) (J. Platt, 1999): for scores that are no logits, or whose mean is off.</summary>
/// <param name="Slope">a.</param>
/// <param name="Offset">b.</param>
public readonly record struct PlattScaling(double Slope, double Offset)
{
    private const int MostSteps = 100;

    /// <summary>
    /// Fits a and b by maximum likelihood with Platt's targets (n₊ + 1)/(n₊ + 2) and 1/(n₋ + 2), which keep them finite where the classes separate:
    /// Newton's steps, halved until the likelihood improves (H.-T. Lin et al., Mach. Learn. 68 (2007) 267).
    /// </summary>
    /// <param name="scores">Scores, finite.</param>
    /// <param name="labels">1 for signal, 0 for background.</param>
    /// <exception cref="InputDataException">A score is not finite, a label out of range, or a class is missing.</exception>
    public static PlattScaling Fit(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels)
    {
        var (centre, scale, targets) = Prepared(scores, labels);
        var x = new double[scores.Length];
        for (int i = 0; i < x.Length; i++) x[i] = (scores[i] - centre) / scale; // well-conditioned steps
        double prior = targets.Average(), a = 0, b = Math.Log(prior / (1 - prior)), value = Loss(x, targets, a, b);
        for (int step = 0; step < MostSteps; step++)
        {
            var (da, db) = NewtonStep(x, targets, a, b);
            double length = 1, next = Loss(x, targets, a - da, b - db);
            while (!(next <= value) && length > 1e-10)
            {
                length /= 2;
                next = Loss(x, targets, a - length * da, b - length * db);
            }

            if (!(next <= value)) break;
            (a, b) = (a - length * da, b - length * db);
            bool done = Math.Abs(da) + Math.Abs(db) < 1e-12 * (1 + Math.Abs(a) + Math.Abs(b));
            value = next;
            if (done) break;
        }

        return new(a / scale, b - a * centre / scale);
    }

    /// <summary>Probability of signal at a score.</summary>
    public double Apply(double score) => 1 / (1 + Math.Exp(-(Slope * score + Offset)));

    private static (double Centre, double Scale, double[] Targets) Prepared(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels)
    {
        SampleRules.SameLength(scores.Length, labels.Length, nameof(labels));
        int signals = 0;
        double sum = 0, squares = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (!double.IsFinite(scores[i]) || labels[i] is not (0 or 1))
                throw new InputDataException($"Score {scores[i]} with label {labels[i]} cannot be calibrated.", $"jet {i} of {scores.Length}", "the network diverged, or the sample has more than two classes", "give finite scores and labels 0 or 1");
            signals += labels[i];
            sum += scores[i];
        }

        int background = scores.Length - signals;
        if (signals == 0 || background == 0)
            throw new InputDataException($"There are {signals} signal jets among {scores.Length}.", "labels", "the sample holds one class only", "calibrate on a sample with signal and background");
        double centre = sum / scores.Length;
        foreach (double score in scores) squares += (score - centre) * (score - centre);
        var targets = new double[scores.Length];
        for (int i = 0; i < targets.Length; i++) targets[i] = labels[i] == 1 ? (signals + 1.0) / (signals + 2) : 1.0 / (background + 2);
        return (centre, squares > 0 ? Math.Sqrt(squares / scores.Length) : 1, targets);
    }

    private static double Loss(double[] x, double[] targets, double a, double b)
    {
        double sum = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double logit = a * x[i] + b;
            sum += Math.Max(logit, 0) - targets[i] * logit + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        }

        return sum;
    }

    private static (double A, double B) NewtonStep(double[] x, double[] targets, double a, double b)
    {
        double ga = 0, gb = 0, haa = 1e-12, hab = 0, hbb = 1e-12; // the small diagonal keeps the matrix regular
        for (int i = 0; i < x.Length; i++)
        {
            double p = 1 / (1 + Math.Exp(-(a * x[i] + b))), weight = p * (1 - p);
            ga += (p - targets[i]) * x[i];
            gb += p - targets[i];
            haa += weight * x[i] * x[i];
            hab += weight * x[i];
            hbb += weight;
        }

        double determinant = haa * hbb - hab * hab;
        return ((hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant);
    }
}
