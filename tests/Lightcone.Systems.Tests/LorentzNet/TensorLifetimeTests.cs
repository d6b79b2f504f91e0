using System.Globalization;
using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Training;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.LorentzNet;

[Collection(SeededGenerator.Name)]
public sealed class TensorLifetimeTests
{
    private static readonly LorentzNetRecipe Recipe = new() { Hidden = 8, Layers = 2 };

    [Theory]
    [InlineData(KernelChoice.Auto)]
    [InlineData(KernelChoice.Eager)]
    public void A_training_step_leaves_no_tensor_behind(KernelChoice kernel)
    {
        var recipe = Recipe with { Kernel = kernel };
        using var task = new LorentzNetTask(recipe);
        using var optimiser = new AdamW(task.Network, 0.9, 0.999, 1e-8, 0.01);
        var jets = ToyJets.Make(16, 71);
        Step(task, optimiser, jets); // the first one makes what stays: gradients and constants
        long live = Live();
        for (int i = 0; i < 5; i++) Step(task, optimiser, jets);
        Assert.Equal(live, Live());
    }

    [Theory]
    [InlineData(KernelChoice.Auto, Precision.Float32)]
    [InlineData(KernelChoice.Eager, Precision.Float32)]
    [InlineData(KernelChoice.Auto, Precision.Float64)]
    public void Scoring_and_validating_leave_no_tensor_behind(KernelChoice kernel, Precision precision)
    {
        using var task = new LorentzNetTask(Recipe with { Kernel = kernel, Network = precision });
        var jets = ToyJets.Make(40, 72);
        task.Validate([jets]);
        long live = Live();
        for (int i = 0; i < 5; i++) task.Validate([jets, jets]);
        Assert.Equal(live, Live());
    }

    [Fact]
    public void A_network_that_is_disposed_leaves_no_tensor_behind()
    {
        using (new LorentzNetTask(Recipe))
        {
        }

        long live = Live();
        using (var task = new LorentzNetTask(Recipe))
        using (var optimiser = new AdamW(task.Network, 0.9, 0.999, 1e-8, 0.01))
        {
            Step(task, optimiser, ToyJets.Make(16, 73));
            Assert.True(Live() > live);
        }

        Assert.Equal(live, Live());
    }

    [Theory]
    [InlineData(KernelChoice.Auto)]
    [InlineData(KernelChoice.Eager)]
    public void Resident_memory_is_flat_over_50_training_steps(KernelChoice kernel)
    {
        Assert.SkipUnless(File.Exists("/proc/self/status"), "Resident memory is read from /proc.");
        var recipe = Recipe with { Kernel = kernel };
        using var task = new LorentzNetTask(recipe);
        using var optimiser = new AdamW(task.Network, 0.9, 0.999, 1e-8, 0.01);
        var jets = ToyJets.Make([.. Enumerable.Repeat(58, 32)], 74);
        long edges = jets.JetCount * 60 * 59;
        for (int i = 0; i < 60; i++) Step(task, optimiser, jets); // until the native heap, in pieces after hundreds of other tests, has room for every step
        // The allocator may take more room once; a leak takes it in both halves.
        long first = Growth(), second = Growth();
        TestContext.Current.TestOutputHelper?.WriteLine($"{first / 1e6:0.0} MB, then {second / 1e6:0.0} MB");
        // The smallest things that a step makes an edge are one of its two ends (8 bytes) and what the kernels keep of it (25): a leak of half an end would show.
        Assert.True(Math.Min(first, second) < 25 * edges * sizeof(long) / 2, $"resident memory grew by {first / 1e6:0.0} and {second / 1e6:0.0} MB");

        long Growth()
        {
            long before = Resident();
            for (int i = 0; i < 25; i++) Step(task, optimiser, jets);
            return Resident() - before;
        }
    }

    private static void Step(LorentzNetTask task, AdamW optimiser, JetBatch jets)
    {
        optimiser.ZeroGradients();
        using (NewDisposeScope())
        {
            task.Loss(jets).backward();
            task.AfterBackward();
        }

        optimiser.ClipGradients(1);
        optimiser.Step(1e-3);
    }

    private static long Live() => DisposeScopeManager.Statistics.ThreadTotalLiveCount;

    private static long Resident()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }
}
