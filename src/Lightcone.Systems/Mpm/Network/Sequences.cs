using Lightcone.Systems.Mpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>How the tokens of several jets lie in one matrix, and how those of each jet attend to one another.</summary>
internal sealed class Sequences : IDisposable
{
    // Added to the score of an empty slot. Finite, so that a jet without tokens gives numbers, which nobody reads.
    private const double Excluded = -1e9;

    private readonly int[] lengths;
    private readonly bool packed;
    private readonly Tensor? mask; // [jets, 1, 1, slots], only where there are empty slots

    private Sequences(int[] lengths, int[] starts, int rows, bool packed, Tensor? mask) => (this.lengths, Starts, Rows, this.packed, this.mask) = (lengths, starts, rows, packed, mask);

    /// <summary>First row of each jet.</summary>
    public int[] Starts { get; }

    /// <summary>Rows of the matrix.</summary>
    public int Rows { get; }

    /// <summary>Lays out jets with so many tokens each.</summary>
    /// <param name="lengths">Tokens of each jet.</param>
    /// <param name="layout">How.</param>
    /// <param name="type">Element type of the tokens.</param>
    public static Sequences Of(int[] lengths, TokenLayout layout, ScalarType type)
    {
        var starts = new int[lengths.Length];
        if (layout == TokenLayout.Packed)
        {
            for (int jet = 1; jet < lengths.Length; jet++) starts[jet] = starts[jet - 1] + lengths[jet - 1];
            return new(lengths, starts, lengths.Length == 0 ? 0 : starts[^1] + lengths[^1], packed: true, null);
        }

        int slots = Math.Max(1, lengths.DefaultIfEmpty().Max());
        for (int jet = 1; jet < lengths.Length; jet++) starts[jet] = jet * slots;
        return new(lengths, starts, lengths.Length * slots, packed: false, lengths.All(n => n == slots) ? null : Mask(lengths, slots, type));
    }

    /// <summary>
    /// For every row of the matrix, which row of a source it is copied from. <paramref name="source"/> gives it for (jet, token); empty slots copy row 0.
    /// </summary>
    public Tensor Gather(Func<int, int, long> source)
    {
        var index = new long[Rows];
        for (int jet = 0; jet < lengths.Length; jet++)
            for (int t = 0; t < lengths[jet]; t++)
                index[Starts[jet] + t] = source(jet, t);
        return tensor(index);
    }

    /// <summary>Scaled dot-product attention of the tokens of each jet among themselves.</summary>
    /// <param name="qkv">Queries, keys and values, shape [rows, 3 · width].</param>
    /// <param name="heads">Heads.</param>
    /// <returns>Shape [rows, width]; rows of empty slots have no meaning.</returns>
    public Tensor Attend(Tensor qkv, int heads)
    {
        if (packed) return PackedAttention.Apply(qkv, [.. Starts, Rows], heads);
        if (lengths.Length == 0) return qkv.narrow(1, 0, qkv.shape[1] / 3);
        long jets = lengths.Length, slots = Rows / jets, width = qkv.shape[1] / 3;
        var parts = qkv.view(jets, slots, 3, heads, width / heads).permute(2, 0, 3, 1, 4).unbind(0);
        var attended = scaled_dot_product_attention(parts[0], parts[1], parts[2], mask);
        return attended.transpose(1, 2).reshape(Rows, width);
    }

    /// <summary>The tokens of each jet in slots, and what is added to an attention's scores so that empty ones count nothing.</summary>
    /// <param name="tokens">Shape [rows, width].</param>
    /// <returns>Shape [jets, slots, width]; shape [jets, 1, 1, slots], null where no slot is empty. Both belong to the caller's dispose scope.</returns>
    public (Tensor Slots, Tensor? Mask) Slots(Tensor tokens)
    {
        int jets = lengths.Length, slots = Math.Max(1, lengths.DefaultIfEmpty().Max());
        if (Rows == jets * slots) return (tokens.view(jets, slots, tokens.shape[1]), lengths.All(n => n == slots) ? null : Mask(lengths, slots, tokens.dtype));
        var index = new long[jets * slots];
        for (int jet = 0; jet < jets; jet++)
            for (int t = 0; t < lengths[jet]; t++)
                index[jet * slots + t] = Starts[jet] + t;
        // Jets without any token would leave nothing to copy from.
        var source = Rows > 0 ? tokens : zeros(1, tokens.shape[1], tokens.dtype);
        return (RowCopies.Of(tensor(index), source).view(jets, slots, tokens.shape[1]), Mask(lengths, slots, tokens.dtype));
    }

    /// <inheritdoc/>
    public void Dispose() => mask?.Dispose();

    private static Tensor Mask(int[] lengths, int slots, ScalarType type)
    {
        var values = new float[lengths.Length * slots];
        for (int jet = 0; jet < lengths.Length; jet++) values.AsSpan(jet * slots + lengths[jet], slots - lengths[jet]).Fill((float)Excluded);
        return tensor(values, [lengths.Length, 1, 1, slots]).to(type);
    }
}

/// <summary>Where the tokens of a batch lie.</summary>
public enum TokenLayout
{
    /// <summary>One jet after the other, no row empty.</summary>
    Packed,

    /// <summary>Each jet has as many rows as the longest of the batch.</summary>
    Padded,
}
