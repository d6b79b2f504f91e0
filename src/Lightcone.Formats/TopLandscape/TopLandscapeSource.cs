using System.Buffers;
using Lightcone.Formats.Hdf5;
using Lightcone.Jets;

namespace Lightcone.Formats.TopLandscape;

/// <summary>Jets of a pandas table. Records are read chunk by chunk, several at once; only the asked rows are ever held.</summary>
internal sealed class TopLandscapeSource : PaddedSource
{
    private const int JetColumnLimit = 64;

    private readonly Hdf5File file;
    private readonly Hdf5Dataset table;
    private readonly MomentumSlots slots;
    private readonly TableColumn? label;
    private readonly List<(string Name, TableColumn Column)> jetColumns;

    internal TopLandscapeSource(Hdf5File file, string key, FormatOptions options, string layout)
    {
        this.file = file;
        string path = $"{key}/table";
        table = file.Dataset(path)!;
        var columns = new TableColumns(table.Type, file.Attributes(path));
        slots = MomentumSlots.Find(columns) ?? throw Damage.Unsupported(file.Path, path, "the table has no columns E_0, PX_0, PY_0, PZ_0", "rename its columns as the top-tagging reference set has them, or convert it to the compact layout");
        label = columns.Find("is_signal_new") ?? columns.Find("is_signal") ?? LabelByPosition(columns);
        jetColumns = [.. columns.Names.Where(IsJetColumn).Take(JetColumnLimit).Select(n => (n, columns.Find(n)!.Value))];
        Schema = new JetSchema
        {
            Layout = layout,
            Classes = label is null ? [] : Layout.ClassNames(options, ["QCD", "top"]),
            JetColumns = [.. jetColumns.Select(c => c.Name)],
            Facts = new Dictionary<string, string>
            {
                ["slots"] = $"{slots.Count}",
                ["stored type"] = $"float{8 * slots.Type.Size}",
                ["columns"] = columns.ByPosition ? "by position (no names found)" : "by name",
                ["filters"] = table.Compression,
                ["rows a chunk"] = $"{table.RowsPerChunk}",
            },
        };
    }

    /// <inheritdoc/>
    public override JetSchema Schema { get; }

    /// <inheritdoc/>
    public override long Count => table.Rows;

    /// <inheritdoc/>
    protected override JetBatch ReadRows(long first, int count)
    {
        var pieces = new SortedDictionary<long, Piece>();
        table.VisitRows(first, count, (row, records) =>
        {
            var piece = Extract(row, records.Span);
            lock (pieces) pieces.Add(row, piece);
        });
        foreach (var piece in pieces.Values)
            if (piece.InnerPadding is { } rows)
                foreach (long row in rows) Padding.Add(row);
        return Join(first, count, [.. pieces.Values]);
    }

    /// <summary>What one chunk's records gave.</summary>
    private sealed record Piece(int[] Multiplicities, byte[] Packed, long[] Labels, float[][] JetColumns, List<long>? InnerPadding);

    private Piece Extract(long firstRow, ReadOnlySpan<byte> records)
    {
        int size = table.RowBytes, jets = records.Length / size;
        var multiplicities = new int[jets];
        int slotBytes = 4 * slots.ComponentSize;
        var scratch = ArrayPool<byte>.Shared.Rent(Math.Max(1, jets * slots.Count * slotBytes));
        var labels = label is null ? [] : new long[jets];
        var columns = jetColumns.Select(_ => new float[jets]).ToArray();
        List<long>? inner = null;
        int filled = 0;
        for (int jet = 0; jet < jets; jet++)
        {
            var record = records.Slice(jet * size, size);
            multiplicities[jet] = slots.Take(record, scratch.AsSpan(filled), out bool innerPadding);
            filled += multiplicities[jet] * slotBytes;
            if (innerPadding) (inner ??= []).Add(firstRow + jet);
            if (label is { } signal) Numbers.Convert(record.Slice(signal.Offset, signal.Type.Size), signal.Type, labels.AsSpan(jet, 1));
            for (int k = 0; k < columns.Length; k++)
            {
                var column = jetColumns[k].Column;
                Numbers.Convert(record.Slice(column.Offset, column.Type.Size), column.Type, columns[k].AsSpan(jet, 1));
            }
        }
        var packed = GC.AllocateUninitializedArray<byte>(filled);
        scratch.AsSpan(0, filled).CopyTo(packed);
        ArrayPool<byte>.Shared.Return(scratch);
        return new Piece(multiplicities, packed, labels, columns, inner);
    }

    private JetBatch Join(long first, int count, Piece[] pieces)
    {
        var offsets = new int[count + 1];
        int jet = 0;
        foreach (var piece in pieces)
            foreach (int multiplicity in piece.Multiplicities) offsets[jet + 1] = checked(offsets[jet++] + multiplicity);
        var momenta = GC.AllocateUninitializedArray<double>(4 * offsets[^1]);
        int at = 0;
        foreach (var piece in pieces)
        {
            int length = piece.Packed.Length / slots.ComponentSize;
            slots.Unpack(piece.Packed, momenta.AsSpan(at, length));
            at += length;
        }
        return new JetBatch
        {
            Rows = Layout.Rows(first, count),
            Offsets = offsets,
            Momenta = momenta,
            Labels = label is null ? null : Damage.At(file.Path, table.Path, () => Layout.Labels(Joined(pieces, p => p.Labels, count), first)),
            JetColumns = Enumerable.Range(0, jetColumns.Count).ToDictionary(k => jetColumns[k].Name, k => Joined(pieces, p => p.JetColumns[k], count)),
        };
    }

    private static T[] Joined<T>(Piece[] pieces, Func<Piece, T[]> part, int count)
    {
        var joined = new T[count];
        int at = 0;
        foreach (var piece in pieces)
        {
            part(piece).CopyTo(joined, at);
            at += part(piece).Length;
        }
        return joined;
    }

    /// <summary>Without names, the two whole numbers at the end are ttv and is_signal_new.</summary>
    private static TableColumn? LabelByPosition(TableColumns columns)
    {
        foreach (var (_, block) in columns.Unnamed)
            if (block is [_, var signal] && signal.Type.Class == TypeClass.Integer) return signal;
        return null;
    }

    private static bool IsJetColumn(string name) =>
        name is not ("index" or "is_signal_new" or "is_signal") && !(name.IndexOf('_') is > 0 and var at && name[..at] is "E" or "PX" or "PY" or "PZ");

    /// <inheritdoc/>
    public override void Dispose() => file.Dispose();
}
