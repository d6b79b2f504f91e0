using System.Globalization;
using System.Runtime.InteropServices;
using Lightcone.Formats.Hdf5;

namespace Lightcone.Formats.TopLandscape;

/// <summary>Where the constituents' momenta lie in a record, and how to take them out.</summary>
internal sealed class MomentumSlots
{
    private static readonly string[] Components = ["E", "PX", "PY", "PZ"];

    private readonly TableColumn[] columns;
    private readonly bool contiguous;

    private MomentumSlots(TableColumn[] columns)
    {
        this.columns = columns;
        var first = columns[0];
        contiguous = first.Type is { Class: TypeClass.Float, Size: 4, BigEndian: false };
        for (int i = 0; contiguous && i < columns.Length; i++) contiguous = columns[i].Offset == first.Offset + 4 * i && columns[i].Type == first.Type;
    }

    /// <summary>Places for constituents in a record.</summary>
    internal int Count => columns.Length / 4;

    internal Hdf5Type Type => columns[0].Type;

    /// <summary>By the names E_i, PX_i, PY_i, PZ_i where they are known, else the first block's columns in fours (a rest of four is the true top).</summary>
    internal static MomentumSlots? Find(TableColumns table)
    {
        var columns = new List<TableColumn>();
        for (int slot = 0; ; slot++)
        {
            var four = Components.Select(c => table.Find(string.Create(CultureInfo.InvariantCulture, $"{c}_{slot}"))).ToArray();
            if (four.Any(c => c is null)) break;
            columns.AddRange(four.Select(c => c!.Value));
        }
        if (columns.Count == 0 && table.ByPosition)
        {
            var block = table.Unnamed.MaxBy(b => b.Columns.Length).Columns;
            columns.AddRange(block.Take(Math.Max(0, block.Length - 4) / 4 * 4));
        }
        return columns.Count == 0 ? null : new MomentumSlots([.. columns]);
    }

    /// <summary>Takes the constituents of one record out: all slots whose momentum is not zero. Says whether padding stood before one.</summary>
    internal bool Take(ReadOnlySpan<byte> record, List<double> momenta) => contiguous ? TakeContiguous(record, momenta) : TakeColumns(record, momenta);

    private bool TakeContiguous(ReadOnlySpan<byte> record, List<double> momenta)
    {
        var bytes = record.Slice(columns[0].Offset, 4 * columns.Length);
        // The tail of zeros is most of a record: found 32 bytes at a time.
        int used = (bytes.LastIndexOfAnyExcept((byte)0) + 16) / 16 * 4;
        var values = MemoryMarshal.Cast<byte, float>(bytes)[..used];
        int before = momenta.Count;
        CollectionsMarshal.SetCount(momenta, before + used);
        var target = CollectionsMarshal.AsSpan(momenta)[before..];
        int kept = 0;
        for (int i = 0; i < used; i += 4)
        {
            float e = values[i], px = values[i + 1], py = values[i + 2], pz = values[i + 3];
            if (e == 0 && px == 0 && py == 0 && pz == 0) continue;
            (target[kept], target[kept + 1], target[kept + 2], target[kept + 3]) = (e, px, py, pz);
            kept += 4;
        }
        CollectionsMarshal.SetCount(momenta, before + kept);
        // Zeros of either sign at the very end are no gap.
        return kept < used && values[^4..].IndexOfAnyExcept(0f) >= 0;
    }

    private bool TakeColumns(ReadOnlySpan<byte> record, List<double> momenta)
    {
        bool gap = false, inner = false;
        Span<double> p = stackalloc double[4];
        for (int slot = 0; slot < Count; slot++)
        {
            for (int k = 0; k < 4; k++)
            {
                var column = columns[4 * slot + k];
                Numbers.Convert(record.Slice(column.Offset, column.Type.Size), column.Type, p.Slice(k, 1));
            }
            if (p.IndexOfAnyExcept(0.0) < 0) gap = true;
            else
            {
                inner |= gap;
                momenta.AddRange(p);
            }
        }
        return inner;
    }
}
