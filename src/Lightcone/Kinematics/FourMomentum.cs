namespace Lightcone.Kinematics;

/// <summary>An energy-momentum four-vector (E, px, py, pz) in GeV, metric (+, −, −, −).</summary>
/// <param name="E">Energy [GeV].</param>
/// <param name="Px">Momentum along x [GeV].</param>
/// <param name="Py">Momentum along y [GeV].</param>
/// <param name="Pz">Momentum along the beam [GeV].</param>
public readonly record struct FourMomentum(double E, double Px, double Py, double Pz)
{
    /// <summary>Squared transverse momentum [GeV²].</summary>
    public double Pt2 => Px * Px + Py * Py;

    /// <summary>Transverse momentum [GeV].</summary>
    public double Pt => double.Hypot(Px, Py);

    /// <summary>Length of the three-momentum [GeV].</summary>
    public double P => double.Hypot(Pt, Pz);

    /// <summary>Invariant mass squared [GeV²], as (E − |p|)(E + |p|), which keeps the digits that E² − p² loses.</summary>
    public double MassSquared => (E - P) * (E + P);

    /// <summary>Invariant mass [GeV]; 0 where rounding made the square negative.</summary>
    public double Mass => Math.Sqrt(Math.Max(0, MassSquared));

    /// <summary>Azimuth in (−π, π] [rad].</summary>
    public double Azimuth => Math.Atan2(Py, Px);

    /// <summary>Pseudorapidity asinh(pz/pT); ±∞ along the beam.</summary>
    public double Pseudorapidity => Pt > 0 ? Math.Asinh(Pz / Pt) : Pz == 0 ? 0 : Pz > 0 ? double.PositiveInfinity : double.NegativeInfinity;

    /// <summary>Rapidity ½ ln((E + pz)/(E − pz)).</summary>
    public double Rapidity => 0.5 * Math.Log((E + Pz) / (E - Pz));

    /// <summary>Builds a four-momentum from transverse momentum [GeV], pseudorapidity, azimuth [rad] and mass [GeV].</summary>
    public static FourMomentum FromPtEtaPhiMass(double pt, double pseudorapidity, double azimuth, double mass)
    {
        double p = pt * Math.Cosh(pseudorapidity);
        return new(mass == 0 ? p : Math.Sqrt(p * p + mass * mass), pt * Math.Cos(azimuth), pt * Math.Sin(azimuth), pt * Math.Sinh(pseudorapidity));
    }

    /// <summary>Builds a four-momentum from transverse momentum [GeV], rapidity, azimuth [rad] and mass [GeV].</summary>
    public static FourMomentum FromPtRapidityPhiMass(double pt, double rapidity, double azimuth, double mass)
    {
        double transverseMass = double.Hypot(pt, mass);
        return new(transverseMass * Math.Cosh(rapidity), pt * Math.Cos(azimuth), pt * Math.Sin(azimuth), transverseMass * Math.Sinh(rapidity));
    }

    /// <summary>Minkowski product with another four-momentum [GeV²].</summary>
    public double Dot(FourMomentum other) => E * other.E - Px * other.Px - Py * other.Py - Pz * other.Pz;

    /// <summary>The same vector with every component rounded to the nearest float32.</summary>
    public FourMomentum RoundedToSingle() => new((float)E, (float)Px, (float)Py, (float)Pz);

    /// <summary>Sum, component by component.</summary>
    public static FourMomentum operator +(FourMomentum a, FourMomentum b) => new(a.E + b.E, a.Px + b.Px, a.Py + b.Py, a.Pz + b.Pz);

    /// <summary>Difference, component by component.</summary>
    public static FourMomentum operator -(FourMomentum a, FourMomentum b) => new(a.E - b.E, a.Px - b.Px, a.Py - b.Py, a.Pz - b.Pz);

    /// <summary>Difference of two azimuths, wrapped into [−π, π) [rad].</summary>
    public static double DeltaPhi(double a, double b)
    {
        double d = (a - b) % (2 * Math.PI);
        return d >= Math.PI ? d - 2 * Math.PI : d < -Math.PI ? d + 2 * Math.PI : d;
    }
}
