using Lightcone.Jets;

namespace Lightcone.Systems;

/// <summary>
/// Another source with other labels: all jets of one label, or the source's own labels renamed and the jets of classes that are not wanted left out. Rows are
/// numbered anew where jets are left out. It disposes the other source.
/// </summary>
internal sealed class ClassSource : IJetSource
{
    private const int RowsAtOnce = 4096;

    private readonly IJetSource source;
    private readonly Func<int, int> rename; // −1 leaves out
    private readonly long[]? rows;          // rows that are kept; null for all
    private readonly int? constant;

    private ClassSource(IJetSource source, IReadOnlyList<string> classes, Func<int, int> rename, int? constant, bool complete)
    {
        (this.source, this.rename, this.constant) = (source, rename, constant);
        Schema = source.Schema with { Classes = classes };
        rows = complete ? null : KeptRows();
    }

    /// <inheritdoc/>
    public JetSchema Schema { get; }

    /// <inheritdoc/>
    public long Count => rows?.Length ?? source.Count;

    /// <summary>A source without labels all of whose jets are of one class.</summary>
    public static ClassSource OfOneClass(IJetSource source, IReadOnlyList<string> classes, int label) => new(source, classes, _ => label, label, complete: true);

    /// <summary>A labelled source under new labels.</summary>
    /// <param name="source">The source; where a class is left out, it is read once to find the rows that stay.</param>
    /// <param name="classes">Names of the new labels.</param>
    /// <param name="labels">New label of each of the source's classes, −1 for one that is left out; labels beyond the named classes are left out too.</param>
    public static ClassSource Renamed(IJetSource source, IReadOnlyList<string> classes, IReadOnlyList<int> labels) =>
        new(source, classes, l => l < labels.Count ? labels[l] : -1, null, complete: labels.All(l => l >= 0));

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        if (first < 0 || count < 0 || first > Count - count) throw new ArgumentOutOfRangeException(nameof(first), $"Rows {first} to {first + count} are outside the source's {Count} jets.");
        if (count == 0) return JetBatch.Empty;
        if (rows is null) return Labelled(source.Read(first, count), first);
        var pieces = new List<JetBatch>();
        for (long at = first; at < first + count;)
        {
            // The kept rows that one read of bounded length covers.
            int end = Array.BinarySearch(rows, (int)at, (int)(first + count - at), rows[at] + RowsAtOnce);
            if (end < 0) end = ~end;
            var batch = source.Read(rows[at], (int)(rows[end - 1] - rows[at]) + 1);
            pieces.Add(batch.Select(Array.ConvertAll(rows[(int)at..end], row => (int)(row - rows[at]))));
            at = end;
        }

        return Labelled(JetBatch.Concatenate(pieces), first);
    }

    private JetBatch Labelled(JetBatch batch, long first)
    {
        var numbers = new long[batch.JetCount];
        var labels = new int[batch.JetCount];
        for (int jet = 0; jet < labels.Length; jet++)
        {
            numbers[jet] = first + jet;
            labels[jet] = rename(constant ?? batch.Labels![jet]);
            // Only a source that was not searched can still have a label that is not wanted.
            if (labels[jet] < 0) throw new InputDataException($"Jet {batch.Rows[jet]} has label {batch.Labels![jet]}, which has no name.", Schema.Layout, "The class names belong to another set.", "Name all classes where the file is made.");
        }

        return new JetBatch
        {
            Rows = numbers,
            Offsets = batch.Offsets,
            Momenta = batch.Momenta,
            Labels = labels,
            ConstituentColumns = batch.ConstituentColumns,
            JetColumns = batch.JetColumns,
        };
    }

    private long[] KeptRows()
    {
        var kept = new List<long>();
        for (long at = 0; at < source.Count; at += RowsAtOnce)
        {
            var batch = source.Read(at, (int)Math.Min(RowsAtOnce, source.Count - at));
            for (int jet = 0; jet < batch.JetCount; jet++)
                if (rename(batch.Labels![jet]) >= 0) kept.Add(at + jet);
        }

        return [.. kept];
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
