using Lightcone.Systems.Lgae.Kernels;
using Lightcone.Systems.Tests.Lgae;
using TorchSharp;
using static TorchSharp.torch;

// Usage: LgaeMessages [seconds a figure]
double seconds = args.Length > 0 ? double.Parse(args[0]) : 3;
set_num_threads(1);
Console.WriteLine($"peak of this processor now, {Peak.Measure():f0} GFLOP/s (one thread, float32)");
foreach (var (shape, nodes, what) in ((RadialShape, int, string)[])[
    (new(8, 12, 5, 10), 30, "C=8 K=12 A=5,10 n=30"), (new(4, 12, 5, 10), 30, "C=4 K=12 A=5,10 n=30"), (new(6, 8, 5, 10), 30, "C=6 K=8  A=5,10 n=30"),
    (new(8, 12, 14, 30), 30, "C=8 K=12 A=14,30 n=30"), (new(8, 12, 5, 10), 0, "C=8 K=12 A=5,10 n=1..30")])
{
    const int Jets = 128;
    int[] multiplicities = [.. Enumerable.Range(0, Jets).Select(jet => nodes > 0 ? nodes : (jet * 7 % 30) + 1)];
    using var data = RadialMessagesCase.Create(multiplicities, shape);
    long pairs = multiplicities.Sum(n => n * (n - 1L) / 2);
    var (fusedForward, fused) = Measure(data, new FusedRadialMessages(1), momenta: true);
    var (eagerForward, eager) = Measure(data, RadialMessages.For(fused: false), momenta: true);
    var (_, fixedMomenta) = Measure(data, new FusedRadialMessages(1), momenta: false);
    Console.WriteLine(
        $"{what,-24} B={Jets}: fused {fusedForward * 1e3,6:f2} / {fused * 1e3,6:f2} ms ({fused / pairs * 1e9:f0} ns a pair; {fixedMomenta * 1e3:f2} ms without dp), " +
        $"eager {eagerForward * 1e3,7:f1} / {eager * 1e3,7:f1} ms, ratio {eagerForward / fusedForward:f1} / {eager / fused:f1}");
}

(double Forward, double Step) Measure(RadialMessagesCase data, RadialMessages messages, bool momenta)
{
    using var scope = NewDisposeScope();
    using var owned = messages;
    var leaves = data.Leaves(ScalarType.Float32, momenta);
    var inputs = data.Inputs(leaves);
    Tensor[] gradients = [data.Values["G0"].to_type(ScalarType.Float32), data.Values["G1"].to_type(ScalarType.Float32)];
    double forward = double.MaxValue, both = double.MaxValue;
    long end = System.Diagnostics.Stopwatch.GetTimestamp() + (long)(seconds * System.Diagnostics.Stopwatch.Frequency);
    for (int k = 0; k < 5 || System.Diagnostics.Stopwatch.GetTimestamp() < end; k++)
    {
        using var step = NewDisposeScope();
        double start = ThreadTime.Seconds;
        var (y0, y1) = messages.Apply(inputs);
        forward = Math.Min(forward, ThreadTime.Seconds - start);
        autograd.backward([y0, y1], gradients);
        both = Math.Min(both, ThreadTime.Seconds - start);
        messages.AfterBackward();
        foreach (var leaf in leaves.Values)
            if (leaf.requires_grad) leaf.grad = null;
    }

    return (forward, both);
}
