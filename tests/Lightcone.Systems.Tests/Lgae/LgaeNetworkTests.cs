using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Lgae;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Lgae;

/// <summary>What the corrected network promises: symmetry, no influence of padding, order or neighbours, and no dead weight.</summary>
[Collection(SeededGenerator.Name)]
public sealed class LgaeNetworkTests
{
    public static TheoryData<string> Variants => ["MinMax/2", "Mean/2", "Softmax/2", "Mix/2", "MinMax/3", "Softmax/3", "Mix/3"];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Outputs_and_latents_turn_and_boost_with_the_jets(string variant)
    {
        // Rounding of a boost by γ grows like γ² · 2⁻⁵³ relative to the boosted size; a few levels of products leave room of 10⁴.
        foreach (var (frame, tolerance) in new[]
        {
            (LorentzTransform.Rotation(1, 2, 3, 1.3), 1e-11),
            (LorentzTransform.Boost(0.3, -0.5, 0.4), 1e-11),
            (LorentzTransform.Boost(0.6, 0.5, 0.623), variant.EndsWith('3') ? 1e-8 : 1e-9),
        })
        {
            var jets = ToyJets.Make(20, seed: 3, least: 3, most: 25);
            using var model = Network(variant);
            var (latents, outputs) = Run(model, jets, LorentzTransform.Identity);
            var (movedLatents, movedOutputs) = Run(model, jets, frame);
            frame.Apply(latents);
            frame.Apply(outputs);
            Assert.InRange(Deviation(latents, movedLatents), 0, tolerance);
            Assert.InRange(Deviation(outputs, movedOutputs), 0, tolerance);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void No_parameter_is_dead(string variant)
    {
        using var network = Network(variant);
        using var scope = NewDisposeScope();
        using var inputs = LgaeInputs.Of(ToyJets.Make([30, .. Enumerable.Range(2, 28)], seed: 5), Recipe(variant));
        network.Decode(network.Encode(inputs), inputs.Offsets).pow(tensor(2.0)).sum().backward();
        foreach (var (name, parameter) in network.State.Parameters)
        {
            Assert.True(parameter.grad is not null, $"{name} has no gradient");
            long zero = (parameter.grad == zeros_like(parameter)).sum().item<long>();
            Assert.True(zero == 0, $"{name}: {zero} of {parameter.numel()} gradients are zero");
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Padding_and_neighbours_change_nothing(string variant)
    {
        var jets = ToyJets.Make([3, 12, 30, 1, 7], seed: 9);
        using var network = Network(variant);
        var (latents, outputs) = Run(network, jets, LorentzTransform.Identity);
        var padded = Padded(jets, zeros: 5);
        var (paddedLatents, paddedOutputs) = Run(network, padded, LorentzTransform.Identity);
        Assert.Equal(0, Deviation(latents, paddedLatents), 1e-12);
        Assert.Equal(0, Deviation(outputs, paddedOutputs), 1e-12);
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var (alone, aloneOutputs) = Run(network, jets.Select([jet]), LorentzTransform.Identity);
            Assert.Equal(0, Deviation(latents[(jet * alone.Length)..((jet + 1) * alone.Length)], alone), 1e-12);
            Assert.Equal(0, Deviation(outputs[(4 * jets.Offsets[jet])..(4 * jets.Offsets[jet + 1])], aloneOutputs), 1e-12);
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void The_order_of_constituents_matters_to_mix_alone(string variant)
    {
        var jets = ToyJets.Make([4, 12, 30, 7], seed: 9);
        int[] backwards = [.. Enumerable.Range(0, jets.JetCount).SelectMany(j => Enumerable.Range(jets.Offsets[j], jets.Multiplicity(j)).Reverse())];
        var turned = new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = [.. backwards.SelectMany(c => jets.Momenta[(4 * c)..(4 * c + 4)])] };
        using var network = Network(variant);
        var (latents, outputs) = Run(network, jets, LorentzTransform.Identity);
        var (turnedLatents, turnedOutputs) = Run(network, turned, LorentzTransform.Identity);
        if (variant.StartsWith("Mix", StringComparison.Ordinal))
        {
            Assert.True(Deviation(latents, turnedLatents) > 1e-3);
            return;
        }

        Assert.Equal(0, Deviation(latents, turnedLatents), 1e-12);
        Assert.Equal(0, Deviation(outputs, turnedOutputs), 1e-12); // decoded slots belong to the latent, not to constituents
    }

    [Theory]
    [InlineData(LgaeDefect.PaddedConstituents)]
    [InlineData(LgaeDefect.SelfMessages)]
    [InlineData(LgaeDefect.ConstantDecoder)]
    [InlineData(LgaeDefect.UnsignedInterval)]
    [InlineData(LgaeDefect.UnusedScalars)]
    [InlineData(LgaeDefect.PublishedInitialisation)]
    public void A_defect_given_back_changes_the_network_and_keeps_its_symmetry(LgaeDefect defect)
    {
        var jets = ToyJets.Make(6, seed: 4, least: 3, most: 20);
        var frame = LorentzTransform.Boost(0.3, -0.5, 0.4);
        using var sound = Network("Softmax/2");
        using var broken = Network("Softmax/2", new LgaeDefects(new HashSet<LgaeDefect> { defect }));
        var (_, without) = Run(sound, jets, LorentzTransform.Identity);
        var (_, with) = Run(broken, jets, LorentzTransform.Identity, defect);
        var (_, moved) = Run(broken, jets, frame, defect);
        frame.Apply(with);
        Assert.InRange(Deviation(with, moved), 0, 1e-10);
        frame.Apply(without);
        Assert.True(without.Length != with.Length || Deviation(without, with) > 1e-6);
    }

    [Fact]
    public void Jets_of_no_constituents_have_an_empty_reconstruction()
    {
        using var network = Network("MinMax/2");
        var (latents, outputs) = Run(network, ToyJets.Make([0, 5, 0], seed: 1), LorentzTransform.Identity);
        Assert.Equal(20, outputs.Length);
        Assert.All(latents[..24], l => Assert.Equal(0, l));
    }

    [Fact]
    public void The_kernel_and_its_slow_twin_agree()
    {
        // Both round to float32; sums over at most thirty neighbours of features of order one, three levels on each side.
        var jets = ToyJets.Make(12, seed: 8, least: 3, most: 30);
        foreach (int maxDim in (ReadOnlySpan<int>)[2, 3])
        {
            var recipe = new LgaeRecipe { MaxDim = maxDim, Pooling = LgaePooling.Softmax, LatentVectors = 4 };
            double[] outputs = Outputs(recipe with { Kernel = KernelChoice.Auto }), slow = Outputs(recipe with { Kernel = KernelChoice.Eager });
            Assert.InRange(Deviation(slow, outputs), 0, 1e-4);
        }

        double[] Outputs(LgaeRecipe recipe)
        {
            manual_seed(7);
            using var network = new LgaeNetwork(recipe);
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            using var inputs = LgaeInputs.Of(jets, recipe);
            return network.Decode(network.Encode(inputs), inputs.Offsets).to(ScalarType.Float64).contiguous().data<double>().ToArray();
        }
    }

    private static JetBatch Padded(JetBatch jets, int zeros)
    {
        var momenta = new List<double>();
        var offsets = new int[jets.JetCount + 1];
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            momenta.AddRange(new double[4 * (zeros / 2)]);
            momenta.AddRange(jets.Momenta[(4 * jets.Offsets[jet])..(4 * jets.Offsets[jet + 1])]);
            momenta.AddRange(new double[4 * (zeros - zeros / 2)]);
            offsets[jet + 1] = momenta.Count / 4;
        }

        return new JetBatch { Rows = jets.Rows, Offsets = offsets, Momenta = [.. momenta] };
    }

    private static LgaeRecipe Recipe(string variant) => new()
    {
        Pooling = Enum.Parse<LgaePooling>(variant.Split('/')[0]),
        MaxDim = int.Parse(variant.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture),
        Network = Precision.Float64,
        NetworkFrame = LgaeFrame.Laboratory,
        EncoderChannels = new([3, 4, 4, 3]),
        DecoderChannels = new([4, 4, 3]),
        LatentVectors = 3,
    };

    private static LgaeNetwork Network(string variant, LgaeDefects defects = default)
    {
        manual_seed(7);
        return new LgaeNetwork(Recipe(variant) with { Defects = defects });
    }

    private static (double[] Latents, double[] Outputs) Run(LgaeNetwork network, JetBatch jets, LorentzTransform frame, params LgaeDefect[] defects)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double[] momenta = [.. jets.Momenta];
        frame.Apply(momenta);
        var moved = new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta };
        using var inputs = LgaeInputs.Of(moved, new LgaeRecipe { NetworkFrame = LgaeFrame.Laboratory, Defects = new(defects.ToHashSet()) });
        var latent = network.Encode(inputs);
        var outputs = network.Decode(latent, inputs.Offsets);
        return (latent.Vectors.transpose(1, 2).contiguous().data<double>().ToArray(), outputs.contiguous().data<double>().ToArray());
    }

    private static double Deviation(double[] expected, double[] actual)
    {
        double scale = expected.Max(Math.Abs);
        Assert.True(scale > 0);
        return expected.Zip(actual).Max(p => Math.Abs(p.First - p.Second)) / scale;
    }
}
