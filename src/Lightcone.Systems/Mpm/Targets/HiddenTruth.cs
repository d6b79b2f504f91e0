using Lightcone.Systems.Mpm.Particles;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Targets;

/// <summary>What the hidden particles really are; it reaches the loss and nothing else.</summary>
internal sealed class HiddenTruth
{
    private const long Ignored = -100;

    /// <summary>Copies the hidden particles of a table; tensors belong to the caller's dispose scope.</summary>
    /// <param name="table">The particles.</param>
    /// <param name="hidden">Which of them.</param>
    /// <param name="tokens">Token of each; null where the target needs none.</param>
    /// <param name="type">Element type of the features.</param>
    public HiddenTruth(ParticleTable table, int[] hidden, int[]? tokens, ScalarType type)
    {
        int width = table.Width;
        float[] features = new float[hidden.Length * width], weights = new float[hidden.Length * width];
        var types = new long[hidden.Length];
        for (int i = 0; i < hidden.Length; i++)
        {
            int p = hidden[i];
            table.FeaturesOf(p).CopyTo(features.AsSpan(i * width));
            weights.AsSpan(i * width, width == RawParticles.FullNames.Length && !table.Tracks[p] ? RawParticles.FirstTrackFeature : width).Fill(1);
            types[i] = table.Types[p] == ParticleTypes.Unknown ? Ignored : table.Types[p];
            if (types[i] != Ignored) KnownTypes++;
        }

        Count = hidden.Length;
        Features = tensor(features, [hidden.Length, width]).to(type);
        Weights = tensor(weights, [hidden.Length, width]).to(type);
        Types = tensor(types);
        Tokens = tokens is null ? null : tensor(Array.ConvertAll(tokens, t => (long)t));
    }

    /// <summary>Number of hidden particles.</summary>
    public int Count { get; }

    /// <summary>Transformed features, shape [hidden, features].</summary>
    public Tensor Features { get; }

    /// <summary>1 where a particle has the feature, 0 where it has none (displacements without a track), shape [hidden, features].</summary>
    public Tensor Weights { get; }

    /// <summary>Types, int64, shape [hidden]; unknown ones are ignored by a cross entropy.</summary>
    public Tensor Types { get; }

    /// <summary>Hidden particles of known type.</summary>
    public int KnownTypes { get; }

    /// <summary>Tokens, int64, shape [hidden]; null where none are needed.</summary>
    public Tensor? Tokens { get; }

    /// <summary>Standard normal numbers for a target that draws, shape [hidden, 1 + features]; null where it takes them from the engine's global generator.</summary>
    public Tensor? Noise { get; init; }
}
