using Lightcone.Randomness;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>
/// G2: the detector of G1 under four spectra of the truth. The ansatz must not care where its training has events; least squares must show the bias that is known for it, or the toy has no power.
/// </summary>
internal sealed class PriorToy : ICalibrationToy
{
    private const double CommonLow = 0.5, CommonHigh = 1.5, Sigma = GaussianToy.Noise;
    private const int GridPoints = 41;

    private static readonly Prior[] Priors =
    [
        new("N(0,1)", r => r.NextGaussian()),
        new("N(1,0.5)", r => 1 + 0.5 * r.NextGaussian()),
        new("U(-2,2)", r => 4 * r.NextDouble() - 2),
        new("Exp(1)", r => -Math.Log(1 - r.NextDouble())),
    ];

    /// <inheritdoc/>
    public string Name => "G2";

    /// <inheritdoc/>
    public string Title => "Four spectra of the truth";

    /// <inheritdoc/>
    public IReadOnlyList<ToyMeasure> Run(ToyOptions options)
    {
        double[] grid = [.. Enumerable.Range(0, GridPoints).Select(i => CommonLow + (CommonHigh - CommonLow) * i / (GridPoints - 1))];
        var shifted = GaussianToy.Draw(options.Events, options.Seed, "G2 shifted", Priors[1].Draw);
        var mirrored = GaussianToy.Draw(options.Events, options.Seed, "G2 mirrored", r => -1 + 0.5 * r.NextGaussian());
        var (ansatz, mean) = (new Learned[Priors.Length], new Learned[2]);
        for (int p = 0; p < Priors.Length; p++)
        {
            var table = GaussianToy.Draw(options.Events, options.Seed, $"G2 train {Priors[p].Name}", Priors[p].Draw);
            using (var fit = ToyTools.Fit(table, options)) ansatz[p] = new(Best(fit, grid), Bias(fit, shifted), Bias(fit, mirrored));
            if (p >= mean.Length) continue;
            using var regression = MeanNetwork.Fit(table, new TableRecipe { Epochs = 10, Seed = options.Seed, Stop = options.Stop });
            mean[p] = new(regression.Predict(ToyTools.At(grid)), Difference(regression.Predict(shifted), shifted), Difference(regression.Predict(mirrored), mirrored));
        }

        return
        [
            ToyMeasure.AtMost("bias-normal", "|mean bias| on N(1, 0.5), trained on N(0, 1)", Math.Abs(ansatz[0].OnShifted), 0.03),
            ToyMeasure.AtMost("bias-uniform", "|mean bias| on N(1, 0.5), trained on U(−2, 2)", Math.Abs(ansatz[2].OnShifted), 0.03),
            ToyMeasure.AtMost("audit", "prior audit: largest |ΔB|/σ among three spectra, x from 0.5 to 1.5", Audit(ansatz[..3]), 0.1),
            ToyMeasure.AtMost("audit-all", "the same with the exponential spectrum", Audit(ansatz), 0.12),
            ToyMeasure.Near("mse-bias-up", "least squares: mean bias on N(1, 0.5), trained on N(0, 1)", mean[0].OnShifted, -0.2, 0.02),
            ToyMeasure.Near("mse-bias-down", "least squares: mean bias on N(−1, 0.5), trained on N(0, 1)", mean[0].OnMirrored, 0.2, 0.02),
            ToyMeasure.AtLeast("mse-audit", "least squares: prior audit, so that the toy has power", Audit(mean), 0.5),
        ];
    }

    private static double[] Best(TableAnsatz ansatz, double[] grid)
    {
        using var likelihood = ansatz.Of(ToyTools.At(grid));
        return likelihood.Best;
    }

    private static double Bias(TableAnsatz ansatz, CalibrationTable events)
    {
        using var likelihood = ansatz.Of(events);
        return Difference(likelihood.Best, events);
    }

    private static double Difference(double[] estimates, CalibrationTable events) => estimates.Average() - events.Targets.Average();

    private static double Audit(Learned[] trained)
    {
        double largest = 0;
        foreach (var one in trained)
            foreach (var other in trained)
                for (int i = 0; i < one.OnGrid.Length; i++)
                    largest = Math.Max(largest, Math.Abs(one.OnGrid[i] - other.OnGrid[i]) / Sigma);
        return largest;
    }

    private sealed record Prior(string Name, Func<RandomStream, double> Draw);

    /// <summary>Estimates on a grid of measurements, and mean biases under two other spectra.</summary>
    private sealed record Learned(double[] OnGrid, double OnShifted, double OnMirrored);
}
