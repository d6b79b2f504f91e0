using Lightcone.Kinematics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Constituents relative to the jet that they make up themselves: (η − η_jet, φ − φ_jet wrapped, pT/pT_jet), arXiv:2212.07347 §4.</summary>
internal static class RelativeCoordinates
{
    /// <summary>Numbers a constituent.</summary>
    public const int Dimensions = 3;

    // A momentum within 1e-17 of the beam's direction; keeps every distance finite.
    private const double MostForward = 40;

    /// <summary>Writes the coordinates of a jet's constituents.</summary>
    /// <param name="momenta">Four-momenta (E, px, py, pz), shape [n, 4].</param>
    /// <param name="coordinates">(η_rel, φ_rel, pT_rel), shape [n, 3]; a constituent without transverse momentum has no direction and stands on the axis.</param>
    public static void Of(ReadOnlySpan<double> momenta, Span<double> coordinates)
    {
        var jet = Sum(momenta);
        double eta = Pseudorapidity(jet), phi = jet.Azimuth, pt = jet.Pt;
        for (int i = 0; 4 * i < momenta.Length; i++)
        {
            var p = At(momenta, i);
            var own = coordinates.Slice(3 * i, 3);
            own.Clear();
            if (p.Pt == 0) continue;
            own[0] = Pseudorapidity(p) - eta;
            own[1] = FourMomentum.DeltaPhi(p.Azimuth, phi);
            own[2] = pt > 0 ? p.Pt / pt : 0; // constituents that cancel make a jet without a scale
        }
    }

    /// <summary>Four-momentum of constituent i.</summary>
    public static FourMomentum At(ReadOnlySpan<double> momenta, int i) => new(momenta[4 * i], momenta[4 * i + 1], momenta[4 * i + 2], momenta[4 * i + 3]);

    /// <summary>Four-momentum of a jet, the sum over its constituents.</summary>
    public static FourMomentum Sum(ReadOnlySpan<double> momenta)
    {
        var sum = default(FourMomentum);
        for (int i = 0; 4 * i < momenta.Length; i++) sum += At(momenta, i);
        return sum;
    }

    /// <summary>Pseudorapidity, held finite.</summary>
    public static double Pseudorapidity(FourMomentum p) => Math.Clamp(p.Pseudorapidity, -MostForward, MostForward);
}
