using Lightcone.Randomness;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>
/// G1b: x uniform in ±1, z = x + N(0, 0.2²), the example of the published code. Cut in x, so that p(x|z) is a truncated Gaussian: towards the edge the likelihood leaves the line, and must be seen to.
/// </summary>
internal sealed class EdgeToy : ICalibrationToy
{
    private const double Noise = 0.2, ExactInformation = 1.064286;

    private static readonly (double X, double Shift)[] Shifts = [(0, 0), (0.4, 0.0009), (0.5, 0.0037), (0.6, 0.0125), (0.7, 0.0371)];

    /// <inheritdoc/>
    public string Name => "G1b";

    /// <inheritdoc/>
    public string Title => "Response cut at the edges";

    /// <inheritdoc/>
    public IReadOnlyList<ToyMeasure> Run(ToyOptions options)
    {
        using var ansatz = ToyTools.Fit(Draw(options.Events, options.Seed, "G1b train"), options);
        var test = Draw(options.Events, options.Seed, "G1b test");
        using var likelihood = ansatz.Of(test);
        using var points = ansatz.Of(ToyTools.At([.. Shifts.Select(s => s.X)]));
        var learned = MutualInformation.Of(t => likelihood.LogRatio(t), test.Targets, 1, options.Seed);
        double[] sigma = likelihood.Deviations();
        bool Flagged(int i) => !ansatz.Scale.Supports(likelihood.Best[i], sigma[i], 0);
        int[] all = [.. Enumerable.Range(0, test.Count)];
        return
        [
            ToyMeasure.Near("information", "mutual information [nats]", learned.Nats, ExactInformation, 0.012),
            ToyMeasure.AtMost("shift", "largest miss of B − x at |x| up to 0.7", Shifts.Select((s, i) => Math.Abs(points.Best[i] - s.X - s.Shift)).Max(), 0.03),
            ToyMeasure.AtLeast("flagged", "share flagged as edge beyond |x| = 0.84", ToyTools.Share(all.Where(i => Math.Abs(test.Quantities[i]) > 0.84).Select(Flagged)), 0.99),
            ToyMeasure.AtMost("flagged-inside", "share flagged as edge within |x| = 0.6", ToyTools.Share(all.Where(i => Math.Abs(test.Quantities[i]) < 0.6).Select(Flagged)), 0.01),
        ];
    }

    private static CalibrationTable Draw(int events, ulong seed, string purpose)
    {
        var stream = new RandomStream(seed, purpose, 0, 0);
        var (x, z) = (new double[events], new double[events]);
        for (int i = 0; i < events; i++)
        {
            var own = stream.ForItem(i);
            x[i] = 2 * own.NextDouble() - 1;
            z[i] = x[i] + Noise * own.NextGaussian();
        }

        return new(x, z, 1, 1);
    }
}
