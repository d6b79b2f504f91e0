using System.Diagnostics;
using Lightcone.Systems.LorentzNet.Kernels;
using Lightcone.Systems.Tests.Kernels;
using TorchSharp;
using static TorchSharp.torch;

// Usage: FusedEdges [eager|fused|all] [seconds a figure]
string what = args.Length > 0 ? args[0] : "all";
double seconds = args.Length > 1 ? double.Parse(args[1]) : 3;
set_num_threads(1);
const int Channels = 72;
Console.WriteLine($"peak of this processor now, {Peak.Measure():f0} GFLOP/s (one thread, float32)");
foreach (int jets in (int[])[8, 32])
{
    int[] multiplicities = Multiplicities(jets, 43);
    long edges = multiplicities.Sum(n => (long)n * (n - 1));
    foreach (bool moves in (bool[])[true, false])
    {
        using var data = EdgeBlockCase.Create(Channels, multiplicities, moves, batch: true, loud: false);
        if (what != "eager") Report("fused", jets, edges, moves, Fused(data));
        if (what != "fused") Report("eager", jets, edges, moves, Eager(data));
    }
}

void Report(string name, int jets, long edges, bool moves, (double Forward, double Step) time)
{
    // The products that are carried out, two forward and five backward (one and three in the last block), each 2·H² an edge.
    double flops = (moves ? 14.0 : 8.0) * Channels * Channels * edges;
    Console.WriteLine(
        $"{name} batch {jets,2} {(moves ? "block     " : "last block")}: forward {time.Forward / edges * 1e9,6:f1} ns, " +
        $"forward+backward {time.Step / edges * 1e9,7:f1} ns an edge, {edges / time.Step / 1e6,5:f2} M edges/s, {flops / time.Step / 1e9,5:f0} GFLOP/s");
}

(double, double) Fused(EdgeBlockCase data)
{
    using var engine = new EdgeBlockEngine(Channels);
    var leaves = data.Leaves(ScalarType.Float32);
    var parameters = EdgeBlockCase.Parameters(leaves);
    var aggregateGradient = data.AggregateGradient.to_type(ScalarType.Float32);
    return Best(backward =>
    {
        using var scope = NewDisposeScope();
        var (aggregate, moved) = FusedEdgeBlock.Apply(
            engine, data.Settings, data.Offsets, leaves["Receiver"], leaves["Sender"], leaves["Momenta"], parameters);
        if (backward) autograd.backward([aggregate, moved], [aggregateGradient, data.MovedGradient]);
        Forget(leaves);
    });
}

(double, double) Eager(EdgeBlockCase data)
{
    var leaves = data.Leaves(ScalarType.Float32);
    var parameters = EdgeBlockCase.Parameters(leaves);
    var aggregateGradient = data.AggregateGradient.to_type(ScalarType.Float32);
    var (receivers, senders) = EagerEdgeBlock.Edges(data.Offsets);
    var degrees = EagerEdgeBlock.InverseDegrees(data.Offsets);
    return Best(backward =>
    {
        using var scope = NewDisposeScope();
        var (aggregate, moved) = EagerEdgeBlock.Apply(
            data.Settings, receivers, senders, degrees, leaves["Receiver"], leaves["Sender"], leaves["Momenta"], parameters);
        if (backward) autograd.backward([aggregate, moved], [aggregateGradient, data.MovedGradient]);
        Forget(leaves);
    });
}

(double, double) Best(Action<bool> step)
{
    double forward = double.MaxValue, both = double.MaxValue;
    var total = Stopwatch.StartNew();
    for (int k = 0; k < 5 || total.Elapsed.TotalSeconds < seconds; k++)
    {
        forward = Math.Min(forward, Time(() => step(false)));
        both = Math.Min(both, Time(() => step(true)));
    }

    return (forward, both);
}

static double Time(Action action)
{
    double start = ThreadTime.Seconds;
    action();
    return ThreadTime.Seconds - start;
}

static void Forget(Dictionary<string, Tensor> leaves)
{
    foreach (var leaf in leaves.Values)
        if (leaf.requires_grad) leaf.grad = null;
}

// A spread like that of the top-tagging jets: 4 to 116 nodes around the mean, standard deviation near 15.
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
