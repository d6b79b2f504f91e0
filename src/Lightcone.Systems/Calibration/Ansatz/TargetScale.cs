using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>How targets become numbers of order one: (z − mean)/unit for each of d targets.</summary>
/// <param name="Means">Means, one a target.</param>
/// <param name="Units">Units, one a target, above 0.</param>
/// <param name="Lows">Least target of the training: nothing is claimed below.</param>
/// <param name="Highs">Largest target of the training.</param>
/// <param name="SparseBelow">Target below which one in a thousand of the training lies: estimates that reach it are at the edge.</param>
/// <param name="SparseAbove">The same above.</param>
internal sealed record TargetScale(double[] Means, double[] Units, double[] Lows, double[] Highs, double[] SparseBelow, double[] SparseAbove)
{
    private const double Sparse = 1e-3;

    /// <summary>Standard deviations about an estimate that must lie where the training had targets.</summary>
    public const double Reach = 2;

    /// <summary>Targets an event, d.</summary>
    public int Dimension => Means.Length;

    /// <summary>The scale of training targets: unit is their standard deviation.</summary>
    /// <param name="targets">Targets, row-major [n, d].</param>
    /// <param name="dimension">d.</param>
    /// <exception cref="InputDataException">A target is not finite, or all are equal.</exception>
    public static TargetScale Fit(ReadOnlySpan<double> targets, int dimension)
    {
        double[] means = new double[dimension], units = new double[dimension], lows = new double[dimension], highs = new double[dimension], below = new double[dimension], above = new double[dimension];
        for (int k = 0; k < dimension; k++)
        {
            var column = new double[targets.Length / dimension];
            for (int i = 0; i < column.Length; i++) column[i] = targets[i * dimension + k];
            (means[k], units[k]) = Moments(column, "target");
            Array.Sort(column);
            (lows[k], highs[k]) = (column[0], column[^1]);
            (below[k], above[k]) = (Quantile.OfSorted(column, Sparse), Quantile.OfSorted(column, 1 - Sparse));
        }

        return new(means, units, lows, highs, below, above);
    }

    /// <summary>Mean and standard deviation of a column that must vary.</summary>
    /// <exception cref="InputDataException">A number is not finite, or all are equal.</exception>
    public static (double Mean, double Deviation) Moments(ReadOnlySpan<double> column, string name)
    {
        double sum = 0, squares = 0;
        for (int i = 0; i < column.Length; i++)
        {
            if (!double.IsFinite(column[i]))
                throw new InputDataException($"The {name} of row {i} is not a number.", "the training table", "A damaged file, or a logarithm of 0.", "Check the file: lightcone dataset check FILE");
            sum += column[i];
        }

        double mean = sum / column.Length;
        foreach (double x in column) squares += (x - mean) * (x - mean);
        double deviation = Math.Sqrt(squares / column.Length);
        return deviation > 1e-12 * Math.Max(1, Math.Abs(mean)) ? (mean, deviation) : throw new InputDataException(
            $"The {name} is the same in all {column.Length} rows, so nothing can be learned from it.", "the training table", "A constant column, or one row.", "Leave the column out, or give a sample in which it varies.");
    }

    /// <summary>A target in units of the ansatz.</summary>
    public double Scaled(double target, int k) => (target - Means[k]) / Units[k];

    /// <summary>A target from units of the ansatz.</summary>
    public double Restored(double scaled, int k) => Means[k] + Units[k] * scaled;

    /// <summary>Whether a true target lies so far inside the spectrum of the training that its whole response is there: <see cref="Reach"/> units.</summary>
    public bool IsInside(double target, int k) => Supports(target, Units[k], k);

    /// <summary>Whether an estimate stays where the training had targets: <see cref="Reach"/> standard deviations to both sides.</summary>
    public bool Supports(double estimate, double deviation, int k) => estimate - Reach * deviation >= SparseBelow[k] && estimate + Reach * deviation <= SparseAbove[k];
}
