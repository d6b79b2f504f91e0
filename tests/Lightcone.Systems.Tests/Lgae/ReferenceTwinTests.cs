using Lightcone.Systems.Lgae.Reference;
using Lightcone.Tests.Parity;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Lgae;

/// <summary>The network in src against the literal one, which forms every product of every pair of slots.</summary>
public sealed class ReferenceTwinTests
{
    /// <summary>Two orders of summation over tens of terms and three levels; entries of vanishing products set no scale, so the tensor's largest entry does.</summary>
    private const double Tolerance = 1e-11;

    public static TheoryData<int, string, int> Cases()
    {
        var cases = new TheoryData<int, string, int>();
        foreach (int maxDim in (int[])[2, 3])
            foreach (var pooling in Enum.GetValues<ReferencePooling>()) cases.Add(maxDim, $"{pooling}", 10 * maxDim + (int)pooling);
        return cases;
    }

    [Fact]
    public void Coefficients_of_the_literal_network_are_those_of_the_published_code()
    {
        using var data = new LgaeCase("md2_mean");
        foreach (var a in Enum.GetValues<Irrep>())
            foreach (var b in Enum.GetValues<Irrep>())
                foreach (var c in Irreps.InProduct(a, b, 3))
                    Closeness.Absolute(data.ClebschGordan(a, b, c), [.. ReferenceClebschGordan.Matrix(a.Spins(), b.Spins(), c.Spins()).Cast<double>()], 1e-14, $"{a} x {b} to {c}");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Outputs_and_gradients_agree_with_the_literal_network(int maxDim, string pooling, int seed)
    {
        using var scope = NewDisposeScope();
        var settings = new LgaeReferenceSettings
        {
            MaxDim = maxDim, Pooling = Enum.Parse<ReferencePooling>(pooling), EncoderChannels = [2, 3, 2, 2], DecoderChannels = [2, 1, 3], Slots = 5, BasisFunctions = 2,
            MlpDepth = 2, MlpWidth = 1, LatentScalars = 2, LatentVectors = 3,
        };
        using var network = ReferenceNetworkTests.Loud(settings, seed);
        using var literal = new ReferenceLiteral(network.State, settings);
        var (momenta, mask) = ReferenceNetworkTests.Jets(4, 5, seed);

        var latent = network.Encode(momenta, mask);
        var expected = literal.Encode(momenta, mask);
        Closeness.Relative(LgaeCase.Values(expected.Scalars), LgaeCase.Values(latent.Scalars), Tolerance, "latent scalars");
        Closeness.Relative(LgaeCase.Values(expected.Vectors), LgaeCase.Values(latent.Vectors), Tolerance, "latent vectors");
        Closeness.Relative(LgaeCase.Values(literal.Decode(expected.Vectors)), LgaeCase.Values(network.Decode(latent)), Tolerance, "complex reconstruction");

        var literalLoss = ReferenceLiteral.Chamfer(literal.Reconstruct(momenta, mask), momenta);
        var literalGradients = Gradients(network, literalLoss);
        var loss = ReferenceLosses.Chamfer(network.Reconstruct(momenta, mask), momenta);
        Closeness.Relative([literalLoss.item<double>()], [loss.item<double>()], Tolerance, "loss");
        double scale = literalGradients.Values.Max(g => g.Max(Math.Abs));
        Assert.True(scale > 1e-3, "The loss hardly depends on the parameters.");
        foreach (var (name, gradient) in Gradients(network, loss))
        {
            double largest = literalGradients[name].Max(Math.Abs), off = literalGradients[name].Zip(gradient, (e, a) => Math.Abs(e - a)).Max();
            Assert.True(off <= 1e-10 * Math.Max(largest, 1e-4 * scale), $"{name}: off by {off:E1} of {largest:E1}; the largest gradient is {scale:E1}.");
        }
    }

    private static Dictionary<string, double[]> Gradients(LgaeReferenceNetwork network, Tensor loss)
    {
        foreach (var (_, parameter) in network.State.Parameters) parameter.grad = null;
        loss.backward();
        return network.State.Parameters.ToDictionary(p => p.Name, p => p.Tensor.grad is { } g ? LgaeCase.Values(g) : new double[p.Tensor.numel()]);
    }
}
