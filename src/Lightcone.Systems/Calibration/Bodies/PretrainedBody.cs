using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Calibration.Bodies;

/// <summary>A pre-trained encoder, the mean over its particles; beside it the quantities of the jet.</summary>
internal sealed class PretrainedBody : IBody
{
    private readonly Encoder encoder;
    private readonly Preprocessing preprocessing;
    private readonly NetworkState state;

    /// <summary>Adds an encoder with the backbone's weights to a state.</summary>
    public PretrainedBody(NetworkState state, Backbone backbone, int quantities)
    {
        (this.state, preprocessing) = (state, backbone.Preprocessing);
        encoder = new Encoder(state, backbone.Size, dropout: 0);
        backbone.CopyInto(state);
        Width = backbone.Size.Width + quantities;
    }

    /// <inheritdoc/>
    public int Width { get; }

    /// <summary>Whether gradients go into the encoder.</summary>
    public bool Moves { get; set; } = true;

    /// <inheritdoc/>
    public Tensor Encode(EventTensors events, bool training)
    {
        if (Moves) return cat([Means(events, training), events.Quantities], 1);
        using var noGrad = no_grad();
        return cat([Means(events, training: false), events.Quantities], 1);
    }

    /// <inheritdoc/>
    public void AfterBackward() => Mpm.Kernels.PackedAttention.ThrowIfBackwardFailed();

    private Tensor Means(EventTensors events, bool training)
    {
        var table = preprocessing.Apply(events.Jets!);
        var particles = ParticleTensors.Of(table, [.. Enumerable.Range(0, table.ParticleCount)], state.DType);
        var encoded = encoder.Encode(encoder.Embed(particles), MpmNetwork.Counts(table), TokenLayout.Packed, training);
        using var sequences = encoded.Sequences;
        return encoded.ParticleMeans();
    }
}
