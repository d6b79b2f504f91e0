namespace Lightcone.Figures;

/// <summary>Kind of a jet constituent, as far as a detector tells.</summary>
public enum ConstituentKind
{
    /// <summary>Not known.</summary>
    Unknown,

    /// <summary>Charged hadron.</summary>
    ChargedHadron,

    /// <summary>Neutral hadron.</summary>
    NeutralHadron,

    /// <summary>Photon.</summary>
    Photon,

    /// <summary>Electron or positron.</summary>
    Electron,

    /// <summary>Muon of either charge.</summary>
    Muon,
}

/// <summary>One constituent in the plane around the jet axis.</summary>
/// <param name="TransverseMomentum">GeV.</param>
/// <param name="DeltaEta">Pseudorapidity relative to the axis, times the sign of the jet's pseudorapidity.</param>
/// <param name="DeltaPhi">Azimuth relative to the axis, rad.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Hidden">Hidden constituents are drawn hollow.</param>
public readonly record struct DrawnConstituent(double TransverseMomentum, double DeltaEta, double DeltaPhi, ConstituentKind Kind = ConstituentKind.Unknown, bool Hidden = false);

/// <summary>What a swarm of symbols shows where a jet is laid over its reconstruction.</summary>
public enum JetLayer
{
    /// <summary>A jet by itself: colour and shape tell the kind of each constituent.</summary>
    Whole,

    /// <summary>The original below its reconstruction: hollow.</summary>
    Original,

    /// <summary>The reconstruction: filled, and so thin that the original shows through.</summary>
    Reconstructed,

    /// <summary>What a prediction was made from: faint, behind the predicted constituents and the places of the hidden ones.</summary>
    Seen,
}

/// <summary>A jet as a swarm of symbols whose area is proportional to transverse momentum, with its axis and radius.</summary>
public sealed record JetSymbols : Mark
{
    /// <summary>The constituents, any order; the hardest is drawn first.</summary>
    public required IReadOnlyList<DrawnConstituent> Constituents { get; init; }

    /// <summary>Whether the swarm is a jet by itself or a layer of two.</summary>
    public JetLayer Layer { get; init; }

    /// <summary>Jet radius for the dashed circle; none if null.</summary>
    public double? Radius { get; init; }
}
