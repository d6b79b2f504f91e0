namespace Lightcone.Kinematics;

/// <summary>Minkowski expressions in the form, and with the rounding, that LorentzNet's published networks were trained with (arXiv:2201.08187).</summary>
public static class Minkowski
{
    /// <summary>Square 2E² − (E² + px² + py² + pz²) [GeV²].</summary>
    public static double Square(FourMomentum p) => 2 * p.E * p.E - (p.E * p.E + p.Px * p.Px + p.Py * p.Py + p.Pz * p.Pz);

    /// <summary>Mass scalar √|p²| [GeV].</summary>
    public static double MassScalar(FourMomentum p) => Math.Sqrt(Math.Abs(Square(p)));

    /// <summary>ψ(p) = sign(p) log(|p| + 1), which tames the range of Minkowski products.</summary>
    public static double Psi(double p) => Math.Sign(p) * Math.Log(Math.Abs(p) + 1);
}
