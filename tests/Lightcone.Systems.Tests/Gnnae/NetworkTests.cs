using Lightcone.Jets;
using Lightcone.Systems.Gnnae;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Gnnae;

public sealed class NetworkTests
{
    private static readonly JetBatch Jets = ToyJets.Make([5, 0, 30, 1, 17, 2], 61);

    [Theory]
    [InlineData(GnnaeLevel.Jet, 45, 14590, 55612)]
    [InlineData(GnnaeLevel.Jet, 55, 14680, 64612)]
    [InlineData(GnnaeLevel.Jet, 90, 14995, 96112)]
    [InlineData(GnnaeLevel.Particle, 2, 14275, 14302)]
    [InlineData(GnnaeLevel.Particle, 3, 14284, 14332)]
    public void Both_halves_have_as_many_parameters_as_the_published_code(GnnaeLevel level, int latent, long encoder, long decoder)
    {
        foreach (var mode in Enum.GetValues<GnnaeMode>())
        {
            using var network = new GnnaeNetwork(new GnnaeRecipe { Level = level, Latent = latent, Mode = mode });
            Assert.Equal(encoder, Count(network, "encoder."));
            Assert.Equal(decoder, Count(network, "decoder."));
            Assert.Equal(encoder + decoder, network.State.ParameterCount);
        }
    }

    [Theory]
    [MemberData(nameof(GnnaeCases.All), MemberType = typeof(GnnaeCases))]
    public void Latents_and_constituents_are_those_of_the_slow_twin_that_concatenates_every_edge(GnnaeLevel level, GnnaeCoordinates coordinates, GnnaeMode mode)
    {
        var recipe = GnnaeCases.Recipe(level, coordinates, mode) with { Slots = 31 };
        using var model = GnnaeCases.Model(recipe);
        using var scope = NewDisposeScope();
        using var inputs = GnnaeInputs.Of(Jets, recipe);
        Tensor latents, nodes;
        using (no_grad())
        {
            latents = model.Network.Encode(inputs.Nodes, inputs.Mask);
            nodes = model.Network.Decode(latents, inputs.Slots, inputs.Mask);
        }

        var twin = new ConcatenatingTwin(model.Network.State, level == GnnaeLevel.Jet, mode == GnnaeMode.Reference, recipe.Latent);
        double[] x = GnnaeCases.Values(inputs.Nodes), fastLatents = GnnaeCases.Values(latents), fast = GnnaeCases.Values(nodes);
        int own = fastLatents.Length / Jets.JetCount;
        for (int jet = 0; jet < Jets.JetCount; jet++)
        {
            int n = mode == GnnaeMode.Reference ? 31 : Jets.Multiplicity(jet);
            double[] slow = twin.Encode([.. x[(3 * inputs.Slots * jet)..].Chunk(3).Take(n)]);
            double[] expected = [.. twin.Decode(slow, n).SelectMany(v => v)], zeros = new double[3 * (inputs.Slots - n)];
            // Some hundred float64 roundings in a row, of sums over 31 messages: 1e-13 of the largest number.
            Assert.True(GnnaeCases.Difference(fastLatents[(own * jet)..(own * (jet + 1))], [.. slow, .. new double[own - slow.Length]]) < 1e-12);
            Assert.True(GnnaeCases.Difference(fast[(3 * inputs.Slots * jet)..(3 * inputs.Slots * (jet + 1))], [.. expected, .. zeros]) < 1e-12);
        }
    }

    [Theory]
    [InlineData(GnnaeLevel.Jet)]
    [InlineData(GnnaeLevel.Particle)]
    public void The_output_may_be_negative_at_full_slope_but_in_reference_mode(GnnaeLevel level)
    {
        // With all weights of the last layer zero the output is its bias, −1, or what the published activation makes of that.
        foreach (var (mode, expected) in new[] { (GnnaeMode.Corrected, -1.0), (GnnaeMode.Reference, -0.2) })
        {
            var recipe = GnnaeCases.Recipe(level, mode: mode);
            using var model = GnnaeCases.Model(recipe);
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            model.Network.State["decoder.node_net.2.1.weight"].zero_();
            model.Network.State["decoder.node_net.2.1.bias"].copy_(tensor(new double[] { -1, -1, -1 }));
            using var inputs = GnnaeInputs.Of(ToyJets.Make([30, 30], 3), recipe);
            Assert.All(GnnaeCases.Values(model.Network.Decode(model.Network.Encode(inputs.Nodes, inputs.Mask), 30, inputs.Mask)), v => Assert.Equal(expected, v, 1e-15));
        }
    }

    [Theory]
    [InlineData(GnnaeLevel.Jet)]
    [InlineData(GnnaeLevel.Particle)]
    public void Whatever_stands_in_empty_slots_changes_nothing(GnnaeLevel level)
    {
        var recipe = GnnaeCases.Recipe(level);
        using var model = GnnaeCases.Model(recipe);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var inputs = GnnaeInputs.Of(Jets, recipe);
        var mask = inputs.Mask!.unsqueeze(2);
        var garbage = inputs.Nodes + (ones_like(mask) - mask) * randn_like(inputs.Nodes);
        Tensor clean = model.Network.Encode(inputs.Nodes, inputs.Mask), dirty = model.Network.Encode(garbage, inputs.Mask);
        Assert.NotEqual(GnnaeCases.Values(inputs.Nodes), GnnaeCases.Values(garbage));
        Assert.Equal(GnnaeCases.Values(clean), GnnaeCases.Values(dirty));
        var masked = level == GnnaeLevel.Jet ? clean : clean + (ones_like(mask) - mask) * randn_like(clean);
        Assert.Equal(GnnaeCases.Values(model.Network.Decode(clean, inputs.Slots, inputs.Mask)), GnnaeCases.Values(model.Network.Decode(masked, inputs.Slots, inputs.Mask)));
    }

    [Fact]
    public void In_reference_mode_empty_slots_do_count()
    {
        var recipe = GnnaeCases.Recipe(GnnaeLevel.Jet, mode: GnnaeMode.Reference);
        var jets = ToyJets.Make([5], 61);
        using GnnaeModel ten = GnnaeCases.Model(recipe with { Slots = 10 }), thirty = GnnaeCases.Model(recipe);
        Assert.True(GnnaeCases.Difference(GnnaeCases.Latents(ten.Reconstruct(jets)), GnnaeCases.Latents(thirty.Reconstruct(jets))) > 1e-3);
        Assert.Equal(30, thirty.Reconstruct(jets).Reconstructed.Multiplicity(0));
    }

    private static long Count(GnnaeNetwork network, string prefix) =>
        network.State.Parameters.Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal)).Sum(p => p.Tensor.numel());
}
