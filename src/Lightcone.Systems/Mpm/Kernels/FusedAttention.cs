using System.Runtime.InteropServices;
using Lightcone.Systems.Kernels;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Kernels;

/// <summary>
/// The attention as one differentiable operation, computed by <see cref="AttentionEngine"/>: float32 on the processor; no probability is kept for the backward pass. An exception must
/// not leave a backward pass, because it would end the process: it is kept aside while zero gradients are returned.
/// </summary>
internal sealed class FusedAttention : autograd.MultiTensorFunction<FusedAttention>
{
    /// <summary>What went wrong in a backward pass.</summary>
    public static readonly BackwardFailure Failure = new("attention");

    /// <inheritdoc/>
    public override string Name => nameof(FusedAttention);

    /// <summary>What <see cref="PackedAttention.Apply"/> gives, without its checks.</summary>
    /// <param name="qkv">Queries, keys and values, float32, shape [tokens, 3 · width].</param>
    /// <param name="offsets">First token of each jet, then the number of tokens.</param>
    /// <param name="heads">Heads.</param>
    /// <param name="bits">Bits of a register to use; 0 to choose by the width of a head. The last bits of results depend on it.</param>
    /// <param name="threads">Threads at work; 0 for those of the engine. The results do not depend on it.</param>
    public static Tensor Apply(Tensor qkv, int[] offsets, int heads, int bits = 0, int threads = 0) =>
        apply(new Call(offsets, heads, bits, threads > 0 ? threads : Threads.Count), qkv)[0];

    /// <inheritdoc/>
    public override List<Tensor> forward(autograd.AutogradContext ctx, params object[] vars)
    {
        ArgumentNullException.ThrowIfNull(ctx);
        ArgumentNullException.ThrowIfNull(vars);
        var call = (Call)vars[0];
        var qkv = ((Tensor)vars[1]).contiguous();
        var attended = empty(qkv.shape[0], qkv.shape[1] / 3);
        using (var turn = AttentionEngine.Borrow(call.Threads, call.Bits)) turn.Engine.Forward(new(call.Offsets, call.Heads, Floats(qkv)), Floats(attended));
        ctx.save_for_backward([qkv]);
        ctx.save_data(nameof(Call), call);
        return [attended];
    }

    /// <inheritdoc/>
    public override List<Tensor> backward(autograd.AutogradContext ctx, List<Tensor> grad_outputs)
    {
        List<Tensor> result = [null!];
        List<Tensor>? saved = null;
        try
        {
            saved = ctx.get_saved_variables();
            var call = (Call)ctx.get_data(nameof(Call));
            result.Add(empty_like(saved[0]));
            using var gradient = grad_outputs[0].contiguous();
            using var turn = AttentionEngine.Borrow(call.Threads, call.Bits);
            turn.Engine.Backward(new(call.Offsets, call.Heads, Floats(saved[0])), Floats(gradient), Floats(result[1]));
        }
        catch (Exception failure)
        {
            Failure.Keep(failure, result);
        }
        finally
        {
            if (saved is not null)
                foreach (var tensor in saved) tensor?.Dispose();
        }

        return result;
    }

    private static Span<float> Floats(Tensor tensor) => tensor.numel() == 0 ? [] : MemoryMarshal.Cast<byte, float>(tensor.bytes);

    /// <summary>What is no tensor in a call.</summary>
    private sealed record Call(int[] Offsets, int Heads, int Bits, int Threads);
}
