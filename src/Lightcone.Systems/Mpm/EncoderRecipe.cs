using System.ComponentModel.DataAnnotations;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Mpm;

/// <summary>Numbers of the encoder that pre-training, fine-tuning and training from scratch share. The defaults are small enough for two processor cores.</summary>
public abstract record EncoderRecipe : TrainingRecipe
{
    /// <summary>What a particle is to the network.</summary>
    public ParticleInputs Inputs { get; init; } = ParticleInputs.Full;

    /// <summary>Particles of a jet that are read, the hardest (published: 64 and 128).</summary>
    [Range(1, MpmLimits.Constituents)]
    public int Constituents { get; init; } = 64;

    /// <summary>Numbers a token (published: 512).</summary>
    [Range(1, MpmLimits.Width)]
    public int Width { get; init; } = 64;

    /// <summary>Transformer blocks (published: 8).</summary>
    [Range(1, MpmLimits.Layers)]
    public int Layers { get; init; } = 4;

    /// <summary>Heads of the attention; they divide the width (published: 8).</summary>
    [Range(1, MpmLimits.Width)]
    public int Heads { get; init; } = 4;

    /// <summary>Learned tokens beside the particles (published: 8).</summary>
    [Range(0, MpmLimits.Registers)]
    public int Registers { get; init; } = 4;

    /// <summary>Whether the heads' outputs are normalised before they are mixed.</summary>
    public bool HeadNorm { get; init; }

    /// <summary>First value of the learned factors on what each block adds.</summary>
    [Range(0, 10.0)]
    public double LayerScale { get; init; } = 0.1;

    /// <summary>Share of a block's outputs that is dropped in training.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double Dropout { get; init; }

    /// <summary>Where the tokens of a batch lie; a number depends on it by rounding alone.</summary>
    public TokenLayout TokenLayout { get; init; } = TokenLayout.Packed;

    /// <summary>Precision of the network.</summary>
    public Precision Network { get; init; } = Precision.Float32;

    internal EncoderSize Size => new() { Inputs = Inputs, Width = Width, Layers = Layers, Heads = Heads, Registers = Registers, HeadNorm = HeadNorm, LayerScale = LayerScale };
}
