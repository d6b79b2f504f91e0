namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>Several measurements of one target, each with its covariance.</summary>
public static class Combination
{
    /// <summary>Product of Gaussian likelihoods: S = (Σ Sₖ⁻¹)⁻¹ and z = S Σ Sₖ⁻¹ zₖ.</summary>
    /// <param name="values">zₖ, each of d numbers.</param>
    /// <param name="covariances">Sₖ, each row-major d × d and positive definite.</param>
    /// <returns>The combined value and its covariance.</returns>
    /// <exception cref="InputDataException">There is none, their sizes differ, or a covariance is not positive definite.</exception>
    public static (double[] Value, double[] Covariance) Of(IReadOnlyList<double[]> values, IReadOnlyList<double[]> covariances)
    {
        if (values.Count == 0 || values.Count != covariances.Count)
            throw new InputDataException($"{values.Count} values with {covariances.Count} covariances cannot be combined.", "the measurements", "One is missing.", "Give one covariance for each value.");
        int d = values[0].Length;
        if (d == 0 || values.Any(v => v.Length != d) || covariances.Any(c => c.Length != d * d))
            throw new InputDataException($"The measurements are not all of {d} targets.", "the measurements", "A value or a covariance is of other targets.", "Give values of d numbers, each with a covariance of d × d.");
        var (precision, weighted) = (new double[d * d], new double[d]);
        for (int k = 0; k < values.Count; k++)
        {
            double[] own = Inverse(covariances[k], d), part = SymmetricMatrix.Times(own, values[k]);
            for (int i = 0; i < own.Length; i++) precision[i] += own[i];
            for (int i = 0; i < d; i++) weighted[i] += part[i];
        }

        double[] covariance = Inverse(precision, d);
        return (SymmetricMatrix.Times(covariance, weighted), covariance);
    }

    private static double[] Inverse(double[] matrix, int dimension)
    {
        double[] inverse = SymmetricMatrix.InverseFromCholesky(SymmetricMatrix.Cholesky(matrix, dimension), dimension);
        return inverse.All(double.IsFinite) ? inverse : throw new InputDataException(
            "A covariance is not positive definite.", "the measurements", "A calibration with the symmetric form where the likelihood has no maximum.", "Leave the measurement out, or train with the Cholesky form.");
    }
}
