namespace Lightcone.Jets;

/// <summary>A row range of another source, as a source of its own; its rows are numbered from 0. It disposes the other one.</summary>
public sealed class SliceSource : IJetSource
{
    private readonly IJetSource source;
    private readonly long first;

    /// <summary>Takes jets [first, first + count) of a source.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The source has no such rows.</exception>
    public SliceSource(IJetSource source, long first, long count)
    {
        RowRange.Check(first, count, source.Count);
        (this.source, this.first, Count) = (source, first, count);
    }

    /// <inheritdoc/>
    public JetSchema Schema => source.Schema;

    /// <inheritdoc/>
    public long Count { get; }

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        RowRange.Check(first, count, Count);
        return source.Read(this.first + first, count).WithRowsFrom(first);
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
