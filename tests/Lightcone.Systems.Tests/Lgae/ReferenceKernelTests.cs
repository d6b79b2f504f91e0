using Lightcone.Systems.Lgae.Reference;
using Lightcone.Training.Engine;
using Lightcone.Tests.Parity;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Lgae;

/// <summary>The fused messages between real particles, against filters written out for every pair.</summary>
[Collection(Training.SeededGenerator.Name)]
public sealed class ReferenceKernelTests
{
    private const int Bells = 6;

    [Theory]
    [InlineData(1, 1, "Float64", 1e-13)]
    [InlineData(3, 7, "Float64", 1e-13)]
    [InlineData(4, 30, "Float64", 1e-13)]
    [InlineData(5, 30, "Float32", 2e-5)]
    [InlineData(2, 17, "Float32", 2e-5)]
    public void Messages_and_all_gradients_are_those_of_explicit_filters(int channels, int slots, string precision, double tolerance)
    {
        using var scope = NewDisposeScope();
        var type = Enum.Parse<ScalarType>(precision);
        var data = new Case(channels, slots, jets: 11, seed: 100 * channels + slots);
        var expected = data.Results(ScalarType.Float64, data.Explicit);
        var actual = data.Results(type, data.Fused);
        PairMessages.ThrowIfBackwardFailed();
        foreach (var (name, values) in expected) Closeness.Relative(values, actual[name], tolerance, name);
    }

    [Theory]
    [InlineData("Float64")]
    [InlineData("Float32")]
    public void Number_of_threads_changes_no_bit(string precision)
    {
        using var scope = NewDisposeScope();
        var data = new Case(channels: 3, slots: 12, jets: 37, seed: 5);
        int threads = Threads.Count;
        try
        {
            Threads.Set(1);
            var one = data.Results(Enum.Parse<ScalarType>(precision), data.Fused);
            Threads.Set(3);
            var three = data.Results(Enum.Parse<ScalarType>(precision), data.Fused);
            foreach (var (name, values) in one) Assert.Equal(values, three[name]);
        }
        finally
        {
            Threads.Set(threads);
        }
    }

    /// <summary>Random jets, among them one without a particle and one whose particles are not its first slots.</summary>
    private sealed class Case
    {
        private readonly int channels, slots, jets;
        private readonly Tensor distances, mask, firstWeights, secondWeights;
        private readonly Dictionary<string, Tensor> inputs;

        public Case(int channels, int slots, int jets, int seed)
        {
            (this.channels, this.slots, this.jets) = (channels, slots, jets);
            using var generator = new Generator((ulong)seed, CPU);
            var momenta = Random(4, jets, slots);
            distances = ReferenceEncoder.Intervals(momenta).abs();
            mask = zeros([jets, slots], ScalarType.Float64);
            for (int jet = 1; jet < jets; jet++) mask[jet].narrow(0, jet % 3 == 0 ? slots / 3 : 0, Math.Max(1, slots * jet / (2 * jets))).fill_(1);
            inputs = new()
            {
                ["x"] = Random(channels, 2, 5, jets * slots), ["y"] = Random(channels, 2, 10, jets * slots), ["weights"] = Random(4 * channels, Bells),
                ["offsets"] = Random(4 * channels), ["squares"] = Random(Bells).Squared(),
            };
            (firstWeights, secondWeights) = (Random(channels, 2, 5, jets * slots), Random(channels, 2, 10, jets * slots));

            Tensor Random(params long[] shape) => randn(shape, ScalarType.Float64, generator: generator);
        }

        public (Tensor Scalars, Tensor Vectors) Fused(Dictionary<string, Tensor> l) => PairMessages.Apply(
            new PairShape(jets, slots, channels, Bells, 5, 10), distances.to(l["x"].dtype).view(-1), mask.to(ScalarType.Byte).view(-1), l["x"], l["y"], l["weights"], l["offsets"], l["squares"]);

        public (Tensor Scalars, Tensor Vectors) Explicit(Dictionary<string, Tensor> l)
        {
            var bells = mm(l["squares"].unsqueeze(1), distances.view(1, -1)).Plus(1).reciprocal();
            var filters = mm(l["weights"], bells).Plus(l["offsets"].unsqueeze(1)).view(4, channels, jets, slots, slots) * (mask.unsqueeze(2) * mask.unsqueeze(1));
            return (Sum(l["x"], filters[0], filters[1]), Sum(l["y"], filters[2], filters[3]));

            Tensor Sum(Tensor rows, Tensor re, Tensor im)
            {
                var x = rows.view(channels, 2, -1, jets, slots).permute(1, 0, 3, 2, 4);
                Tensor real = Guarded.MatMul(x[0], re) - Guarded.MatMul(x[1], im), imaginary = Guarded.MatMul(x[0], im).Plus(Guarded.MatMul(x[1], re));
                return stack([real, imaginary], 1).permute(0, 1, 3, 2, 4).reshape(rows.shape);
            }
        }

        /// <summary>Both sums, and the gradients of a random combination of them.</summary>
        public Dictionary<string, double[]> Results(ScalarType type, Func<Dictionary<string, Tensor>, (Tensor Scalars, Tensor Vectors)> sums)
        {
            var leaves = inputs.ToDictionary(i => i.Key, i => i.Value.to(type).detach().clone().requires_grad_());
            var (scalars, vectors) = sums(leaves);
            (scalars * firstWeights.to(type)).sum().Plus((vectors * secondWeights.to(type)).sum()).backward();
            var results = leaves.ToDictionary(l => $"gradient of {l.Key}", l => LgaeCase.Values(l.Value.grad!));
            (results["scalar sums"], results["vector sums"]) = (LgaeCase.Values(scalars), LgaeCase.Values(vectors));
            return results;
        }
    }
}
