using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>Arithmetic of C, kept as the d (d + 1)/2 numbers of a lower triangle, row by row.</summary>
internal static class Curvature
{
    // The least curvature, in units of the targets' own: an event that tells nothing keeps a finite, very wide likelihood.
    private const double Least = 1e-3;

    /// <summary>Column of element (i, j), i ≥ j.</summary>
    public static int Index(int i, int j) => i * (i + 1) / 2 + j;

    /// <summary>Numbers of a head as L: the diagonal made positive by softplus.</summary>
    public static Tensor Positive(Tensor numbers, int dimension)
    {
        if (dimension == 1) return softplus(numbers).Plus(Least);
        var columns = new Tensor[numbers.shape[1]];
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j <= i; j++)
            {
                var column = numbers.narrow(1, Index(i, j), 1);
                columns[Index(i, j)] = i == j ? softplus(column).Plus(Least) : column;
            }

        return cat(columns, 1);
    }

    /// <summary>δᵀ C δ for each row, shape [n]; with C = −L Lᵀ it is −|Lᵀδ|², never above 0.</summary>
    /// <param name="distance">δ, shape [n, d].</param>
    /// <param name="numbers">L, or the lower triangle of C.</param>
    /// <param name="dimension">d.</param>
    /// <param name="form">Which of the two.</param>
    public static Tensor Quadratic(Tensor distance, Tensor numbers, int dimension, CurvatureForm form)
    {
        if (form == CurvatureForm.Cholesky)
        {
            if (dimension == 1) return (numbers * distance).Squared().neg().squeeze(1);
            Tensor? sum = null;
            for (int j = 0; j < dimension; j++)
            {
                Tensor? component = null;
                for (int i = j; i < dimension; i++) component = Added(component, numbers.narrow(1, Index(i, j), 1) * distance.narrow(1, i, 1));
                sum = Added(sum, component!.Squared());
            }

            return sum!.neg().squeeze(1);
        }

        Tensor? total = null;
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j <= i; j++)
            {
                var term = numbers.narrow(1, Index(i, j), 1) * distance.narrow(1, i, 1) * distance.narrow(1, j, 1);
                total = Added(total, i == j ? term : term.Times(2));
            }

        return total!.squeeze(1);
    }

    /// <summary>C of one event as a matrix, row-major d × d.</summary>
    public static double[] Matrix(ReadOnlySpan<double> numbers, int dimension, CurvatureForm form)
    {
        var c = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j <= i; j++)
            {
                double element = 0;
                if (form == CurvatureForm.Symmetric) element = numbers[Index(i, j)];
                else
                    for (int k = 0; k <= j; k++) element -= numbers[Index(i, k)] * numbers[Index(j, k)];
                c[i * dimension + j] = c[j * dimension + i] = element;
            }

        return c;
    }

    /// <summary>
    /// Covariance −C⁻¹ of one event, row-major d × d: for C = −L Lᵀ by triangular solves, S = L⁻ᵀ L⁻¹. For the symmetric form NaN where −C is not positive definite.
    /// </summary>
    public static double[] Covariance(ReadOnlySpan<double> numbers, int dimension, CurvatureForm form)
    {
        double[] factor = form == CurvatureForm.Cholesky ? numbers.ToArray() : SymmetricMatrix.Cholesky(Array.ConvertAll(Matrix(numbers, dimension, form), c => -c), dimension);
        return SymmetricMatrix.InverseFromCholesky(factor, dimension);
    }

    private static Tensor Added(Tensor? sum, Tensor term) => sum is null ? term : sum.Plus(term);
}

/// <summary>Small symmetric matrices, as those of a few targets.</summary>
internal static class SymmetricMatrix
{
    /// <summary>L of M = L Lᵀ as a lower triangle, row by row; all NaN where M is not positive definite.</summary>
    /// <param name="matrix">M, row-major d × d.</param>
    /// <param name="dimension">d.</param>
    public static double[] Cholesky(ReadOnlySpan<double> matrix, int dimension)
    {
        var l = new double[dimension * (dimension + 1) / 2];
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j <= i; j++)
            {
                double rest = matrix[i * dimension + j];
                for (int k = 0; k < j; k++) rest -= l[Curvature.Index(i, k)] * l[Curvature.Index(j, k)];
                if (i != j) l[Curvature.Index(i, j)] = rest / l[Curvature.Index(j, j)];
                else if (rest > 0) l[Curvature.Index(i, i)] = Math.Sqrt(rest);
                else
                {
                    Array.Fill(l, double.NaN);
                    return l;
                }
            }

        return l;
    }

    /// <summary>(L Lᵀ)⁻¹ = L⁻ᵀ L⁻¹, row-major d × d.</summary>
    /// <param name="lower">L, row by row.</param>
    /// <param name="dimension">d.</param>
    public static double[] InverseFromCholesky(ReadOnlySpan<double> lower, int dimension)
    {
        var inverse = new double[dimension * dimension]; // of L, lower triangle
        for (int column = 0; column < dimension; column++)
            for (int i = column; i < dimension; i++)
            {
                double rest = i == column ? 1 : 0;
                for (int k = column; k < i; k++) rest -= lower[Curvature.Index(i, k)] * inverse[k * dimension + column];
                inverse[i * dimension + column] = rest / lower[Curvature.Index(i, i)];
            }

        var result = new double[dimension * dimension];
        for (int i = 0; i < dimension; i++)
            for (int j = 0; j < dimension; j++)
                for (int k = Math.Max(i, j); k < dimension; k++)
                    result[i * dimension + j] += inverse[k * dimension + i] * inverse[k * dimension + j];
        return result;
    }

    /// <summary>M v for a symmetric M, row-major d × d.</summary>
    public static double[] Times(ReadOnlySpan<double> matrix, ReadOnlySpan<double> vector)
    {
        var product = new double[vector.Length];
        for (int i = 0; i < vector.Length; i++)
            for (int j = 0; j < vector.Length; j++)
                product[i] += matrix[i * vector.Length + j] * vector[j];
        return product;
    }
}
