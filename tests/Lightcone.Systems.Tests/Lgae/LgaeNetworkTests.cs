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

    private static LgaeRecipe Recipe(string variant) => new()
    {
        Pooling = Enum.Parse<LgaePooling>(variant.Split('/')[0]),
        MaxDim = int.Parse(variant.Split('/')[1], System.Globalization.CultureInfo.InvariantCulture),
        Network = Precision.Float64,
        Frame = LgaeFrame.Laboratory,
        EncoderChannels = new([3, 4, 4, 3]),
        DecoderChannels = new([4, 4, 3]),
        LatentVectors = 3,
    };

    private static LgaeNetwork Network(string variant)
    {
        manual_seed(7);
        return new LgaeNetwork(Recipe(variant));
    }

    private static (double[] Latents, double[] Outputs) Run(LgaeNetwork network, JetBatch jets, LorentzTransform frame)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        double[] momenta = [.. jets.Momenta];
        frame.Apply(momenta);
        var moved = new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta };
        using var inputs = LgaeInputs.Of(moved, new LgaeRecipe { Frame = LgaeFrame.Laboratory });
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
