using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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

    /// <summary>Bytes of one component in what <see cref="Take"/> gives: float32 as stored where the columns stand in a row, else float64.</summary>
    internal int ComponentSize => contiguous ? 4 : 8;

    /// <summary>
    /// Takes the constituents of one record out: all slots whose momentum is not zero, packed. Gives the number of constituents; says whether
    /// padding stood before one.
    /// </summary>
    internal int Take(ReadOnlySpan<byte> record, Span<byte> packed, out bool innerPadding) =>
        contiguous ? TakeContiguous(record, MemoryMarshal.Cast<byte, float>(packed), out innerPadding) : TakeColumns(record, MemoryMarshal.Cast<byte, double>(packed), out innerPadding);

    /// <summary>What <see cref="Take"/> packed, as float64.</summary>
    internal void Unpack(ReadOnlySpan<byte> packed, Span<double> momenta)
    {
        if (!contiguous)
        {
            MemoryMarshal.Cast<byte, double>(packed).CopyTo(momenta);
            return;
        }
        var singles = MemoryMarshal.Cast<byte, float>(packed);
        for (int i = 0; i < singles.Length; i += 4)
        {
            var (low, high) = Vector128.Widen(Vector128.Create<float>(singles.Slice(i, 4)));
            low.CopyTo(momenta.Slice(i, 2));
            high.CopyTo(momenta.Slice(i + 2, 2));
        }
    }

    private int TakeContiguous(ReadOnlySpan<byte> record, Span<float> packed, out bool innerPadding)
    {
        var bytes = record.Slice(columns[0].Offset, 4 * columns.Length);
        // The tail of zeros is most of a record: it is found many bytes at a time.
        int used = (bytes.LastIndexOfAnyExcept((byte)0) + 16) / 16 * 4;
        var values = MemoryMarshal.Cast<byte, float>(bytes)[..used];
        int kept = 0;
        while (kept < used && values[kept] != 0) kept += 4;
        values[..kept].CopyTo(packed);
        innerPadding = false;
        for (int i = kept; i < used; i += 4)
        {
            var p = values.Slice(i, 4);
            if (p.IndexOfAnyExcept(0f) < 0) continue;
            // A slot with E = 0 and a momentum is kept, for the checks to find.
            innerPadding |= i > kept;
            p.CopyTo(packed[kept..]);
            kept += 4;
        }
        return kept / 4;
    }

    private int TakeColumns(ReadOnlySpan<byte> record, Span<double> packed, out bool innerPadding)
    {
        int kept = 0;
        innerPadding = false;
        Span<double> p = stackalloc double[4];
        for (int slot = 0; slot < Count; slot++)
        {
            for (int k = 0; k < 4; k++)
            {
                var column = columns[4 * slot + k];
                Numbers.Convert(record.Slice(column.Offset, column.Type.Size), column.Type, p.Slice(k, 1));
            }
            if (p.IndexOfAnyExcept(0.0) < 0) continue;
            innerPadding |= slot > kept;
            p.CopyTo(packed[(4 * kept++)..]);
        }
        return kept;
    }
}
