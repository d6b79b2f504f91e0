using Lightcone.Evaluation;
using Lightcone.Randomness;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>Last-layer Laplace against the same posterior in its dual form, [rows, rows] instead of [features, features].</summary>
internal static class LaplaceCheck
{
    private const int Rows = 40, Features = 3;
    private const double ProbitAtOne = 0.70001; // σ(1/√(1 + π/8)) to five digits

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed)
    {
        var random = new RandomStream(seed, "laplace", 0, 0);
        double[] features = Normal(ref random, Rows * Features), targets = Normal(ref random, Rows), noise = [.. Normal(ref random, Rows).Select(n => 0.2 + n * n)];
        int[] labels = [.. Enumerable.Range(0, Rows).Select(i => features[i * Features] + targets[i] > 0 ? 1 : 0)];
        var chosen = LaplaceHead.Regression(features, targets, noise);
        var binary = LaplaceHead.Binary(features, labels);
        return new("laplace", "Last-layer Laplace: posterior of a linear head", [
            EvaluationGate.AtMost("posterior", Posterior(features, targets, noise), 1e-8, "mean and variance: difference from the dual form"),
            EvaluationGate.AtMost("evidence", Evidence(features, targets, noise), 1e-8, "log evidence against the marginal likelihood, over four values of the precision"),
            EvaluationGate.AtMost("maximum", Gradient(features, labels, binary), 1e-8, "binary: largest gradient of the posterior at its maximum"),
            UncertaintyCheck.Near("probit", LaplaceHead.Probability(1, 1), ProbitAtOne, 5e-6, "probability at mean and variance 1"),
        ], [new("precision of largest evidence, regression", chosen.Lambda), new("precision of largest evidence, binary", binary.Lambda)]);
    }

    // f ~ N(0, K) with K = Φ Φᵀ/λ, y = f + noise: mean k (K + V)⁻¹ y, variance k₀₀ − k (K + V)⁻¹ kᵀ.
    private static double Posterior(double[] features, double[] targets, double[] noise)
    {
        const double Lambda = 0.7;
        double[] point = [0.3, -1.2, 0.5, 1];
        var head = LaplaceHead.Regression(features, targets, noise, Lambda);
        var rows = new FeatureRows(features, Rows);
        double[] kernel = [.. Enumerable.Range(0, Rows).Select(i => rows.Dot(i, point) / Lambda)];
        var covariance = new CholeskyFactor(Covariance(features, noise, Lambda));
        double[] weights = covariance.Solve(targets);
        double mean = kernel.Zip(weights, (k, w) => k * w).Sum(), variance = point.Sum(p => p * p) / Lambda - covariance.InverseForm(kernel);
        var answer = head.Answer(point.AsSpan(0, Features));
        return Math.Max(Math.Abs(answer.Mean - mean), Math.Abs(answer.Variance - variance));
    }

    // ln N(y; 0, K + V) differs from the evidence by a number that λ does not change.
    private static double Evidence(double[] features, double[] targets, double[] noise)
    {
        double[] differences = [.. new[] { 1e-2, 0.5, 3, 200 }.Select(lambda =>
        {
            var covariance = new CholeskyFactor(Covariance(features, noise, lambda));
            return LaplaceHead.Regression(features, targets, noise, lambda).Evidence + 0.5 * covariance.InverseForm(targets) + 0.5 * covariance.LogDeterminant;
        })];
        return differences.Max() - differences.Min();
    }

    private static double Gradient(double[] features, int[] labels, LaplaceHead head)
    {
        var rows = new FeatureRows(features, Rows);
        double[] errors = [.. Enumerable.Range(0, Rows).Select(i => labels[i] - 1 / (1 + Math.Exp(-rows.Dot(i, head.Weights))))];
        return rows.Moment(errors).Zip(head.Weights, (g, w) => Math.Abs(g - head.Lambda * w)).Max();
    }

    private static double[,] Covariance(double[] features, double[] noise, double lambda)
    {
        var matrix = new double[Rows, Rows];
        for (int i = 0; i < Rows; i++)
            for (int j = 0; j < Rows; j++)
            {
                double sum = 1;
                for (int k = 0; k < Features; k++) sum += features[i * Features + k] * features[j * Features + k];
                matrix[i, j] = sum / lambda + (i == j ? noise[i] : 0);
            }

        return matrix;
    }

    private static double[] Normal(ref RandomStream random, int count)
    {
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = random.NextGaussian();
        return values;
    }
}
