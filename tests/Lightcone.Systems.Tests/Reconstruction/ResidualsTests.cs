using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;

namespace Lightcone.Tests.Reconstruction;

public sealed class ResidualsTests
{
    private static JetBatch Jet(params (double Pt, double Eta, double Phi)[] constituents) => new()
    {
        Rows = [0],
        Offsets = [0, constituents.Length],
        Momenta = [.. constituents.Select(c => FourMomentum.FromPtEtaPhiMass(c.Pt, c.Eta, c.Phi, 0)).SelectMany(p => (double[])[p.E, p.Px, p.Py, p.Pz])],
    };

    private static Residuals Of(JetBatch original, JetBatch reconstructed)
    {
        var residuals = new Residuals();
        for (int jet = 0; jet < original.JetCount; jet++) residuals.Add(new ReconstructedJets(original, reconstructed, []), jet);
        return residuals;
    }

    [Fact]
    public void The_truth_stands_below()
    {
        // Everything 20 % harder in the same directions: +20 % of the truth, where a denominator of the reconstruction would give 1/6.
        JetBatch original = Jet((100, 1.0, 0.5), (50, 1.2, 0.9)), reconstructed = Jet((120, 1.0, 0.5), (60, 1.2, 0.9));
        var residuals = Of(original, reconstructed);
        Assert.Equal(0.2, residuals.Mass.Single(), 1e-9);
        Assert.Equal(0.2, residuals.Pt.Single(), 1e-12);
        Assert.Equal(0, residuals.Eta.Single(), 1e-12);
        Assert.Equal(0, residuals.Phi.Single(), 1e-12);
        Assert.All(residuals.ConstituentPt, r => Assert.Equal(0, r, 1e-12)); // shares of the jet's pT
        Assert.Equal(original.Jet(0).Mass, residuals.Masses.Single().Original);
        Assert.Equal(1.2 * original.Jet(0).Mass, residuals.Masses.Single().Reconstructed, 1e-8);
        Assert.Equal(-1 / 6.0, Of(reconstructed, original).Pt.Single(), 1e-12);
    }

    [Fact]
    public void A_jet_moved_in_pseudorapidity_and_azimuth_differs_by_that_much()
    {
        var residuals = Of(Jet((100, 1.0, 0.5)), Jet((100, 1.5, 0.4)));
        Assert.Equal(0.5, residuals.Eta.Single(), 1e-12);
        Assert.Equal(-0.1, residuals.Phi.Single(), 1e-12);
    }

    [Fact]
    public void Azimuths_are_compared_the_short_way_round()
    {
        var residuals = Of(Jet((100, 0.3, Math.PI - 0.01)), Jet((100, 0.3, 0.02 - Math.PI)));
        Assert.Equal(0.03, residuals.Phi.Single(), 1e-12);
        // The same jet, wherever the circle is cut.
        JetBatch original = ToyJets.Make([5, 8], 1), reconstructed = ToyJets.Make([6, 8], 2);
        var here = Of(original, reconstructed);
        for (double angle = 0.4; angle < 6.2; angle += 0.4)
        {
            var turn = LorentzTransform.Rotation(0, 0, 1, angle);
            var there = Of(JetPairs.Seen(original, turn), JetPairs.Seen(reconstructed, turn));
            foreach (var (a, b) in here.ConstituentPhi.Zip(there.ConstituentPhi)) Assert.Equal(a, b, 1e-9 * Math.Max(1, Math.Abs(a)));
            foreach (var (a, b) in here.Phi.Zip(there.Phi)) Assert.Equal(a, b, 1e-11);
        }
    }

    [Fact]
    public void Constituents_are_compared_with_their_partners_and_those_without_one_are_not()
    {
        JetBatch original = Jet((100, 1.0, 0.5), (50, 1.2, 0.9)), reconstructed = Jet((50, 1.2, 0.9), (1, 2.5, -1), (100, 1.0, 0.5));
        var residuals = Of(original, reconstructed);
        Assert.Equal(2, residuals.ConstituentPt.Count);
        Assert.Equal(2, residuals.ConstituentEta.Count);
        Assert.Equal(2, residuals.ConstituentPhi.Count);
        Assert.Equal([100.0, 50], residuals.ConstituentPts.Original.Select(p => Math.Round(p, 9)));
        Assert.Equal([50.0, 1, 100], residuals.ConstituentPts.Reconstructed.Select(p => Math.Round(p, 9)));
        double share = 100 / original.Jet(0).Pt, rebuilt = 100 / reconstructed.Jet(0).Pt;
        Assert.Equal((rebuilt - share) / share, residuals.ConstituentPt[0], 1e-12);
        double eta = 1.0 - original.Jet(0).Pseudorapidity, phi = 0.5 - original.Jet(0).Azimuth;
        Assert.Equal((1.0 - reconstructed.Jet(0).Pseudorapidity - eta) / eta, residuals.ConstituentEta[0], 1e-12);
        Assert.Equal((0.5 - reconstructed.Jet(0).Azimuth - phi) / phi, residuals.ConstituentPhi[0], 1e-12);
        Assert.Equal(2, Of(reconstructed, original).ConstituentPt.Count);
    }

    [Fact]
    public void A_reconstruction_without_error_has_none()
    {
        var jets = ToyJets.Make([3, 12, 30], 4);
        var residuals = Of(jets, JetPairs.Shuffled(jets, 1));
        Assert.Equal(45, residuals.ConstituentPt.Count);
        // A mass is a difference of energy and momentum: rounding of the sum in another order grows by (E/m)².
        Assert.All(residuals.Mass, r => Assert.Equal(0, r, 1e-9));
        foreach (var values in (List<double>[])[residuals.Pt, residuals.Eta, residuals.Phi]) Assert.All(values, r => Assert.Equal(0, r, 1e-12));
        foreach (var values in (List<double>[])[residuals.ConstituentPt, residuals.ConstituentEta, residuals.ConstituentPhi]) Assert.All(values, r => Assert.Equal(0, r, 1e-9));
    }

    [Fact]
    public void Space_like_reconstructions_have_a_negative_mass()
    {
        JetBatch original = Jet((100, 0, 0), (100, 0.4, 0)), reconstructed = JetPairs.With(original, [90, 100, 0, 0, 90, 100, 0, 0]);
        Assert.Equal(-Math.Sqrt(200 * 200 - 180 * 180), Of(original, reconstructed).Masses.Single().Reconstructed, 1e-9);
        Assert.True(Of(original, reconstructed).Mass.Single() < -1);
    }

    [Fact]
    public void Empty_jets_are_left_out()
    {
        var residuals = Of(ToyJets.Make([0, 4, 5, 0], 1), ToyJets.Make([3, 0, 5, 0], 2));
        Assert.Single(residuals.Mass);
        Assert.Single(residuals.Pts);
        Assert.Equal(5, residuals.ConstituentPts.Original.Count);
    }

    [Fact]
    public void A_lone_constituent_has_no_mass_to_compare_and_no_place_in_its_jet()
    {
        var residuals = Of(Jet((100, 1, 0.5)), Jet((90, 1.1, 0.4)));
        Assert.False(double.IsFinite(residuals.ConstituentEta.Single()));
        Assert.False(double.IsFinite(residuals.ConstituentPhi.Single()));
        Assert.Equal(0, residuals.ConstituentPt.Single(), 1e-12);
        Assert.Equal(-0.1, residuals.Pt.Single(), 1e-12);
    }
}
