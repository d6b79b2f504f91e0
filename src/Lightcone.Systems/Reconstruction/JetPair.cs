using Lightcone.Kinematics;
using Lightcone.Transport;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Coordinates in which a jet and its reconstruction are compared.</summary>
internal enum PairCoordinates
{
    /// <summary>Four-momenta as they are [GeV].</summary>
    Absolute,

    /// <summary>Four-momenta divided by the original jet's transverse momentum.</summary>
    PerPt,

    /// <summary>Four-momenta where the original jet is at rest, divided by its mass: a Lorentz invariant.</summary>
    AtRest,

    /// <summary>Constituents relative to the axis and transverse momentum of the jet that they belong to.</summary>
    Relative,
}

/// <summary>
/// A jet beside its reconstruction, with what distances between them need; each thing is computed when it is first asked for. Both play equal parts except
/// that scales and the rest frame are those of the original. Where one of them has no constituents it counts as one of momentum 0.
/// A workspace: one thread uses it at a time.
/// </summary>
internal sealed class JetPair
{
    // No jet is softer or lighter; keeps scales finite.
    private const double SmallestPt = 1, SmallestMass = 5;

    private readonly Cloud[] clouds = [new(4), new(4), new(4), new(3)];
    private readonly ConstituentMatching matching = new();
    private readonly EnergyMover mover = new();
    private readonly TransverseFlow first = new(), second = new();
    private double[] original = [], reconstructed = [];
    private int originals, reconstructeds;
    private FourMomentum jet, reconstructedJet;

    private ReadOnlySpan<double> Original => original.AsSpan(0, 4 * originals);

    private ReadOnlySpan<double> Reconstructed => reconstructed.AsSpan(0, 4 * reconstructeds);

    private double Pt => Math.Max(jet.Pt, SmallestPt);

    /// <summary>Takes the next pair: four-momenta (E, px, py, pz) [GeV], shapes [n, 4] and [m, 4].</summary>
    public void Take(ReadOnlySpan<double> originalMomenta, ReadOnlySpan<double> reconstructedMomenta)
    {
        bool none = originalMomenta.IsEmpty && reconstructedMomenta.IsEmpty;
        originals = Copy(originalMomenta, ref original, none);
        reconstructeds = Copy(reconstructedMomenta, ref reconstructed, none);
        (jet, reconstructedJet) = (RelativeCoordinates.Sum(Original), RelativeCoordinates.Sum(Reconstructed));
        foreach (var cloud in clouds) cloud.Filled = false;
    }

    /// <summary>Mean distance to the nearest reconstructed constituent plus the mean the other way round (arXiv:2212.07347 §5.3): not squared, no ½.</summary>
    public double Chamfer(PairCoordinates coordinates) => Nearest(coordinates, squared: false);

    /// <summary>½ (mean squared distance to the nearest + the mean the other way round): the loss of that name.</summary>
    public double ChamferSquared(PairCoordinates coordinates) => 0.5 * Nearest(coordinates, squared: true);

    /// <summary>Mean squared distance after the cheapest one-to-one matching.</summary>
    public double Hungarian(PairCoordinates coordinates)
    {
        var cloud = Filled(coordinates);
        return matching.MeanSquare(cloud.Reconstructed, cloud.Original, cloud.Dimensions);
    }

    /// <summary>Energy mover's distance in (pseudorapidity, azimuth) with transverse momenta as weights, R = β = 1 (arXiv:1902.02346).</summary>
    public double EnergyMover(PairCoordinates coordinates)
    {
        if (coordinates == PairCoordinates.Relative)
        {
            var cloud = Filled(coordinates);
            first.TakeRelative(cloud.Reconstructed);
            second.TakeRelative(cloud.Original);
            return mover.Distance(first.Flow, second.Flow);
        }

        first.Take(Reconstructed);
        second.Take(Original);
        double distance = mover.Distance(first.Flow, second.Flow);
        return coordinates == PairCoordinates.PerPt ? distance / Pt : distance;
    }

    /// <summary>Squared difference of the two jets; in relative coordinates that of (η, φ, pT/pT of the original).</summary>
    public double Jet(PairCoordinates coordinates)
    {
        if (coordinates == PairCoordinates.Relative)
        {
            double eta = RelativeCoordinates.Pseudorapidity(reconstructedJet) - RelativeCoordinates.Pseudorapidity(jet);
            double phi = FourMomentum.DeltaPhi(reconstructedJet.Azimuth, jet.Azimuth), pt = (reconstructedJet.Pt - jet.Pt) / Pt;
            return eta * eta + phi * phi + pt * pt;
        }

        var difference = reconstructedJet - jet;
        Span<double> d = [difference.E, difference.Px, difference.Py, difference.Pz];
        Scale(coordinates, d, d);
        return d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + d[3] * d[3];
    }

    private double Nearest(PairCoordinates coordinates, bool squared)
    {
        var cloud = Filled(coordinates);
        double there = 0, back = 0;
        foreach (double d in cloud.OfOriginal) there += squared ? d : Math.Sqrt(d);
        foreach (double d in cloud.OfReconstructed) back += squared ? d : Math.Sqrt(d);
        return originals == 0 ? 0 : there / originals + back / reconstructeds;
    }

    private Cloud Filled(PairCoordinates coordinates)
    {
        var cloud = clouds[(int)coordinates];
        if (cloud.Filled) return cloud;
        cloud.Reserve(originals, reconstructeds);
        if (coordinates == PairCoordinates.Relative)
        {
            RelativeCoordinates.Of(Original, cloud.Original);
            RelativeCoordinates.Of(Reconstructed, cloud.Reconstructed);
        }
        else
        {
            Scale(coordinates, Original, cloud.Original);
            Scale(coordinates, Reconstructed, cloud.Reconstructed);
        }

        cloud.FindNearest();
        return cloud;
    }

    private void Scale(PairCoordinates coordinates, ReadOnlySpan<double> from, Span<double> to)
    {
        double scale = coordinates switch { PairCoordinates.PerPt => Pt, PairCoordinates.AtRest => Math.Max(jet.Mass, SmallestMass), _ => 1 };
        if (coordinates == PairCoordinates.AtRest) RestFrame.Of(jet, SmallestMass).Boost(from, to);
        else if (from != to) from.CopyTo(to);
        for (int i = 0; i < to.Length; i++) to[i] /= scale;
    }

    private static int Copy(ReadOnlySpan<double> momenta, ref double[] to, bool none)
    {
        int count = none ? 0 : Math.Max(1, momenta.Length / 4);
        if (to.Length < 4 * count) to = new double[4 * count];
        Array.Clear(to);
        momenta.CopyTo(to);
        return count;
    }

    /// <summary>Both jets as points, with the squared distance of each to the nearest of the other.</summary>
    private sealed class Cloud(int dimensions)
    {
        private double[] original = [], reconstructed = [], ofOriginal = [], ofReconstructed = [];
        private int originals, reconstructeds;

        public int Dimensions => dimensions;

        public bool Filled { get; set; }

        public Span<double> Original => original.AsSpan(0, dimensions * originals);

        public Span<double> Reconstructed => reconstructed.AsSpan(0, dimensions * reconstructeds);

        public ReadOnlySpan<double> OfOriginal => ofOriginal.AsSpan(0, originals);

        public ReadOnlySpan<double> OfReconstructed => ofReconstructed.AsSpan(0, reconstructeds);

        public void Reserve(int n, int m)
        {
            (originals, reconstructeds) = (n, m);
            if (ofOriginal.Length < n) (original, ofOriginal) = (new double[dimensions * n], new double[n]);
            if (ofReconstructed.Length < m) (reconstructed, ofReconstructed) = (new double[dimensions * m], new double[m]);
        }

        public void FindNearest()
        {
            Array.Fill(ofOriginal, double.PositiveInfinity, 0, originals);
            Array.Fill(ofReconstructed, double.PositiveInfinity, 0, reconstructeds);
            for (int i = 0; i < originals; i++)
                for (int j = 0; j < reconstructeds; j++)
                {
                    double distance = 0;
                    for (int k = 0; k < dimensions; k++)
                    {
                        double d = original[dimensions * i + k] - reconstructed[dimensions * j + k];
                        distance += d * d;
                    }

                    if (distance < ofOriginal[i]) ofOriginal[i] = distance;
                    if (distance < ofReconstructed[j]) ofReconstructed[j] = distance;
                }

            Filled = true;
        }
    }
}
