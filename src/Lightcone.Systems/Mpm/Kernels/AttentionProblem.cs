using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Mpm.Kernels;

/// <summary>Addresses and sizes of one call, shared by all threads.</summary>
internal sealed unsafe class AttentionProblem
{
    public int* Offsets;
    public float* Qkv; // [tokens, 3 · width]
    public float* Attended; // [tokens, width]
    public float* AttendedGradient;
    public float* QkvGradient;
    public int Width;
    public int Heads;

    /// <summary>Channels of a head, rounded up to whole registers.</summary>
    public int Row;

    /// <summary>Channels of a head.</summary>
    public int Channels => Width / Heads;
}

/// <summary>
/// Working memory of one thread, reused for every jet and head. Matrices of tokens are [tokens][row]; those of pairs are [keys][block], the queries of a block in lanes. All may be
/// read and written a few rows beyond their end.
/// </summary>
internal sealed unsafe class AttentionScratch(AttentionProblem problem) : IJetScratch
{
    private const int Lanes = 16, Slack = 8, PairsInCache = 4096;

    private readonly NativeBuffer arena = new();
    private byte* next;

    /// <summary>Queries, divided by √channels.</summary>
    public float* Queries { get; private set; }

    public float* Keys { get; private set; }

    public float* Values { get; private set; }

    /// <summary>Gradient of the result.</summary>
    public float* Gradient { get; private set; }

    /// <summary>The result, or the gradient of the queries.</summary>
    public float* Result { get; private set; }

    public float* KeysGradient { get; private set; }

    public float* ValuesGradient { get; private set; }

    /// <summary>A block of queries with channels in rows, [row][block].</summary>
    public float* QueriesAcross { get; private set; }

    /// <summary>A block of the result's gradient with channels in rows, [row][block].</summary>
    public float* GradientAcross { get; private set; }

    /// <summary>Probabilities.</summary>
    public float* Pairs { get; private set; }

    /// <summary>Their gradient, then that of the scores.</summary>
    public float* PairsGradient { get; private set; }

    public float* Zeros { get; private set; }

    /// <summary>Queries that are worked on together, whole registers, so that their pairs stay in the innermost cache; it depends on the jet alone.</summary>
    public static int Block(int tokens, int lanes) => Math.Clamp(PairsInCache / tokens / lanes * lanes, lanes, (tokens + lanes - 1) / lanes * lanes);

    /// <inheritdoc/>
    public void Prepare(int largest)
    {
        long row = problem.Row, tokens = (largest + Slack + Lanes - 1L) / Lanes * Lanes, matrix = tokens * row;
        long block = Math.Min(PairsInCache, Math.Max(Lanes, tokens)), pairs = Math.Max(PairsInCache + Slack * 128L, (largest + Slack) * (long)Lanes);
        next = arena.Bytes(checked((nuint)((sizeof(float) * (7 * matrix + 2 * row * block + 2 * pairs + Math.Max(row, block))) + 64 * 16)));
        Queries = Floats(matrix);
        Keys = Floats(matrix);
        Values = Floats(matrix);
        Gradient = Floats(matrix);
        Result = Floats(matrix);
        KeysGradient = Floats(matrix);
        ValuesGradient = Floats(matrix);
        QueriesAcross = Floats(row * block);
        GradientAcross = Floats(row * block);
        Pairs = Floats(pairs);
        PairsGradient = Floats(pairs);
        Zeros = Floats(Math.Max(row, block));
        new Span<float>(Zeros, (int)Math.Max(row, block)).Clear();
    }

    public void Dispose() => arena.Dispose();

    private float* Floats(long count)
    {
        byte* here = next;
        next += (sizeof(float) * count + 63) / 64 * 64;
        return (float*)here;
    }
}
