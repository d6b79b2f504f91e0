using Lightcone.Systems.LorentzNet.Kernels;
using Lightcone.Systems.Tests.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

// Usage: FusedEdges [fused|eager|rows|all] [seconds a figure] [threads of the fused block]
// fused and eager start from a = W_i h and b = W_j h; rows is the published form, whose first layer acts on every edge; fused rows is the
// fused block with both node products, for comparison with it.
string what = args.Length > 0 ? args[0] : "all";
double seconds = args.Length > 1 ? double.Parse(args[1]) : 3;
int threads = args.Length > 2 ? int.Parse(args[2]) : 1;
const int Channels = 72;
set_num_threads(1);
Console.WriteLine($"peak of this processor now, {Peak.Measure():f0} GFLOP/s (one thread, float32)");
foreach (int jets in (int[])[8, 32])
{
    int[] multiplicities = Multiplicities(jets, 43);
    long edges = multiplicities.Sum(n => (long)n * (n - 1));
    foreach (bool moves in (bool[])[true, false])
    {
        using var data = EdgeBlockCase.Create(Channels, multiplicities, moves, batch: true, loud: false);
        using var bench = new EdgeBlockBench(data, Channels, seconds, threads);
        foreach (string form in (string[])["fused", "eager", "fused rows", "rows"])
        {
            if (what == "all" || form.Contains(what)) Report(form, jets, edges, moves, bench.Measure(form));
        }
    }
}

static void Report(string name, int jets, long edges, bool moves, (double Forward, double Step) time)
{
    // The products that the fused block carries out, two forward and five backward (one and three in the last block), each 2·H² an edge.
    double flops = (moves ? 14.0 : 8.0) * Channels * Channels * edges;
    Console.WriteLine(
        $"{name,-10} batch {jets,2} {(moves ? "block     " : "last block")}: forward {time.Forward / edges * 1e9,6:f1} ns, " +
        $"forward+backward {time.Step / edges * 1e9,7:f1} ns an edge, {edges / time.Step / 1e6,5:f2} M edges/s"
        + (name.StartsWith("fused") ? $", {flops / time.Step / 1e9,5:f0} GFLOP/s" : ""));
}

// A spread like that of the top-tagging jets: mean 43, standard deviation 15, 6 to 118 nodes.
static int[] Multiplicities(int jets, double mean)
{
    var random = new Random(1);
    return [.. Enumerable.Range(0, jets).Select(_ =>
    {
        double sum = 0;
        for (int k = 0; k < 12; k++) sum += random.NextDouble();
        return (int)Math.Clamp(mean + 15 * (sum - 6), 6, 118);
    })];
}

/// <summary>Times forward and forward+backward of one block in its several forms: the best of many calls.</summary>
internal sealed class EdgeBlockBench : IDisposable
{
    private readonly EdgeBlockCase _data;
    private readonly double _seconds;
    private readonly EdgeBlockEngine _engine;
    private readonly Dictionary<string, Tensor> _leaves;
    private readonly EdgeBlockParameters _parameters;
    private readonly Tensor _aggregateGradient, _receivers, _senders, _degrees, _nodes, _firstLayer;
    private readonly int _channels;
    private readonly bool _wallClock;

    public EdgeBlockBench(EdgeBlockCase data, int channels, double seconds, int threads)
    {
        (_data, _channels, _seconds, _wallClock) = (data, channels, seconds, threads > 1);
        _engine = new EdgeBlockEngine(channels, threads);
        _leaves = data.Leaves(ScalarType.Float32);
        _parameters = EdgeBlockCase.Parameters(_leaves);
        _aggregateGradient = data.AggregateGradient.to_type(ScalarType.Float32);
        (_receivers, _senders) = EagerEdgeBlock.Edges(data.Offsets);
        _degrees = EagerEdgeBlock.InverseDegrees(data.Offsets);
        _nodes = randn(data.Offsets[^1], channels).requires_grad_();
        _firstLayer = (randn(channels, (2 * channels) + 2) * 0.1).detach().requires_grad_();
    }

    public (double Forward, double Step) Measure(string form)
    {
        double forward = double.MaxValue, both = double.MaxValue, end = Wall() + _seconds;
        for (int k = 0; k < 5 || Wall() < end; k++)
        {
            forward = Math.Min(forward, Time(form, backward: false));
            both = Math.Min(both, Time(form, backward: true));
        }

        return (forward, both);
    }

    public void Dispose() => _engine.Dispose();

    private static double Wall() => System.Diagnostics.Stopwatch.GetTimestamp() / (double)System.Diagnostics.Stopwatch.Frequency;

    private double Time(string form, bool backward)
    {
        double start = _wallClock ? Wall() : ThreadTime.Seconds;
        using (NewDisposeScope())
        {
            var (aggregate, moved) = Apply(form);
            if (backward) autograd.backward([aggregate, moved], [_aggregateGradient, _data.MovedGradient]);
        }

        double time = (_wallClock ? Wall() : ThreadTime.Seconds) - start;
        foreach (var leaf in _leaves.Values.Append(_nodes).Append(_firstLayer))
            if (leaf.requires_grad) leaf.grad = null;
        return time;
    }

    private (Tensor, Tensor) Apply(string form)
    {
        Tensor a = _leaves["Receiver"], b = _leaves["Sender"], x = _leaves["Momenta"];
        switch (form)
        {
            case "fused":
                return FusedEdgeBlock.Apply(_engine, _data.Settings, _data.Offsets, a, b, x, _parameters);
            case "eager":
                return EagerEdgeBlock.Apply(_data.Settings, _receivers, _senders, _degrees, a, b, x, _parameters);
            case "rows":
                return EagerEdgeBlock.ApplyToRows(_data.Settings, _receivers, _senders, _degrees, _nodes, _firstLayer, x, _parameters);
            default:
                Tensor receiver = F.linear(_nodes, _firstLayer.narrow(1, 0, _channels)), sender = F.linear(_nodes, _firstLayer.narrow(1, _channels, _channels));
                var parameters = _parameters with
                {
                    NormWeight = _firstLayer.select(1, 2 * _channels), ProductWeight = _firstLayer.select(1, (2 * _channels) + 1),
                };
                return FusedEdgeBlock.Apply(_engine, _data.Settings, _data.Offsets, receiver, sender, x, parameters);
        }
    }
}
