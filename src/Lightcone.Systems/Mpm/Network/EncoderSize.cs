using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>Everything that decides the shape of an encoder's weights.</summary>
internal sealed record EncoderSize
{
    /// <summary>What a particle is.</summary>
    public required ParticleInputs Inputs { get; init; }

    /// <summary>Numbers a token.</summary>
    public required int Width { get; init; }

    /// <summary>Blocks.</summary>
    public required int Layers { get; init; }

    /// <summary>Heads of the attention; they divide the width.</summary>
    public required int Heads { get; init; }

    /// <summary>Learned tokens that stand beside the particles.</summary>
    public required int Registers { get; init; }

    /// <summary>Whether the heads' outputs are normalised before they are mixed (NormFormer, arXiv:2110.09456).</summary>
    public required bool HeadNorm { get; init; }

    /// <summary>First value of the factors on what a block adds.</summary>
    public required double LayerScale { get; init; }

    /// <summary>How many numbers the weights of an encoder of this size are.</summary>
    public long CountNumbers()
    {
        long d = Width, features = Preprocessing.FeatureNames(Inputs).Length, types = Inputs == ParticleInputs.Full ? ParticleTypes.Count : 0;
        return (features + 1 + types + Registers + 2) * d + Layers * (10 * d * d + (HeadNorm ? 17 : 15) * d);
    }

    /// <summary>Refuses sizes that do not fit together.</summary>
    /// <exception cref="UsageException">The heads do not divide the width.</exception>
    public void Check(string where)
    {
        if (Width % Heads != 0)
            throw new UsageException($"{Heads} heads do not divide a width of {Width}.", where, "Width and heads are set apart.", $"Choose a width that is a multiple of {Heads}.");
    }
}
