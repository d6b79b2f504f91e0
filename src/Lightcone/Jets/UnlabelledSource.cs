namespace Lightcone.Jets;

/// <summary>Another source without its labels and class names, so that what must not see them cannot. It disposes the other one.</summary>
/// <param name="source">The source.</param>
public sealed class UnlabelledSource(IJetSource source) : IJetSource
{
    /// <inheritdoc/>
    public JetSchema Schema { get; } = source.Schema with { Classes = [] };

    /// <inheritdoc/>
    public long Count => source.Count;

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        var batch = source.Read(first, count);
        return new()
        {
            Rows = batch.Rows,
            Offsets = batch.Offsets,
            Momenta = batch.Momenta,
            ConstituentColumns = batch.ConstituentColumns,
            JetColumns = batch.JetColumns,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
