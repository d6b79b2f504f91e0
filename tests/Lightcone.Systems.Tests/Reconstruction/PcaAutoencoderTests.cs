using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;

namespace Lightcone.Tests.Reconstruction;

public sealed class PcaAutoencoderTests
{
    private const int Passed = 4;

    private static readonly InMemorySource Training = ToyJets.Source(300, 1);

    private static double MeanSquare(PcaAutoencoder pca, JetBatch jets)
    {
        double[] rebuilt = pca.Reconstruct(jets).Reconstructed.Momenta;
        return jets.Momenta.Zip(rebuilt).Average(p => (p.First - p.Second) * (p.First - p.Second));
    }

    [Fact]
    public void With_94_numbers_nothing_is_lost()
    {
        using var pca = PcaAutoencoder.Fit(Training, 94);
        Assert.Equal(94, pca.LatentNumbers);
        // Also jets unlike those it was fitted on: all directions together are the whole space.
        foreach (var jets in (JetBatch[])[ToyJets.Make(50, 2), ToyJets.Make([30, 1, 0, 29], 3)])
        {
            var rebuilt = pca.Reconstruct(jets);
            Assert.Equal(jets.Offsets, rebuilt.Reconstructed.Offsets);
            Assert.Equal(jets.Rows, rebuilt.Reconstructed.Rows);
            Assert.Equal(94 * jets.JetCount, rebuilt.Latents.Length);
            double size = jets.Momenta.Max(Math.Abs);
            foreach (var (p, q) in jets.Momenta.Zip(rebuilt.Reconstructed.Momenta)) Assert.Equal(p, q, 1e-11 * size);
        }
    }

    [Fact]
    public void More_numbers_never_rebuild_the_training_jets_worse_and_few_not_well()
    {
        var jets = Training.Read(0, 300);
        double last = double.PositiveInfinity, full = jets.Momenta.Average(p => p * p);
        foreach (int numbers in (ReadOnlySpan<int>)[5, 8, 12, 20, 40])
        {
            using var pca = PcaAutoencoder.Fit(Training, numbers);
            double error = MeanSquare(pca, jets);
            Assert.True(error < last, $"{numbers} numbers: {error} after {last}");
            last = error;
            if (numbers == 5) Assert.InRange(error, 1e-4 * full, full);
        }
    }

    [Fact]
    public void Fewer_numbers_are_the_leading_ones_of_more()
    {
        using PcaAutoencoder few = PcaAutoencoder.Fit(Training, 7), many = PcaAutoencoder.Fit(Training, 40);
        var jets = ToyJets.Make(20, 4);
        float[] short_ = few.Reconstruct(jets).Latents, long_ = many.Reconstruct(jets).Latents;
        double[] spread = new double[36];
        for (int jet = 0; jet < 20; jet++)
        {
            Assert.Equal(long_[(40 * jet)..(40 * jet + 3)], short_[(7 * jet)..(7 * jet + 3)]);
            for (int k = 0; k < 36; k++) spread[k] += long_[40 * jet + k] * long_[40 * jet + k];
            var p = jets.Jet(jet);
            Assert.Equal([(float)p.Pt, (float)p.Rapidity, (float)p.Azimuth, jets.Multiplicity(jet)], short_[(7 * jet + 3)..(7 * jet + 7)]);
        }

        Assert.True(spread[0] > spread[10] && spread[3] > spread[30]);
        Assert.Equal([0, 1, 2], few.Invariants);
    }

    [Theory]
    [InlineData(-3, 5)]
    [InlineData(4, 5)]
    [InlineData(5, 5)]
    [InlineData(94, 94)]
    [InlineData(1000, 94)]
    public void Numbers_asked_for_are_kept_within_what_there_is(int asked, int given)
    {
        using var pca = PcaAutoencoder.Fit(Training, asked);
        Assert.Equal(given, pca.LatentNumbers);
        Assert.Equal(given - Passed, pca.Invariants.Count);
    }

    [Fact]
    public void Jets_are_rebuilt_alike_wherever_they_fly_around_the_beam_and_along_it()
    {
        using var pca = PcaAutoencoder.Fit(Training, 12);
        var jets = ToyJets.Make(10, 5);
        var frame = LorentzTransform.Boost(0, 0, 0.8).After(LorentzTransform.Rotation(0, 0, 1, 2.2));
        ReconstructedJets here = pca.Reconstruct(jets), there = pca.Reconstruct(JetPairs.Seen(jets, frame));
        double[] expected = [.. here.Reconstructed.Momenta];
        frame.Apply(expected);
        double size = expected.Max(Math.Abs);
        foreach (var (e, a) in expected.Zip(there.Reconstructed.Momenta)) Assert.Equal(e, a, 1e-11 * size);
        for (int jet = 0; jet < 10; jet++)
            for (int k = 0; k < 8; k++) Assert.Equal(here.Latents[12 * jet + k], there.Latents[12 * jet + k], 1e-5f);
    }

    [Fact]
    public void A_jet_does_not_depend_on_the_jets_beside_it()
    {
        using var pca = PcaAutoencoder.Fit(Training, 12);
        var jets = ToyJets.Make([3, 0, 12, 1, 30], 6);
        var together = pca.Reconstruct(jets);
        for (int jet = 0; jet < 5; jet++)
        {
            var alone = pca.Reconstruct(jets.Select([jet]));
            Assert.Equal(together.Reconstructed.Momenta[(4 * jets.Offsets[jet])..(4 * jets.Offsets[jet + 1])], alone.Reconstructed.Momenta);
            Assert.Equal(together.Latents[(12 * jet)..(12 * jet + 12)], alone.Latents);
        }
    }

    [Fact]
    public void Lone_empty_and_odd_jets_have_finite_reconstructions()
    {
        using var pca = PcaAutoencoder.Fit(Training, 12);
        double[] lone = [5, 3, 4, 0], alongBeam = [7, 0, 0, 7], opposite = [10, 10, 0, 0, 10, -10, 0, 0], soft = [1e-9, 1e-9, 0, 0];
        var jets = new JetBatch { Rows = [0, 1, 2, 3, 4], Offsets = [0, 1, 1, 2, 4, 5], Momenta = [.. lone, .. alongBeam, .. opposite, .. soft] };
        var rebuilt = pca.Reconstruct(jets);
        Assert.Equal(jets.Offsets, rebuilt.Reconstructed.Offsets);
        Assert.All(rebuilt.Reconstructed.Momenta, v => Assert.True(double.IsFinite(v)));
        Assert.All(rebuilt.Latents, v => Assert.True(float.IsFinite(v)));
        Assert.Empty(pca.Reconstruct(JetBatch.Empty).Latents);
    }

    [Fact]
    public void A_jet_of_more_than_thirty_constituents_keeps_the_first_thirty()
    {
        using var pca = PcaAutoencoder.Fit(Training, 94);
        var jets = ToyJets.Make([45], 7);
        var rebuilt = pca.Reconstruct(jets).Reconstructed;
        Assert.Equal(30, rebuilt.Multiplicity(0));
        double size = jets.Momenta.Max(Math.Abs);
        foreach (var (p, q) in jets.Momenta.Zip(rebuilt.Momenta)) Assert.Equal(p, q, 1e-11 * size);
    }

    [Fact]
    public void Equal_training_jets_leave_no_direction_and_are_rebuilt()
    {
        var one = ToyJets.Make([6], 8);
        using var pca = PcaAutoencoder.Fit(new InMemorySource(JetBatch.Concatenate([one, one, one]), ToyJets.Schema), 8);
        double size = one.Momenta.Max(Math.Abs);
        foreach (var (p, q) in one.Momenta.Zip(pca.Reconstruct(one).Reconstructed.Momenta)) Assert.Equal(p, q, 1e-12 * size);
    }
}
