namespace Lightcone.Systems.Uncertainty;

/// <summary>L of a symmetric positive matrix A = L Lᵀ, in float64.</summary>
internal sealed class CholeskyFactor
{
    private readonly double[,] lower;
    private readonly int size;

    /// <summary>Factorises a matrix, of which the lower triangle is read.</summary>
    /// <exception cref="InputDataException">It is not positive.</exception>
    public CholeskyFactor(double[,] matrix)
    {
        size = matrix.GetLength(0);
        lower = new double[size, size];
        for (int j = 0; j < size; j++)
        {
            double diagonal = matrix[j, j];
            for (int k = 0; k < j; k++) diagonal -= lower[j, k] * lower[j, k];
            if (!(diagonal > 0))
                throw new InputDataException("A matrix that must be positive is not.", $"column {j + 1} of {size}", "Features that are not finite, or that others determine exactly.", "Check the features; add a larger precision to the diagonal.");
            lower[j, j] = Math.Sqrt(diagonal);
            for (int i = j + 1; i < size; i++)
            {
                double rest = matrix[i, j];
                for (int k = 0; k < j; k++) rest -= lower[i, k] * lower[j, k];
                lower[i, j] = rest / lower[j, j];
            }
        }
    }

    /// <summary>ln det A.</summary>
    public double LogDeterminant
    {
        get
        {
            double sum = 0;
            for (int i = 0; i < size; i++) sum += 2 * Math.Log(lower[i, i]);
            return sum;
        }
    }

    /// <summary>A⁻¹ x.</summary>
    public double[] Solve(ReadOnlySpan<double> x)
    {
        double[] y = Forward(x);
        for (int i = size - 1; i >= 0; i--)
        {
            for (int k = i + 1; k < size; k++) y[i] -= lower[k, i] * y[k];
            y[i] /= lower[i, i];
        }

        return y;
    }

    /// <summary>xᵀ A⁻¹ x.</summary>
    public double InverseForm(ReadOnlySpan<double> x)
    {
        double sum = 0;
        foreach (double y in Forward(x)) sum += y * y;
        return sum;
    }

    private double[] Forward(ReadOnlySpan<double> x)
    {
        var y = new double[size];
        for (int i = 0; i < size; i++)
        {
            double rest = x[i];
            for (int k = 0; k < i; k++) rest -= lower[i, k] * y[k];
            y[i] = rest / lower[i, i];
        }

        return y;
    }
}
