using Lightcone.Formats.Hdf5;
using PureHDF;

namespace Lightcone.Formats.Scores;

/// <summary>What a model said about some jets, in the order of the input.</summary>
public sealed record ScoreBatch
{
    /// <summary>Row of each jet in the input, shape [jets].</summary>
    public required long[] Rows { get; init; }

    /// <summary>The numbers of each <see cref="ScoreColumn"/>, row-major, jet after jet: the column's <see cref="ScoreColumn.Length"/> numbers for each jet.</summary>
    public required IReadOnlyList<float[]> Columns { get; init; }

    /// <summary>Class of each jet where the input knows it, shape [jets].</summary>
    public int[]? Labels { get; init; }
}

/// <summary>
/// Writes scores beside their rows as HDF5: <c>row</c> int64, where known <c>label</c> int32, and each column of the model as float32 (jets, shape of the column), gzip and
/// shuffle. Batches are written as they come; the file appears whole or not at all.
/// </summary>
public static class ScoreWriter
{
    /// <summary>Name in the attribute <c>layout</c>.</summary>
    public const string LayoutName = "lightcone scores v1";

    /// <summary>Writes the batches, which together must hold <paramref name="count"/> jets.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="count">Number of jets.</param>
    /// <param name="columns">What the model gives; <see cref="ScoreColumn.Check"/> says what they must be.</param>
    /// <param name="labelled">Whether the batches have labels.</param>
    /// <param name="batches">The scores, in the order of the input; enumerated once.</param>
    /// <param name="facts">Attributes of the file, such as the model and the input's name.</param>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    /// <exception cref="ArgumentException">The columns are none of a score file, or a batch does not fit them.</exception>
    public static void Write(string path, long count, IReadOnlyList<ScoreColumn> columns, bool labelled, IEnumerable<ScoreBatch> batches, IReadOnlyDictionary<string, string>? facts = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ScoreColumn.Check(columns);
        var single = new Hdf5Type { Class = TypeClass.Float, Size = 4, Signed = true };
        var rows = WritableColumn.Create(new Hdf5Type { Class = TypeClass.Integer, Size = 8, Signed = true }, count);
        var labels = WritableColumn.Create(new Hdf5Type { Class = TypeClass.Integer, Size = 4, Signed = true }, count);
        var values = columns.Select(c => WritableColumn.Create(single, count, [.. c.Shape])).ToList();
        List<WritableColumn> all = [rows, .. values];
        var file = new H5File { ["row"] = rows.Dataset };
        foreach (var (column, stored) in columns.Zip(values))
        {
            stored.Dataset.Attributes["description"] = column.Description;
            file[column.Name] = stored.Dataset;
        }

        if (labelled)
        {
            file["label"] = labels.Dataset;
            all.Add(labels);
        }

        file.Attributes["layout"] = LayoutName;
        foreach (var (name, value) in facts ?? new Dictionary<string, string>()) file.Attributes[name] = value;
        Hdf5Writing.Write(path, file, writer =>
        {
            foreach (var batch in batches)
            {
                CheckBatch(batch, columns);
                rows.Append(batch.Rows);
                for (int c = 0; c < values.Count; c++) values[c].Append(batch.Columns[c]);
                if (labelled) labels.Append(Array.ConvertAll(batch.Labels ?? throw new ArgumentException("A batch has no labels.", nameof(batches)), l => (long)l));
                foreach (var column in all) column.WriteFullChunks(writer);
            }

            foreach (var column in all) column.Finish(writer);
        });
    }

    private static void CheckBatch(ScoreBatch batch, IReadOnlyList<ScoreColumn> columns)
    {
        if (batch.Columns.Count != columns.Count || (batch.Labels is { } labels && labels.Length != batch.Rows.Length))
            throw new ArgumentException("A batch has other columns than the file.", nameof(batch));
        for (int c = 0; c < columns.Count; c++)
            if (batch.Columns[c].Length != (long)batch.Rows.Length * columns[c].Length)
                throw new ArgumentException($"{columns[c].Name} has {batch.Columns[c].Length} numbers for {batch.Rows.Length} jets of {columns[c].Length}.", nameof(batch));
    }
}
