using Lightcone.Randomness;
using Lightcone.Statistics;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>G1: z ~ N(0, 1), x = z + N(0, 0.5²). Exact: B = x, σ = 0.5, I = ½ ln 5 nats.</summary>
internal sealed class GaussianToy : ICalibrationToy
{
    /// <summary>Width of the response.</summary>
    public const double Noise = 0.5;

    private const double Core = 2.2, OneSigma = 0.6827;

    /// <summary>Mutual information for a standard normal truth [nats].</summary>
    public static double ExactInformation { get; } = 0.5 * Math.Log(1 + 1 / (Noise * Noise));

    /// <inheritdoc/>
    public string Name => "G1";

    /// <inheritdoc/>
    public string Title => "Gaussian response";

    /// <summary>ln p(x|z)/p(x) for a standard normal truth.</summary>
    public static double ExactLogRatio(double x, double z)
    {
        double variance = 1 + Noise * Noise;
        return -0.5 * (x - z) * (x - z) / (Noise * Noise) + 0.5 * x * x / variance + 0.5 * Math.Log(variance / (Noise * Noise));
    }

    /// <summary>Draws events whose truth comes from a given spectrum.</summary>
    public static CalibrationTable Draw(int events, ulong seed, string purpose, Func<RandomStream, double> truth)
    {
        var stream = new RandomStream(seed, purpose, 0, 0);
        var (x, z) = (new double[events], new double[events]);
        for (int i = 0; i < events; i++)
        {
            var own = stream.ForItem(i);
            z[i] = truth(stream.ForItem(i + (1L << 40)));
            x[i] = z[i] + Noise * own.NextGaussian();
        }

        return new(x, z, 1, 1);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ToyMeasure> Run(ToyOptions options)
    {
        using var ansatz = ToyTools.Fit(Draw(options.Events, options.Seed, "G1 train", r => r.NextGaussian()), options);
        var test = Draw(options.Events, options.Seed, "G1 test", r => r.NextGaussian());
        using var likelihood = ansatz.Of(test);
        double[] x = test.Quantities, z = test.Targets, b = likelihood.Best, sigma = likelihood.Deviations();
        var learned = MutualInformation.Of(t => likelihood.LogRatio(t), z, 1, options.Seed);
        var exact = MutualInformation.Of(t => [.. x.Zip(t, ExactLogRatio)], z, 1, options.Seed);
        int[] core = ToyTools.Within(x, -Core, Core);
        double[] pulls = [.. z.Select((t, i) => (t - b[i]) / sigma[i])];
        double pullMean = pulls.Average();
        return
        [
            ToyMeasure.Near("information", "mutual information [nats]", learned.Nats, ExactInformation, 0.012),
            ToyMeasure.Near("information-lost", "what the exact ratio has more on the same pairs [nats]", exact.Nats - learned.Nats, 0.003, 0.005),
            ToyMeasure.AtMost("best-rms", "rms of B − x", ToyTools.Rms(b.Zip(x, (p, q) => p - q)), 0.04),
            ToyMeasure.AtMost("best-largest", "largest |B − x| for |x| ≤ 2.2", core.Max(i => Math.Abs(b[i] - x[i])), 0.07),
            ToyMeasure.Near("slope", "slope of B against x", StraightLine.Slope(x, b), 1, 0.015),
            ToyMeasure.Near("sigma", "mean σ", sigma.Average(), Noise, 0.012),
            ToyMeasure.Near("coverage", "coverage of B ± σ", ToyTools.Share(pulls.Select(p => Math.Abs(p) <= 1)), OneSigma, 0.010),
            ToyMeasure.Near("pull", "width of the pulls", ToyTools.Rms(pulls.Select(p => p - pullMean)), 1, 0.015),
            ToyMeasure.AtMost("slope-left", "mean |D| σ", likelihood.Displacements().Average(), 0.005),
            ToyMeasure.Near("profile", "coverage of the 68 % likelihood interval", ToyTools.ProfileCoverage(likelihood, z, 1), OneSigma, 0.010),
            ToyMeasure.Shown("constant", "constant of T", learned.Constant),
        ];
    }
}
