namespace Lightcone.Systems.Tagging;

/// <summary>
/// Jets scored by one tagger or by several as one: the mean of their probabilities (deep ensembles, arXiv:1612.01474), and what of the entropy of the mean is there in every member and what is
/// disagreement. With p_j of member j: total H(⟨p_j⟩), aleatoric ⟨H(p_j)⟩, epistemic the difference, which is the mutual information of class and member. Natural logarithms.
/// </summary>
internal sealed class EnsembleScores(int classes)
{
    private readonly List<double> total = [], aleatoric = [];

    /// <summary>Entropy of the mean probabilities of each jet [nats]; empty for one tagger.</summary>
    public double[] Total => [.. total];

    /// <summary>Mean of the members' entropies of each jet [nats].</summary>
    public double[] Aleatoric => [.. aleatoric];

    /// <summary>Adds a batch.</summary>
    /// <param name="logits">Logits of each member, row-major, shape [jets, classes].</param>
    /// <returns>Of one tagger its logits as they are. Of several ln⟨p_j⟩, whose soft-max is the mean of the probabilities, and which does not saturate where that is close to 1.</returns>
    public double[] Add(IReadOnlyList<double[]> logits)
    {
        if (logits.Count == 1) return logits[0];
        var mean = new double[logits[0].Length];
        var log = new double[logits.Count][];
        for (int first = 0; first < mean.Length; first += classes)
        {
            double within = 0;
            for (int j = 0; j < log.Length; j++)
            {
                log[j] = LogSoftmax(logits[j].AsSpan(first, classes));
                within += Entropy(log[j]) / log.Length;
            }

            var own = mean.AsSpan(first, classes);
            for (int c = 0; c < classes; c++) own[c] = LogMean(log, c);
            total.Add(Entropy(own));
            aleatoric.Add(within);
        }

        return mean;
    }

    /// <summary>−Σ p ln p from ln p [nats].</summary>
    internal static double Entropy(ReadOnlySpan<double> log)
    {
        double sum = 0;
        foreach (double l in log)
            if (Math.Exp(l) is > 0 and var p) sum -= p * l;
        return sum;
    }

    private static double[] LogSoftmax(ReadOnlySpan<double> logits)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (double l in logits) most = Math.Max(most, l);
        foreach (double l in logits) sum += Math.Exp(l - most);
        double norm = Math.Log(sum);
        var result = new double[logits.Length];
        for (int c = 0; c < result.Length; c++) result[c] = logits[c] - most - norm;
        return result;
    }

    private static double LogMean(double[][] log, int c)
    {
        double most = double.NegativeInfinity, sum = 0;
        foreach (double[] own in log) most = Math.Max(most, own[c]);
        foreach (double[] own in log) sum += Math.Exp(own[c] - most);
        return most + Math.Log(sum / log.Length);
    }
}
