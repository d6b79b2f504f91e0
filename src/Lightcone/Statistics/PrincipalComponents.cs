namespace Lightcone.Statistics;

/// <summary>Principal components of points: the directions in which they vary most, from the eigenvectors of their covariance (cyclic Jacobi rotations).</summary>
public sealed class PrincipalComponents
{
    private const int LargestDimension = 512, MostSweeps = 60;

    private readonly double[] mean;
    private readonly double[][] directions;

    private PrincipalComponents(double[] mean, double[][] directions, double[] variances) => (this.mean, this.directions, Variances) = (mean, directions, variances);

    /// <summary>Numbers a point.</summary>
    public int Dimension => mean.Length;

    /// <summary>Variance along each direction, falling.</summary>
    public IReadOnlyList<double> Variances { get; }

    /// <summary>Fits all directions.</summary>
    /// <param name="points">Points, row-major, shape [points, dimension], finite.</param>
    /// <param name="dimension">Numbers a point.</param>
    /// <exception cref="ArgumentException">There is no point, or a number is not finite.</exception>
    public static PrincipalComponents Fit(ReadOnlySpan<double> points, int dimension)
    {
        if (dimension is < 1 or > LargestDimension || points.Length < dimension) throw new ArgumentException($"{points.Length} numbers, {dimension} dimensions.", nameof(points));
        int n = points.Length / dimension;
        var mean = new double[dimension];
        for (int i = 0; i < n; i++)
            for (int k = 0; k < dimension; k++) mean[k] += points[i * dimension + k] / n;
        var covariance = new double[dimension * dimension];
        var d = new double[dimension];
        for (int i = 0; i < n; i++)
        {
            for (int k = 0; k < dimension; k++) d[k] = points[i * dimension + k] - mean[k];
            for (int a = 0; a < dimension; a++)
                for (int b = 0; b <= a; b++) covariance[a * dimension + b] += d[a] * d[b] / n;
        }

        for (int a = 0; a < dimension; a++)
            for (int b = a + 1; b < dimension; b++) covariance[a * dimension + b] = covariance[b * dimension + a];
        if (covariance.Any(c => !double.IsFinite(c))) throw new ArgumentException("A coordinate is not finite.", nameof(points));
        double[][] vectors = Diagonalise(covariance, dimension);
        int[] order = [.. Enumerable.Range(0, dimension).OrderByDescending(k => covariance[k * dimension + k]).ThenBy(k => k)];
        return new PrincipalComponents(mean, Array.ConvertAll(order, k => vectors[k]), Array.ConvertAll(order, k => Math.Max(0, covariance[k * dimension + k])));
    }

    /// <summary>Coordinates of a point along the first directions.</summary>
    /// <param name="point">The point.</param>
    /// <param name="coordinates">Takes as many as it has room for.</param>
    public void Project(ReadOnlySpan<double> point, Span<double> coordinates)
    {
        for (int c = 0; c < coordinates.Length; c++)
        {
            double sum = 0;
            for (int k = 0; k < mean.Length; k++) sum += directions[c][k] * (point[k] - mean[k]);
            coordinates[c] = sum;
        }
    }

    /// <summary>The point with the given coordinates along the first directions and none along the others.</summary>
    public void Reconstruct(ReadOnlySpan<double> coordinates, Span<double> point)
    {
        mean.CopyTo(point);
        for (int c = 0; c < coordinates.Length; c++)
            for (int k = 0; k < mean.Length; k++) point[k] += coordinates[c] * directions[c][k];
    }

    // Leaves the eigenvalues on the diagonal; returns the eigenvectors.
    private static double[][] Diagonalise(double[] matrix, int n)
    {
        var vectors = new double[n][];
        for (int k = 0; k < n; k++) (vectors[k] = new double[n])[k] = 1;
        double scale = matrix.Max(Math.Abs);
        for (int sweep = 0; sweep < MostSweeps; sweep++)
        {
            double off = 0;
            for (int a = 0; a < n; a++)
                for (int b = 0; b < a; b++) off = Math.Max(off, Math.Abs(matrix[a * n + b]));
            if (off <= 1e-15 * scale) break;
            for (int p = 0; p < n; p++)
                for (int q = p + 1; q < n; q++)
                    if (Math.Abs(matrix[p * n + q]) > 1e-300) Rotate(matrix, vectors, n, p, q);
        }

        return vectors;
    }

    private static void Rotate(double[] m, double[][] vectors, int n, int p, int q)
    {
        double theta = (m[q * n + q] - m[p * n + p]) / (2 * m[p * n + q]);
        double t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(1 + theta * theta)), c = 1 / Math.Sqrt(1 + t * t), s = t * c;
        for (int k = 0; k < n; k++) (m[k * n + p], m[k * n + q]) = (c * m[k * n + p] - s * m[k * n + q], s * m[k * n + p] + c * m[k * n + q]);
        for (int k = 0; k < n; k++) (m[p * n + k], m[q * n + k]) = (c * m[p * n + k] - s * m[q * n + k], s * m[p * n + k] + c * m[q * n + k]);
        for (int k = 0; k < n; k++) (vectors[p][k], vectors[q][k]) = (c * vectors[p][k] - s * vectors[q][k], s * vectors[p][k] + c * vectors[q][k]);
    }
}
