using Lightcone.Systems.LorentzNet.Kernels;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.LorentzNet;

/// <summary>What one block's edges are computed from; H is the hidden width.</summary>
internal sealed record EdgeInputs
{
    /// <summary>W_i h, the part of φ_e's first layer that depends on the edge's start, [nodes, H].</summary>
    public required Tensor From { get; init; }

    /// <summary>W_j h, the part that depends on the edge's end, [nodes, H].</summary>
    public required Tensor To { get; init; }

    /// <summary>Weight of ψ(|x_i − x_j|²), [H].</summary>
    public required Tensor NormWeight { get; init; }

    /// <summary>Weight of ψ(⟨x_i, x_j⟩), [H].</summary>
    public required Tensor DotWeight { get; init; }

    /// <summary>Four-vectors x, [nodes, 4].</summary>
    public required Tensor Momenta { get; init; }

    /// <summary>Batch norm over edges: scale, [H].</summary>
    public required Tensor ScaleE { get; init; }

    /// <summary>Batch norm over edges: shift, [H].</summary>
    public required Tensor ShiftE { get; init; }

    /// <summary>Running mean, [H]; updated in training.</summary>
    public required Tensor RunningMean { get; init; }

    /// <summary>Running variance, [H]; updated in training.</summary>
    public required Tensor RunningVariance { get; init; }

    /// <summary>φ_e's second layer: weight, [H, H].</summary>
    public required Tensor MessageWeight { get; init; }

    /// <summary>φ_e's second layer: bias, [H].</summary>
    public required Tensor MessageBias { get; init; }

    /// <summary>φ_m: weight, [1, H].</summary>
    public required Tensor GateWeight { get; init; }

    /// <summary>φ_m: bias, [1].</summary>
    public required Tensor GateBias { get; init; }

    /// <summary>φ_x: first weight [H, H] and bias [H], second weight [1, H]; null in the last block, which leaves four-vectors alone.</summary>
    public required (Tensor Weight, Tensor Bias, Tensor Second)? Step { get; init; }

    /// <summary>c of eq. (3.4).</summary>
    public required double CoordinateWeight { get; init; }

    /// <summary>Bound on a component of a four-vector message [GeV]; 0 for none.</summary>
    public required double Clamp { get; init; }

    /// <summary>Momentum of the running statistics.</summary>
    public required double Momentum { get; init; }

    /// <summary>Added to the variance.</summary>
    public required double Epsilon { get; init; }

    /// <summary>Batch statistics (true) or running statistics (false).</summary>
    public required bool Training { get; init; }
}

/// <summary>Computes the messages of one block.</summary>
internal abstract class EdgeBlock : IDisposable
{
    /// <summary>The implementation a recipe asks for: fused where it applies, else eager.</summary>
    public static EdgeBlock For(LorentzNetRecipe recipe) =>
        recipe.Kernel == EdgeKernel.Auto && recipe.Network == Precision.Float32 && recipe.Geometry == Precision.Float64 && recipe.Hidden % 4 == 0
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

/// <summary>The fused kernels: float32 layers, float64 geometry, CPU; nothing of an edge is kept for the backward pass.</summary>
internal sealed class FusedEdges(int channels, int threads) : EdgeBlock
{
    private readonly EdgeBlockEngine engine = new(channels, threads);

    public override (Tensor Aggregate, Tensor Momenta) Messages(EdgeInputs inputs, JetGraph graph)
    {
        var settings = new EdgeBlockSettings
        {
            Channels = channels,
            MovesNodes = inputs.Step is not null,
            PositionStep = inputs.CoordinateWeight,
            Clamp = inputs.Clamp > 0 ? inputs.Clamp : double.PositiveInfinity,
            BatchStatistics = inputs.Training,
            Epsilon = inputs.Epsilon,
            Momentum = inputs.Momentum,
        };
        var (aggregate, moved) = FusedEdgeBlock.Apply(engine, settings, graph.Offsets, inputs.From, inputs.To, inputs.Momenta, new EdgeBlockParameters
        {
            NormWeight = inputs.NormWeight,
            ProductWeight = inputs.DotWeight,
            NormalisationWeight = inputs.ScaleE,
            NormalisationBias = inputs.ShiftE,
            RunningMean = inputs.RunningMean,
            RunningVariance = inputs.RunningVariance,
            MessageWeight = inputs.MessageWeight,
            MessageBias = inputs.MessageBias,
            GateWeight = inputs.GateWeight,
            GateBias = inputs.GateBias,
            PositionWeight = inputs.Step?.Weight,
            PositionBias = inputs.Step?.Bias,
            PositionOutput = inputs.Step?.Second,
        });
        return (aggregate, inputs.Step is null ? inputs.Momenta : moved);
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
        var x = inputs.Momenta;
        var (difference, norm, dot) = Invariants(x, graph);
        var type = inputs.From.dtype;
        var z = inputs.From.index_select(0, i).Plus(inputs.To.index_select(0, j))
            .Plus(norm.to(type).unsqueeze(1) * inputs.NormWeight).Plus(dot.to(type).unsqueeze(1) * inputs.DotWeight);
        var message = relu(linear(relu(Normalise(z, inputs)), inputs.MessageWeight, inputs.MessageBias));
        message = message * linear(message, inputs.GateWeight, inputs.GateBias).sigmoid();
        var aggregate = zeros_like(inputs.From).PlusRows(i, message);
        return (aggregate, inputs.Step is { } step ? Move(x, difference, message, step, inputs, graph) : x);
    }

    /// <summary>x_i − x_j [edges, 4], ψ(|x_i − x_j|²) and ψ(⟨x_i, x_j⟩) [edges] of every edge, in the precision of x.</summary>
    internal static (Tensor Difference, Tensor Norm, Tensor Dot) Invariants(Tensor x, JetGraph graph)
    {
        Tensor xi = x.index_select(0, graph.Edges.I), xj = x.index_select(0, graph.Edges.J), difference = xi - xj;
        return (difference,
            Psi(Product(difference, difference)),
            Psi(Product(xi, xj)));
    }

    private static Tensor Move(
        Tensor x, Tensor difference, Tensor message, (Tensor Weight, Tensor Bias, Tensor Second) step, EdgeInputs inputs, JetGraph graph)
    {
        var size = linear(relu(linear(message, step.Weight, step.Bias)), step.Second).to(x.dtype);
        var shift = difference * size;
        if (inputs.Clamp > 0) shift = shift.Within(inputs.Clamp);
        return x.Plus((zeros_like(x).PlusRows(graph.Edges.I, shift) / graph.Degree).Times(inputs.CoordinateWeight));
    }

    private static Tensor Normalise(Tensor z, EdgeInputs inputs) =>
        z.shape[0] == 0 ? z : batch_norm(z, inputs.RunningMean, inputs.RunningVariance, inputs.ScaleE, inputs.ShiftE, inputs.Training, inputs.Momentum, inputs.Epsilon);

    // ⟨a, b⟩ as 2 a₀b₀ − Σ a b: one product over all components and one more, as the published code sums it.
    private static Tensor Product(Tensor a, Tensor b) => (a.select(1, 0) * b.select(1, 0)).Times(2) - (a * b).sum(dim: 1);

    // ψ(p) = sign(p) log(|p| + 1), not log1p: the published weights were trained with its rounding.
    private static Tensor Psi(Tensor p) => p.sign() * p.abs().Plus(1).log();
}
