using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;

namespace Lightcone.Tests.Reconstruction;

public sealed class ReconstructionScoreTests
{
    public static TheoryData<string> Ids => [.. ReconstructionScores.All.Select(s => s.Id)];

    private static ReconstructionScore Score(string id) => ReconstructionScores.Find(id)!;

    [Fact]
    public void Names_are_unique_and_fit_into_files()
    {
        Assert.Equal(ReconstructionScores.All.Count, ReconstructionScores.All.Select(s => s.Id).Distinct().Count());
        Assert.All(ReconstructionScores.All, s => Assert.Matches("^[a-z]+(-[a-z]+)*$", s.Id));
        Assert.Null(ReconstructionScores.Find("none"));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Jets_of_a_batch_score_as_one_by_one(string id)
    {
        var (reconstructed, original) = JetPairs.Ragged();
        double[] together = Score(id).Of(original, reconstructed), all = ReconstructionScores.Of(ReconstructionScores.All, original, reconstructed)[ReconstructionScores.All.ToList().IndexOf(Score(id))];
        double[] alone = [.. Enumerable.Range(0, original.JetCount).Select(jet => Score(id).Of(original.Select([jet]), reconstructed.Select([jet]))[0])];
        Assert.Equal(alone, together);
        Assert.Equal(alone, all);
        // A batched comparison of the reconstruction with itself would be 0 everywhere.
        Assert.All(Enumerable.Range(0, original.JetCount).Where(jet => original.Multiplicity(jet) > 0 && reconstructed.Multiplicity(jet) > 0), jet => Assert.True(together[jet] > 0));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_jet_against_itself_in_another_order_scores_nothing(string id)
    {
        var jets = ToyJets.Make([1, 3, 7, 30], 5);
        double[] same = Score(id).Of(jets, jets), shuffled = Score(id).Of(jets, JetPairs.Shuffled(jets, 1));
        Assert.All(same, s => Assert.Equal(0, s));
        // The sum over constituents rounds by their order: a few 1e-16 of the jet's energy, boosted by its γ ≲ 100 (relative ones: of their axis).
        if (id is "chamfer" or "chamfer-squared" or "hungarian" or "emd" or "emd-pt" or "chamfer-pt") Assert.All(shuffled, s => Assert.Equal(0, s));
        else Assert.All(shuffled, s => Assert.Equal(0, s, 1e-11));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Empty_jets_are_nothing_apart_and_finite_from_others(string id)
    {
        JetBatch none = ToyJets.Make([0], 1), some = ToyJets.Make([3], 1);
        Assert.Equal(0, Score(id).Of(none, none)[0]);
        Assert.True(double.IsFinite(Score(id).Of(none, some)[0]) && double.IsFinite(Score(id).Of(some, none)[0]));
        JetBatch atRest = new() { Rows = [0], Offsets = [0, 2], Momenta = [0, 0, 0, 0, 5, 0, 0, 5] };
        Assert.True(double.IsFinite(Score(id).Of(some, atRest)[0]) && double.IsFinite(Score(id).Of(atRest, some)[0]));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Twice_the_momenta_leave_scaled_scores_alone(string id)
    {
        var (reconstructed, original) = (ToyJets.Make([5, 12, 30], 1), ToyJets.Make([7, 3, 30], 2));
        var score = Score(id);
        double[] once = score.Of(original, reconstructed), twice = score.Of(Times(2, original), Times(2, reconstructed));
        double power = score.Unit switch { null => 1, "GeV" => 2, _ => 4 };
        for (int jet = 0; jet < 3; jet++) Assert.Equal(power * once[jet], twice[jet], 1e-9 * power * once[jet]);
    }

    [Theory]
    [InlineData("chamfer-rest")]
    [InlineData("chamfer-squared-rest")]
    [InlineData("hungarian-rest")]
    [InlineData("jet-rest")]
    public void Scores_at_rest_do_not_see_the_frame(string id)
    {
        var (reconstructed, original) = (ToyJets.Make([5, 12, 30], 1), ToyJets.Make([7, 3, 30], 2));
        var frame = LorentzTransform.Boost(0.5, -0.6, 0.4).After(LorentzTransform.Rotation(1, 2, 3, 1.3));
        double[] here = Score(id).Of(original, reconstructed), there = Score(id).Of(JetPairs.Seen(original, frame), JetPairs.Seen(reconstructed, frame));
        for (int jet = 0; jet < 3; jet++) Assert.Equal(here[jet], there[jet], 1e-9 * here[jet]);
    }

    [Theory]
    [InlineData("chamfer-relative")]
    [InlineData("hungarian-relative")]
    [InlineData("emd-relative")]
    [InlineData("emd-pt")]
    [InlineData("jet-relative")]
    public void Scores_in_angles_do_not_see_where_the_circle_is_cut(string id)
    {
        var (reconstructed, original) = (ToyJets.Make([5, 12, 30], 1), ToyJets.Make([7, 3, 30], 2));
        double[] here = Score(id).Of(original, reconstructed);
        for (double angle = 0.5; angle < 6.3; angle += 0.5)
        {
            var turn = LorentzTransform.Rotation(0, 0, 1, angle);
            double[] there = Score(id).Of(JetPairs.Seen(original, turn), JetPairs.Seen(reconstructed, turn));
            for (int jet = 0; jet < 3; jet++) Assert.Equal(here[jet], there[jet], 1e-9 * here[jet]);
        }
    }

    [Fact]
    public void Relative_scores_see_the_shape_alone()
    {
        var jets = ToyJets.Make([5, 12, 30], 1);
        var turned = JetPairs.Seen(Times(3, jets), LorentzTransform.Rotation(0, 0, 1, 2));
        foreach (string id in (string[])["chamfer-relative", "chamfer-squared-relative", "hungarian-relative", "emd-relative"])
            Assert.All(Score(id).Of(jets, turned), s => Assert.Equal(0, s, 1e-12));
        Assert.All(Score("jet-relative").Of(jets, turned), s => Assert.Equal(4 + Math.Pow(2, 2), s, 1e-9)); // pT three times, azimuth off by 2
    }

    [Fact]
    public void Scores_by_hand()
    {
        // Two constituents of 10 and 5 GeV at η = 0; the reconstruction has one of 10 GeV, 0.3 further in azimuth.
        JetBatch original = Jet((10, 0, 0), (5, 0, 0)), reconstructed = Jet((10, 0, 0.3));
        double x = 10 * Math.Cos(0.3), y = 10 * Math.Sin(0.3);
        double large = (10 - x) * (10 - x) + y * y, small = 25 + (5 - x) * (5 - x) + y * y, jet = 25 + (15 - x) * (15 - x) + y * y;
        Assert.Equal((Math.Sqrt(large) + Math.Sqrt(small)) / 2 + Math.Sqrt(large), Score("chamfer").Of(original, reconstructed)[0], 1e-12);
        Assert.Equal(0.5 * ((large + small) / 2 + large), Score("chamfer-squared").Of(original, reconstructed)[0], 1e-11);
        Assert.Equal((large + 50) / 2, Score("hungarian").Of(original, reconstructed)[0], 1e-11);
        Assert.Equal(10 * 0.3 + 5, Score("emd").Of(original, reconstructed)[0], 1e-12);
        Assert.Equal((10 * 0.3 + 5) / 15, Score("emd-pt").Of(original, reconstructed)[0], 1e-13);
        Assert.Equal(0, Score("emd-relative").Of(original, reconstructed)[0], 1e-13);
        Assert.Equal(jet, Score("jet").Of(original, reconstructed)[0], 1e-11);
        Assert.Equal(jet / 225, Score("jet-pt").Of(original, reconstructed)[0], 1e-13);
        Assert.Equal(0.09 + 1 / 9.0, Score("jet-relative").Of(original, reconstructed)[0], 1e-13);
        // Relative: (0, 0, ⅔), (0, 0, ⅓) against (0, 0, 1); matched with ⅔, ⅓ stays alone.
        Assert.Equal((1 / 9.0 + 1 / 9.0) / 2, Score("hungarian-relative").Of(original, reconstructed)[0], 1e-13);
    }

    [Fact]
    public void The_squared_Chamfer_is_the_loss_of_that_name()
    {
        var (reconstructed, original) = (ToyJets.Make([5, 12, 30], 1), ToyJets.Make([7, 3, 30], 2));
        double[] scores = Score("chamfer-squared").Of(original, reconstructed);
        double loss = JetPairs.Loss(new JetPairs.Recipe { Loss = ReconstructionLoss.Chamfer }, reconstructed, original);
        Assert.Equal(loss, scores.Average() / (JetPairs.Unit * JetPairs.Unit), 1e-12 * loss);
    }

    [Fact]
    public void A_momentum_that_is_not_a_number_is_named()
    {
        JetBatch jets = ToyJets.Make([3, 4], 1);
        var momenta = jets.Momenta.ToArray();
        momenta[4 * 3] = double.NaN;
        Assert.Contains("1", Assert.Throws<InputDataException>(() => Score("emd").Of(jets, JetPairs.With(jets, momenta))).Where);
        Assert.Throws<ArgumentException>(() => Score("emd").Of(jets, jets.Select([0])));
    }

    private static JetBatch Times(double factor, JetBatch jets) => JetPairs.With(jets, [.. jets.Momenta.Select(p => factor * p)]);

    private static JetBatch Jet(params (double Pt, double Eta, double Phi)[] constituents)
    {
        var momenta = constituents.Select(c => FourMomentum.FromPtEtaPhiMass(c.Pt, c.Eta, c.Phi, 0)).SelectMany(p => (double[])[p.E, p.Px, p.Py, p.Pz]).ToArray();
        return new() { Rows = [0], Offsets = [0, constituents.Length], Momenta = momenta };
    }
}
