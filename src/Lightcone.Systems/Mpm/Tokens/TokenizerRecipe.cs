using System.ComponentModel.DataAnnotations;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>How the codes follow the encoder's outputs.</summary>
public enum CodebookUpdate
{
    /// <summary>Each is the moving average of the outputs that chose it (arXiv:1711.00937, appendix A.1).</summary>
    MovingAverage,

    /// <summary>They are trained like any weight, by their distance to those outputs.</summary>
    Gradient,
}

/// <summary>Where the codes lie before the first step.</summary>
public enum CodebookStart
{
    /// <summary>On outputs of the first batch, drawn at random.</summary>
    BatchRows,

    /// <summary>On the centres of as many clusters of the first batch's outputs.</summary>
    KMeans,
}

/// <summary>Numbers of the vector-quantised autoencoder that gives particles tokens (arXiv:2401.13537).</summary>
public sealed record TokenizerRecipe : EncoderRecipe
{
    internal const string SystemName = "mpm-tokenizer";

    /// <summary>The defaults of an encoder, but fewer blocks and no registers: a token belongs to a particle.</summary>
    public TokenizerRecipe() => (Layers, Registers, TokenLayout) = (2, 0, Mpm.Network.TokenLayout.Padded);

    /// <inheritdoc/>
    public override string System => SystemName;

    /// <summary>Codes.</summary>
    [Range(2, MpmLimits.Clusters)]
    public int Codes { get; init; } = 512;

    /// <summary>Numbers a code (published: 16 and 32).</summary>
    [Range(1, MpmLimits.Width)]
    public int CodeWidth { get; init; } = 16;

    /// <summary>How the codes follow the encoder's outputs.</summary>
    public CodebookUpdate CodebookUpdate { get; init; } = CodebookUpdate.MovingAverage;

    /// <summary>Where the codes lie before the first step.</summary>
    public CodebookStart CodebookStart { get; init; } = CodebookStart.BatchRows;

    /// <summary>Memory a step of the moving averages: of how often a code is used and, with MovingAverage, of the codes.</summary>
    [Range(0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double CodebookDecay { get; init; } = 0.98;

    /// <summary>Weight of the squared distance that pulls outputs to their codes (libraries that call a weight β do not agree on which of the two pulls it belongs to).</summary>
    [Range(0, 1e3)]
    public double CommitWeight { get; init; } = 0.25;

    /// <summary>Weight of the squared distance that pulls codes to their outputs; for Gradient.</summary>
    [Range(0, 1e3)]
    public double CodebookWeight { get; init; } = 1;

    /// <summary>Whether all codes share a learned scale and offset, so that the whole codebook follows even where few codes are used (arXiv:2305.08842); for Gradient.</summary>
    public bool Affine { get; init; }

    /// <summary>Weight of the decoder's gradient that reaches the codes too (arXiv:2305.08842); for Gradient. 0 switches it off (published: 2).</summary>
    [Range(0, 1e3)]
    public double Synchronise { get; init; }

    /// <summary>A code that is used less often than this share of the mean becomes an output of the batch. 0 switches it off.</summary>
    [Range(0, Tokens.Quantiser.NewbornShare, MaximumIsExclusive = true)]
    public double RevivalShare { get; init; } = 1.0 / 16;
}
