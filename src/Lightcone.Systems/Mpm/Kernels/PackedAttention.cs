using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Kernels;

/// <summary>
/// Scaled dot-product attention (arXiv:1706.03762 eq. 1) of the tokens of each jet among themselves, where the tokens of all jets lie one after the other: head by head
/// o_i = Σ_j p_ij v_j with p_ij = softmax_j(q_i · k_j / √(width / heads)). First-order gradients only.
/// </summary>
/// <remarks>Run every step in a dispose scope, and call <see cref="ThrowIfBackwardFailed"/> after every <c>backward()</c>.</remarks>
internal static class PackedAttention
{
    /// <summary>What the tokens attend to, shape [tokens, width], owned by the caller's dispose scope: by the kernels (float32 on the processor) or else by the engine's own operations.</summary>
    /// <param name="qkv">Queries, keys and values, shape [tokens, 3 · width].</param>
    /// <param name="offsets">First token of each jet, then the number of tokens, [jets + 1]; not to be changed until after the backward pass.</param>
    /// <param name="heads">Heads; they divide the width.</param>
    /// <exception cref="UsageException">Something does not fit.</exception>
    public static Tensor Apply(Tensor qkv, int[] offsets, int heads)
    {
        Check(qkv, offsets, heads);
        return qkv.dtype == ScalarType.Float32 && qkv.device_type == DeviceType.CPU ? FusedAttention.Apply(qkv, offsets, heads) : EagerAttention.Apply(qkv, offsets, heads);
    }

    /// <summary>Throws what a backward pass could not.</summary>
    /// <exception cref="InvalidOperationException">A backward pass failed and its gradients are zeros.</exception>
    public static void ThrowIfBackwardFailed() => FusedAttention.Failure.Throw();

    /// <summary>Throws unless shapes and offsets fit; computes nothing.</summary>
    internal static void Check(Tensor qkv, int[] offsets, int heads)
    {
        if (qkv is null || qkv.IsInvalid) throw Wrong("the queries, keys and values are missing or disposed", nameof(qkv), "a tensor that left its dispose scope", "keep it alive until after the backward pass");
        CheckOffsets(offsets);
        long[] shape = qkv.shape;
        if (shape.Length != 2 || shape[0] != offsets[^1])
            throw Wrong($"queries, keys and values have shape [{string.Join(", ", shape)}] where {offsets[^1]} tokens are counted", nameof(qkv), "offsets of another batch", "pass [tokens, 3 · width]");
        if (heads < 1 || shape[1] == 0 || shape[1] % (3L * heads) != 0)
            throw Wrong($"{heads} heads do not divide queries, keys and values of {shape[1]} numbers", nameof(heads), "a width that is no multiple of the heads", "choose heads that divide the width");
    }

    /// <summary>Throws unless offsets start at zero and never fall.</summary>
    internal static void CheckOffsets(int[] offsets)
    {
        bool rising = offsets is { Length: > 0 } && offsets[0] == 0;
        for (int jet = 1; rising && jet < offsets!.Length; jet++) rising = offsets[jet] >= offsets[jet - 1];
        if (!rising) throw Wrong("the jets' offsets do not start at zero, or fall", nameof(offsets), "counts in their place, or offsets changed between the passes", "pass [0, n1, n1 + n2, …]");
    }

    private static UsageException Wrong(string what, string where, string cause, string todo) => new(what, $"{nameof(PackedAttention)}.{where}", cause, todo);
}
