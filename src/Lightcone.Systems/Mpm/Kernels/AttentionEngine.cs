using System.Collections.Concurrent;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Mpm.Kernels;

/// <summary>What the attention is computed from, as numbers in memory.</summary>
internal readonly ref struct AttentionOperands(int[] offsets, int heads, ReadOnlySpan<float> qkv)
{
    /// <summary>First token of each jet, then the number of tokens.</summary>
    public readonly int[] Offsets = offsets;

    /// <summary>Heads.</summary>
    public readonly int Heads = heads;

    /// <summary>[tokens, 3 · width].</summary>
    public readonly ReadOnlySpan<float> Qkv = qkv;

    /// <summary>Width of all heads together.</summary>
    public int Width => Offsets[^1] == 0 ? 0 : Qkv.Length / Offsets[^1] / 3;
}

/// <summary>
/// <see cref="PackedAttention"/> on the processor, forward and backward, all float32. Its memory grows with the longest jet times a few registers, never with its square. A jet's
/// results have the same bits for any number of threads and whatever jets stand beside it.
/// </summary>
internal sealed unsafe class AttentionEngine : IDisposable
{
    private static readonly ConcurrentDictionary<(int Threads, int Bits), ConcurrentBag<AttentionEngine>> Idle = [];

    private readonly AttentionProblem problem = new();
    private readonly JetChunks<AttentionScratch> chunks;
    private readonly Action<int, AttentionScratch> forward, backward;
    private readonly int bits;
    private AttentionKernels kernels = AttentionKernels.For(1);

    private AttentionEngine(int threads, int bits)
    {
        this.bits = bits;
        chunks = new JetChunks<AttentionScratch>(threads, () => new AttentionScratch(problem));
        forward = (chunk, scratch) => kernels.Forward(problem, scratch, chunks.From(chunk), chunks.To(chunk));
        backward = (chunk, scratch) => kernels.Backward(problem, scratch, chunks.From(chunk), chunks.To(chunk));
    }

    /// <summary>An engine with warm memory that nobody else uses until it is given back.</summary>
    /// <param name="threads">Threads at work; the results do not depend on it.</param>
    /// <param name="bits">Bits of a register to use; 0 to choose by the width of a head.</param>
    public static Turn Borrow(int threads, int bits)
    {
        var idle = Idle.GetOrAdd((threads, bits), _ => []);
        return new(idle.TryTake(out var engine) ? engine : new AttentionEngine(threads, bits), idle);
    }

    /// <summary>Every row of the result, [tokens, width].</summary>
    public void Forward(in AttentionOperands operands, Span<float> attended)
    {
        CheckLength(attended.Length, operands);
        fixed (float* at = attended)
        {
            problem.Attended = at;
            Run(operands, forward);
        }
    }

    /// <summary>The gradient of queries, keys and values, overwritten, given that of the result.</summary>
    public void Backward(in AttentionOperands operands, ReadOnlySpan<float> gradient, Span<float> qkvGradient)
    {
        CheckLength(gradient.Length, operands);
        CheckLength(qkvGradient.Length / 3, operands);
        fixed (float* at = gradient, to = qkvGradient)
        {
            problem.AttendedGradient = at;
            problem.QkvGradient = to;
            Run(operands, backward);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => chunks.Dispose();

    private void Run(in AttentionOperands operands, Action<int, AttentionScratch> work)
    {
        fixed (int* offsets = operands.Offsets)
        fixed (float* qkv = operands.Qkv)
        {
            if (operands.Width == 0) return;
            problem.Offsets = offsets;
            problem.Qkv = qkv;
            (problem.Width, problem.Heads) = (operands.Width, operands.Heads);
            kernels = AttentionKernels.For(problem.Channels, bits);
            problem.Row = (problem.Channels + kernels.Lanes - 1) / kernels.Lanes * kernels.Lanes;
            chunks.Cut(offsets, operands.Offsets.Length - 1);
            chunks.ForEach(work);
        }
    }

    private static void CheckLength(int length, in AttentionOperands operands)
    {
        PackedAttention.CheckOffsets(operands.Offsets);
        if (length != operands.Width * (long)operands.Offsets[^1] || operands.Qkv.Length != 3L * length)
            throw new UsageException($"{length} numbers where {operands.Qkv.Length / 3} are needed", nameof(AttentionEngine), "offsets that were changed between the passes", "leave them until after the backward pass");
    }

    /// <summary>The use of an engine; it ends when this is disposed.</summary>
    public readonly struct Turn(AttentionEngine engine, ConcurrentBag<AttentionEngine> idle) : IDisposable
    {
        /// <summary>The engine.</summary>
        public AttentionEngine Engine => engine;

        /// <inheritdoc/>
        public void Dispose() => idle.Add(engine);
    }
}
