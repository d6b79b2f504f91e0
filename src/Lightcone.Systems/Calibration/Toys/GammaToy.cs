using Lightcone.Randomness;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>
/// G3: x = z G with G ~ Gamma(10)/10 and ln z ~ N(0, ½²): a likelihood with a long upper tail. Exact: B = x, σ = x/√10, ln L(z)/L(x) = 10 (1 − ln r − 1/r) with r = z/x.
/// </summary>
internal sealed class GammaToy : ICalibrationToy
{
    private const int Shape = 10;
    private const double Spread = 0.5, Ninety = 2.705543454;

    private static readonly double[] Points = [0.6, 0.8, 1.0, 1.3, 1.7, 2.0];
    private static readonly (double Low, double High)[] Regions = [(0.3, 0.7), (0.7, 1.4), (1.4, 3)];

    /// <inheritdoc/>
    public string Name => "G3";

    /// <inheritdoc/>
    public string Title => "Gamma response";

    /// <inheritdoc/>
    public IReadOnlyList<ToyMeasure> Run(ToyOptions options)
    {
        using var ansatz = ToyTools.Fit(Draw(options.Events, options.Seed, "G3 train"), options);
        var test = Draw(options.Events, options.Seed, "G3 test");
        using var likelihood = ansatz.Of(test);
        using var points = ansatz.Of(ToyTools.At(Points));
        double[] sigma = points.Deviations(), z = test.Targets;
        var one = ProfileIntervals.Of(points, _ => 1);
        double[] lambda = likelihood.Lambda(z);
        var measures = new List<ToyMeasure>
        {
            ToyMeasure.Shown("information", "mutual information [nats]; exact 0.61682", MutualInformation.Of(t => likelihood.LogRatio(t), z, 1, options.Seed).Nats),
            ToyMeasure.AtMost("lower", "largest miss of the lower end, in x, for x from 0.6 to 2", Points.Select((x, i) => Math.Abs(one[i].Lower / x - 0.74052)).Max(), 0.04),
            ToyMeasure.AtMost("upper", "largest miss of the upper end, in x, for x from 0.6 to 2", Points.Select((x, i) => Math.Abs(one[i].Upper / x - 1.39628)).Max(), 0.04),
            ToyMeasure.AtMost("sigma", "largest relative miss of σ for x from 0.6 to 2", Points.Select((x, i) => Math.Abs(sigma[i] / x * Math.Sqrt(Shape) - 1)).Max(), 0.12),
        };
        foreach (var (low, high) in Regions)
        {
            int[] inside = ToyTools.Within(z, low, high);
            measures.Add(ToyMeasure.Near($"coverage-68@{low}", $"coverage of the 68 % profile interval, z from {low} to {high}", ToyTools.Share(inside.Select(i => lambda[i] <= 1)), 0.67867, 0.015));
            measures.Add(ToyMeasure.Near($"coverage-90@{low}", $"coverage of the 90 % profile interval, z from {low} to {high}", ToyTools.Share(inside.Select(i => lambda[i] <= Ninety)), 0.89718, 0.015));
        }

        double[] best = likelihood.Best;
        measures.Add(ToyMeasure.Near("miss-below", "share of truths below the 68 % interval", ToyTools.Share(lambda.Select((l, i) => l > 1 && z[i] < best[i])), 0.1350, 0.015));
        measures.Add(ToyMeasure.Near("miss-above", "share of truths above the 68 % interval", ToyTools.Share(lambda.Select((l, i) => l > 1 && z[i] > best[i])), 0.1863, 0.015));
        return measures;
    }

    private static CalibrationTable Draw(int events, ulong seed, string purpose)
    {
        var stream = new RandomStream(seed, purpose, 0, 0);
        var (x, z) = (new double[events], new double[events]);
        for (int i = 0; i < events; i++)
        {
            var own = stream.ForItem(i);
            z[i] = Math.Exp(Spread * own.NextGaussian());
            double gamma = 0;
            for (int k = 0; k < Shape; k++) gamma -= Math.Log(1 - own.NextDouble());
            x[i] = z[i] * gamma / Shape;
        }

        return new(x, z, 1, 1);
    }
}
