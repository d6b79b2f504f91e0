namespace Lightcone.Jets;

/// <summary>Jets that are held in memory, as a source: for small samples and for tests. Its rows are numbered from 0.</summary>
/// <param name="jets">The jets.</param>
/// <param name="schema">What they are.</param>
public sealed class InMemorySource(JetBatch jets, JetSchema schema) : IJetSource
{
    private readonly JetBatch jets = jets.WithRowsFrom(0);

    /// <inheritdoc/>
    public JetSchema Schema { get; } = schema;

    /// <inheritdoc/>
    public long Count => jets.JetCount;

    /// <summary>Reads a whole source into memory.</summary>
    public static InMemorySource Load(IJetSource source) => new(source.Read(0, checked((int)source.Count)), source.Schema);

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        RowRange.Check(first, count, Count);
        var positions = new int[count];
        for (int i = 0; i < count; i++) positions[i] = (int)first + i;
        return jets.Select(positions);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
