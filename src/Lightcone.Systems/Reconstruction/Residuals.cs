using Lightcone.Kinematics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// How far reconstructed jets and constituents lie from the true ones, (reconstructed − true)/true with the truth below, azimuths as differences [rad]
/// (arXiv:2212.07347, §5.2). Constituents are matched by the cheapest assignment on (Δη, Δφ, pT/pT_jet).
/// </summary>
internal sealed class Residuals
{
    private readonly ConstituentMatching matching = new();
    private double[] original = [], reconstructed = [];

    /// <summary>Jet mass, signed where the square is negative.</summary>
    public List<double> Mass { get; } = [];

    /// <summary>Jet pT.</summary>
    public List<double> Pt { get; } = [];

    /// <summary>Jet pseudorapidity.</summary>
    public List<double> Eta { get; } = [];

    /// <summary>Jet azimuth, a difference [rad].</summary>
    public List<double> Phi { get; } = [];

    /// <summary>pT/pT_jet of constituents.</summary>
    public List<double> ConstituentPt { get; } = [];

    /// <summary>η − η_jet of constituents.</summary>
    public List<double> ConstituentEta { get; } = [];

    /// <summary>φ − φ_jet of constituents.</summary>
    public List<double> ConstituentPhi { get; } = [];

    /// <summary>Masses of jets and of their reconstructions [GeV].</summary>
    public List<(double Original, double Reconstructed)> Masses { get; } = [];

    /// <summary>pT of jets and of their reconstructions [GeV].</summary>
    public List<(double Original, double Reconstructed)> Pts { get; } = [];

    /// <summary>pT of constituents, original and reconstructed, unmatched [GeV].</summary>
    public (List<double> Original, List<double> Reconstructed) ConstituentPts { get; } = ([], []);

    /// <summary>Adds one jet; one without constituents has no residuals.</summary>
    public void Add(ReconstructedJets jets, int jet)
    {
        if (jets.Original.Multiplicity(jet) == 0 || jets.Reconstructed.Multiplicity(jet) == 0) return;
        FourMomentum p = jets.Original.Jet(jet), q = jets.Reconstructed.Jet(jet);
        Masses.Add((SignedMass(p), SignedMass(q)));
        Pts.Add((p.Pt, q.Pt));
        Mass.Add(jets.Original.Multiplicity(jet) > 1 ? (SignedMass(q) - SignedMass(p)) / SignedMass(p) : double.NaN); // one constituent's mass is rounding
        Pt.Add((q.Pt - p.Pt) / p.Pt);
        Eta.Add((q.Pseudorapidity - p.Pseudorapidity) / p.Pseudorapidity);
        Phi.Add(FourMomentum.DeltaPhi(q.Azimuth, p.Azimuth));
        AddConstituents(Momenta(jets.Original, jet), Momenta(jets.Reconstructed, jet));
    }

    private void AddConstituents(ReadOnlySpan<double> truth, ReadOnlySpan<double> rebuilt)
    {
        var x = Relative(truth, ref original);
        var y = Relative(rebuilt, ref reconstructed);
        matching.MeanSquare(x, y, RelativeCoordinates.Dimensions);
        for (int a = 0; a < matching.Partner.Length; a++)
        {
            int b = matching.Partner[a];
            if (b < 0) continue;
            ConstituentEta.Add((y[3 * b] - x[3 * a]) / x[3 * a]);
            ConstituentPhi.Add(FourMomentum.DeltaPhi(y[3 * b + 1], x[3 * a + 1]) / x[3 * a + 1]);
            ConstituentPt.Add((y[3 * b + 2] - x[3 * a + 2]) / x[3 * a + 2]);
        }

        for (int i = 0; i < truth.Length; i += 4) ConstituentPts.Original.Add(double.Hypot(truth[i + 1], truth[i + 2]));
        for (int i = 0; i < rebuilt.Length; i += 4) ConstituentPts.Reconstructed.Add(double.Hypot(rebuilt[i + 1], rebuilt[i + 2]));
    }

    private static Span<double> Relative(ReadOnlySpan<double> momenta, ref double[] memory)
    {
        if (memory.Length < momenta.Length) memory = new double[momenta.Length];
        var relative = memory.AsSpan(0, momenta.Length / 4 * RelativeCoordinates.Dimensions);
        RelativeCoordinates.Of(momenta, relative);
        return relative;
    }

    private static ReadOnlySpan<double> Momenta(Jets.JetBatch jets, int jet) => jets.Momenta.AsSpan(4 * jets.Offsets[jet], 4 * jets.Multiplicity(jet));

    private static double SignedMass(FourMomentum p) => p.MassSquared is var m2 && m2 < 0 ? -Math.Sqrt(-m2) : Math.Sqrt(m2);
}
