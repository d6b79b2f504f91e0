namespace Lightcone.Jets;

/// <summary>
/// Several sources read one after the other as a single one, rows numbered through. Classes must agree; columns and facts that not all sources
/// share are left out. It disposes the sources.
/// </summary>
public sealed class ConcatenatedSource : IJetSource
{
    private readonly IReadOnlyList<IJetSource> sources;
    private readonly long[] starts; // first row of each source, then the number of rows

    /// <summary>Joins sources in the given order.</summary>
    /// <exception cref="UsageException">There is no source, or their classes differ.</exception>
    public ConcatenatedSource(IReadOnlyList<IJetSource> sources)
    {
        if (sources.Count == 0)
            throw new UsageException("There is nothing to join.", "list of sources", "no input file was named or found", "name at least one file of jets");
        this.sources = sources;
        starts = new long[sources.Count + 1];
        for (int i = 0; i < sources.Count; i++) starts[i + 1] = checked(starts[i] + sources[i].Count);
        Schema = CommonSchema(sources);
    }

    /// <inheritdoc/>
    public JetSchema Schema { get; }

    /// <inheritdoc/>
    public long Count => starts[^1];

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        RowRange.Check(first, count, Count);
        var pieces = new List<JetBatch>();
        int at = SourceOf(first);
        for (long row = first, end = first + count; row < end; row = starts[++at])
        {
            int rows = (int)(Math.Min(end, starts[at + 1]) - row);
            if (rows > 0) pieces.Add(OnlyCommonColumns(sources[at].Read(row - starts[at], rows)));
        }
        return JetBatch.Concatenate(pieces).WithRowsFrom(first);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var source in sources) source.Dispose();
    }

    private int SourceOf(long row)
    {
        int found = Array.BinarySearch(starts, row);
        if (found < 0) return ~found - 1;
        while (found > 0 && starts[found - 1] == row) found--; // empty sources share their first row with the next
        return Math.Min(found, sources.Count - 1);
    }

    private JetBatch OnlyCommonColumns(JetBatch batch) => new()
    {
        Rows = batch.Rows,
        Offsets = batch.Offsets,
        Momenta = batch.Momenta,
        Labels = batch.Labels,
        ConstituentColumns = Only(Schema.ConstituentColumns, batch.ConstituentColumns),
        JetColumns = Only(Schema.JetColumns, batch.JetColumns),
    };

    private static Dictionary<string, float[]> Only(IReadOnlyList<string> names, IReadOnlyDictionary<string, float[]> columns) =>
        names.ToDictionary(name => name, name => columns[name]);

    private static JetSchema CommonSchema(IReadOnlyList<IJetSource> sources)
    {
        var first = sources[0].Schema;
        for (int i = 1; i < sources.Count; i++)
            if (!sources[i].Schema.Classes.SequenceEqual(first.Classes))
                throw new UsageException(
                    $"The classes of the sources differ: [{string.Join(", ", first.Classes)}] and [{string.Join(", ", sources[i].Schema.Classes)}].",
                    $"source {i + 1} of {sources.Count} ({sources[i].Schema.Layout})", "files of different data sets are read as one",
                    "read files of one data set together, or convert them with the same class names first");
        return first with
        {
            Layout = string.Join(" + ", sources.Select(s => s.Schema.Layout).Distinct()),
            ConstituentColumns = [.. first.ConstituentColumns.Where(c => sources.All(s => s.Schema.ConstituentColumns.Contains(c)))],
            JetColumns = [.. first.JetColumns.Where(c => sources.All(s => s.Schema.JetColumns.Contains(c)))],
            Statement = CommonStatement(sources),
            Facts = first.Facts.Where(f => sources.All(s => s.Schema.Facts.TryGetValue(f.Key, out var v) && v == f.Value)).ToDictionary(f => f.Key, f => f.Value),
        };
    }

    private static string CommonStatement(IReadOnlyList<IJetSource> sources)
    {
        var statements = sources.Select(s => s.Schema.Statement).Distinct().ToList();
        if (statements.Count == 1) return statements[0];
        return statements.Any(s => s.StartsWith("Data", StringComparison.Ordinal)) ? "Data and simulation" : "Simulation";
    }
}
