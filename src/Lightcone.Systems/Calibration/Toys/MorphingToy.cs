using Lightcone.Randomness;
using Lightcone.Systems.Calibration.Morphing;

namespace Lightcone.Systems.Calibration.Toys;

/// <summary>
/// M: what a map from simulated to measured distributions books as a detector effect. Simulation: z ~ N(0, 1), x = z + N(0, 0.5²); data N(μ, τ²) with noise s. Exact: h(x) = μ + √((τ² + s²)/1.25) x, so a
/// spectrum alone moves it.
/// </summary>
internal sealed class MorphingToy : ICalibrationToy
{
    private const int EventsPerEvent = 10; // a map of quantiles costs little, and its table wants a million
    private const double Noise = 0.5, Probe = 2, Tolerance = 0.02;

    private static readonly (double Mean, double Width, double Noise)[] Data = [(0.5, 1, 0.5), (1, 0.5, 0.5), (0, 2, 0.5), (0, 1, 0.7)];

    /// <inheritdoc/>
    public string Name => "M";

    /// <inheritdoc/>
    public string Title => "Maps from data alone";

    /// <inheritdoc/>
    public IReadOnlyList<ToyMeasure> Run(ToyOptions options)
    {
        int events = EventsPerEvent * options.Events;
        var (simulated, truth) = Draw(events, options.Seed, "M simulation", 0, 1, Noise);
        var measures = new List<ToyMeasure>();
        foreach (var (mean, width, noise) in Data)
        {
            options.Stop.ThrowIfCancellationRequested();
            var envelope = MorphingEnvelope.Fit(simulated, truth, Draw(events, options.Seed, $"M data {mean} {width} {noise}", mean, width, noise).Values);
            double slope = Math.Sqrt((width * width + noise * noise) / (1 + Noise * Noise));
            // At fixed truth the simulated values spread by the noise: the mean and width of the map over them.
            double[] mapped = [.. Enumerable.Range(0, 2000).Select(i => envelope.Nominal.Apply(Probe + Noise * Statistics.SpecialFunctions.NormalQuantile((i + 0.5) / 2000)))];
            double average = mapped.Average(), spread = Math.Sqrt(mapped.Average(m => (m - average) * (m - average)));
            string which = $"data N({mean}, {width}) with noise {noise}";
            measures.Add(ToyMeasure.Near($"bias@{mean},{width},{noise}", $"{which}: bias at z = 2", average - Probe, mean + slope * Probe - Probe, Tolerance));
            measures.Add(ToyMeasure.Near($"width@{mean},{width},{noise}", $"{which}: width at fixed z", spread, slope * Noise, Tolerance));
            measures.Add(ToyMeasure.AtLeast($"envelope@{mean},{width},{noise}", $"{which}: envelope of spectra, which must show", envelope.Largest, 0.1));
        }

        return measures;
    }

    private static (double[] Values, double[] Truth) Draw(int events, ulong seed, string purpose, double mean, double width, double noise)
    {
        var stream = new RandomStream(seed, purpose, 0, 0);
        var (x, z) = (new double[events], new double[events]);
        for (int i = 0; i < events; i++)
        {
            var own = stream.ForItem(i);
            z[i] = mean + width * own.NextGaussian();
            x[i] = z[i] + noise * own.NextGaussian();
        }

        return (x, z);
    }
}
