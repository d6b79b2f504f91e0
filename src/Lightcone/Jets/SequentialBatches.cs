using System.Collections;

namespace Lightcone.Jets;

/// <summary>The jets of a source in file order, in batches of fixed size; the last may be smaller.</summary>
/// <param name="source">The source; not disposed.</param>
public sealed class SequentialBatches(IJetSource source) : IEnumerable<JetBatch>
{
    /// <summary>Jets a batch.</summary>
    public required int BatchSize { get; init => field = BatchPlan.Positive(value, nameof(BatchSize)); }

    /// <summary>Leaves out a last batch that is not full. Default: false.</summary>
    public bool DropLast { get; init; }

    /// <summary>Number of batches.</summary>
    public long BatchCount => BatchPlan.Count(source.Count, BatchSize, DropLast);

    /// <summary>The batches from one on, counted from 0; those before are not read.</summary>
    public IEnumerable<JetBatch> From(long batch)
    {
        BatchPlan.CheckStart(batch, BatchCount);
        return Batches(batch);
    }

    /// <inheritdoc/>
    public IEnumerator<JetBatch> GetEnumerator() => Batches(0).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private IEnumerable<JetBatch> Batches(long batch)
    {
        for (; batch < BatchCount; batch++)
            yield return source.Read(batch * BatchSize, (int)Math.Min(BatchSize, source.Count - batch * BatchSize));
    }
}
