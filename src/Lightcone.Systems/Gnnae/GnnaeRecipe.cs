using System.ComponentModel.DataAnnotations;
using Lightcone.Systems.Reconstruction;

namespace Lightcone.Systems.Gnnae;

/// <summary>What the latent numbers belong to.</summary>
public enum GnnaeLevel
{
    /// <summary>To the jet: the mean over its constituents (GNNAE-JL). Does not depend on their order.</summary>
    Jet,

    /// <summary>To each constituent (GNNAE-PL). They keep the order of the file.</summary>
    Particle,
}

/// <summary>What a constituent is to the network.</summary>
public enum GnnaeCoordinates
{
    /// <summary>(px, py, pz) in units of the recipe.</summary>
    Cartesian,

    /// <summary>(pT / pT_jet, η − η_jet, φ − φ_jet); the jet's pT, η and φ go round the network and count as latent numbers.</summary>
    Relative,
}

/// <summary>Whether the published code's peculiarities are kept.</summary>
public enum GnnaeMode
{
    /// <summary>The output layer is linear, and empty slots send no messages, enter no mean and are not compared: the number of constituents is passed on, and counts.</summary>
    Corrected,

    /// <summary>As the published code: an activation after the output layers too, and empty slots are constituents of zero momentum.</summary>
    Reference,
}

/// <summary>Numbers of the graph autoencoder that the LGAE is compared with (arXiv:2212.07347, appendix); its layers have the published widths.</summary>
public sealed record GnnaeRecipe : AutoencoderRecipe
{
    /// <inheritdoc/>
    public override string System => "gnnae";

    /// <summary>What the latent numbers belong to.</summary>
    public GnnaeLevel Level { get; init; } = GnnaeLevel.Jet;

    /// <summary>Latent numbers a jet (level Jet; published: 10 to 90) or a constituent (level Particle; published: 2 and 3).</summary>
    [Range(1, 4096)]
    public int Latent { get; init; } = 45;

    /// <summary>Largest number of constituents; of a longer jet those of largest pT are read.</summary>
    [Range(1, 256)]
    public int Slots { get; init; } = 30;

    /// <summary>What a constituent is to the network.</summary>
    public GnnaeCoordinates Coordinates { get; init; } = GnnaeCoordinates.Cartesian;

    /// <summary>Whether the published code's peculiarities are kept.</summary>
    public GnnaeMode Mode { get; init; } = GnnaeMode.Corrected;

    /// <summary>Precision of the learned layers.</summary>
    public Precision Network { get; init; } = Precision.Float32;

    /// <summary>Everything a jet is compressed to: latent numbers, the jet's pT, η, φ where they are passed on, the number of constituents where it is.</summary>
    internal int LatentNumbers => (Level == GnnaeLevel.Jet ? Latent : Latent * Slots) + (Coordinates == GnnaeCoordinates.Relative ? 3 : 0) + (Mode == GnnaeMode.Corrected ? 1 : 0);
}
