using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Lgae;
using Lightcone.Tests.Training;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Lgae;

/// <summary>Trained networks as the rest of the program uses them.</summary>
[Collection(SeededGenerator.Name)]
public sealed class LgaeModelTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_ends_of_a_walk_are_the_reconstructions_of_its_two_jets()
    {
        using var model = LgaeModel.Load(LgaeRuns.In(folder["run"], LgaeRuns.Small, loudness: 2));
        var ends = ToyJets.Make([9, 4], 3);
        var walk = model.Interpolate(ends, 6);
        Assert.Equal([9, 8, 7, 6, 5, 4], walk.Select(jet => jet.Count));
        var rebuilt = model.Rebuild(ends);
        foreach (int end in (int[])[0, 1])
        {
            double[] expected = rebuilt.Constituents[(4 * rebuilt.Offsets[end])..(4 * rebuilt.Offsets[end + 1])];
            var jet = ends.Jet(end);
            LorentzTransform.Rotation(0, 0, 1, -jet.Azimuth).After(LorentzTransform.Boost(0, 0, -jet.Pz / jet.E)).Apply(expected);
            double[] actual = [.. walk[5 * end].SelectMany(p => (double[])[p.E, p.Px, p.Py, p.Pz])];
            double size = expected.Max(Math.Abs);
            Assert.True(size > 0);
            foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e, a, 1e-11 * size); // one decoded where the jet rests, one where it flies
        }

        Assert.NotEqual(walk[0][0].E, walk[1][0].E);
    }

    [Theory]
    [InlineData(LgaeMode.Corrected)]
    [InlineData(LgaeMode.Reference)]
    public void A_jet_is_rebuilt_alike_in_any_batch(LgaeMode mode)
    {
        using var model = LgaeModel.Load(LgaeRuns.In(folder["run"], mode == LgaeMode.Corrected ? LgaeRuns.Small : LgaeRuns.Published, loudness: 2));
        var jets = ToyJets.Make([.. Enumerable.Range(0, 140).Select(j => j % 13)], 4); // more than one batch, empty and lone jets among them
        var together = model.Reconstruct(jets);
        Assert.Equal(jets.Rows, together.Reconstructed.Rows);
        Assert.Equal(model.LatentNumbers * jets.JetCount, together.Latents.Length);
        if (mode == LgaeMode.Corrected) Assert.Equal(jets.Offsets, together.Reconstructed.Offsets);
        double size = together.Reconstructed.Momenta.Max(Math.Abs);
        foreach (int jet in (int[])[0, 1, 2, 12, 127, 128, 139])
        {
            var alone = model.Reconstruct(jets.Select([jet]));
            double[] expected = together.Reconstructed.Momenta[(4 * together.Reconstructed.Offsets[jet])..(4 * together.Reconstructed.Offsets[jet + 1])];
            Assert.Equal(expected.Length, alone.Reconstructed.Momenta.Length);
            foreach (var (e, a) in expected.Zip(alone.Reconstructed.Momenta)) Assert.Equal(e, a, 1e-12 * size);
            foreach (var (e, a) in together.Latents.AsSpan(jet * model.LatentNumbers, model.LatentNumbers).ToArray().Zip(alone.Latents)) Assert.Equal(e, a, 1e-6f * Math.Max(1, Math.Abs(e)));
        }

        Assert.Equal(0, model.Reconstruct(JetBatch.Empty).Reconstructed.JetCount);
    }

    [Fact]
    public void The_corrected_network_keeps_the_symmetry_and_the_published_normalisation_breaks_it()
    {
        var jets = ToyJets.Make([2, 5, 12, 7, 1, 0], 6);
        var corrected = LgaeSymmetry.Check(LgaeRuns.In(folder["corrected"], LgaeRuns.Small, loudness: 2), jets);
        Assert.All(corrected.Gates, g => Assert.True(g.Passed, $"{g.Name}: {g.Measured:E1} > {g.Limit:E1}"));
        Assert.All(corrected.Variants, v => Assert.True(v.LargestOutput > 0));
        Assert.True(corrected.Variants[2].LargestChange.Max() > corrected.Variants[1].LargestChange.Max(), "float32 rounds more than float64");
        var published = LgaeSymmetry.Check(LgaeRuns.In(folder["published"], LgaeRuns.Published, loudness: 4), jets);
        Assert.All(published.Gates, g => Assert.False(g.Passed, $"{g.Name}: {g.Measured:E1}"));
    }

    [Fact]
    public void Jets_without_constituents_are_none_to_measure_a_symmetry_on() =>
        Assert.Throws<InputDataException>(() => LgaeSymmetry.Check(LgaeRuns.In(folder["run"], LgaeRuns.Small), ToyJets.Make([0, 0], 1)));

    [Fact]
    public void A_few_steps_of_the_published_training_lower_its_loss()
    {
        manual_seed(2);
        using var task = new LgaeTask(LgaeRuns.Published with { L1 = 1e-8 });
        var jets = ToyJets.Make(24, 7, least: 3, most: 12);
        double before = Loss();
        using (var adam = new AdamW(task.Network, 0.9, 0.999, 1e-8, weightDecay: 0))
        {
            for (int step = 0; step < 20; step++)
            {
                using var scope = NewDisposeScope();
                adam.ZeroGradients();
                task.Loss(jets).backward();
                task.AfterBackward();
                adam.Step(1e-2);
            }
        }

        double after = Loss();
        // Fresh weights return almost nothing, so the loss begins at the size of the jets; small steps have already taken a tenth off.
        Assert.True(double.IsFinite(after) && after < 0.9 * before, $"{before} becomes {after}");
        Assert.Equal(task.Validate([jets])["loss"], after, 1e-6 * after);

        double Loss()
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            return task.Loss(jets).to(ScalarType.Float64).item<double>();
        }
    }

    [Fact]
    public void Latent_vectors_that_know_nothing_of_the_mass_are_still_drawn()
    {
        using var model = LgaeModel.Load(LgaeRuns.In(folder["run"], LgaeRuns.Small));
        var one = ToyJets.Make([5], 1);
        var jets = JetBatch.Concatenate([one, one, one]); // no spread, so no correlation
        var invariants = new LatentInvariants(model.Recipe, new LatentSample(jets, model.Rebuild(jets), null, ("", "")));
        Assert.Equal(3, invariants.BestMassSquared.Length);
        Assert.NotEmpty(invariants.NameOfBest);
        Assert.All(invariants.Correlations.SelectMany(r => r), r => Assert.True(double.IsNaN(r)));
    }

    [Fact]
    public void Pearson_is_one_for_a_line_and_not_a_number_without_spread()
    {
        Assert.Equal(1, LatentInvariants.Pearson([1, 2, 4], [5, 7, 11]), 1e-15);
        Assert.Equal(-1, LatentInvariants.Pearson([1, 2, 4], [-1, -2, -4]), 1e-15);
        Assert.Equal(0, LatentInvariants.Pearson([-1, 0, 1], [1, 0, 1]), 1e-15);
        Assert.True(double.IsNaN(LatentInvariants.Pearson([1, 1], [1, 2])));
    }
}
