using Lightcone.Systems.LorentzNet.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Kernels;

/// <summary>A batch of toy jets with random parameters, as float64 leaves; <see cref="As"/> gives the float32 network over the same numbers.</summary>
internal sealed class EdgeBlockCase : IDisposable
{
    private static readonly string[] Position = ["PositionWeight", "PositionBias", "PositionOutput"];

    public required EdgeBlockSettings Settings { get; init; }

    public required int[] Offsets { get; init; }

    /// <summary>Inputs by name; every number is a float32 number except the four-momenta.</summary>
    public required Dictionary<string, Tensor> Inputs { get; init; }

    public required Tensor AggregateGradient { get; init; }

    public required Tensor MovedGradient { get; init; }

    public static EdgeBlockCase Create(int channels, int[] multiplicities, bool moves, bool batch, bool loud, double clamp = 100, long seed = 1)
    {
        using var scope = NewDisposeScope();
        var random = new Generator((ulong)seed);
        Tensor Normal(double width, params long[] shape) =>
            (randn(shape, generator: random) * width).to_type(ScalarType.Float32).to_type(ScalarType.Float64);
        var offsets = new int[multiplicities.Length + 1];
        for (int jet = 0; jet < multiplicities.Length; jet++) offsets[jet + 1] = offsets[jet] + multiplicities[jet];
        long nodes = offsets[^1], h = channels;
        double root = 1 / Math.Sqrt(channels);
        var inputs = new Dictionary<string, Tensor>
        {
            ["Receiver"] = Normal(0.7, nodes, h),
            ["Sender"] = Normal(0.7, nodes, h),
            ["Momenta"] = Momenta(nodes, random),
            ["NormWeight"] = Normal(0.1, h),
            ["ProductWeight"] = Normal(0.1, h),
            ["NormalisationWeight"] = Normal(0.3, h) + 1,
            ["NormalisationBias"] = Normal(0.3, h),
            ["RunningMean"] = Normal(0.5, h),
            ["RunningVariance"] = Normal(0.1, h).abs() + 1,
            ["MessageWeight"] = Normal(root, h, h),
            ["MessageBias"] = Normal(0.2, h),
            ["GateWeight"] = Normal(root, h),
            ["GateBias"] = Normal(0.2, 1),
            ["PositionWeight"] = Normal(root, h, h),
            ["PositionBias"] = Normal(0.2, h),
            ["PositionOutput"] = Normal(loud ? 5 : 0.02, h),
        };
        if (!moves)
            foreach (string name in Position) inputs.Remove(name);
        foreach (string name in (string[])["NormalisationWeight", "RunningVariance"])
            inputs[name] = inputs[name].to_type(ScalarType.Float32).to_type(ScalarType.Float64);
        foreach (var value in inputs.Values) value.MoveToOuterDisposeScope().DetachFromDisposeScope();
        return new()
        {
            Settings = new() { Channels = channels, MovesNodes = moves, BatchStatistics = batch, PositionStep = 0.005, Clamp = clamp },
            Offsets = offsets,
            Inputs = inputs,
            AggregateGradient = Normal(1, nodes, h).DetachFromDisposeScope(),
            MovedGradient = Normal(0.1, nodes, 4).DetachFromDisposeScope(),
        };
    }

    /// <summary>The same jets in another order, and where each of its nodes stands here.</summary>
    public EdgeBlockCase Permuted(int[] order, out Tensor nodes)
    {
        var rows = new List<long>();
        var offsets = new int[Offsets.Length];
        for (int jet = 0; jet < order.Length; jet++)
        {
            for (int node = Offsets[order[jet]]; node < Offsets[order[jet] + 1]; node++) rows.Add(node);
            offsets[jet + 1] = rows.Count;
        }

        var at = nodes = tensor(rows.ToArray());
        return new()
        {
            Settings = Settings,
            Offsets = offsets,
            Inputs = Inputs.ToDictionary(
                pair => pair.Key,
                pair => pair.Key is "Receiver" or "Sender" or "Momenta" ? pair.Value.index_select(0, at) : pair.Value.clone()),
            AggregateGradient = AggregateGradient.index_select(0, at),
            MovedGradient = MovedGradient.index_select(0, at),
        };
    }

    /// <summary>Fresh leaves; parameters in the given type, four-momenta in float64.</summary>
    public Dictionary<string, Tensor> Leaves(ScalarType type) => Inputs.ToDictionary(
        pair => pair.Key,
        pair => pair.Value.to_type(pair.Key == "Momenta" ? ScalarType.Float64 : type).clone().detach()
            .requires_grad_(!pair.Key.StartsWith("Running", StringComparison.Ordinal)));

    public static EdgeBlockParameters Parameters(Dictionary<string, Tensor> leaves) => new()
    {
        NormWeight = leaves["NormWeight"],
        ProductWeight = leaves["ProductWeight"],
        NormalisationWeight = leaves["NormalisationWeight"],
        NormalisationBias = leaves["NormalisationBias"],
        RunningMean = leaves["RunningMean"],
        RunningVariance = leaves["RunningVariance"],
        MessageWeight = leaves["MessageWeight"],
        MessageBias = leaves["MessageBias"],
        GateWeight = leaves["GateWeight"],
        GateBias = leaves["GateBias"],
        PositionWeight = leaves.GetValueOrDefault("PositionWeight"),
        PositionBias = leaves.GetValueOrDefault("PositionBias"),
        PositionOutput = leaves.GetValueOrDefault("PositionOutput"),
    };

    /// <summary>Results, running statistics and gradients of the slow twin in float64.</summary>
    public Dictionary<string, Tensor> Eager()
    {
        var leaves = Leaves(ScalarType.Float64);
        var (receivers, senders) = EagerEdgeBlock.Edges(Offsets);
        return Finish(leaves, ScalarType.Float64, EagerEdgeBlock.Apply(
            Settings, receivers, senders, EagerEdgeBlock.InverseDegrees(Offsets), leaves["Receiver"], leaves["Sender"], leaves["Momenta"], Parameters(leaves)));
    }

    /// <summary>
    /// Largest entry of each gradient before the batch's mean and variance are subtracted from it: the same batch, normalised by the same
    /// numbers taken as constants. The subtraction may cancel all of a gradient (two edges always do), but not its rounding.
    /// </summary>
    public Dictionary<string, double> SizesBeforeNormalisation()
    {
        if (!Settings.BatchStatistics) return [];
        var sizes = new EdgeBlockCase
        {
            Settings = Settings with { Momentum = 1 }, Offsets = Offsets, Inputs = Inputs, AggregateGradient = AggregateGradient, MovedGradient = MovedGradient,
        };
        var moments = sizes.Eager();
        var constants = new Dictionary<string, Tensor>(Inputs) { ["RunningMean"] = moments["RunningMean"], ["RunningVariance"] = moments["RunningVariance"] };
        var fixedStatistics = new EdgeBlockCase
        {
            Settings = Settings with { BatchStatistics = false }, Offsets = Offsets, Inputs = constants, AggregateGradient = AggregateGradient,
            MovedGradient = MovedGradient,
        };
        return fixedStatistics.Eager().Where(pair => pair.Value.numel() > 0).ToDictionary(pair => pair.Key, pair => pair.Value.abs().max().item<double>());
    }

    /// <summary>Results, running statistics and gradients of the kernels.</summary>
    public Dictionary<string, Tensor> Fused(EdgeBlockEngine engine)
    {
        var leaves = Leaves(ScalarType.Float32);
        var results = Finish(leaves, ScalarType.Float32, FusedEdgeBlock.Apply(
            engine, Settings, Offsets, leaves["Receiver"], leaves["Sender"], leaves["Momenta"], Parameters(leaves)));
        FusedEdgeBlock.ThrowIfBackwardFailed();
        return results;
    }

    public void Dispose()
    {
        foreach (var value in Inputs.Values) value.Dispose();
        AggregateGradient.Dispose();
        MovedGradient.Dispose();
    }

    private Dictionary<string, Tensor> Finish(Dictionary<string, Tensor> leaves, ScalarType type, (Tensor Aggregate, Tensor Moved) result)
    {
        autograd.backward([result.Aggregate, result.Moved], [AggregateGradient.to_type(type), MovedGradient]);
        var all = new Dictionary<string, Tensor>
        {
            ["Aggregate"] = result.Aggregate.detach().to_type(ScalarType.Float64),
            ["Displacement"] = (result.Moved.detach() - leaves["Momenta"].detach()),
            ["RunningMean"] = leaves["RunningMean"].to_type(ScalarType.Float64),
            ["RunningVariance"] = leaves["RunningVariance"].to_type(ScalarType.Float64),
        };
        foreach (var (name, leaf) in leaves)
        {
            if (leaf.requires_grad) all["d " + name] = (leaf.grad ?? zeros_like(leaf)).to_type(ScalarType.Float64);
        }

        return all;
    }

    /// <summary>Massless particles of a jet of a few hundred GeV, in float64.</summary>
    private static Tensor Momenta(long nodes, Generator random)
    {
        var pt = (randn([nodes], ScalarType.Float64, generator: random) * 1.2).exp() * 5;
        var eta = randn([nodes], ScalarType.Float64, generator: random) * 0.3;
        var phi = randn([nodes], ScalarType.Float64, generator: random) * 0.3;
        return stack([pt * eta.cosh(), pt * phi.cos(), pt * phi.sin(), pt * eta.sinh()], 1);
    }
}
