using Lightcone.Formats;
using Lightcone.Jets;

namespace Lightcone.Systems.Calibration.Morphing;

/// <summary>Maps the measured transverse momenta of simulated jets on those of data, with the envelope of spectra.</summary>
public static class JetMorphing
{
    private const int JetsAtOnce = 4096;

    /// <summary>Fits the map in ln(pT/GeV).</summary>
    /// <param name="simulation">File with simulated jets and their truth, or a folder whose test file is used.</param>
    /// <param name="data">File with measured jets.</param>
    /// <param name="target">Column of the truth [GeV].</param>
    /// <returns>The map with its envelope, and the half width of 84 − 16 % of ln(measured/true) in the simulation, its unit.</returns>
    /// <exception cref="LightconeException">A file cannot be read, or there is no truth.</exception>
    public static (MorphingEnvelope Envelope, double Resolution) Fit(string simulation, string data, string target)
    {
        using var simulated = SplitFolder.Open(simulation, DataSplit.Test);
        using var measured = SplitFolder.Open(data, DataSplit.Test);
        var (x, z, y) = (new List<double>(), new List<double>(), new List<double>());
        foreach (var batch in new SequentialBatches(simulated.Jets) { BatchSize = JetsAtOnce })
        {
            x.AddRange(JetQuantities.Of(batch, "pt"));
            z.AddRange(JetQuantities.Truth(batch, target).Select(t => Math.Log(t)));
        }

        foreach (var batch in new SequentialBatches(measured.Jets) { BatchSize = JetsAtOnce }) y.AddRange(JetQuantities.Of(batch, "pt"));
        double[] response = [.. x.Zip(z, (a, b) => a - b)];
        double resolution = 0.5 * (Statistics.Quantile.Of(response, 0.841345) - Statistics.Quantile.Of(response, 0.158655));
        return (MorphingEnvelope.Fit([.. x], [.. z], [.. y]), resolution);
    }
}
