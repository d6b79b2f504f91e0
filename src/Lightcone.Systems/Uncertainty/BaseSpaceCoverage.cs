using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// Whether what a flow sends true values to is standard normal (arXiv:2008.05825). The regions |u|² ≤ r² of base space are credible regions of any shape whose coverage needs no integral; they are not those of
/// highest density. Coverage is over the joint sample, that is over the prior.
/// </summary>
/// <param name="Distance">Kolmogorov's distance of the χ² probabilities of |u|² from a uniform distribution.</param>
/// <param name="PValue">Its p-value.</param>
/// <param name="Components">The same distance for each component of u alone: components may be wrong in ways that cancel in |u|².</param>
/// <param name="LargestCorrelation">Largest |correlation| of two components; 0 for one.</param>
/// <param name="Levels">χ² probability of each row: the level of the smallest region that holds the truth.</param>
internal sealed record BaseSpaceCoverage(double Distance, double PValue, double[] Components, double LargestCorrelation, double[] Levels)
{
    /// <summary>Of u, row-major, shape [rows, dimensions].</summary>
    public static BaseSpaceCoverage Of(double[] u, int dimensions)
    {
        int rows = u.Length / dimensions;
        var levels = new double[rows];
        for (int i = 0; i < rows; i++) levels[i] = 1 - ChiSquareTail(u.AsSpan(i * dimensions, dimensions));
        double[][] components = [.. Enumerable.Range(0, dimensions).Select(d => Enumerable.Range(0, rows).Select(i => u[i * dimensions + d]).ToArray())];
        var (distance, probability) = ProbabilityTransform.Kolmogorov(levels);
        double largest = 0;
        for (int a = 0; a < dimensions; a++)
            for (int b = 0; b < a; b++) largest = Math.Max(largest, Math.Abs(StraightLine.Correlation(components[a], components[b])));
        return new BaseSpaceCoverage(distance, probability, [.. components.Select(c => ProbabilityTransform.Kolmogorov(Array.ConvertAll(c, SpecialFunctions.NormalCdf)).Distance)], largest, levels);
    }

    /// <summary>
    /// P(χ² &gt; |v|²) with as many degrees of freedom as v has components. For v = H⁻¹(x; z) of a flow of the data it is a p-value of x; it is uniform for the true z, or for one z drawn from the posterior of
    /// the same x, and neither for the mean over drawings nor for the best fit.
    /// </summary>
    public static double ChiSquareTail(ReadOnlySpan<double> v)
    {
        double sum = 0;
        foreach (double x in v) sum += x * x;
        return SpecialFunctions.GammaUpperRegularized(0.5 * v.Length, 0.5 * sum);
    }
}
