namespace Lightcone.Statistics;

/// <summary>The Jensen–Shannon divergence: how far two spectra differ, from 0 (equal) to 1 (no overlap), in bits (J. Lin, doi:10.1109/18.61115).</summary>
public static class JensenShannon
{
    /// <summary>Divergence of two histograms' contents; each is normalised first. NaN if one is empty.</summary>
    /// <exception cref="ArgumentException">The lengths differ or a content is negative.</exception>
    public static double Divergence(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length) throw new ArgumentException($"Spectra of {first.Length} and {second.Length} bins cannot be compared.", nameof(second));
        double firstSum = Sum(first), secondSum = Sum(second);
        if (firstSum == 0 || secondSum == 0) return double.NaN;
        double divergence = 0;
        for (int i = 0; i < first.Length; i++)
        {
            double p = first[i] / firstSum, q = second[i] / secondSum, middle = (p + q) / 2;
            if (p > 0) divergence += 0.5 * p * Math.Log2(p / middle);
            if (q > 0) divergence += 0.5 * q * Math.Log2(q / middle);
        }
        return Math.Clamp(divergence, 0, 1); // rounding may leave the range by an ulp
    }

    /// <summary>Divergence of the contents of two histograms with equal edges; under- and overflow do not enter.</summary>
    public static double Divergence(Histogram first, Histogram second)
    {
        if (!first.Edges.SequenceEqual(second.Edges)) throw new ArgumentException("Histograms with different edges cannot be compared.", nameof(second));
        return Divergence(first.Bins.Select(b => b.SumOfWeights).ToArray(), second.Bins.Select(b => b.SumOfWeights).ToArray());
    }

    private static double Sum(ReadOnlySpan<double> contents)
    {
        double sum = 0;
        foreach (double content in contents)
            sum += content >= 0 ? content : throw new ArgumentException($"A content of {content} has no divergence: it must not be negative.", nameof(contents));
        return sum;
    }
}
