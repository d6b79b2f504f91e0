namespace Lightcone.Systems.Calibration;

/// <summary>What turns a jet into numbers, as a recipe's <c>model</c> names it.</summary>
internal enum BodyKind
{
    /// <summary>Quantities of the jet alone.</summary>
    Dense,

    /// <summary>Energy flow: Σ over particles of the share in pT times Φ(direction) (arXiv:1810.05165, eq. 1.1): safe against soft and collinear splittings.</summary>
    EnergyFlow,

    /// <summary>Particle flow: Σ over particles of Φ(momentum) (arXiv:1810.05165, eq. 1.2).</summary>
    ParticleFlow,

    /// <summary>Particle flow with the particles' identities.</summary>
    ParticleFlowWithIdentity,

    /// <summary>LorentzNet's nodes, averaged.</summary>
    Invariants,

    /// <summary>A pre-trained encoder's particles, averaged.</summary>
    Pretrained,
}

/// <summary>Reads names of bodies.</summary>
internal static class BodyKinds
{
    /// <summary>What a pre-trained body's name begins with.</summary>
    public const string PretrainedPrefix = "mpm:";

    /// <summary>The body a recipe names.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static BodyKind Of(string model) => model switch
    {
        "dnn" => BodyKind.Dense,
        "efn" => BodyKind.EnergyFlow,
        "pfn" => BodyKind.ParticleFlow,
        "pfn-pid" => BodyKind.ParticleFlowWithIdentity,
        "lorentznet" => BodyKind.Invariants,
        _ when model.StartsWith(PretrainedPrefix, StringComparison.Ordinal) && model.Length > PretrainedPrefix.Length => BodyKind.Pretrained,
        _ => throw new UsageException($"“{model}” is no body of a calibration.", "--set model", "A misspelt name.", "The bodies are dnn, efn, pfn, pfn-pid, lorentznet and mpm:RUN."),
    };

    /// <summary>Whether the heads must share it, because four would cost too much.</summary>
    public static bool IsLarge(this BodyKind kind) => kind is BodyKind.Invariants or BodyKind.Pretrained;

    /// <summary>What the jets are to the body, for model cards.</summary>
    public static string Inputs(this BodyKind kind) => kind switch
    {
        BodyKind.Dense => "quantities of the jet",
        BodyKind.EnergyFlow => "quantities of the jet; directions of its particles, weighted by momentum",
        BodyKind.ParticleFlow => "quantities of the jet; momenta of its particles",
        BodyKind.ParticleFlowWithIdentity => "quantities of the jet; momenta and identities of its particles",
        BodyKind.Invariants => "quantities of the jet; Minkowski products of its particles and the beams",
        _ => "quantities of the jet; a pre-trained encoding of its particles",
    };
}
