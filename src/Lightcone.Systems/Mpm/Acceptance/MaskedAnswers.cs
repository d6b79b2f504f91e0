using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>How the decoder's outputs come about. Always <see cref="MaskedAnswers.OfNetwork"/>, unless a test wants to see a check fail.</summary>
/// <param name="network">The network.</param>
/// <param name="table">The jets.</param>
/// <param name="hidden">What is hidden of them.</param>
/// <param name="pick">Gives the particles whose positions are asked for.</param>
/// <returns>Shape [hidden, decoder width].</returns>
internal delegate Tensor MaskedDecoding(MpmNetwork network, ParticleTable table, HiddenParticles hidden, Func<int[], ParticleTensors> pick);

/// <summary>All that a network says of hidden particles, in one matrix.</summary>
internal static class MaskedAnswers
{
    private const long Noise = 23;

    /// <summary>The network's own way.</summary>
    public static MaskedDecoding OfNetwork { get; } = (network, table, hidden, pick) => network.Decode(table, hidden, pick, training: false);

    /// <summary>Decoded particles, then <see cref="Heads"/>; shape [hidden, …]. Belongs to the caller's dispose scope.</summary>
    /// <param name="decoding">How they are decoded.</param>
    /// <param name="network">The network.</param>
    /// <param name="table">The jets.</param>
    /// <param name="hidden">What is hidden of them.</param>
    /// <param name="asked">What the particles are said to be where a head must be told; fixed, whatever the jets really hold.</param>
    /// <param name="pick">Gives particles; those of the jets if null.</param>
    public static Tensor Of(MaskedDecoding decoding, MpmNetwork network, ParticleTable table, HiddenParticles hidden, HiddenTruth asked, Func<int[], ParticleTensors>? pick = null)
    {
        var decoded = decoding(network, table, hidden, pick ?? (particles => ParticleTensors.Of(table, particles, network.State.DType)));
        return cat([decoded, Heads(network, decoded, asked)], 1);
    }

    /// <summary>What the heads make of decoded particles: types before the soft-max, the best guess of the features, the losses if the truth were <paramref name="asked"/>. Any noise is the same at every call.</summary>
    public static Tensor Heads(MpmNetwork network, Tensor decoded, HiddenTruth asked)
    {
        var parts = new List<Tensor>();
        manual_seed(Noise);
        if (network.Target.Guess(decoded) is { } guess) parts.Add(guess);
        manual_seed(Noise);
        parts.Add(network.Target.Losses(decoded, asked, training: false).unsqueeze(1));
        if (network.Type is { } type)
        {
            parts.Add(type.Logits(decoded));
            parts.Add(type.Losses(decoded, asked, training: false).unsqueeze(1));
        }

        return cat([.. parts], 1);
    }
}
