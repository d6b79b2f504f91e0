using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>H1: x uniform in ±2, y = x + sin 2x + s(x) n with s = 0.2 + 0.3 |x|. Everything about y is known at every x.</summary>
internal static class NoisyCurve
{
    /// <summary>Mean width of the central 90 % intervals of the truth.</summary>
    public const double OracleWidth90 = 1.644854;

    /// <summary>Standard deviation of the best Gaussian of constant width.</summary>
    public const double ConstantDeviation = 0.529151;

    /// <summary>Mean of y.</summary>
    public static double Mean(double x) => x + Math.Sin(2 * x);

    /// <summary>Standard deviation of y.</summary>
    public static double Deviation(double x) => 0.2 + 0.3 * Math.Abs(x);

    /// <summary>P(Y ≤ y).</summary>
    public static double Cdf(double x, double y) => SpecialFunctions.NormalCdf((y - Mean(x)) / Deviation(x));

    /// <summary>Draws rows.</summary>
    public static TableRows Draw(ulong seed, int rows)
    {
        var random = new RandomStream(seed, "noisy curve", 0, 0);
        var (x, y) = (new float[rows], new float[rows]);
        for (int i = 0; i < rows; i++)
        {
            x[i] = (float)(4 * random.NextDouble() - 2);
            y[i] = (float)(Mean(x[i]) + Deviation(x[i]) * random.NextGaussian());
        }

        return new TableRows(x, 1, y);
    }
}

/// <summary>Two inputs of variance 1 and correlation 0.8, a linear answer and noise of 0.5: exact least squares and exact posterior.</summary>
/// <param name="X">Inputs, row-major, shape [rows, 2].</param>
/// <param name="Y">Answers.</param>
internal sealed record CorrelatedLine(double[] X, double[] Y)
{
    /// <summary>Correlation of the inputs.</summary>
    public const double Correlation = 0.8;

    /// <summary>Standard deviation of the noise.</summary>
    public const double Noise = 0.5;

    private const double First = 0.9, Second = -0.25;

    /// <summary>Draws rows.</summary>
    public static CorrelatedLine Draw(ulong seed, int rows)
    {
        var random = new RandomStream(seed, "correlated line", 0, 0);
        var (x, y) = (new double[2 * rows], new double[rows]);
        for (int i = 0; i < rows; i++)
        {
            double a = random.NextGaussian(), b = Correlation * a + Math.Sqrt(1 - Correlation * Correlation) * random.NextGaussian();
            (x[2 * i], x[2 * i + 1], y[i]) = (a, b, First * a + Second * b + Noise * random.NextGaussian());
        }

        return new CorrelatedLine(x, y);
    }

    /// <summary>The rows at some positions.</summary>
    public CorrelatedLine At(int[] rows) => new([.. rows.SelectMany(r => new[] { X[2 * r], X[2 * r + 1] })], [.. rows.Select(r => Y[r])]);

    /// <summary>XᵀX + ridge and Xᵀy.</summary>
    public (double[,] Gram, double[] Moment) Sums(double ridge)
    {
        var (gram, moment) = (new double[,] { { ridge, 0 }, { 0, ridge } }, new double[2]);
        for (int i = 0; i < Y.Length; i++)
            for (int a = 0; a < 2; a++)
            {
                moment[a] += X[2 * i + a] * Y[i];
                for (int b = 0; b < 2; b++) gram[a, b] += X[2 * i + a] * X[2 * i + b];
            }

        return (gram, moment);
    }
}

/// <summary>E1: histograms of four bins, Dirichlet(κ (2, 3, 1, 4)), seen through ln κ uniform in ±0.7. Cumulative contents have beta distributions.</summary>
internal static class DirichletHistograms
{
    private const double LargestLogKappa = 0.7;
    private static readonly double[] Parameters = [2, 3, 1, 4];

    /// <summary>Bins whose cumulative content is not 1.</summary>
    public const int Edges = 3;

    /// <summary>Draws rows of one input and four targets.</summary>
    public static TableRows Draw(ulong seed, int rows)
    {
        var random = new RandomStream(seed, "dirichlet", 0, 0);
        var (inputs, targets) = (new float[rows], new float[4 * rows]);
        var content = new double[4];
        for (int i = 0; i < rows; i++)
        {
            double logKappa = LargestLogKappa * (2 * random.NextDouble() - 1);
            for (int b = 0; b < content.Length; b++) content[b] = Gamma(ref random, Math.Exp(logKappa) * Parameters[b]);
            double sum = content.Sum();
            for (int b = 0; b < content.Length; b++) targets[4 * i + b] = (float)(content[b] / sum);
            inputs[i] = (float)logKappa;
        }

        return new TableRows(inputs, 1, targets, 4);
    }

    /// <summary>Quantile of the content of bins 0 to <paramref name="edge"/>.</summary>
    public static double Quantile(double kappa, int edge, double level)
    {
        double below = kappa * Parameters[..(edge + 1)].Sum();
        return SpecialFunctions.BetaRegularizedInverse(below, kappa * Parameters.Sum() - below, level);
    }

    // G. Marsaglia and W. Tsang, ACM Trans. Math. Softw. 26 (2000) 363; below 1 through the shape one higher.
    private static double Gamma(ref RandomStream random, double shape)
    {
        if (shape < 1) return Gamma(ref random, shape + 1) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        double d = shape - 1.0 / 3, c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double n = random.NextGaussian(), v = 1 + c * n;
            if (v <= 0) continue;
            v = v * v * v;
            if (Math.Log(1 - random.NextDouble()) < 0.5 * n * n + d * (1 - v + Math.Log(v))) return d * v;
        }
    }
}

/// <summary>G: z standard normal, x = z + 0.5 n measured once or several times; the posterior is Gaussian.</summary>
/// <param name="Z">Truths.</param>
/// <param name="X">Measurements, row-major.</param>
/// <param name="Measurements">Measurements of a row.</param>
internal sealed record GaussianPair(float[] Z, float[] X, int Measurements)
{
    /// <summary>Noise of a measurement that the model assumes.</summary>
    public const double Noise = 0.5;

    /// <summary>Variance of the posterior.</summary>
    public double PosteriorVariance => 1 / (1 + Measurements / (Noise * Noise));

    /// <summary>Draws rows.</summary>
    /// <param name="seed">Seed.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="noise">Noise of a measurement.</param>
    /// <param name="measurements">Measurements of a row.</param>
    /// <param name="truth">The truth of all rows; null for one drawn for each.</param>
    public static GaussianPair Draw(ulong seed, int rows, double noise = Noise, int measurements = 1, double? truth = null)
    {
        var random = new RandomStream(seed, "gaussian pair", 0, 0);
        var (z, x) = (new float[rows], new float[rows * measurements]);
        for (int i = 0; i < rows; i++)
        {
            z[i] = (float)(truth ?? random.NextGaussian());
            for (int k = 0; k < measurements; k++) x[i * measurements + k] = (float)(z[i] + noise * random.NextGaussian());
        }

        return new GaussianPair(z, x, measurements);
    }

    /// <summary>Mean of the posterior of a row.</summary>
    public double PosteriorMean(int row)
    {
        double sum = 0;
        for (int k = 0; k < Measurements; k++) sum += X[row * Measurements + k];
        return sum / (Noise * Noise) * PosteriorVariance;
    }

    /// <summary>u of the truths under the posterior that the model assumes.</summary>
    public double[] Base() => [.. Z.Select((z, i) => (z - PosteriorMean(i)) / Math.Sqrt(PosteriorVariance))];

    /// <summary>For each row the p-value of its measurements under one z drawn from the assumed posterior.</summary>
    public double[] SingleDraw(ulong seed)
    {
        var random = new RandomStream(seed, "posterior", 0, 0);
        var p = new double[Z.Length];
        var v = new double[Measurements];
        for (int i = 0; i < p.Length; i++)
        {
            double z = PosteriorMean(i) + Math.Sqrt(PosteriorVariance) * random.NextGaussian();
            for (int k = 0; k < v.Length; k++) v[k] = (X[i * Measurements + k] - z) / Noise;
            p[i] = BaseSpaceCoverage.ChiSquareTail(v);
        }

        return p;
    }
}
