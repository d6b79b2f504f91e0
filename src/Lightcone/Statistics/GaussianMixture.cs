using Lightcone.Randomness;

namespace Lightcone.Statistics;

/// <summary>
/// A density as a sum of Gaussians with full covariances, fitted by expectation maximisation. The same data and seed give the same density. Every
/// covariance carries a small multiple of the identity, so that repeated points cannot make one collapse.
/// </summary>
public sealed class GaussianMixture
{
    private const int LargestDimension = 256, LargestComponents = 256;
    private const double Regularisation = 1e-3;

    private readonly double[] weights;
    private readonly double[][] means;
    private readonly double[][] factors; // Cholesky factors of the covariances, lower triangles

    private GaussianMixture(int dimension, double[] weights, double[][] means, double[][] factors) =>
        (Dimension, this.weights, this.means, this.factors) = (dimension, weights, means, factors);

    /// <summary>Numbers a point.</summary>
    public int Dimension { get; }

    /// <summary>Number of Gaussians.</summary>
    public int Components => weights.Length;

    /// <summary>Fits a mixture. Bring each coordinate to a spread of order one first: the regularisation is 0.001 in every direction.</summary>
    /// <param name="points">Points, row-major, shape [points, dimension], finite.</param>
    /// <param name="dimension">Numbers a point.</param>
    /// <param name="components">Number of Gaussians.</param>
    /// <param name="seed">Chooses the first means.</param>
    /// <param name="iterations">Most steps; fewer when the likelihood stands still.</param>
    /// <exception cref="ArgumentException">There are fewer points than Gaussians, or a number is not finite.</exception>
    public static GaussianMixture Fit(ReadOnlySpan<double> points, int dimension, int components, ulong seed, int iterations = 60)
    {
        if (dimension is < 1 or > LargestDimension) throw new ArgumentException($"{dimension} dimensions; 1 to {LargestDimension} are possible.", nameof(dimension));
        if (components is < 1 or > LargestComponents) throw new ArgumentException($"{components} Gaussians; 1 to {LargestComponents} are possible.", nameof(components));
        int n = points.Length / dimension;
        if (n < components) throw new ArgumentException($"{n} points for {components} Gaussians.", nameof(points));
        foreach (double x in points)
            if (!double.IsFinite(x)) throw new ArgumentException("A coordinate is not finite.", nameof(points));

        double[] data = points[..(n * dimension)].ToArray(), shares = new double[n * components];
        FirstShares(data, n, dimension, components, seed, shares);
        var mixture = Maximised(data, n, dimension, components, shares);
        double last = mixture.Shares(data, n, shares);
        for (int step = 0; step < iterations; step++)
        {
            var next = Maximised(data, n, dimension, components, shares);
            double likelihood = next.Shares(data, n, shares);
            if (!(likelihood > last)) break; // the regularisation can make a step lead down
            mixture = next;
            if (likelihood - last < 1e-5 * n) break;
            last = likelihood;
        }

        return mixture;
    }

    /// <summary>Logarithm of the density at a point.</summary>
    public double LogDensity(ReadOnlySpan<double> point)
    {
        if (point.Length != Dimension) throw new ArgumentException($"{point.Length} coordinates; the density has {Dimension}.", nameof(point));
        Span<double> terms = stackalloc double[Components];
        Terms(point, terms);
        return LogSum(terms);
    }

    /// <summary>The density of the first coordinates alone.</summary>
    public GaussianMixture Marginal(int dimension)
    {
        if (dimension < 1 || dimension > Dimension) throw new ArgumentOutOfRangeException(nameof(dimension));
        // The leading block of a Cholesky factor is the factor of the leading block.
        return new GaussianMixture(dimension, weights, Array.ConvertAll(means, m => m[..dimension]), Array.ConvertAll(factors, f => Leading(f, Dimension, dimension)));
    }

    /// <summary>All numbers, to be stored: weights, then for each Gaussian its mean and the rows of its Cholesky factor.</summary>
    public double[] ToArray() => [.. weights, .. means.Zip(factors).SelectMany(p => p.First.Concat(p.Second))];

    /// <summary>Reads what <see cref="ToArray"/> gave.</summary>
    /// <exception cref="ArgumentException">The numbers are not those of a mixture of this size.</exception>
    public static GaussianMixture FromArray(ReadOnlySpan<double> numbers, int dimension, int components)
    {
        int each = dimension * (dimension + 1);
        if (dimension is < 1 or > LargestDimension || components is < 1 or > LargestComponents || numbers.Length != components * (1 + each))
            throw new ArgumentException($"{numbers.Length} numbers are no mixture of {components} Gaussians in {dimension} dimensions.", nameof(numbers));
        foreach (double x in numbers)
            if (!double.IsFinite(x)) throw new ArgumentException("A number of the mixture is not finite.", nameof(numbers));
        double total = 0;
        foreach (double weight in numbers[..components]) total += weight > 0 ? weight : double.NaN;
        if (!(Math.Abs(total - 1) < 1e-6)) throw new ArgumentException("The mixture's weights are not positive with a sum of 1.", nameof(numbers));
        var means = new double[components][];
        var factors = new double[components][];
        for (int c = 0; c < components; c++)
        {
            var own = numbers.Slice(components + c * each, each);
            (means[c], factors[c]) = (own[..dimension].ToArray(), own[dimension..].ToArray());
            for (int i = 0; i < dimension; i++)
                if (!(factors[c][i * dimension + i] > 0)) throw new ArgumentException("A covariance of the mixture is not positive.", nameof(numbers));
        }

        return new GaussianMixture(dimension, numbers[..components].ToArray(), means, factors);
    }

    // k-means++: means far apart, each point given to the nearest.
    private static void FirstShares(double[] data, int n, int dimension, int components, ulong seed, double[] shares)
    {
        var random = new RandomStream(seed, "gaussian mixture", 0, 0);
        var nearest = new double[n];
        var owner = new int[n];
        Array.Fill(nearest, double.PositiveInfinity);
        int chosen = random.NextInt(n);
        for (int c = 0; c < components; c++)
        {
            double total = 0;
            for (int i = 0; i < n; i++)
            {
                double distance = 0;
                for (int k = 0; k < dimension; k++) distance += Square(data[i * dimension + k] - data[chosen * dimension + k]);
                if (distance < nearest[i]) (nearest[i], owner[i]) = (distance, c);
                total += nearest[i];
            }

            double at = random.NextDouble() * total;
            chosen = n - 1;
            for (int i = 0; i < n; i++)
                if ((at -= nearest[i]) < 0)
                {
                    chosen = i;
                    break;
                }
        }

        for (int i = 0; i < n; i++) shares[i * components + owner[i]] = 1;
    }

    private static GaussianMixture Maximised(double[] data, int n, int dimension, int components, double[] shares)
    {
        var weights = new double[components];
        var means = new double[components][];
        var factors = new double[components][];
        for (int c = 0; c < components; c++)
        {
            double total = 1e-10;
            var mean = new double[dimension];
            for (int i = 0; i < n; i++)
            {
                double share = shares[i * components + c];
                total += share;
                for (int k = 0; k < dimension; k++) mean[k] += share * data[i * dimension + k];
            }

            for (int k = 0; k < dimension; k++) mean[k] /= total;
            (weights[c], means[c]) = (total / n, mean);
            factors[c] = Cholesky(Covariance(data, n, dimension, components, shares, c, mean, total), dimension);
        }

        return new GaussianMixture(dimension, weights, means, factors);
    }

    private static double[] Covariance(double[] data, int n, int dimension, int components, double[] shares, int c, double[] mean, double total)
    {
        var covariance = new double[dimension * dimension];
        var d = new double[dimension];
        for (int i = 0; i < n; i++)
        {
            double share = shares[i * components + c];
            if (share < 1e-12) continue;
            for (int k = 0; k < dimension; k++) d[k] = data[i * dimension + k] - mean[k];
            for (int a = 0; a < dimension; a++)
                for (int b = 0; b <= a; b++)
                    covariance[a * dimension + b] += share * d[a] * d[b];
        }

        for (int a = 0; a < dimension; a++)
            for (int b = 0; b <= a; b++)
                covariance[a * dimension + b] = covariance[a * dimension + b] / total + (a == b ? Regularisation : 0);
        return covariance;
    }

    private static double[] Cholesky(double[] lower, int dimension)
    {
        for (int a = 0; a < dimension; a++)
            for (int b = 0; b <= a; b++)
            {
                double sum = lower[a * dimension + b];
                for (int k = 0; k < b; k++) sum -= lower[a * dimension + k] * lower[b * dimension + k];
                lower[a * dimension + b] = a == b ? Math.Sqrt(Math.Max(sum, 1e-12)) : sum / lower[b * dimension + b];
            }

        return lower;
    }

    private double Shares(double[] data, int n, double[] shares)
    {
        double likelihood = 0;
        for (int i = 0; i < n; i++)
        {
            var own = shares.AsSpan(i * Components, Components);
            Terms(data.AsSpan(i * Dimension, Dimension), own);
            double log = LogSum(own);
            likelihood += log;
            for (int c = 0; c < own.Length; c++) own[c] = Math.Exp(own[c] - log);
        }

        return likelihood;
    }

    private void Terms(ReadOnlySpan<double> point, Span<double> terms)
    {
        Span<double> solved = stackalloc double[Dimension];
        for (int c = 0; c < terms.Length; c++)
        {
            double[] factor = factors[c];
            double distance = 0, logDeterminant = 0;
            for (int a = 0; a < Dimension; a++)
            {
                double sum = point[a] - means[c][a];
                for (int b = 0; b < a; b++) sum -= factor[a * Dimension + b] * solved[b];
                solved[a] = sum / factor[a * Dimension + a];
                distance += Square(solved[a]);
                logDeterminant += Math.Log(factor[a * Dimension + a]);
            }

            terms[c] = Math.Log(weights[c]) - 0.5 * (distance + Dimension * Math.Log(2 * Math.PI)) - logDeterminant;
        }
    }

    private static double LogSum(ReadOnlySpan<double> terms)
    {
        double largest = double.NegativeInfinity, sum = 0;
        foreach (double t in terms) largest = Math.Max(largest, t);
        if (double.IsNegativeInfinity(largest)) return largest;
        foreach (double t in terms) sum += Math.Exp(t - largest);
        return largest + Math.Log(sum);
    }

    private static double[] Leading(double[] factor, int from, int to)
    {
        var leading = new double[to * to];
        for (int a = 0; a < to; a++)
            for (int b = 0; b <= a; b++) leading[a * to + b] = factor[a * from + b];
        return leading;
    }

    private static double Square(double x) => x * x;
}
