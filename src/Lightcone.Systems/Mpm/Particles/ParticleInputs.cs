namespace Lightcone.Systems.Mpm.Particles;

/// <summary>What a particle is to the network.</summary>
public enum ParticleInputs
{
    /// <summary>Seven features (pT, Δη, Δφ and the track's two displacements with their errors) and the particle's type (arXiv:2409.12589).</summary>
    Full,

    /// <summary>Three features: Δη, Δφ and log(pT + 1), relative to the axis of all constituents (arXiv:2401.13537).</summary>
    Kinematics,
}

/// <summary>The eight particle types in the order of arXiv:2409.12589's code; type and charge together.</summary>
public static class ParticleTypes
{
    /// <summary>Their number.</summary>
    public const int Count = 8;

    /// <summary>A particle of a file that tells no types.</summary>
    internal const int Unknown = -1;

    private const int ChargedHadron = 0, NeutralHadron = 1, Photon = 2, Electron = 3, Muon = 4;

    /// <summary>Their names.</summary>
    public static IReadOnlyList<string> Names { get; } =
        ["photon", "negative hadron", "neutral hadron", "positive hadron", "electron", "positron", "muon", "antimuon"];

    /// <summary>Whether a type leaves a track, and so has a displacement.</summary>
    internal static bool HasTrack(int type) => type is not (Unknown or 0 or 2);

    /// <summary>Type of an identity (0 charged hadron, 1 neutral hadron, 2 photon, 3 electron, 4 muon) and a charge (−1, 0, 1); null where there is none.</summary>
    internal static int? Of(float identity, float charge) => (identity, charge) switch
    {
        (ChargedHadron, < 0) => 1,
        (ChargedHadron, > 0) => 3,
        (NeutralHadron, _) => 2,
        (Photon, _) => 0,
        (Electron, < 0) => 4,
        (Electron, > 0) => 5,
        (Muon, < 0) => 6,
        (Muon, > 0) => 7,
        _ => null,
    };

    /// <summary>Identity of a type, as files write it; null for an unknown one.</summary>
    internal static int? IdentityOf(int type) => type switch
    {
        0 => Photon,
        1 or 3 => ChargedHadron,
        2 => NeutralHadron,
        4 or 5 => Electron,
        6 or 7 => Muon,
        _ => null,
    };
}
