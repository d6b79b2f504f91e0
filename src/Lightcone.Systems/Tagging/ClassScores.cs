namespace Lightcone.Systems.Tagging;

/// <summary>
/// What the logits of jets say, class by class: the chosen class, its probability, the cross entropy, and log-odds, which rank as the probabilities do and
/// do not saturate. Each jet's logits are first reduced by their largest, so that a constant added to all of them has no effect.
/// </summary>
internal sealed class ClassScores
{
    /// <summary>Evaluates logits.</summary>
    /// <param name="logits">Row-major, shape [jets, classes].</param>
    /// <param name="labels">True class of each jet.</param>
    /// <param name="classes">Number of classes.</param>
    public ClassScores(ReadOnlySpan<double> logits, ReadOnlySpan<int> labels, int classes)
    {
        LogOdds = new double[logits.Length];
        (Chosen, TopProbability, CrossEntropy) = (new int[labels.Length], new double[labels.Length], new double[labels.Length]);
        var reduced = new double[classes];
        for (int jet = 0; jet < labels.Length; jet++)
        {
            var own = logits.Slice(jet * classes, classes);
            int chosen = 0;
            for (int c = 1; c < classes; c++)
                if (own[c] >= own[chosen]) chosen = c; // equal logits: the later class, as a tagger of two classes calls a difference of 0 signal
            for (int c = 0; c < classes; c++) reduced[c] = own[c] - own[chosen];
            double logSum = Math.Log(reduced.Sum(Math.Exp));
            Chosen[jet] = chosen;
            TopProbability[jet] = Math.Exp(-logSum);
            CrossEntropy[jet] = logSum - reduced[labels[jet]];
            for (int c = 0; c < classes; c++) LogOdds[jet * classes + c] = reduced[c] - LogSumOfOthers(reduced, c);
        }
    }

    /// <summary>ln(p/(1 − p)) of each class, row-major, shape [jets, classes].</summary>
    public double[] LogOdds { get; }

    /// <summary>Class with the largest logit of each jet.</summary>
    public int[] Chosen { get; }

    /// <summary>Its probability.</summary>
    public double[] TopProbability { get; }

    /// <summary>−ln p of the true class [nats].</summary>
    public double[] CrossEntropy { get; }

    private static double LogSumOfOthers(double[] logits, int left)
    {
        double largest = double.NegativeInfinity, sum = 0;
        for (int c = 0; c < logits.Length; c++)
            if (c != left) largest = Math.Max(largest, logits[c]);
        if (double.IsNegativeInfinity(largest)) return largest;
        for (int c = 0; c < logits.Length; c++)
            if (c != left) sum += Math.Exp(logits[c] - largest);
        return largest + Math.Log(sum);
    }
}
