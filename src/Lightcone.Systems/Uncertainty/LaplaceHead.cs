namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// A Gaussian posterior over the weights of a last layer on fixed features (φ, 1), prior N(0, 1/λ): for a Gaussian answer exact, for a probability by Laplace's method
/// (D. MacKay, Neural Comput. 4 (1992) 415 and 720; last layers: arXiv:2106.14806). The weights are fitted again to the features; λ is that of the largest evidence on a grid unless given.
/// </summary>
internal sealed class LaplaceHead
{
    private const int StepsPerDecade = 4, LowestDecade = -4, HighestDecade = 4, MostNewtonSteps = 50;
    private const double NewtonTolerance = 1e-12;

    private readonly CholeskyFactor precision;

    private LaplaceHead(double[] weights, double lambda, double evidence, CholeskyFactor precision) =>
        (Weights, Lambda, Evidence, this.precision) = (weights, lambda, evidence, precision);

    /// <summary>Most probable weights; the last is the offset.</summary>
    public double[] Weights { get; }

    /// <summary>λ, precision of the prior.</summary>
    public double Lambda { get; }

    /// <summary>Logarithm of the evidence, without what does not depend on λ.</summary>
    public double Evidence { get; }

    /// <summary>The head of a regression.</summary>
    /// <param name="features">Features, row-major.</param>
    /// <param name="targets">One number a row.</param>
    /// <param name="noise">Variance of the noise of each row.</param>
    /// <param name="lambda">λ; null to choose it.</param>
    public static LaplaceHead Regression(double[] features, double[] targets, double[] noise, double? lambda = null)
    {
        var rows = new FeatureRows(features, targets.Length);
        double[] inverse = Array.ConvertAll(noise, v => 1 / v), weighted = new double[targets.Length];
        for (int i = 0; i < weighted.Length; i++) weighted[i] = targets[i] * inverse[i];
        var (gram, moment) = (rows.Gram(inverse), rows.Moment(weighted));
        return Best(lambda, l =>
        {
            var precision = new CholeskyFactor(WithPrior(gram, l));
            double[] weights = precision.Solve(moment);
            double loss = 0;
            for (int i = 0; i < targets.Length; i++)
            {
                double error = targets[i] - rows.Dot(i, weights);
                loss += 0.5 * error * error * inverse[i];
            }

            return Head(weights, l, loss, precision);
        });
    }

    /// <summary>The head of a classification in two.</summary>
    /// <param name="features">Features, row-major.</param>
    /// <param name="labels">1 for signal, 0 for background.</param>
    /// <param name="lambda">λ; null to choose it.</param>
    public static LaplaceHead Binary(double[] features, int[] labels, double? lambda = null)
    {
        var rows = new FeatureRows(features, labels.Length);
        double[] weights = new double[rows.Width];
        return Best(lambda, l =>
        {
            var step = NewtonStep(rows, labels, weights, l);
            for (int i = 0; i < MostNewtonSteps && step.Length > NewtonTolerance; i++)
            {
                weights = Improved(rows, labels, weights, l, step);
                step = NewtonStep(rows, labels, weights, l);
            }

            return Head(weights, l, Loss(rows, labels, weights), step.Precision);
        });
    }

    /// <summary>Mean and variance of the answer (of the logit, for a classification) at features, without noise.</summary>
    public (double Mean, double Variance) Answer(ReadOnlySpan<double> features)
    {
        double[] row = [.. features, 1];
        double mean = 0;
        for (int i = 0; i < row.Length; i++) mean += row[i] * Weights[i];
        return (mean, precision.InverseForm(row));
    }

    /// <summary>Mean probability of a Gaussian logit, by the probit approximation σ(m/√(1 + πv/8)) (D. Spiegelhalter and S. Lauritzen, Networks 20 (1990) 579).</summary>
    public static double Probability(double mean, double variance) => Sigmoid(mean / Math.Sqrt(1 + Math.PI * variance / 8));

    private static LaplaceHead Best(double? lambda, Func<double, LaplaceHead> head)
    {
        if (lambda is { } given) return head(given);
        var heads = new List<LaplaceHead>();
        for (int i = LowestDecade * StepsPerDecade; i <= HighestDecade * StepsPerDecade; i++) heads.Add(head(Math.Pow(10, (double)i / StepsPerDecade)));
        return heads.MaxBy(h => h.Evidence)!;
    }

    private static LaplaceHead Head(double[] weights, double lambda, double loss, CholeskyFactor precision) => new(
        [.. weights], lambda, -loss - 0.5 * lambda * weights.Sum(w => w * w) + 0.5 * weights.Length * Math.Log(lambda) - 0.5 * precision.LogDeterminant, precision);

    private static double[,] WithPrior(double[,] gram, double lambda)
    {
        var matrix = (double[,])gram.Clone();
        for (int i = 0; i < gram.GetLength(0); i++) matrix[i, i] += lambda;
        return matrix;
    }

    private static (double[] Direction, double Length, CholeskyFactor Precision) NewtonStep(FeatureRows rows, int[] labels, double[] weights, double lambda)
    {
        double[] error = new double[labels.Length], curvature = new double[labels.Length];
        for (int i = 0; i < error.Length; i++)
        {
            double p = Sigmoid(rows.Dot(i, weights));
            (error[i], curvature[i]) = (labels[i] - p, p * (1 - p));
        }

        double[] gradient = rows.Moment(error);
        for (int k = 0; k < gradient.Length; k++) gradient[k] -= lambda * weights[k];
        var precision = new CholeskyFactor(WithPrior(rows.Gram(curvature), lambda));
        double[] direction = precision.Solve(gradient);
        return (direction, Math.Sqrt(direction.Sum(d => d * d)) / (1 + Math.Sqrt(weights.Sum(w => w * w))), precision);
    }

    // Newton's step, halved until the posterior grows: far from the maximum a whole one may overshoot.
    private static double[] Improved(FeatureRows rows, int[] labels, double[] weights, double lambda, (double[] Direction, double Length, CholeskyFactor Precision) step)
    {
        double before = Objective(weights);
        for (double share = 1; share > 1e-6; share /= 2)
        {
            double[] next = [.. weights.Zip(step.Direction, (w, d) => w + share * d)];
            if (Objective(next) <= before) return next;
        }

        return [.. weights.Zip(step.Direction, (w, d) => w + d)]; // at the maximum rounding decides

        double Objective(double[] w) => Loss(rows, labels, w) + 0.5 * lambda * w.Sum(x => x * x);
    }

    private static double Loss(FeatureRows rows, int[] labels, double[] weights)
    {
        double loss = 0;
        for (int i = 0; i < labels.Length; i++)
        {
            double logit = rows.Dot(i, weights);
            loss += Math.Max(logit, 0) - labels[i] * logit + Math.Log(1 + Math.Exp(-Math.Abs(logit)));
        }

        return loss;
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}

/// <summary>Rows of features with a 1 after each.</summary>
internal sealed class FeatureRows
{
    private readonly double[] values;
    private readonly int rows;

    /// <summary>From features, row-major.</summary>
    public FeatureRows(double[] features, int rows)
    {
        int width = features.Length / rows;
        (this.rows, Width, values) = (rows, width + 1, new double[rows * (width + 1)]);
        for (int i = 0; i < rows; i++)
        {
            features.AsSpan(i * width, width).CopyTo(values.AsSpan(i * Width));
            values[(i + 1) * Width - 1] = 1;
        }
    }

    /// <summary>Numbers of a row, the 1 among them.</summary>
    public int Width { get; }

    /// <summary>Product of a row with weights.</summary>
    public double Dot(int row, double[] weights)
    {
        double sum = 0;
        for (int k = 0; k < Width; k++) sum += values[row * Width + k] * weights[k];
        return sum;
    }

    /// <summary>Σ cᵢ φᵢ.</summary>
    public double[] Moment(double[] coefficients)
    {
        var moment = new double[Width];
        for (int i = 0; i < rows; i++)
            for (int k = 0; k < Width; k++) moment[k] += coefficients[i] * values[i * Width + k];
        return moment;
    }

    /// <summary>Σ cᵢ φᵢ φᵢᵀ, the lower triangle.</summary>
    public double[,] Gram(double[] coefficients)
    {
        var gram = new double[Width, Width];
        for (int i = 0; i < rows; i++)
        {
            var row = values.AsSpan(i * Width, Width);
            for (int a = 0; a < row.Length; a++)
            {
                double scaled = coefficients[i] * row[a];
                for (int b = 0; b <= a; b++) gram[a, b] += scaled * row[b];
            }
        }

        return gram;
    }
}
