using Lightcone.Systems.LorentzNet.Kernels;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.LorentzNet;

/// <summary>What one block's edges are computed from.</summary>
/// <param name="Settings">Factor, clamp, kind of statistics.</param>
/// <param name="Receiver">W_i h, the part of φ_e's first layer that depends on the edge's start, [nodes, H].</param>
/// <param name="Sender">W_j h, the part that depends on the edge's end, [nodes, H].</param>
/// <param name="Momenta">Four-vectors x, [nodes, 4].</param>
/// <param name="Parameters">Everything learned, and the running statistics.</param>
internal sealed record EdgeInputs(EdgeBlockSettings Settings, Tensor Receiver, Tensor Sender, Tensor Momenta, EdgeBlockParameters Parameters);

/// <summary>Computes the messages of one block.</summary>
internal abstract class EdgeBlock : IDisposable
{
    /// <summary>The implementation a recipe asks for: fused where it applies, else eager.</summary>
    public static EdgeBlock For(LorentzNetRecipe recipe) =>
        recipe.Kernel == KernelChoice.Auto && recipe.Network == Precision.Float32 && recipe.Geometry == Precision.Float64 && recipe.Hidden % 4 == 0
            ? new FusedEdges(recipe.Hidden, Threads.Count)
            : new EagerEdgeBlock();

    /// <summary>Σ_j m_ij [nodes, H] and the moved four-vectors [nodes, 4].</summary>
    public abstract (Tensor Aggregate, Tensor Momenta) Messages(EdgeInputs inputs, JetGraph graph);

    /// <summary>Throws what a backward pass could not.</summary>
    public virtual void AfterBackward()
    {
    }

    /// <inheritdoc/>
    public virtual void Dispose()
    {
    }
}

/// <summary>The fused kernels: float32 layers, float64 geometry, CPU; 25 bytes of an edge are kept for the backward pass.</summary>
internal sealed class FusedEdges(int channels, int threads) : EdgeBlock
{
    private readonly EdgeBlockEngine engine = new(channels, threads);

    public override (Tensor Aggregate, Tensor Momenta) Messages(EdgeInputs inputs, JetGraph graph)
    {
        var (aggregate, moved) = FusedEdgeBlock.Apply(engine, inputs.Settings, graph.Offsets, inputs.Receiver, inputs.Sender, inputs.Momenta, inputs.Parameters);
        return (aggregate, inputs.Settings.MovesNodes ? moved : inputs.Momenta);
    }

    public override void AfterBackward() => FusedEdgeBlock.ThrowIfBackwardFailed();

    public override void Dispose() => engine.Dispose();
}

/// <summary>Every edge in the engine's own operations: works for every precision and device, and reads like the paper.</summary>
internal sealed class EagerEdgeBlock : EdgeBlock
{
    public override (Tensor Aggregate, Tensor Momenta) Messages(EdgeInputs inputs, JetGraph graph)
    {
        var (i, j) = graph.Edges;
        var (x, p) = (inputs.Momenta, inputs.Parameters);
        var (difference, norm, dot) = Invariants(x, graph);
        var type = inputs.Receiver.dtype;
        var z = inputs.Receiver.index_select(0, i).Plus(inputs.Sender.index_select(0, j))
            .Plus(norm.to(type).unsqueeze(1) * p.NormWeight).Plus(dot.to(type).unsqueeze(1) * p.ProductWeight);
        var message = relu(linear(relu(Normalise(z, inputs)), p.MessageWeight, p.MessageBias));
        message = message * linear(message, p.GateWeight, p.GateBias).sigmoid();
        var aggregate = zeros_like(inputs.Receiver).PlusRows(i, message);
        return (aggregate, inputs.Settings.MovesNodes ? Move(difference, message, inputs, graph) : x);
    }

    /// <summary>x_i − x_j [edges, 4], ψ(|x_i − x_j|²) and ψ(⟨x_i, x_j⟩) [edges] of every edge, in the precision of x.</summary>
    internal static (Tensor Difference, Tensor Norm, Tensor Dot) Invariants(Tensor x, JetGraph graph)
    {
        Tensor xi = x.index_select(0, graph.Edges.I), xj = x.index_select(0, graph.Edges.J), difference = xi - xj;
        return (difference, Psi(Product(difference, difference)), Psi(Product(xi, xj)));
    }

    private static Tensor Move(Tensor difference, Tensor message, EdgeInputs inputs, JetGraph graph)
    {
        var (x, p) = (inputs.Momenta, inputs.Parameters);
        var size = linear(relu(linear(message, p.PositionWeight!, p.PositionBias)), p.PositionOutput!).to(x.dtype);
        var shift = difference * size;
        if (double.IsFinite(inputs.Settings.Clamp)) shift = shift.Within(inputs.Settings.Clamp);
        return x.Plus((zeros_like(x).PlusRows(graph.Edges.I, shift) / graph.Degree).Times(inputs.Settings.PositionStep));
    }

    private static Tensor Normalise(Tensor z, EdgeInputs inputs)
    {
        var (s, p) = (inputs.Settings, inputs.Parameters);
        return z.shape[0] == 0
            ? z
            : batch_norm(z, p.RunningMean, p.RunningVariance, p.NormalisationWeight, p.NormalisationBias, s.BatchStatistics, s.Momentum, s.Epsilon);
    }

    // ⟨a, b⟩ as 2 a₀b₀ − Σ a b: one product over all components and one more, as the published code sums it.
    private static Tensor Product(Tensor a, Tensor b) => (a.select(1, 0) * b.select(1, 0)).Times(2) - (a * b).sum(dim: 1);

    // ψ(p) = sign(p) log(|p| + 1), not log1p: the published weights were trained with its rounding.
    private static Tensor Psi(Tensor p) => p.sign() * p.abs().Plus(1).log();
}
