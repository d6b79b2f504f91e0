using System.ComponentModel.DataAnnotations;
using Lightcone.Systems.Mpm.Targets;

namespace Lightcone.Systems.Mpm;

/// <summary>How hidden particles are kept from the encoder.</summary>
public enum HidingLayout
{
    /// <summary>They are left out; a decoder is asked for them (arXiv:2409.12589).</summary>
    Removed,

    /// <summary>A placeholder stands for each; its place among all particles is told behind the encoder (arXiv:2401.13537).</summary>
    Replaced,
}

/// <summary>What of a jet a masked model is shown; all but the first are controls.</summary>
public enum MaskedContext
{
    /// <summary>The visible particles.</summary>
    Jet,

    /// <summary>Nothing but the number of hidden particles: what can be guessed without looking.</summary>
    Nothing,

    /// <summary>Jets whose particles were drawn from other jets: nothing of a jet can be learned from them.</summary>
    Scrambled,
}

/// <summary>Numbers of masked particle modelling (arXiv:2401.13537, arXiv:2409.12589).</summary>
public sealed record MpmRecipe : EncoderRecipe
{
    /// <inheritdoc/>
    public override string System => "mpm";

    /// <summary>What is asked of a hidden particle beside its type: <c>kmeans</c>, <c>vq:RUN</c>, <c>regression</c> or <c>flow</c>.</summary>
    public TargetChoice Target { get; init; } = new(TargetKind.KMeans, "");

    /// <summary>Clusters of the target kmeans (published: 16384).</summary>
    [Range(2, MpmLimits.Clusters)]
    public int Clusters { get; init; } = 512;

    /// <summary>Weight of the particle's type in the loss.</summary>
    [Range(0, 1e3)]
    public double TypeWeight { get; init; } = 0.3;

    /// <summary>Share of a target that is spread over all classes in training; numbers that are reported are without.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>Share of a jet's particles that is hidden (published: 0.3 and 0.4).</summary>
    [Range(0, 1.0, MinimumIsExclusive = true, MaximumIsExclusive = true)]
    public double HiddenFraction { get; init; } = 0.4;

    /// <summary>How hidden particles are kept from the encoder.</summary>
    public HidingLayout Hiding { get; init; } = HidingLayout.Removed;

    /// <summary>What of a jet the model is shown.</summary>
    public MaskedContext Context { get; init; } = MaskedContext.Jet;

    /// <summary>Numbers a token of the decoder (published: 128 and 256).</summary>
    [Range(1, MpmLimits.Width)]
    public int DecoderWidth { get; init; } = 32;

    /// <summary>Blocks of the decoder (published: 4 and 8).</summary>
    [Range(1, MpmLimits.Layers)]
    public int DecoderLayers { get; init; } = 2;

    /// <summary>Heads of the decoder (published: 4).</summary>
    [Range(1, MpmLimits.Width)]
    public int DecoderHeads { get; init; } = 2;

    /// <summary>Whether files named pretrain are read beside those named train.</summary>
    public bool Pool { get; init; }
}
