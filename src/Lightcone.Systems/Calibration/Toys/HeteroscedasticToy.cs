using Lightcone.Randomness;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>G3b: x ~ N(z, (0.2 z)²), z uniform in ½ … 2. The largest likelihood lies below x, by w = (1 + √(1 + 4 a²))/2: no failure, and no numerical inversion would say so.</summary>
internal sealed class HeteroscedasticToy : ICalibrationToy
{
    private const double Width = 0.2, BestOverX = 0.962912, SigmaOverX = 0.182094, ExactCoverage = 0.66460;

    private static readonly double[] Points = [0.8, 1.0, 1.2, 1.4, 1.6];
    private static readonly (double Low, double High)[] Regions = [(0.8, 1.1), (1.1, 1.4), (1.4, 1.7)];

    /// <inheritdoc/>
    public string Name => "G3b";

    /// <inheritdoc/>
    public string Title => "Response whose width grows";

    /// <inheritdoc/>
    public IReadOnlyList<ToyMeasure> Run(ToyOptions options)
    {
        using var ansatz = ToyTools.Fit(Draw(options.Events, options.Seed, "G3b train"), options);
        var test = Draw(options.Events, options.Seed, "G3b test");
        using var likelihood = ansatz.Of(test);
        using var points = ansatz.Of(ToyTools.At(Points));
        double[] sigma = points.Deviations(), lambda = likelihood.Lambda(test.Targets);
        return
        [
            ToyMeasure.AtMost("best", "largest miss of B/x for x from 0.8 to 1.6", Points.Select((x, i) => Math.Abs(points.Best[i] / x - BestOverX)).Max(), 0.02),
            ToyMeasure.AtMost("sigma", "largest relative miss of σ/x", Points.Select((x, i) => Math.Abs(sigma[i] / x / SigmaOverX - 1)).Max(), 0.08),
            .. Regions.Select(r => ToyMeasure.Near($"coverage-68@{r.Low}", $"coverage of the 68 % profile interval, z from {r.Low} to {r.High}",
                ToyTools.Share(ToyTools.Within(test.Targets, r.Low, r.High).Select(i => lambda[i] <= 1)), ExactCoverage, 0.018)),
        ];
    }

    private static CalibrationTable Draw(int events, ulong seed, string purpose)
    {
        var stream = new RandomStream(seed, purpose, 0, 0);
        var (x, z) = (new double[events], new double[events]);
        for (int i = 0; i < events; i++)
        {
            var own = stream.ForItem(i);
            z[i] = 0.5 + 1.5 * own.NextDouble();
            x[i] = z[i] * (1 + Width * own.NextGaussian());
        }

        return new(x, z, 1, 1);
    }
}
