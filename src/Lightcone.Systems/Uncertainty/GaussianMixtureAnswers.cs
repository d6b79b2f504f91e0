using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty;

/// <summary>For each row a mixture of Gaussians of equal weight, one a member. Intervals come from its distribution, so that members who disagree are not averaged into one hump.</summary>
/// <param name="Members">Answers of the members.</param>
internal sealed record GaussianMixtureAnswers(IReadOnlyList<GaussianAnswers> Members)
{
    private const int MostSteps = 100;

    /// <summary>Number of rows.</summary>
    public int Rows => Members[0].Mean.Length;

    /// <summary>Mean and parts of the variance.</summary>
    public EnsembleSpread Spread(int row)
    {
        var (means, variances) = (new double[Members.Count], new double[Members.Count]);
        for (int j = 0; j < means.Length; j++) (means[j], variances[j]) = (Members[j].Mean[row], Members[j].Variance[row]);
        return EnsembleSpread.Of(means, variances);
    }

    /// <summary>P(Y ≤ y).</summary>
    public double Cdf(int row, double y)
    {
        double sum = 0;
        foreach (var member in Members) sum += SpecialFunctions.NormalCdf((y - member.Mean[row]) / Math.Sqrt(member.Variance[row]));
        return sum / Members.Count;
    }

    /// <summary>Density at y.</summary>
    public double Density(int row, double y)
    {
        double sum = 0;
        foreach (var member in Members)
        {
            double v = member.Variance[row], e = y - member.Mean[row];
            sum += Math.Exp(-0.5 * e * e / v) / Math.Sqrt(2 * Math.PI * v);
        }

        return sum / Members.Count;
    }

    /// <summary>The y of a probability: Newton's steps, held within a bracket that halves when they leave it.</summary>
    public double Quantile(int row, double probability)
    {
        double z = SpecialFunctions.NormalQuantile(probability), low = double.PositiveInfinity, high = double.NegativeInfinity;
        foreach (var member in Members)
        {
            double quantile = member.Mean[row] + z * Math.Sqrt(member.Variance[row]);
            (low, high) = (Math.Min(low, quantile), Math.Max(high, quantile)); // the mixture's lies between those of its members
        }

        double y = 0.5 * (low + high), tolerance = 1e-12 * (1 + Math.Abs(low) + Math.Abs(high));
        for (int step = 0; step < MostSteps && high - low > tolerance; step++)
        {
            double excess = Cdf(row, y) - probability;
            if (excess > 0) high = y;
            else low = y;
            double next = y - excess / Density(row, y);
            if (Math.Abs(next - y) < tolerance) return next;
            y = next > low && next < high ? next : 0.5 * (low + high);
        }

        return y;
    }
}
