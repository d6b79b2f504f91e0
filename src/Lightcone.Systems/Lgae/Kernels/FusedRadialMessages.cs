using System.Runtime.InteropServices;
using Lightcone.Systems.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>The fused kernels: float32 on the processor; of a pair nothing is kept for the backward pass.</summary>
internal sealed class FusedRadialMessages(int threads, int bits = 0) : RadialMessages
{
    private readonly RadialEngine engine = new(threads, bits);

    /// <inheritdoc/>
    public override (Tensor Y0, Tensor Y1) Apply(RadialInputs inputs) => FusedRadialFunction.Apply(engine, inputs);

    /// <inheritdoc/>
    public override void AfterBackward() => FusedRadialFunction.ThrowIfBackwardFailed();

    /// <inheritdoc/>
    public override void Dispose() => engine.Dispose();
}

/// <summary>
/// The messages as one differentiable operation, computed by <see cref="RadialEngine"/>. First-order only. An exception must not leave a backward
/// pass, because it would end the process: it is kept aside while zero gradients are returned.
/// </summary>
internal sealed class FusedRadialFunction : autograd.MultiTensorFunction<FusedRadialFunction>
{
    private const int Momenta = 0, Rates = 1, Centres = 2, Weight = 3, Bias = 4, X0 = 5, X1 = 6;
    private static readonly BackwardFailure Failure = new("fused messages");

    /// <inheritdoc/>
    public override string Name => nameof(FusedRadialFunction);

    /// <summary>Throws what went wrong in a backward pass, once.</summary>
    /// <exception cref="InvalidOperationException">A backward pass failed and its gradients are zeros.</exception>
    public static void ThrowIfBackwardFailed() => Failure.Throw();

    /// <summary>Y0 and Y1, which the caller owns; the engine must live until after the backward pass.</summary>
    /// <exception cref="UsageException">A tensor has the wrong type, place or shape.</exception>
    public static (Tensor Y0, Tensor Y1) Apply(RadialEngine engine, RadialInputs inputs)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(inputs);
        inputs.Check();
        if (inputs.X0.dtype != ScalarType.Float32 || inputs.X0.device_type != DeviceType.CPU)
            throw RadialInputs.Wrong($"X0 holds {inputs.X0.dtype} numbers on {inputs.X0.device}", nameof(X0), "a network moved to another device or number type", "use the eager messages there");
        var call = new Call(engine, inputs.Offsets, inputs.IntervalScale, inputs.Momenta.requires_grad);
        var results = apply(call, inputs.Momenta, inputs.Rates, inputs.Centres, inputs.Weight, inputs.Bias, inputs.X0, inputs.X1);
        return (results[0], results[1]);
    }

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ArgumentNullException.ThrowIfNull(vars);
        var call = (Call)vars[0];
        var tensors = new List<Tensor>(vars.Length - 1);
        for (int k = 1; k < vars.Length; k++) tensors.Add(((Tensor)vars[k]).contiguous());
        Tensor y0 = empty_like(tensors[X0]), y1 = empty_like(tensors[X1]);
        call.Engine.Forward(Operands(tensors, call), Floats(y0), Floats(y1));
        ctx.save_for_backward(tensors);
        ctx.save_data(nameof(Call), call);
        return [y0, y1];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        var result = new List<Tensor> { null! };
        List<Tensor>? tensors = null;
        try
        {
            tensors = ctx.get_saved_variables();
            var call = (Call)ctx.get_data(nameof(Call));
            for (int k = 0; k < tensors.Count; k++) result.Add(k > Momenta || call.MovesMomenta ? zeros_like(tensors[k]) : null!);
            using var y0 = grad_outputs[0].contiguous();
            using var y1 = grad_outputs[1].contiguous();
            call.Engine.Backward(Operands(tensors, call), Floats(y0), Floats(y1), Gradients(result));
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

    private static RadialOperands Operands(List<Tensor> t, Call call) => new()
    {
        Offsets = call.Offsets,
        IntervalScale = call.IntervalScale,
        Channels = (int)t[X0].shape[2],
        Terms = (int)t[Rates].shape[0],
        Depth0 = (int)t[X0].shape[1],
        Depth1 = (int)t[X1].shape[1],
        Momenta = Doubles(t[Momenta]),
        Rates = Floats(t[Rates]),
        Centres = Floats(t[Centres]),
        Weight = Floats(t[Weight]),
        Bias = Floats(t[Bias]),
        X0 = Floats(t[X0]),
        X1 = Floats(t[X1]),
    };

    private static RadialGradients Gradients(List<Tensor> result) => new()
    {
        Momenta = result[1 + Momenta] is { } momenta ? Doubles(momenta) : [],
        Rates = Floats(result[1 + Rates]),
        Centres = Floats(result[1 + Centres]),
        Weight = Floats(result[1 + Weight]),
        Bias = Floats(result[1 + Bias]),
        X0 = Floats(result[1 + X0]),
        X1 = Floats(result[1 + X1]),
    };

    private static Span<float> Floats(Tensor tensor) => tensor.numel() == 0 ? [] : MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private static Span<double> Doubles(Tensor tensor) => tensor.numel() == 0 ? [] : MemoryMarshal.Cast<byte, double>(tensor.bytes);

    /// <summary>What is no tensor in a call.</summary>
    private sealed record Call(RadialEngine Engine, int[] Offsets, double IntervalScale, bool MovesMomenta);
}
