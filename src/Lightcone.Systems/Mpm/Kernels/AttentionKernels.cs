using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Mpm.Kernels;

/// <summary>The kernels of one register width; each call works through consecutive jets.</summary>
internal abstract unsafe class AttentionKernels
{
    private static readonly AttentionKernels Narrow = new AttentionKernels<Wide128, Vector128<float>, Vector128<double>>();
    private static readonly AttentionKernels Middle = new AttentionKernels<Wide256, Vector256<float>, Vector256<double>>();
    private static readonly AttentionKernels Widest = new AttentionKernels<Wide512, Vector512<float>, Vector512<double>>();

    /// <summary>Float32 lanes of a register.</summary>
    public abstract int Lanes { get; }

    /// <summary>Rows of the result.</summary>
    public abstract void Forward(AttentionProblem problem, AttentionScratch scratch, int from, int to);

    /// <summary>Rows of the gradient of queries, keys and values.</summary>
    public abstract void Backward(AttentionProblem problem, AttentionScratch scratch, int from, int to);

    /// <summary>The widest kernels of this processor, or half as wide ones where these leave fewer lanes empty.</summary>
    /// <param name="channels">Channels of a head.</param>
    /// <param name="bits">Bits of a register to use if the processor has them; 0 to choose.</param>
    public static AttentionKernels For(int channels, int bits = 0)
    {
        int wanted = bits != 0 ? bits : channels is <= 8 or (> 16 and <= 24) ? 256 : 512;
        if (wanted >= 512 && Vector512.IsHardwareAccelerated) return Widest;
        return wanted >= 256 && Vector256.IsHardwareAccelerated && Fma.IsSupported ? Middle : Narrow;
    }
}

/// <summary>
/// Keys stand in rows and queries in lanes, so that largest, sum and every other quantity of a query is a lane of a register: nothing is reduced across lanes, no key is padded, and what
/// lanes beyond the last query hold is never read.
/// </summary>
internal sealed unsafe class AttentionKernels<W, F, D> : AttentionKernels
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public override int Lanes => W.Lanes;

    public override void Forward(AttentionProblem problem, AttentionScratch scratch, int from, int to)
    {
        int row = problem.Row, channels = problem.Channels, width = problem.Width;
        float scale = 1 / MathF.Sqrt(channels);
        for (int jet = from; jet < to; jet++)
        {
            int first = problem.Offsets[jet], tokens = problem.Offsets[jet + 1] - first;
            for (int head = 0; tokens > 0 && head < problem.Heads; head++)
            {
                Load(problem, scratch, first, tokens, head, scale);
                int block = AttentionScratch.Block(tokens, W.Lanes);
                for (int query = 0; query < tokens; query += block)
                {
                    int lanes = Math.Min(block, RoundedUp(tokens - query));
                    Probabilities(scratch, row, channels, tokens, query, lanes);
                    RowProduct<W, F, D>.Apply(scratch.Pairs, 1, lanes, scratch.Values, scratch.Zeros, scratch.Result + (query * (nint)row), Math.Min(lanes, tokens - query), tokens, row);
                }

                Copy(scratch.Result, row, problem.Attended + (first * (nint)width) + (head * channels), width, tokens, channels, channels, 1);
            }
        }
    }

    public override void Backward(AttentionProblem problem, AttentionScratch scratch, int from, int to)
    {
        int channels = problem.Channels, width = problem.Width;
        float scale = 1 / MathF.Sqrt(channels);
        for (int jet = from; jet < to; jet++)
        {
            int first = problem.Offsets[jet], tokens = problem.Offsets[jet + 1] - first;
            for (int head = 0; tokens > 0 && head < problem.Heads; head++)
            {
                Load(problem, scratch, first, tokens, head, scale);
                Pad(scratch.Gradient, problem.Row, tokens);
                Copy(problem.AttendedGradient + (first * (nint)width) + (head * channels), width, scratch.Gradient, problem.Row, tokens, channels, problem.Row, 1);
                int block = AttentionScratch.Block(tokens, W.Lanes);
                for (int query = 0; query < tokens; query += block)
                    BlockBackward(scratch, problem.Row, channels, tokens, query, Math.Min(block, RoundedUp(tokens - query)));
                float* target = problem.QkvGradient + (first * 3 * (nint)width) + (head * channels);
                Copy(scratch.Result, problem.Row, target, 3 * width, tokens, channels, channels, scale);
                Copy(scratch.KeysGradient, problem.Row, target + width, 3 * width, tokens, channels, channels, 1);
                Copy(scratch.ValuesGradient, problem.Row, target + (2 * width), 3 * width, tokens, channels, channels, 1);
            }
        }
    }

    private static void Load(AttentionProblem problem, AttentionScratch scratch, int first, int tokens, int head, float scale)
    {
        int channels = problem.Channels, row = problem.Row, width = problem.Width;
        float* source = problem.Qkv + (first * 3 * (nint)width) + (head * channels);
        Pad(scratch.Queries, row, tokens);
        Copy(source, 3 * width, scratch.Queries, row, tokens, channels, row, scale);
        Copy(source + width, 3 * width, scratch.Keys, row, tokens, channels, row, 1);
        Copy(source + (2 * width), 3 * width, scratch.Values, row, tokens, channels, row, 1);
    }

    /// <summary>p_ij of the queries i of a block, from the softmax of q_i · k_j.</summary>
    private static void Probabilities(AttentionScratch scratch, int row, int channels, int tokens, int query, int lanes)
    {
        Transpose(scratch.Queries + (query * (nint)row), row, scratch.QueriesAcross, lanes, channels);
        RowProduct<W, F, D>.Apply(scratch.Keys, row, 1, scratch.QueriesAcross, scratch.Zeros, scratch.Pairs, tokens, channels, lanes);
        Softmax(scratch.Pairs, tokens, lanes);
    }

    private static void BlockBackward(AttentionScratch scratch, int row, int channels, int tokens, int query, int lanes)
    {
        nint at = query * (nint)row;
        int queries = Math.Min(lanes, tokens - query);
        Probabilities(scratch, row, channels, tokens, query, lanes);
        Transpose(scratch.Gradient + at, row, scratch.GradientAcross, lanes, channels);
        RowProduct<W, F, D>.Apply(scratch.Values, row, 1, scratch.GradientAcross, scratch.Zeros, scratch.PairsGradient, tokens, channels, lanes);
        SoftmaxBackward(scratch.Pairs, scratch.PairsGradient, tokens, lanes);
        RowProduct<W, F, D>.Apply(scratch.PairsGradient, 1, lanes, scratch.Keys, scratch.Zeros, scratch.Result + at, queries, tokens, row);
        Gather(scratch.PairsGradient, lanes, scratch.Queries + at, scratch.Zeros, scratch.KeysGradient, tokens, queries, row, query > 0);
        Gather(scratch.Pairs, lanes, scratch.Gradient + at, scratch.Zeros, scratch.ValuesGradient, tokens, queries, row, query > 0);
    }

    // Σ_i pairs[j, i] · b[i] of each key j, added to what earlier blocks gave.
    private static void Gather(float* pairs, int lanes, float* b, float* zeros, float* sums, int tokens, int queries, int row, bool more) =>
        RowProduct<W, F, D>.Apply(pairs, lanes, 1, b, more ? sums : zeros, sums, tokens, queries, row, more ? row : 0);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Softmax(float* scores, int tokens, int lanes)
    {
        for (int lane = 0; lane < lanes; lane += W.Lanes, scores += W.Lanes)
        {
            float* s = scores;
            F largest = W.Load(s), sum = W.Splat(0);
            for (int j = 1; j < tokens; j++) largest = W.Larger(largest, W.Load(s += lanes));
            s = scores;
            for (int j = 0; j < tokens; j++, s += lanes)
            {
                F p = ElementFunctions<W, F, D>.Exponential(W.Subtract(W.Load(s), largest));
                sum = W.Add(sum, p);
                W.Store(p, s);
            }

            F inverse = W.Divide(W.Splat(1), sum);
            s = scores;
            for (int j = 0; j < tokens; j++, s += lanes) W.Store(W.Multiply(W.Load(s), inverse), s);
        }
    }

    // ds_ij = p_ij (dp_ij − Σ_k p_ik dp_ik), in place of dp.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void SoftmaxBackward(float* pairs, float* gradients, int tokens, int lanes)
    {
        for (int lane = 0; lane < lanes; lane += W.Lanes, pairs += W.Lanes, gradients += W.Lanes)
        {
            float* p = pairs, g = gradients;
            F mean = W.Splat(0);
            for (int j = 0; j < tokens; j++, p += lanes, g += lanes) mean = W.MultiplyAdd(W.Load(p), W.Load(g), mean);
            p = pairs;
            g = gradients;
            for (int j = 0; j < tokens; j++, p += lanes, g += lanes) W.Store(W.Multiply(W.Load(p), W.Subtract(W.Load(g), mean)), g);
        }
    }

    // Rows of registers to columns: target[c][i] = rows[i][c]; rows is a whole number of registers long.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* rows, int row, float* target, int lanes, int channels)
    {
        for (int c = 0; c < channels; c += 4)
        {
            float* from = rows + c, to = target + (c * (nint)lanes);
            for (int i = 0; i < lanes; i += 4, from += 4 * row, to += 4)
            {
                Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + row), d = Vector128.Load(from + (2 * row)), e = Vector128.Load(from + (3 * row));
                SquareTranspose.Apply(ref a, ref b, ref d, ref e);
                a.Store(to);
                b.Store(to + lanes);
                d.Store(to + (2 * lanes));
                e.Store(to + (3 * lanes));
            }
        }
    }

    // Zeros where a register of queries runs beyond the last, so that its empty lanes hold numbers.
    private static void Pad(float* rows, int row, int tokens) => new Span<float>(rows + (tokens * (nint)row), (RoundedUp(tokens) - tokens) * row).Clear();

    // Copies rows times a factor; those of the target go on in zeros up to an end.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(float* from, int fromStep, float* to, int toStep, int rows, int count, int end, float factor)
    {
        var factors = Vector128.Create(factor);
        for (int i = 0; i < rows; i++, from += fromStep, to += toStep)
        {
            int c = 0;
            for (; c + 4 <= count; c += 4) (Vector128.Load(from + c) * factors).Store(to + c);
            for (; c < count; c++) to[c] = from[c] * factor;
            for (; c < end; c++) to[c] = 0;
        }
    }

    private static int RoundedUp(int count) => (count + W.Lanes - 1) / W.Lanes * W.Lanes;
}
