using Lightcone.Randomness;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>G4: two correlated targets seen through a matrix and correlated noise; everything is Gaussian and known.</summary>
internal sealed class PlaneToy : ICalibrationToy
{
    private const double ExactInformation = 1.675011, FirstDeviation = 0.413404, SecondDeviation = 0.532858, Correlation = 0.405099, OneSigma = 0.6827, Core = 1.5;
    private const double ChiSquareOneSigma = 2.295746; // of two degrees

    private static readonly double[] Response = [1, 0.3, -0.2, 0.8], Inverse = [0.930233, -0.348837, 0.232558, 1.162791];

    /// <inheritdoc/>
    public string Name => "G4";

    /// <inheritdoc/>
    public string Title => "Two correlated targets";

    /// <inheritdoc/>
    public IReadOnlyList<ToyMeasure> Run(ToyOptions options)
    {
        // Pairs of two targets are rarer: half of the passes at half of the rate, or the network learns the rarest by heart and the bound on the information drops on test events.
        var gentle = options with { Recipe = options.Recipe with { Epochs = Math.Max(1, options.Recipe.Epochs / 2) } };
        using var ansatz = ToyTools.Fit(Draw(options.Events, options.Seed, "G4 train"), gentle, new TableRecipe { Hidden = 64, LearningRate = 1e-3 });
        var test = Draw(options.Events, options.Seed, "G4 test");
        using var likelihood = ansatz.Of(test);
        double[] b = likelihood.Best, s = likelihood.Covariances(), z = test.Targets, x = test.Quantities;
        int n = test.Count;
        var rows = Enumerable.Range(0, n).ToArray();
        var (first, second) = (Regress(z, b, 0), Regress(z, b, 1));
        return
        [
            ToyMeasure.Near("information", "mutual information [nats]", MutualInformation.Of(t => likelihood.LogRatio(t), z, 2, options.Seed).Nats, ExactInformation, 0.04),
            ToyMeasure.Near("sigma-1", "mean σ of the first target, in its exact one", rows.Average(i => Math.Sqrt(s[4 * i])) / FirstDeviation, 1, 0.04),
            ToyMeasure.Near("sigma-2", "mean σ of the second target, in its exact one", rows.Average(i => Math.Sqrt(s[4 * i + 3])) / SecondDeviation, 1, 0.04),
            ToyMeasure.Near("correlation", "mean correlation", rows.Average(i => s[4 * i + 1] / Math.Sqrt(s[4 * i] * s[4 * i + 3])), Correlation, 0.05),
            ToyMeasure.AtMost("response", "largest miss of the response matrix from unity", new[] { first[0] - 1, first[1], second[0], second[1] - 1 }.Max(Math.Abs), 0.02),
            ToyMeasure.Near("coverage", "coverage of the 68 % ellipse", ToyTools.Share(rows.Select(i => ChiSquare(i) <= ChiSquareOneSigma)), OneSigma, 0.015),
            ToyMeasure.Shown("best-rms-1", "rms of B − exact, first target, |x| < 1.5", CoreRms(0)),
            ToyMeasure.Shown("best-rms-2", "rms of B − exact, second target, |x| < 1.5", CoreRms(1)),
        ];

        double ChiSquare(int i)
        {
            double[] precision = SymmetricMatrix.InverseFromCholesky(SymmetricMatrix.Cholesky(s.AsSpan(4 * i, 4), 2), 2);
            double u = z[2 * i] - b[2 * i], v = z[2 * i + 1] - b[2 * i + 1];
            return precision[0] * u * u + 2 * precision[1] * u * v + precision[3] * v * v;
        }

        double CoreRms(int k) => ToyTools.Rms(rows.Where(i => Math.Abs(x[2 * i]) < Core && Math.Abs(x[2 * i + 1]) < Core).Select(i => b[2 * i + k] - Inverse[2 * k] * x[2 * i] - Inverse[2 * k + 1] * x[2 * i + 1]));
    }

    // Coefficients of target k's estimate on the true targets, by least squares without an offset (all means are 0).
    private static double[] Regress(double[] z, double[] b, int k)
    {
        double aa = 0, ab = 0, bb = 0, ya = 0, yb = 0;
        for (int i = 0; i < z.Length; i += 2)
        {
            aa += z[i] * z[i];
            ab += z[i] * z[i + 1];
            bb += z[i + 1] * z[i + 1];
            ya += b[i + k] * z[i];
            yb += b[i + k] * z[i + 1];
        }

        double determinant = aa * bb - ab * ab;
        return [(ya * bb - yb * ab) / determinant, (yb * aa - ya * ab) / determinant];
    }

    private static CalibrationTable Draw(int events, ulong seed, string purpose)
    {
        var stream = new RandomStream(seed, purpose, 0, 0);
        var (x, z) = (new double[2 * events], new double[2 * events]);
        // Cholesky factors of [[1, ½], [½, 1]] and [[0.25, 0.1], [0.1, 0.16]].
        double truth = Math.Sqrt(0.75), noise = Math.Sqrt(0.16 - 0.04);
        for (int i = 0; i < events; i++)
        {
            var own = stream.ForItem(i);
            double a = own.NextGaussian(), b = own.NextGaussian(), c = own.NextGaussian(), d = own.NextGaussian();
            (z[2 * i], z[2 * i + 1]) = (a, 0.5 * a + truth * b);
            x[2 * i] = Response[0] * z[2 * i] + Response[1] * z[2 * i + 1] + 0.5 * c;
            x[2 * i + 1] = Response[2] * z[2 * i] + Response[3] * z[2 * i + 1] + 0.2 * c + noise * d;
        }

        return new(x, z, 2, 2);
    }
}
