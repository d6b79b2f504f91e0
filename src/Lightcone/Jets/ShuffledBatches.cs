using System.Collections;
using Lightcone.Randomness;

namespace Lightcone.Jets;

/// <summary>
/// One epoch over a source in shuffled batches. The order is a function of (seed, epoch, row) and of the block, window and group sizes: it does
/// not depend on where the epoch is entered, so a resumed training sees the batches that an uninterrupted one would have seen.
/// </summary>
/// <remarks>
/// Files are read in blocks of neighbouring rows. The blocks are permuted, as many as fill a window are pooled, and within a window the jets are
/// sorted by a random key of their row. Memory is bounded by the window plus one group of batches, whatever the file's length.
/// </remarks>
/// <param name="source">The source; not disposed.</param>
public sealed class ShuffledBatches(IJetSource source) : IEnumerable<JetBatch>
{
    /// <summary>Jets a batch.</summary>
    public required int BatchSize { get; init => field = BatchPlan.Positive(value, nameof(BatchSize)); }

    /// <summary>Seed of the run.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Epoch, counted from 0; each has its own order.</summary>
    public required long Epoch { get; init; }

    /// <summary>Leaves out a last batch that is not full, as trainings with batch statistics want. Default: false.</summary>
    public bool DropLast { get; init; }

    /// <summary>Neighbouring rows that are read at once. Default: 512.</summary>
    public int BlockSize { get; init => field = BatchPlan.Positive(value, nameof(BlockSize)); } = 512;

    /// <summary>Jets that are pooled and mixed; rounded up to whole blocks. Default: 32768.</summary>
    public int WindowSize { get; init => field = BatchPlan.Positive(value, nameof(WindowSize)); } = 32768;

    /// <summary>
    /// Batches a length group: the jets of so many consecutive batches are sorted by multiplicity and cut anew, and these batches are shuffled.
    /// Batches then hold jets of like size and cost less padding, but are no longer independent samples of the data. Default: 1, which is off.
    /// </summary>
    public int LengthGroup { get; init => field = BatchPlan.Positive(value, nameof(LengthGroup)); } = 1;

    /// <summary>Number of batches of the epoch.</summary>
    public long BatchCount => BatchPlan.Count(source.Count, BatchSize, DropLast);

    /// <summary>The batches from one on, counted from 0: identical to those of a whole epoch. At most one window is read before the first.</summary>
    public IEnumerable<JetBatch> From(long batch)
    {
        BatchPlan.CheckStart(batch, BatchCount);
        return Batches(batch);
    }

    /// <inheritdoc/>
    public IEnumerator<JetBatch> GetEnumerator() => Batches(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<JetBatch> Batches(long start)
    {
        long batch = start - start % LengthGroup, batches = BatchCount;
        if (start == batches) yield break;
        foreach (var group in Pieces(batch * BatchSize, checked(BatchSize * LengthGroup)))
        {
            foreach (var next in Cut(group, batch))
            {
                if (batch == batches) yield break;
                if (batch++ >= start) yield return next;
            }
        }
    }

    /// <summary>Cuts a group into batches. Jets that do not fill a batch come last and were last in the shuffled order, whatever their multiplicity.</summary>
    private IEnumerable<JetBatch> Cut(JetBatch group, long firstBatch)
    {
        if (LengthGroup == 1) return [group];
        int full = group.JetCount / BatchSize;
        var jets = new int[group.JetCount];
        for (int i = 0; i < jets.Length; i++) jets[i] = i;
        int sorted = full * BatchSize;
        Array.Sort(jets, 0, sorted, Comparer<int>.Create((a, b) => (group.Multiplicity(a), a).CompareTo((group.Multiplicity(b), b))));
        var order = new int[full];
        for (int i = 0; i < full; i++) order[i] = i;
        new RandomStream(Seed, "shuffle length groups", Epoch, firstBatch).Shuffle(order.AsSpan());
        var cut = order.Select(b => group.Select(jets.AsSpan(b * BatchSize, BatchSize)));
        return sorted == jets.Length ? cut : cut.Append(group.Select(jets.AsSpan(sorted)));
    }

    /// <summary>The shuffled jets from one position on, in pieces of equal size; the last may be smaller.</summary>
    private IEnumerable<JetBatch> Pieces(long position, int size)
    {
        var carried = JetBatch.Empty; // the end of a window that does not fill a piece
        foreach (var (pool, order) in Windows(position))
        {
            int at = 0;
            while (order.Length - at >= size - carried.JetCount)
            {
                int take = size - carried.JetCount;
                yield return Joined(carried, pool.Gather(order.AsSpan(at, take)));
                carried = JetBatch.Empty;
                at += take;
            }
            carried = Joined(carried, pool.Gather(order.AsSpan(at)));
        }
        if (carried.JetCount > 0) yield return carried;
    }

    private static JetBatch Joined(JetBatch a, JetBatch b) => a.JetCount == 0 ? b : b.JetCount == 0 ? a : JetBatch.Concatenate([a, b]);

    /// <summary>The windows from the one that holds a position on; the first is entered at that position.</summary>
    private IEnumerable<(JetPool Pool, JetPool.Position[] Order)> Windows(long position)
    {
        long[] blocks = BlockOrder();
        int perWindow = (WindowSize - 1) / BlockSize + 1;
        for (int first = 0; first < blocks.Length; first += perWindow)
        {
            var window = blocks[first..Math.Min(blocks.Length, first + perWindow)];
            long jets = window.Sum(BlockLength);
            if (position < jets) yield return Mix(window, (int)position);
            position = Math.Max(0, position - jets);
        }
    }

    private (JetPool Pool, JetPool.Position[] Order) Mix(long[] blocks, int skip)
    {
        var parts = Array.ConvertAll(blocks, b => source.Read(b * BlockSize, BlockLength(b)));
        var positions = new JetPool.Position[parts.Sum(p => p.JetCount)];
        var keys = new (ulong Key, long Row)[positions.Length];
        var stream = new RandomStream(Seed, "shuffle", Epoch, 0);
        int at = 0;
        for (int part = 0; part < parts.Length; part++)
            for (int jet = 0; jet < parts[part].JetCount; jet++, at++)
            {
                long row = blocks[part] * BlockSize + jet;
                positions[at] = new(part, jet);
                keys[at] = (stream.ForItem(row).NextUInt64(), row);
            }
        Array.Sort(keys, positions);
        return (new JetPool(parts), positions[skip..]);
    }

    private int BlockLength(long block) => (int)Math.Min(BlockSize, source.Count - block * BlockSize);

    private long[] BlockOrder()
    {
        var stream = new RandomStream(Seed, "shuffle blocks", Epoch, 0);
        var blocks = new long[checked((int)((source.Count + BlockSize - 1) / BlockSize))];
        var keys = new (ulong Key, long Block)[blocks.Length];
        for (int b = 0; b < blocks.Length; b++)
        {
            blocks[b] = b;
            keys[b] = (stream.ForItem(b).NextUInt64(), b);
        }
        Array.Sort(keys, blocks);
        return blocks;
    }
}
