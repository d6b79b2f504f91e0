using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Latents of a batch of jets, planes on the first axis.</summary>
/// <param name="Scalars">[2, B, 1, τ_s, 1].</param>
/// <param name="Vectors">[2, B, 1, τ_v, 4], Cartesian.</param>
internal readonly record struct ReferenceLatent(Tensor Scalars, Tensor Vectors);

/// <summary>
/// The Lorentz group autoencoder as published (arXiv:2212.07347; layers of arXiv:2006.04780), defects included, in Cartesian components. Parameters have the published
/// names and shapes behind the prefixes <c>encoder.</c> and <c>decoder.</c>. What provably changes nothing is not computed: products of zero, the second of two equal
/// columns, scalars that the decoder overwrites.
/// </summary>
internal sealed class LgaeReferenceNetwork : IDisposable
{
    private readonly ReferenceProducts products;
    private readonly ReferenceEncoder encoder;
    private readonly ReferenceDecoder decoder;

    /// <summary>Creates the network with fresh weights from the engine's global generator.</summary>
    /// <param name="settings">Its size.</param>
    /// <param name="type">Float64, as published, or float32; intervals between particles are float64 in both.</param>
    public LgaeReferenceNetwork(LgaeReferenceSettings settings, ScalarType type = ScalarType.Float64)
    {
        settings.Validate();
        Settings = settings;
        State = new NetworkState(type);
        products = new ReferenceProducts(settings.MaxDim, type);
        encoder = new ReferenceEncoder(State, products, settings);
        decoder = new ReferenceDecoder(State, products, settings);
        ReferenceParameters.Add(State, settings);
    }

    /// <summary>The network's size.</summary>
    public LgaeReferenceSettings Settings { get; }

    /// <summary>Parameters of both halves.</summary>
    public NetworkState State { get; }

    /// <summary>Latents of jets.</summary>
    /// <param name="momenta">(E, px, py, pz), [B, N, 4], zeros in padded slots; float64, normalised as the caller likes.</param>
    /// <param name="mask">1 for real particles, 0 for padding, [B, N].</param>
    /// <param name="probe">Sees every intermediate feature; for tests.</param>
    /// <exception cref="UsageException">A shape does not fit.</exception>
    public ReferenceLatent Encode(Tensor momenta, Tensor mask, FeatureProbe? probe = null)
    {
        Check(momenta, mask);
        using var scope = NewDisposeScope();
        var (scalars, vectors) = encoder.Encode(momenta.to(ScalarType.Float64), mask.to(ScalarType.Float64), complete: true, probe);
        return new(Outer(scalars!), Outer(vectors));

        static Tensor Outer(Tensor t) => t.permute(1, 3, 0, 2).unsqueeze(2).MoveToOuterDisposeScope();
    }

    /// <summary>Complex reconstruction [2, B, N, 4] of latents; their scalars do not matter.</summary>
    /// <param name="latent">Latents of this network's size.</param>
    /// <param name="probe">Sees every intermediate feature; for tests.</param>
    /// <exception cref="UsageException">The latent vectors have another shape.</exception>
    public Tensor Decode(ReferenceLatent latent, FeatureProbe? probe = null)
    {
        int channels = Settings.LatentVectors * Settings.PoolingCount;
        if (latent.Vectors.shape is not [2, _, 1, var c, 4] || c != channels)
            throw Misfit("latent vectors", latent.Vectors, $"[2, jets, 1, {channels}, 4]");
        using var scope = NewDisposeScope();
        return decoder.Decode(latent.Vectors.squeeze(2).permute(2, 0, 3, 1), complete: probe is not null, probe).MoveToOuterDisposeScope();
    }

    /// <summary>Real and imaginary part summed, [B, N, 4]: what the published trainings take for the reconstruction.</summary>
    public static Tensor RealSum(Tensor reconstruction) => reconstruction.sum(dim: 0);

    /// <summary>Reconstructed momenta [B, N, 4] of jets, as trainings use them; parameters that cannot matter get no gradient.</summary>
    /// <param name="momenta">As for <see cref="Encode"/>.</param>
    /// <param name="mask">As for <see cref="Encode"/>.</param>
    /// <exception cref="UsageException">A shape does not fit.</exception>
    public Tensor Reconstruct(Tensor momenta, Tensor mask)
    {
        Check(momenta, mask);
        using var scope = NewDisposeScope();
        var (_, vectors) = encoder.Encode(momenta.to(ScalarType.Float64), mask.to(ScalarType.Float64), complete: false);
        return RealSum(decoder.Decode(vectors)).MoveToOuterDisposeScope();
    }

    /// <summary>Throws what a backward pass could not throw itself; call it after each.</summary>
    /// <exception cref="InvalidOperationException">A backward pass failed and its gradients are zeros.</exception>
    public static void AfterBackward() => PairMessages.ThrowIfBackwardFailed();

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        products.Dispose();
    }

    private void Check(Tensor momenta, Tensor mask)
    {
        if (momenta.shape is not [var jets, var slots, 4] || slots != Settings.Slots || jets == 0) throw Misfit("momenta", momenta, $"[jets, {Settings.Slots}, 4]");
        if (mask.shape is not [var maskJets, var maskSlots] || maskJets != jets || maskSlots != slots) throw Misfit("mask", mask, $"[{jets}, {slots}]");
    }

    private static UsageException Misfit(string what, Tensor tensor, string wanted) => new(
        $"The {what} have the shape [{string.Join(", ", tensor.shape)}]; this LGAE wants {wanted}.", nameof(LgaeReferenceNetwork), "The jets are padded for a network of another size.",
        "Pad the jets to the network's number of slots.");
}
