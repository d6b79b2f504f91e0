using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.LorentzNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.LorentzNet;

/// <summary>Networks with keyed random weights, loud enough that every part of the network shows in its scores.</summary>
internal static class Networks
{
    public static LorentzNetRecipe Small { get; } = new() { Hidden = 12, Layers = 3, Dropout = 0, CoordinateWeight = 0.05 };

    public static LorentzNetRecipe AllDouble(LorentzNetRecipe recipe) => recipe with { Network = Precision.Float64, Geometry = Precision.Float64 };

    /// <summary>A network whose φ_x moves four-vectors by a good part of themselves (fresh weights move them by 10⁻⁶), with running statistics unlike 0 and 1.</summary>
    public static LorentzNetNetwork Loud(LorentzNetRecipe recipe, ulong seed = 1)
    {
        var network = new LorentzNetNetwork(recipe);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, tensor) in network.State.Parameters.Concat(network.State.Buffers))
        {
            var random = new RandomStream(seed, name, 0, 0);
            bool normalisation = name.Contains("phi_e.1.", StringComparison.Ordinal) || name.Contains("phi_h.1.", StringComparison.Ordinal);
            double fan = tensor.dim() == 2 ? tensor.shape[1] : recipe.Hidden;
            var values = new double[tensor.numel()];
            for (int i = 0; i < values.Length; i++)
            {
                double u = 2 * random.NextDouble() - 1;
                double value = 1.5 * u / Math.Sqrt(fan);
                if (name.EndsWith("running_var", StringComparison.Ordinal)) value = 1.5 + 0.5 * u;
                else if (normalisation) value = (name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0) + 0.3 * u;
                else if (name.EndsWith("phi_x.2.weight", StringComparison.Ordinal)) value = 2 * u;
                values[i] = (float)value; // float32 numbers, so that networks of both precisions hold the same weights
            }

            tensor.copy_(torch.tensor(values, tensor.shape));
        }

        return network;
    }

    /// <summary>Scores of all jets, (background, signal) one after the other.</summary>
    public static double[] Scores(LorentzNetNetwork network, LorentzNetRecipe recipe, JetBatch jets, Kinematics.LorentzTransform? frame = null) =>
        [.. LorentzNetScoring.Logits(network, recipe, jets, frame).SelectMany(l => new[] { l.Background, l.Signal })];

    /// <summary>Loss of a batch in training mode; the caller owns it.</summary>
    public static Tensor Loss(LorentzNetNetwork network, LorentzNetRecipe recipe, JetBatch jets)
    {
        using var graph = JetGraph.Of(jets, recipe);
        return nn.functional.cross_entropy(network.Logits(graph, training: true), tensor(Array.ConvertAll(jets.Labels!, l => (long)l)));
    }

    /// <summary>The gradients of a batch's loss by parameter name; zeros where a parameter takes no part.</summary>
    public static Dictionary<string, double[]> Gradients(LorentzNetNetwork network, LorentzNetRecipe recipe, JetBatch jets)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, p) in network.State.Parameters) p.grad = null;
        Loss(network, recipe, jets).backward();
        network.AfterBackward();
        return network.State.Parameters.ToDictionary(p => p.Name, p => p.Tensor.grad is { } g ? Values(g) : new double[p.Tensor.numel()]);
    }

    public static double[] Values(Tensor t)
    {
        using var scope = NewDisposeScope();
        return t.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    public static double LargestDifference(double[] a, double[] b)
    {
        Assert.Equal(a.Length, b.Length);
        Assert.All(b, v => Assert.True(double.IsFinite(v)));
        return a.Zip(b).Max(p => Math.Abs(p.First - p.Second));
    }
}
