namespace Lightcone.Jets;

/// <summary>Some rows of another source, as a source of its own; its rows are numbered from 0. It disposes the other one.</summary>
public sealed class SubsetSource : IJetSource
{
    private const int RowsAtOnce = 4096; // of the other source, so that memory is bounded where few rows are kept

    private readonly IJetSource source;
    private readonly long[] rows;

    /// <summary>Takes the named rows of a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="rows">Its rows that are kept, rising.</param>
    /// <exception cref="ArgumentException">A row is named twice or out of order.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The source has no such row.</exception>
    public SubsetSource(IJetSource source, long[] rows)
    {
        for (int i = 1; i < rows.Length; i++)
            if (rows[i] <= rows[i - 1]) throw new ArgumentException($"Row {rows[i]} follows row {rows[i - 1]}; rows rise.", nameof(rows));
        if (rows.Length > 0) RowRange.Check(rows[0], rows[^1] - rows[0] + 1, source.Count);
        (this.source, this.rows) = (source, [.. rows]);
    }

    /// <inheritdoc/>
    public JetSchema Schema => source.Schema;

    /// <inheritdoc/>
    public long Count => rows.Length;

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        RowRange.Check(first, count, Count);
        var pieces = new List<JetBatch>();
        for (int at = (int)first, end = (int)first + count; at < end;)
        {
            // The kept rows that one read of bounded length covers.
            int next = Array.BinarySearch(rows, at, end - at, rows[at] + RowsAtOnce);
            if (next < 0) next = ~next;
            long start = rows[at];
            var batch = source.Read(start, (int)(rows[next - 1] - start) + 1);
            pieces.Add(batch.Select(Array.ConvertAll(rows[at..next], row => (int)(row - start))));
            at = next;
        }

        return JetBatch.Concatenate(pieces).WithRowsFrom(first);
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
