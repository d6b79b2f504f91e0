namespace Lightcone.Systems.Uncertainty;

/// <summary>What several Gaussian answers say together (arXiv:1612.01474).</summary>
/// <param name="Mean">Mean of the means.</param>
/// <param name="Aleatoric">Mean of the variances: noise that more data do not take away.</param>
/// <param name="Spread">Variance of the means about theirs, the mixture's own share of its variance.</param>
/// <param name="Epistemic">The same with M − 1 for M: an unbiased estimate of how far another training would lie. From M members its root is uncertain by about 1/√(2(M − 1)), a third for five.</param>
internal readonly record struct EnsembleSpread(double Mean, double Aleatoric, double Spread, double Epistemic)
{
    /// <summary>Variance of the mixture.</summary>
    public double Total => Aleatoric + Spread;

    /// <summary>Of the answers of all members for one row.</summary>
    public static EnsembleSpread Of(ReadOnlySpan<double> means, ReadOnlySpan<double> variances)
    {
        double mean = 0, aleatoric = 0, squares = 0;
        int members = means.Length;
        foreach (double m in means) mean += m / members;
        foreach (double v in variances) aleatoric += v / members;
        foreach (double m in means) squares += (m - mean) * (m - mean);
        return new EnsembleSpread(mean, aleatoric, squares / members, members > 1 ? squares / (members - 1) : double.NaN);
    }
}

/// <summary>Entropy of several class answers, in nats (arXiv:1612.01474).</summary>
/// <param name="Total">Entropy of the mean probabilities.</param>
/// <param name="Aleatoric">Mean entropy of the members.</param>
internal readonly record struct EnsembleEntropy(double Total, double Aleatoric)
{
    /// <summary>Mutual information of answer and member: 0 where all agree.</summary>
    public double Epistemic => Total - Aleatoric;

    /// <summary>Of the probabilities that the members give for one row.</summary>
    public static EnsembleEntropy Of(IReadOnlyList<double[]> probabilities)
    {
        var mean = new double[probabilities[0].Length];
        foreach (double[] member in probabilities)
            for (int c = 0; c < mean.Length; c++) mean[c] += member[c] / probabilities.Count;
        return new EnsembleEntropy(Entropy(mean), probabilities.Average(Entropy));
    }

    private static double Entropy(double[] probabilities) => -probabilities.Sum(p => p > 0 ? p * Math.Log(p) : 0);
}
