using Lightcone.Kinematics;
using Lightcone.Transport;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Constituents as transverse momentum, pseudorapidity and azimuth: what <see cref="EnergyMover"/> moves.</summary>
internal sealed class TransverseFlow
{
    private double[] pt = [], eta = [], phi = [];
    private int count;

    /// <summary>The constituents, in the unit of the momenta.</summary>
    public EnergyFlow Flow => new(pt.AsSpan(0, count), eta.AsSpan(0, count), phi.AsSpan(0, count));

    /// <summary>Takes the momenta (E, px, py, pz) of a jet, shape [n, 4].</summary>
    public void Take(ReadOnlySpan<double> momenta)
    {
        Reserve(momenta.Length / 4);
        for (int i = 0; i < count; i++)
        {
            var p = RelativeCoordinates.At(momenta, i);
            (pt[i], eta[i], phi[i]) = (p.Pt, RelativeCoordinates.Pseudorapidity(p), p.Azimuth);
        }
    }

    /// <summary>Takes coordinates relative to a jet, (η_rel, φ_rel, pT_rel), shape [n, 3].</summary>
    public void TakeRelative(ReadOnlySpan<double> coordinates)
    {
        Reserve(coordinates.Length / 3);
        for (int i = 0; i < count; i++) (eta[i], phi[i], pt[i]) = (coordinates[3 * i], coordinates[3 * i + 1], coordinates[3 * i + 2]);
    }

    private void Reserve(int constituents)
    {
        count = constituents;
        if (pt.Length < count) (pt, eta, phi) = (new double[count], new double[count], new double[count]);
    }
}

/// <summary>
/// The energy mover's distance in (pseudorapidity, azimuth) with transverse momenta as weights (arXiv:1902.02346, eq. 1; R = β = 1). Its gradient holds the
/// transport plan: angles pull with what is carried along them, weights with the price of more of them. That is the exact gradient wherever there is one.
/// </summary>
internal sealed class EnergyMoverDistance : JetDistance
{
    private readonly EnergyMover mover = new();
    private readonly TransverseFlow first = new(), second = new();

    /// <inheritdoc/>
    public override double Of(ReadOnlySpan<double> reconstructed, ReadOnlySpan<double> truth, Span<double> gradient)
    {
        first.Take(reconstructed);
        second.Take(truth);
        EnergyFlow x = first.Flow, y = second.Flow;
        double distance = mover.Distance(x, y);
        for (int a = 0; a < x.Count; a++)
        {
            if (x.Weights[a] == 0) continue; // no direction: no gradient
            var (byEta, byPhi) = Pull(x, a, y);
            AddChain(reconstructed.Slice(4 * a, 4), mover.FirstSlopes[a], byEta, byPhi, gradient.Slice(4 * a, 4));
        }

        return distance;
    }

    private (double ByEta, double ByPhi) Pull(EnergyFlow x, int a, EnergyFlow y)
    {
        double byEta = 0, byPhi = 0;
        for (int b = 0; b < y.Count; b++)
        {
            double carried = mover.Plan[a * y.Count + b];
            if (carried == 0) continue;
            double eta = x.Rapidities[a] - y.Rapidities[b], phi = FourMomentum.DeltaPhi(x.Azimuths[a], y.Azimuths[b]), angle = Math.Sqrt(eta * eta + phi * phi);
            if (angle == 0) continue;
            byEta += carried * eta / angle;
            byPhi += carried * phi / angle;
        }

        return (byEta, byPhi);
    }

    private static void AddChain(ReadOnlySpan<double> p, double byPt, double byEta, double byPhi, Span<double> gradient)
    {
        double x = p[1], y = p[2], z = p[3], pt = double.Hypot(x, y), length = double.Hypot(pt, z);
        double radial = byPt - byEta * z / (length * pt); // η = asinh(pz/pT)
        gradient[1] += (radial * x - byPhi * y / pt) / pt;
        gradient[2] += (radial * y + byPhi * x / pt) / pt;
        gradient[3] += byEta / length;
    }
}
