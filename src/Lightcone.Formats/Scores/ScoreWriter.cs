using Lightcone.Formats.Hdf5;
using PureHDF;

namespace Lightcone.Formats.Scores;

/// <summary>What a network said about some jets, in the order of the input.</summary>
public sealed record ScoreBatch
{
    /// <summary>Row of each jet in the input, shape [jets].</summary>
    public required long[] Rows { get; init; }

    /// <summary>Score of each jet, shape [jets]: the probability of the signal class.</summary>
    public required float[] Scores { get; init; }

    /// <summary>Logits, row-major, shape [jets, classes].</summary>
    public required float[] Logits { get; init; }

    /// <summary>Class of each jet where the input knows it, shape [jets].</summary>
    public int[]? Labels { get; init; }
}

/// <summary>
/// Writes scores beside their rows as HDF5: <c>row</c> int64, <c>score</c> float32, <c>logits</c> float32 (jets, classes) and, where known,
/// <c>label</c> int32, gzip and shuffle. Batches are written as they come; the file appears whole or not at all.
/// </summary>
public static class ScoreWriter
{
    /// <summary>Name in the attribute <c>layout</c>.</summary>
    public const string LayoutName = "lightcone scores v1";

    /// <summary>Writes the batches, which together must hold <paramref name="count"/> jets.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="count">Number of jets.</param>
    /// <param name="classes">Number of classes.</param>
    /// <param name="labelled">Whether the batches have labels.</param>
    /// <param name="batches">The scores, in the order of the input; enumerated once.</param>
    /// <param name="facts">Attributes of the file, such as the model and the input's name.</param>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string path, long count, int classes, bool labelled, IEnumerable<ScoreBatch> batches, IReadOnlyDictionary<string, string>? facts = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        var single = new Hdf5Type { Class = TypeClass.Float, Size = 4, Signed = true };
        var rows = WritableColumn.Create(new Hdf5Type { Class = TypeClass.Integer, Size = 8, Signed = true }, count);
        var scores = WritableColumn.Create(single, count);
        var logits = WritableColumn.Create(single, count, classes);
        var labels = WritableColumn.Create(new Hdf5Type { Class = TypeClass.Integer, Size = 4, Signed = true }, count);
        var file = new H5File { ["row"] = rows.Dataset, ["score"] = scores.Dataset, ["logits"] = logits.Dataset };
        List<WritableColumn> columns = [rows, scores, logits];
        if (labelled)
        {
            file["label"] = labels.Dataset;
            columns.Add(labels);
        }
        file.Attributes["layout"] = LayoutName;
        foreach (var (name, value) in facts ?? new Dictionary<string, string>()) file.Attributes[name] = value;
        Hdf5Writing.Write(path, file, writer =>
        {
            foreach (var batch in batches)
            {
                if (batch.Scores.Length != batch.Rows.Length || batch.Logits.Length != batch.Rows.Length * classes) throw new ArgumentException("Rows, scores and logits of a batch do not fit together.", nameof(batches));
                rows.Append(batch.Rows);
                scores.Append(batch.Scores);
                logits.Append(batch.Logits);
                if (labelled) labels.Append(Array.ConvertAll(batch.Labels ?? throw new ArgumentException("A batch has no labels.", nameof(batches)), l => (long)l));
                foreach (var column in columns) column.WriteFullChunks(writer);
            }
            foreach (var column in columns) column.Finish(writer);
        });
    }
}
