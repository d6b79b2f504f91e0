using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Gnnae;
using Lightcone.Systems.Reconstruction;
using Lightcone.Systems.LorentzNet;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Gnnae;

/// <summary>Networks with keyed random weights, and what the tests ask of them.</summary>
internal static class GnnaeCases
{
    public static GnnaeRecipe Exact { get; } = new() { Latent = 7, Network = Precision.Float64, MomentumUnit = 300 };

    public static TheoryData<GnnaeLevel, GnnaeCoordinates, GnnaeMode> All()
    {
        var all = new TheoryData<GnnaeLevel, GnnaeCoordinates, GnnaeMode>();
        foreach (var level in Enum.GetValues<GnnaeLevel>())
            foreach (var coordinates in Enum.GetValues<GnnaeCoordinates>())
                foreach (var mode in Enum.GetValues<GnnaeMode>())
                    all.Add(level, coordinates, mode);
        return all;
    }

    public static GnnaeRecipe Recipe(GnnaeLevel level, GnnaeCoordinates coordinates = GnnaeCoordinates.Cartesian, GnnaeMode mode = GnnaeMode.Corrected) =>
        Exact with { Level = level, Coordinates = coordinates, Mode = mode };

    /// <summary>Float32 numbers, so that networks of both precisions hold the same weights; uniform within <paramref name="loudness"/>/√inputs, where fresh ones have 1.</summary>
    public static void Fill(NetworkState state, ulong seed = 1, double loudness = 1.3)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in state.Parameters)
        {
            var random = new RandomStream(seed, name, 0, 0);
            double fan = parameter.dim() == 2 ? parameter.shape[1] : 20;
            parameter.copy_(tensor(Enumerable.Range(0, (int)parameter.numel()).Select(_ => (double)(float)(loudness * (2 * random.NextDouble() - 1) / Math.Sqrt(fan))).ToArray(), parameter.shape));
        }
    }

    public static GnnaeModel Model(GnnaeRecipe recipe, ulong seed = 1)
    {
        var model = new GnnaeModel(recipe);
        Fill(model.Network.State, seed);
        return model;
    }

    /// <summary>Gradients of a batch's loss by parameter name.</summary>
    public static Dictionary<string, double[]> Gradients(GnnaeTask task, JetBatch jets)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, p) in task.Network.Parameters) p.grad = null;
        task.Loss(jets).backward();
        return task.Network.Parameters.ToDictionary(p => p.Name, p => p.Tensor.grad is { } g ? Values(g) : new double[p.Tensor.numel()]);
    }

    public static double Loss(GnnaeTask task, JetBatch jets)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return task.Loss(jets).to(ScalarType.Float64).item<double>();
    }

    public static double[] Values(Tensor t)
    {
        using var scope = NewDisposeScope();
        return t.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    /// <summary>Largest difference in units of the largest number; both must be finite and of one length.</summary>
    public static double Difference(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        Assert.Equal(a.Count, b.Count);
        Assert.All(a.Concat(b), v => Assert.True(double.IsFinite(v)));
        return a.Zip(b).Select(p => Math.Abs(p.First - p.Second)).DefaultIfEmpty().Max() / Math.Max(1e-300, b.Select(Math.Abs).DefaultIfEmpty().Max());
    }

    public static double[] Latents(ReconstructedJets jets) => Array.ConvertAll(jets.Latents, l => (double)l);
}
