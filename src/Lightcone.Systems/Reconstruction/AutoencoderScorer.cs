using Lightcone.Formats.Scores;
using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>An autoencoder as a model that scores jets: anomaly scores, latent numbers, reconstructed jets.</summary>
public sealed class AutoencoderScorer : IModel
{
    private readonly int slots;

    /// <summary>Takes ownership of the autoencoder.</summary>
    /// <param name="autoencoder">The autoencoder.</param>
    /// <param name="anomaly">What was learned of its scores on the training jets.</param>
    /// <param name="slots">Most constituents of a reconstructed jet.</param>
    internal AutoencoderScorer(IAutoencoder autoencoder, AnomalyModel anomaly, int slots)
    {
        (Autoencoder, Anomaly, this.slots) = (autoencoder, anomaly, slots);
        Columns =
        [
            .. AnomalyModel.Scores.Select(s => new ScoreColumn(s.Column, [], s.Description)),
            new("latent", [autoencoder.LatentNumbers], "latent numbers; four-vectors as (E, px, py, pz) in GeV"),
            new("reconstructed", [slots, 4], "reconstructed constituents (E, px, py, pz) in GeV, zeros behind the last"),
        ];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ScoreColumn> Columns { get; }

    /// <summary>The autoencoder.</summary>
    internal IAutoencoder Autoencoder { get; }

    /// <summary>What was learned of its scores on the training jets.</summary>
    internal AnomalyModel Anomaly { get; }

    /// <inheritdoc/>
    public float[][] Score(JetBatch jets)
    {
        var rebuilt = Autoencoder.Reconstruct(jets);
        var columns = Anomaly.Of(rebuilt).Select(s => Array.ConvertAll(s, v => (float)v)).ToList();
        columns.Add(rebuilt.Latents);
        columns.Add(Padded(rebuilt.Reconstructed));
        return [.. columns];
    }

    /// <inheritdoc/>
    public void Dispose() => Autoencoder.Dispose();

    private float[] Padded(JetBatch jets)
    {
        var padded = new float[checked(jets.JetCount * slots * 4)];
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var source = jets.Momenta.AsSpan(4 * jets.Offsets[jet], 4 * Math.Min(slots, jets.Multiplicity(jet)));
            for (int k = 0; k < source.Length; k++) padded[4 * slots * jet + k] = (float)source[k];
        }

        return padded;
    }
}
