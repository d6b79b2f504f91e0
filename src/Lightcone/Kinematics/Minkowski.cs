namespace Lightcone.Kinematics;

/// <summary>
/// Minkowski products written as the reference implementation of LorentzNet (arXiv:2201.08187) writes them. Its published weights were trained on
/// massless constituents and so read the rounding of these very expressions: feed them float64 vectors whose components were rounded to float32.
/// Where the physical mass is meant, use <see cref="FourMomentum.MassSquared"/>, which keeps more digits.
/// </summary>
public static class Minkowski
{
    /// <summary>Squared norm 2E² − (E² + px² + py² + pz²) [GeV²].</summary>
    public static double SquaredNorm(FourMomentum p) => 2 * (p.E * p.E) - (p.E * p.E + p.Px * p.Px + p.Py * p.Py + p.Pz * p.Pz);

    /// <summary>Product 2E₁E₂ − (E₁E₂ + px₁px₂ + py₁py₂ + pz₁pz₂) [GeV²].</summary>
    public static double Product(FourMomentum a, FourMomentum b) => 2 * (a.E * b.E) - (a.E * b.E + a.Px * b.Px + a.Py * b.Py + a.Pz * b.Pz);

    /// <summary>√|squared norm| [GeV]: the mass of a constituent as the network is given it; rounding noise for massless ones.</summary>
    public static double MassScalar(FourMomentum p) => Math.Sqrt(Math.Abs(SquaredNorm(p)));

    /// <summary>
    /// ψ(p) = sign(p) ln(|p| + 1), which tames the range of products before a network sees them (arXiv:2201.08187).
    /// With ln(|p| + 1), not log1p: the last digits for small |p| belong to the published weights.
    /// </summary>
    public static double Psi(double p) => Math.CopySign(Math.Log(Math.Abs(p) + 1), p);
}
