using Lightcone.Randomness;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Mpm;

public sealed class PackingTests
{
    private static readonly MpmRecipe Small = new() { Target = new(TargetKind.Regression, "") };

    [Theory]
    [InlineData(HidingLayout.Removed, 4, false)]
    [InlineData(HidingLayout.Removed, 0, true)]
    [InlineData(HidingLayout.Replaced, 2, false)]
    public void Packed_and_bucketed_batches_give_what_padded_ones_give(HidingLayout hiding, int registers, bool headNorm)
    {
        manual_seed(3);
        var differences = PackingCheck.Compare(Small with { Hiding = hiding, Registers = registers, HeadNorm = headNorm }, null, null, Table(256, least: 1), 1);

        // Outputs of a final norm are of size 1 to 3 and have come through a hundred roundings of 6e-8; the loss and the gradient's norm average over thousands of particles.
        Assert.InRange(differences.Outputs, 0, 2e-5);
        Assert.InRange(differences.Loss, 0, 1e-6);
        Assert.InRange(differences.Gradients, 0, 1e-4);
    }

    [Fact]
    public void In_float64_layouts_differ_by_rounding_alone()
    {
        manual_seed(3);
        var differences = PackingCheck.Compare(Small with { Network = Precision.Float64 }, null, null, Table(40, least: 1), 1);

        // 2e-16 a rounding in place of 6e-8, with the room of the test above.
        Assert.InRange(differences.Outputs, 0, 1e-13);
        Assert.InRange(differences.Loss, 0, 1e-14);
        Assert.InRange(differences.Gradients, 0, 1e-12);
    }

    [Fact]
    public void Jets_of_no_particle_are_packed_too()
    {
        manual_seed(3);
        var table = Table(30, least: 0);
        Assert.Contains(0, MpmNetwork.Counts(table));
        Assert.InRange(PackingCheck.Compare(Small with { Registers = 0 }, null, null, table, 1).Outputs, 0, 2e-5);
    }

    [Fact]
    public void A_jet_is_encoded_alike_beside_other_jets()
    {
        using var scope = NewDisposeScope();
        manual_seed(3);
        using var network = new MpmNetwork(Small, null);
        var table = Table(9, least: 5);
        foreach (int jet in (int[])[0, 4, 8])
        {
            Tensor among = network.Encode(table, training: false).Particles().narrow(0, table.Offsets[jet], table.Multiplicity(jet)), alone = network.Encode(Only(table, jet), training: false).Particles();

            // The attention keeps every bit; products of matrices may choose another order of sums for another number of rows.
            Assert.True((among - alone).abs().max().item<float>() <= 2e-5f);
        }
    }

    private static ParticleTable Only(ParticleTable table, int jet)
    {
        int first = table.Offsets[jet], end = table.Offsets[jet + 1];
        return new()
        {
            Rows = [table.Rows[jet]], Offsets = [0, end - first], Width = table.Width, Features = table.Features[(first * table.Width)..(end * table.Width)],
            Types = table.Types[first..end], Tracks = table.Tracks[first..end], Sources = table.Sources[first..end],
        };
    }

    // Jets of up to 64 particles, of every type; transformed features are normal.
    private static ParticleTable Table(int jets, int least)
    {
        var random = new RandomStream(7, "toy particles", 0, 0);
        var offsets = new int[jets + 1];
        for (int jet = 0; jet < jets; jet++) offsets[jet + 1] = offsets[jet] + least + (jet == 0 ? 0 : random.NextInt(65 - least));
        int width = RawParticles.FullNames.Length, particles = offsets[^1];
        var table = new ParticleTable
        {
            Rows = [.. Enumerable.Range(0, jets).Select(r => (long)r)], Offsets = offsets, Width = width, Features = new float[particles * width],
            Types = new int[particles], Tracks = new bool[particles], Sources = [.. Enumerable.Range(0, particles)],
        };
        for (int p = 0; p < particles; p++)
        {
            table.Types[p] = random.NextInt(ParticleTypes.Count);
            table.Tracks[p] = ParticleTypes.HasTrack(table.Types[p]);
            for (int f = 0; f < (table.Tracks[p] ? width : RawParticles.FirstTrackFeature); f++) table.Features[p * width + f] = (float)random.NextGaussian();
        }

        return table;
    }
}
