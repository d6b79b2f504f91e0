namespace Lightcone.Systems.Lgae.Reference;

/// <summary>How the latent of a jet is made from the latents of its slots. Padded slots take part in all of them, as published.</summary>
internal enum ReferencePooling
{
    /// <summary>Mean over all slots.</summary>
    Mean,

    /// <summary>In each channel and plane the vector of smallest m², and the smallest scalar.</summary>
    Min,

    /// <summary>In each channel and plane the vector of largest m², and the scalar of largest square.</summary>
    Max,

    /// <summary><c>min&amp;max</c>: both, side by side in the channels, smallest first.</summary>
    MinBesideMax,

    /// <summary><c>min+max</c>: half the sum of both.</summary>
    MinPlusMax,

    /// <summary>One learned mixing of all slots and channels. The only one that depends on the order of the particles.</summary>
    Mix,
}

/// <summary>Size of the published network (arXiv:2212.07347, §3 and appendix A); the defaults are those of its released code, with the paper's four latent vectors.</summary>
internal sealed record LgaeReferenceSettings
{
    /// <summary>Irreps (k, n) with k, n below this are kept: 2 (scalars and vectors) or 3 (second-rank tensors too).</summary>
    public int MaxDim { get; init; } = 2;

    /// <summary>From slots to the latent.</summary>
    public ReferencePooling Pooling { get; init; } = ReferencePooling.MinBesideMax;

    /// <summary>Channels after the encoder's input mixing and after each of its levels.</summary>
    public IReadOnlyList<int> EncoderChannels { get; init; } = [3, 3, 4, 4];

    /// <summary>Channels after the decoder's input mixing and after each of its levels.</summary>
    public IReadOnlyList<int> DecoderChannels { get; init; } = [4, 4, 3, 3];

    /// <summary>Particle slots N of every jet.</summary>
    public int Slots { get; init; } = 30;

    /// <summary>Half the number of bells of a radial function.</summary>
    public int BasisFunctions { get; init; } = 10;

    /// <summary>Hidden layers of the scalar perceptrons.</summary>
    public int MlpDepth { get; init; } = 6;

    /// <summary>Width of a hidden layer, in units of the real numbers that enter.</summary>
    public int MlpWidth { get; init; } = 6;

    /// <summary>Complex scalars τ_s that each pooling keeps. The decoder ignores them.</summary>
    public int LatentScalars { get; init; } = 1;

    /// <summary>Complex vectors τ_v that each pooling keeps.</summary>
    public int LatentVectors { get; init; } = 4;

    /// <summary>Poolings whose results stand side by side.</summary>
    public int PoolingCount => Pooling == ReferencePooling.MinBesideMax ? 2 : 1;

    /// <summary>Numbers of a latent, 2 (τ_s + 4 τ_v) for each pooling: what the published compression rates count.</summary>
    public int LatentNumbers => 2 * (LatentScalars + 4 * LatentVectors) * PoolingCount;

    /// <summary>Refuses sizes that no network can have.</summary>
    /// <exception cref="UsageException">A size is out of range.</exception>
    public void Validate()
    {
        Check(MaxDim is 2 or 3, nameof(MaxDim), "2 or 3");
        foreach (var (channels, name) in new[] { (EncoderChannels, nameof(EncoderChannels)), (DecoderChannels, nameof(DecoderChannels)) })
            Check(channels.Count is >= 2 and <= 16 && channels.All(c => c is >= 1 and <= 256), name, "2 to 16 numbers between 1 and 256");
        Check(Slots is >= 1 and <= 1024, nameof(Slots), "1 to 1024");
        Check(BasisFunctions is >= 1 and <= 256, nameof(BasisFunctions), "1 to 256");
        Check(MlpDepth is >= 1 and <= 64, nameof(MlpDepth), "1 to 64");
        Check(MlpWidth is >= 1 and <= 64, nameof(MlpWidth), "1 to 64");
        Check(LatentScalars is >= 1 and <= 1024, nameof(LatentScalars), "1 to 1024");
        Check(LatentVectors is >= 1 and <= 1024, nameof(LatentVectors), "1 to 1024");
    }

    private static void Check(bool fits, string name, string range)
    {
        if (!fits) throw new UsageException($"{name} of the published LGAE is out of range.", name, "A size that the network cannot have.", $"Set it to {range}.");
    }
}
