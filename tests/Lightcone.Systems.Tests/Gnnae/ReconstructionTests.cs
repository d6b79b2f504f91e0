using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Gnnae;
using Lightcone.Systems.LorentzNet;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Gnnae;

public sealed class ReconstructionTests
{
    private static readonly JetBatch Jets = ToyJets.Make([5, 0, 30, 1, 17, 2, 9, 24], 61);

    [Theory]
    [MemberData(nameof(GnnaeCases.All), MemberType = typeof(GnnaeCases))]
    public void A_jet_is_rebuilt_alike_alone_and_beside_longer_jets(GnnaeLevel level, GnnaeCoordinates coordinates, GnnaeMode mode)
    {
        // Latents are float32 numbers; constituents come from float64 layers or float32 ones.
        foreach (var (precision, tolerance) in new[] { (Precision.Float64, 1e-12), (Precision.Float32, 1e-5) })
        {
            var recipe = GnnaeCases.Recipe(level, coordinates, mode) with { Network = precision };
            using var model = GnnaeCases.Model(recipe);
            var together = model.Reconstruct(Jets);
            var alone = Enumerable.Range(0, Jets.JetCount).Select(jet => model.Reconstruct(Jets.Select([jet]))).ToList();
            Assert.Equal(Jets.Rows, together.Reconstructed.Rows);
            Assert.Equal(model.LatentNumbers * Jets.JetCount, together.Latents.Length);
            Assert.True(GnnaeCases.Difference([.. alone.SelectMany(a => a.Reconstructed.Momenta)], together.Reconstructed.Momenta) < tolerance);
            Assert.True(GnnaeCases.Difference([.. alone.SelectMany(GnnaeCases.Latents)], GnnaeCases.Latents(together)) < Math.Max(1e-6, tolerance));
            for (int jet = 0; jet < Jets.JetCount; jet++)
                Assert.Equal(mode == GnnaeMode.Reference ? 30 : Jets.Multiplicity(jet), together.Reconstructed.Multiplicity(jet));
        }
    }

    [Fact]
    public void More_jets_than_are_computed_together_keep_their_order()
    {
        using var model = GnnaeCases.Model(GnnaeCases.Exact);
        var jets = ToyJets.Make(150, 5);
        var all = model.Reconstruct(jets);
        var last = model.Reconstruct(jets.Select([149]));
        Assert.Equal(jets.Offsets, all.Reconstructed.Offsets);
        Assert.True(GnnaeCases.Difference(all.Reconstructed.Momenta[(4 * jets.Offsets[149])..], last.Reconstructed.Momenta) < 1e-12);
        Assert.Equal(last.Latents, all.Latents[^model.LatentNumbers..]);
        double[][] scores = Scores(all), own = Scores(last);
        for (int k = 0; k < scores.Length; k++) Assert.Equal(own[k][0], scores[k][149], 1e-9 * scores[k].Max());
    }

    [Theory]
    [MemberData(nameof(GnnaeCases.All), MemberType = typeof(GnnaeCases))]
    public void The_order_of_the_constituents_does_not_matter_and_boosts_and_rotations_do(GnnaeLevel level, GnnaeCoordinates coordinates, GnnaeMode mode)
    {
        using var model = GnnaeCases.Model(GnnaeCases.Recipe(level, coordinates, mode));
        var here = model.Reconstruct(Jets);
        Assert.True(GnnaeSymmetry.ChangeOfOrder(model, here) < 1e-12);
        Assert.True(GnnaeSymmetry.Change(model, here, LorentzTransform.Boost(0.5, 0, 0)) > 1e-3);
        Assert.True(GnnaeSymmetry.Change(model, here, LorentzTransform.Rotation(1, 0, 0, 1)) > 1e-3);
    }

    [Fact]
    public void Relative_coordinates_know_no_rotation_about_the_beam_and_no_boost_along_it()
    {
        using var model = GnnaeCases.Model(GnnaeCases.Recipe(GnnaeLevel.Jet, GnnaeCoordinates.Relative));
        // Massless constituents move in η alone, but their jet has a mass and moves by something else: one constituent has none.
        var narrow = ToyJets.Make([1, 1], 8);
        Assert.True(GnnaeSymmetry.Change(model, model.Reconstruct(narrow), LorentzTransform.Boost(0, 0, 0.5)) < 1e-12);
        Assert.True(GnnaeSymmetry.Change(model, model.Reconstruct(Jets), LorentzTransform.Rotation(0, 0, 1, 1)) < 1e-12);
    }

    [Theory]
    [InlineData(GnnaeCoordinates.Cartesian)]
    [InlineData(GnnaeCoordinates.Relative)]
    public void A_network_that_gave_back_its_input_would_give_back_the_jet(GnnaeCoordinates coordinates)
    {
        var recipe = GnnaeCases.Exact with { Coordinates = coordinates };
        using var scope = NewDisposeScope();
        using var inputs = GnnaeInputs.Of(Jets, recipe);
        double[] made = GnnaeCases.Values(inputs.Momenta(inputs.Nodes, recipe) * inputs.Truth.Mask.unsqueeze(2)), truth = GnnaeCases.Values(inputs.Truth.Momenta);
        Assert.True(GnnaeCases.Difference(made, truth) < 1e-13);
        Assert.True(GnnaeCases.Difference(truth.Where((_, k) => k < 20).ToArray(), [.. Jets.Momenta[..20].Select(p => p / 300)]) < 1e-15);
    }

    [Fact]
    public void Of_a_longer_jet_the_hardest_constituents_are_kept_in_their_order()
    {
        double[] pt = [3, 9, 1, 7, 7, 7, 8];
        var jets = new JetBatch { Rows = [4], Offsets = [0, 7], Momenta = [.. pt.SelectMany((p, i) => (double[])[p + 100 * i, p, 0, 100 * i])], Labels = [1] };
        var cut = GnnaeInputs.Cut(jets, 4);
        Assert.Equal([9, 7, 7, 8], Enumerable.Range(0, 4).Select(c => cut.Constituent(c).Px));
        Assert.Equal([100, 300, 400, 600], Enumerable.Range(0, 4).Select(c => cut.Constituent(c).Pz));
        Assert.Equal((4L, 1), (cut.Rows[0], cut.Labels![0]));
        Assert.Same(jets, GnnaeInputs.Cut(jets, 7));
    }

    [Theory]
    [InlineData(GnnaeLevel.Jet)]
    [InlineData(GnnaeLevel.Particle)]
    public void A_longer_jet_is_rebuilt_from_its_hardest_constituents(GnnaeLevel level)
    {
        using var model = GnnaeCases.Model(GnnaeCases.Recipe(level) with { Slots = 10 });
        var jets = ToyJets.Make([25, 3], 9);
        ReconstructedJets whole = model.Reconstruct(jets), cut = model.Reconstruct(GnnaeInputs.Cut(jets, 10));
        Assert.Same(jets, whole.Original);
        Assert.Equal(cut.Reconstructed.Momenta, whole.Reconstructed.Momenta);
        Assert.Equal(cut.Latents, whole.Latents);
        Assert.Equal([0, 10, 13], whole.Reconstructed.Offsets);
    }

    [Theory]
    [InlineData(GnnaeLevel.Jet, GnnaeCoordinates.Cartesian, GnnaeMode.Reference, 7)]
    [InlineData(GnnaeLevel.Jet, GnnaeCoordinates.Cartesian, GnnaeMode.Corrected, 8)]
    [InlineData(GnnaeLevel.Jet, GnnaeCoordinates.Relative, GnnaeMode.Corrected, 11)]
    [InlineData(GnnaeLevel.Particle, GnnaeCoordinates.Relative, GnnaeMode.Reference, 213)]
    [InlineData(GnnaeLevel.Particle, GnnaeCoordinates.Cartesian, GnnaeMode.Corrected, 211)]
    public void Whatever_goes_round_the_network_counts_as_latent(GnnaeLevel level, GnnaeCoordinates coordinates, GnnaeMode mode, int expected)
    {
        using var model = GnnaeCases.Model(GnnaeCases.Recipe(level, coordinates, mode));
        Assert.Equal(expected, model.LatentNumbers);
        var axis = Jets.Jet(4);
        float[] row = model.Reconstruct(Jets).Latents[(4 * expected)..(5 * expected)];
        if (mode == GnnaeMode.Corrected) Assert.Equal(17, row[0]);
        if (coordinates == GnnaeCoordinates.Relative)
            Assert.Equal([(float)axis.Pt, (float)axis.Pseudorapidity, (float)axis.Azimuth], mode == GnnaeMode.Corrected ? row[1..4] : row[..3]);
        if (level == GnnaeLevel.Particle) Assert.All(row[^(13 * 7)..], v => Assert.Equal(mode == GnnaeMode.Corrected, v == 0)); // thirteen of thirty slots are empty
    }

    [Theory]
    [MemberData(nameof(GnnaeCases.All), MemberType = typeof(GnnaeCases))]
    public void Odd_jets_have_finite_numbers_in_float32(GnnaeLevel level, GnnaeCoordinates coordinates, GnnaeMode mode)
    {
        // Nothing; a constituent at rest; one along the beam; a jet without transverse momentum; one far forward and soft.
        var jets = new JetBatch
        {
            Rows = [0, 1, 2, 3, 4],
            Offsets = [0, 0, 1, 2, 4, 6],
            Momenta = [0, 0, 0, 0, 50, 0, 0, 50, 30, 30, 0, 0, 30, -30, 0, 0, 1e4, 1e-9, 0, -1e4, 100, 100, 0, 0],
        };
        var recipe = GnnaeCases.Recipe(level, coordinates, mode) with { Network = Precision.Float32, MomentumUnit = 1e4 };
        using var model = GnnaeCases.Model(recipe);
        var made = model.Reconstruct(jets);
        Assert.All(made.Reconstructed.Momenta, v => Assert.True(double.IsFinite(v)));
        Assert.All(made.Latents, v => Assert.True(float.IsFinite(v)));
        Assert.All(Scores(made).SelectMany(s => s), v => Assert.True(double.IsFinite(v)));
        if (mode == GnnaeMode.Corrected)
        {
            Assert.All(made.Latents[(model.LatentNumbers - recipe.Latent)..model.LatentNumbers], v => Assert.Equal(0, v));
            Assert.Equal(0, made.Reconstructed.Multiplicity(0));
            Assert.All(Scores(made), s => Assert.Equal(0, s[0]));
        }

        Assert.Empty(model.Reconstruct(JetBatch.Empty).Latents);
    }

    private static double[][] Scores(ReconstructedJets jets) => ReconstructionScores.Of(ReconstructionScores.All, jets.Original, jets.Reconstructed);
}
