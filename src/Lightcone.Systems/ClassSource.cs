using Lightcone.Jets;

namespace Lightcone.Systems;

/// <summary>
/// Another source with other labels: all jets of one label, or the source's own labels renamed and the jets of classes that are not wanted left out. Rows are
/// numbered anew where jets are left out. It disposes the other source.
/// </summary>
internal sealed class ClassSource : IJetSource
{
    private readonly IJetSource source; // without the jets that are left out
    private readonly Func<int, int> rename; // −1 leaves out
    private readonly int? constant;

    private ClassSource(IJetSource source, IReadOnlyList<string> classes, Func<int, int> rename, int? constant)
    {
        (this.source, this.rename, this.constant) = (source, rename, constant);
        Schema = source.Schema with { Classes = classes };
    }

    /// <inheritdoc/>
    public JetSchema Schema { get; }

    /// <inheritdoc/>
    public long Count => source.Count;

    /// <summary>A source without labels all of whose jets are of one class.</summary>
    public static ClassSource OfOneClass(IJetSource source, IReadOnlyList<string> classes, int label) => new(source, classes, _ => label, label);

    /// <summary>A labelled source under new labels.</summary>
    /// <param name="source">The source; where a class is left out, it is read once to find the rows that stay.</param>
    /// <param name="classes">Names of the new labels.</param>
    /// <param name="labels">New label of each of the source's classes, −1 for one that is left out; labels beyond the named classes are left out too.</param>
    public static ClassSource Renamed(IJetSource source, IReadOnlyList<string> classes, IReadOnlyList<int> labels)
    {
        int Rename(int label) => label < labels.Count ? labels[label] : -1;
        return new(labels.All(l => l >= 0) ? source : new SubsetSource(source, KeptRows(source, Rename)), classes, Rename, null);
    }

    /// <inheritdoc/>
    public JetBatch Read(long first, int count) => Labelled(source.Read(first, count));

    private JetBatch Labelled(JetBatch batch)
    {
        var labels = new int[batch.JetCount];
        for (int jet = 0; jet < labels.Length; jet++)
        {
            labels[jet] = rename(constant ?? batch.Labels![jet]);
            // Only a source that was not searched can still have a label that is not wanted.
            if (labels[jet] < 0) throw new InputDataException($"Jet {batch.Rows[jet]} has label {batch.Labels![jet]}, which has no name.", Schema.Layout, "The class names belong to another set.", "Name all classes where the file is made.");
        }

        return new JetBatch
        {
            Rows = batch.Rows,
            Offsets = batch.Offsets,
            Momenta = batch.Momenta,
            Labels = labels,
            ConstituentColumns = batch.ConstituentColumns,
            JetColumns = batch.JetColumns,
        };
    }

    private static long[] KeptRows(IJetSource source, Func<int, int> rename)
    {
        var kept = new List<long>();
        foreach (var batch in new SequentialBatches(source) { BatchSize = 4096 })
            for (int jet = 0; jet < batch.JetCount; jet++)
                if (rename(batch.Labels![jet]) >= 0) kept.Add(batch.Rows[jet]);
        return [.. kept];
    }

    /// <inheritdoc/>
    public void Dispose() => source.Dispose();
}
