using System.Runtime.InteropServices;
using Lightcone.Systems.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// Parameters and running statistics of the edge part of a block, as the network holds them: float32 on the processor. Every gradient
/// has the shape of its tensor.
/// </summary>
public sealed record EdgeBlockParameters
{
    /// <summary>Column of the first layer's weight for psi(|x_i − x_j|²), H numbers.</summary>
    public required Tensor NormWeight { get; init; }

    /// <summary>Column of the first layer's weight for psi(x_i·x_j), H numbers.</summary>
    public required Tensor ProductWeight { get; init; }

    /// <summary>Weight of the normalisation, H numbers.</summary>
    public required Tensor NormalisationWeight { get; init; }

    /// <summary>Bias of the normalisation, H numbers.</summary>
    public required Tensor NormalisationBias { get; init; }

    /// <summary>Running mean, H numbers; updated in place with batch statistics.</summary>
    public required Tensor RunningMean { get; init; }

    /// <summary>Running variance, H numbers; updated in place with batch statistics.</summary>
    public required Tensor RunningVariance { get; init; }

    /// <summary>Second layer of phi_e, [H, H].</summary>
    public required Tensor MessageWeight { get; init; }

    /// <summary>Its bias, H numbers.</summary>
    public required Tensor MessageBias { get; init; }

    /// <summary>phi_m, H numbers.</summary>
    public required Tensor GateWeight { get; init; }

    /// <summary>Its bias, one number.</summary>
    public required Tensor GateBias { get; init; }

    /// <summary>First layer of phi_x, [H, H]; null in the last block.</summary>
    public Tensor? PositionWeight { get; init; }

    /// <summary>Its bias, H numbers; null in the last block.</summary>
    public Tensor? PositionBias { get; init; }

    /// <summary>Second layer of phi_x, H numbers; null in the last block.</summary>
    public Tensor? PositionOutput { get; init; }
}

/// <summary>
/// The edge part of a LorentzNet block as one differentiable operation, computed by <see cref="EdgeBlockEngine"/>. First-order only: its
/// gradients cannot be differentiated again.
/// </summary>
/// <remarks>
/// An exception must not leave a backward pass, because it would end the process. It is kept in <see cref="BackwardFailure"/> while zero
/// gradients are returned; call <see cref="ThrowIfBackwardFailed"/> after every <c>backward()</c>. Run every step in a dispose scope: inputs
/// that are not contiguous are copied into it.
/// </remarks>
public sealed class FusedEdgeBlock : autograd.MultiTensorFunction<FusedEdgeBlock>
{
    private const int FirstTensor = 3;
    private static readonly BackwardFailure Failure = new("fused edge block");

    /// <inheritdoc/>
    public override string Name => nameof(FusedEdgeBlock);

    /// <summary>What went wrong in a backward pass since the last <see cref="ThrowIfBackwardFailed"/>; null if nothing.</summary>
    public static Exception? BackwardFailure => Failure.Kept;

    /// <summary>Throws what went wrong in a backward pass, once.</summary>
    /// <exception cref="InvalidOperationException">A backward pass failed and its gradients are zeros.</exception>
    public static void ThrowIfBackwardFailed() => Failure.Throw();

    /// <summary>
    /// Applies the edge part of a block. The caller owns both results: the sum of gated messages of each node, [nodes, H] float32, and
    /// the moved four-momenta, [nodes, 4] float64.
    /// </summary>
    /// <param name="engine">The engine; it must live until after the backward pass.</param>
    /// <param name="settings">The block's settings.</param>
    /// <param name="offsets">First node of each jet, then the number of nodes, [jets + 1]; not to be changed until after the backward pass.</param>
    /// <param name="receiver">a = W_i h, [nodes, H] float32.</param>
    /// <param name="sender">b = W_j h, [nodes, H] float32.</param>
    /// <param name="momenta">Four-momenta (E, px, py, pz) [GeV], [nodes, 4] float64.</param>
    /// <param name="parameters">Parameters and running statistics.</param>
    /// <exception cref="UsageException">A tensor has the wrong type, place or shape.</exception>
    public static (Tensor Aggregate, Tensor Moved) Apply(
        EdgeBlockEngine engine, EdgeBlockSettings settings, int[] offsets, Tensor receiver, Tensor sender, Tensor momenta,
        EdgeBlockParameters parameters)
    {
        var p = parameters;
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(parameters);
        bool keeps = is_grad_enabled() && Differentiable(receiver, sender, momenta, parameters);
        var call = new Call(engine, settings, offsets, keeps);
        var results = apply(
            call, Whole(p.RunningMean, nameof(p.RunningMean)), Whole(p.RunningVariance, nameof(p.RunningVariance)),
            receiver, sender, momenta, p.NormWeight, p.ProductWeight, p.NormalisationWeight, p.NormalisationBias,
            p.MessageWeight, p.MessageBias, p.GateWeight, p.GateBias, p.PositionWeight!, p.PositionBias!, p.PositionOutput!);
        return (results[0], results[1]);
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ArgumentNullException.ThrowIfNull(vars);
        var call = (Call)vars[0];
        var tensors = new List<Tensor>(vars.Length - FirstTensor);
        for (int k = FirstTensor; k < vars.Length; k++) tensors.Add(vars[k] is Tensor tensor ? tensor.contiguous() : null!);
        CheckKinds(tensors, call.Settings);
        var aggregate = empty_like(tensors[0]);
        var moved = empty_like(tensors[2]);
        var inputs = Inputs(tensors, call);
        var kept = empty(call.Keeps ? call.Engine.KeptBytes(call.Offsets) : 0, ScalarType.Byte);
        call.Memory = call.Engine.Forward(
            call.Settings, inputs, Floats((Tensor)vars[1]), Floats((Tensor)vars[2]), Floats(aggregate), Doubles(moved), kept.bytes);
        tensors.Add(kept);
        ctx.save_for_backward(tensors);
        ctx.save_data(nameof(Call), call);
        return [aggregate, moved];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var result = new List<Tensor> { null!, null!, null! };
        List<Tensor>? tensors = null;
        try
        {
            tensors = ctx.get_saved_variables();
            for (int k = 0; k < tensors.Count - 1; k++) result.Add(tensors[k] is { IsInvalid: false } tensor ? zeros_like(tensor) : null!);
            var call = (Call)ctx.get_data(nameof(Call));
            using var aggregate = grad_outputs[0].contiguous();
            using var moved = grad_outputs[1].contiguous();
            call.Engine.Backward(
                call.Settings, Inputs(tensors, call), call.Memory!, tensors[^1].bytes, Floats(aggregate), Doubles(moved), Gradients(result));
        }
        catch (Exception failure)
        {
            Failure.Keep(failure, result);
        }
        finally
        {
            if (tensors is not null)
                foreach (var tensor in tensors) tensor?.Dispose();
        }

        return result;
    }

    private static EdgeBlockInputs Inputs(List<Tensor> t, Call call) => new()
    {
        Offsets = call.Offsets,
        Receiver = Floats(t[0]),
        Sender = Floats(t[1]),
        Momenta = Doubles(t[2]),
        NormWeight = Floats(t[3]),
        ProductWeight = Floats(t[4]),
        NormalisationWeight = Floats(t[5]),
        NormalisationBias = Floats(t[6]),
        MessageWeight = Floats(t[7]),
        MessageBias = Floats(t[8]),
        GateWeight = Floats(t[9]),
        GateBias = Floats(t[10]),
        PositionWeight = Floats(t[11]),
        PositionBias = Floats(t[12]),
        PositionOutput = Floats(t[13]),
    };

    private static EdgeBlockGradients Gradients(List<Tensor> result) => new()
    {
        Receiver = Floats(result[FirstTensor]),
        Sender = Floats(result[FirstTensor + 1]),
        Momenta = Doubles(result[FirstTensor + 2]),
        NormWeight = Floats(result[FirstTensor + 3]),
        ProductWeight = Floats(result[FirstTensor + 4]),
        NormalisationWeight = Floats(result[FirstTensor + 5]),
        NormalisationBias = Floats(result[FirstTensor + 6]),
        MessageWeight = Floats(result[FirstTensor + 7]),
        MessageBias = Floats(result[FirstTensor + 8]),
        GateWeight = Floats(result[FirstTensor + 9]),
        GateBias = Floats(result[FirstTensor + 10]),
        PositionWeight = Floats(result[FirstTensor + 11]),
        PositionBias = Floats(result[FirstTensor + 12]),
        PositionOutput = Floats(result[FirstTensor + 13]),
    };

    private static Span<float> Floats(Tensor? tensor) =>
        tensor is null || tensor.IsInvalid ? [] : MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private static Span<double> Doubles(Tensor tensor) => MemoryMarshal.Cast<byte, double>(tensor.bytes);

    private static void CheckKinds(List<Tensor> tensors, EdgeBlockSettings settings)
    {
        int needed = settings.MovesNodes ? tensors.Count : tensors.Count - 3;
        for (int k = 0; k < needed; k++)
        {
            var type = k == 2 ? ScalarType.Float64 : ScalarType.Float32;
            if (tensors[k] is not { } tensor || tensor.dtype != type || tensor.device_type != DeviceType.CPU)
            {
                throw new UsageException(
                    $"tensor {k} of the fused edge block is not {type} on the processor", nameof(FusedEdgeBlock),
                    "a network moved to another device or number type, or phi_x missing in a block that moves nodes", "use the eager network there");
            }
        }
    }

    private static bool Differentiable(Tensor receiver, Tensor sender, Tensor momenta, EdgeBlockParameters p)
    {
        foreach (var tensor in (ReadOnlySpan<Tensor?>)[receiver, sender, momenta, p.NormWeight, p.ProductWeight, p.NormalisationWeight,
            p.NormalisationBias, p.MessageWeight, p.MessageBias, p.GateWeight, p.GateBias, p.PositionWeight, p.PositionBias, p.PositionOutput])
        {
            if (tensor is { requires_grad: true }) return true;
        }

        return false;
    }

    private static Tensor Whole(Tensor tensor, string name) =>
        tensor.is_contiguous() && tensor.dtype == ScalarType.Float32 && tensor.device_type == DeviceType.CPU
            ? tensor
            : throw new UsageException(
                $"{name} is not a contiguous float32 tensor on the processor", name, "a network moved to another device or number type",
                "use the eager network there");

    /// <summary>What is no tensor in a call.</summary>
    private sealed record Call(EdgeBlockEngine Engine, EdgeBlockSettings Settings, int[] Offsets, bool Keeps)
    {
        public EdgeBlockMemory? Memory { get; set; }
    }
}
