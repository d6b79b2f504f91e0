using Lightcone.Systems.Lgae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Lgae;

/// <summary>Channels, terms and components of one case.</summary>
internal sealed record RadialShape(int Channels, int Terms, int Depth0, int Depth1);

/// <summary>A batch of four-vectors with random inputs and gradients; float64 tensors of numbers that float32 holds, except the four-vectors.</summary>
internal sealed class RadialMessagesCase : IDisposable
{
    private static readonly string[] OfNodes = ["Momenta", "X0", "X1", "G0", "G1"];

    public required int[] Offsets { get; init; }

    public required Dictionary<string, Tensor> Values { get; init; }

    public double IntervalScale { get; init; } = 0.5;

    public static RadialMessagesCase Create(int[] multiplicities, RadialShape shape, ulong seed = 1)
    {
        using var scope = NewDisposeScope();
        using var random = new Generator(seed);
        Tensor Normal(double width, params long[] size) => (randn(size, generator: random) * width).to_type(ScalarType.Float32).to_type(ScalarType.Float64);
        var offsets = new int[multiplicities.Length + 1];
        for (int jet = 0; jet < multiplicities.Length; jet++) offsets[jet + 1] = offsets[jet] + multiplicities[jet];
        long nodes = offsets[^1], c = shape.Channels, k = shape.Terms;
        var values = new Dictionary<string, Tensor>
        {
            // No mass shell: differences come out timelike and spacelike alike.
            ["Momenta"] = randn([nodes, 4], ScalarType.Float64, generator: random) * 3,
            ["Rates"] = Normal(1, k) + 2,
            ["Centres"] = Normal(0.4, k),
            ["Weight"] = Normal(1 / Math.Sqrt(k), 2 * c, k),
            ["Bias"] = Normal(0.3, 2 * c),
            ["X0"] = Normal(1, nodes, shape.Depth0, c),
            ["X1"] = Normal(1, nodes, shape.Depth1, c),
            ["G0"] = Normal(1, nodes, shape.Depth0, c),
            ["G1"] = Normal(1, nodes, shape.Depth1, c),
        };
        values["Rates"] = values["Rates"].to_type(ScalarType.Float32).to_type(ScalarType.Float64);
        foreach (var value in values.Values) value.MoveToOuterDisposeScope().DetachFromDisposeScope();
        return new() { Offsets = offsets, Values = values };
    }

    /// <summary>These jets in this order, some of them.</summary>
    public RadialMessagesCase Jets(params int[] order)
    {
        var rows = Rows(order);
        var offsets = new int[order.Length + 1];
        for (int jet = 0; jet < order.Length; jet++) offsets[jet + 1] = offsets[jet] + Offsets[order[jet] + 1] - Offsets[order[jet]];
        var at = tensor(rows);
        return new()
        {
            Offsets = offsets,
            Values = Values.ToDictionary(pair => pair.Key, pair => OfNodes.Contains(pair.Key) ? pair.Value.index_select(0, at) : pair.Value.clone()),
        };
    }

    /// <summary>Rows of the nodes of these jets.</summary>
    public long[] Rows(params int[] order) => [.. order.SelectMany(jet => Enumerable.Range(Offsets[jet], Offsets[jet + 1] - Offsets[jet]).Select(node => (long)node))];

    /// <summary>Fresh leaves.</summary>
    public Dictionary<string, Tensor> Leaves(ScalarType type, bool momenta = true) => Values.Where(pair => pair.Key[0] != 'G').ToDictionary(
        pair => pair.Key,
        pair => pair.Value.to_type(pair.Key == "Momenta" ? ScalarType.Float64 : type).clone().detach().requires_grad_(momenta || pair.Key != "Momenta"));

    public RadialInputs Inputs(Dictionary<string, Tensor> leaves) => new()
    {
        Offsets = Offsets,
        IntervalScale = IntervalScale,
        Momenta = leaves["Momenta"],
        Rates = leaves["Rates"],
        Centres = leaves["Centres"],
        Weight = leaves["Weight"],
        Bias = leaves["Bias"],
        X0 = leaves["X0"],
        X1 = leaves["X1"],
    };

    /// <summary>Results and gradients as float64.</summary>
    public Dictionary<string, Tensor> Run(RadialMessages messages, ScalarType type, bool momenta = true)
    {
        var leaves = Leaves(type, momenta);
        var (y0, y1) = messages.Apply(Inputs(leaves));
        autograd.backward([y0, y1], [Values["G0"].to_type(type), Values["G1"].to_type(type)]);
        messages.AfterBackward();
        var all = new Dictionary<string, Tensor> { ["Y0"] = y0.detach().to_type(ScalarType.Float64), ["Y1"] = y1.detach().to_type(ScalarType.Float64) };
        foreach (var (name, leaf) in leaves)
            if (leaf.requires_grad) all["d " + name] = leaf.grad!.to_type(ScalarType.Float64);
        return all;
    }

    /// <summary>Results and gradients of the slow twin in float64.</summary>
    public Dictionary<string, Tensor> Eager()
    {
        using var messages = RadialMessages.For(fused: false);
        return Run(messages, ScalarType.Float64);
    }

    /// <summary>Results and gradients of the kernels.</summary>
    public Dictionary<string, Tensor> Fused(int threads = 1, int bits = 0)
    {
        using var messages = new FusedRadialMessages(threads, bits);
        return Run(messages, ScalarType.Float32);
    }

    public void Dispose()
    {
        foreach (var value in Values.Values) value.Dispose();
    }
}
