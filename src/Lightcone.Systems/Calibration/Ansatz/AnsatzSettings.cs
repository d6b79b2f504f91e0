namespace Lightcone.Systems.Calibration.Ansatz;

/// <summary>Bound on the mutual information whose optimum is the likelihood ratio; all share the ansatz.</summary>
public enum InformationLoss
{
    /// <summary>Donsker–Varadhan: −(mean T − ln mean exp T′). Tight; T is the logarithm of the ratio up to a constant.</summary>
    DonskerVaradhan,

    /// <summary>The same with the normalisation from a moving average, whose gradient is nearly without bias (arXiv:1801.04062, §3.2).</summary>
    DonskerVaradhanAveraged,

    /// <summary>Nguyen–Wainwright–Jordan: −mean T + mean exp(T′ − 1); T is one above the logarithm of the ratio.</summary>
    NguyenWainwrightJordan,

    /// <summary>Maximum-likelihood classifier: −mean T + mean exp T′ − 1; T is the logarithm of the ratio.</summary>
    MaximumLikelihood,

    /// <summary>Binary cross entropy of joint against shuffled pairs; no exponential, so nothing overflows. T is the logarithm of the ratio.</summary>
    CrossEntropy,
}

/// <summary>How the curvature C is written.</summary>
public enum CurvatureForm
{
    /// <summary>C = −L Lᵀ with a positive diagonal: negative definite always.</summary>
    Cholesky,

    /// <summary>(M + Mᵀ)/2, as the published code means it: nothing keeps it negative.</summary>
    Symmetric,
}

/// <summary>Shape of an ansatz.</summary>
internal sealed record AnsatzShape
{
    /// <summary>Targets an event, d.</summary>
    public int Dimension { get; init; } = 1;

    /// <summary>Numbers of each hidden layer of a head.</summary>
    public int Hidden { get; init; } = 32;

    /// <summary>Hidden layers of a head.</summary>
    public int Layers { get; init; } = 3;

    /// <summary>What stands between layers.</summary>
    public Networks.Activation Activation { get; init; } = Networks.Activation.Relu;

    /// <summary>How the curvature is written.</summary>
    public CurvatureForm Curvature { get; init; }

    /// <summary>Whether the four heads share one body, or each has its own.</summary>
    public bool SharedBody { get; init; }

    /// <summary>Whether B is counted from the events' anchors, and C sees how far a target lies from them.</summary>
    public bool Anchored { get; init; }

    /// <summary>Numbers of the curvature: d (d + 1)/2.</summary>
    public int CurvatureSize => Dimension * (Dimension + 1) / 2;
}

/// <summary>How an ansatz is trained (arXiv:2205.03413, with the cures of docs/decisions/0013-gaussian-ansatz.md).</summary>
internal sealed record AnsatzSettings
{
    /// <summary>Which bound is maximised.</summary>
    public InformationLoss Loss { get; init; }

    /// <summary>Shuffled partners an event.</summary>
    public int Shuffles { get; init; } = 1;

    /// <summary>Weight of the mean of |D|² when the main phase begins.</summary>
    public double PenaltyFrom { get; init; } = 0.1;

    /// <summary>The same when it ends; in between it grows by equal factors.</summary>
    public double PenaltyTo { get; init; } = 10;

    /// <summary>Weight of |D|² after a share of the main phase.</summary>
    public double Penalty(double progress) => PenaltyFrom * Math.Pow(PenaltyTo / PenaltyFrom, Math.Clamp(progress, 0, 1));
}
