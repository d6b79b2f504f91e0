using System.Buffers;
using System.IO.Compression;
using Lightcone.Formats.Hdf5;

namespace Lightcone.Formats.Npz;

/// <summary>
/// An array of an archive, read by ranges of its first extent. Members are compressed as a whole, so reading runs forward; going back starts the
/// member anew. Arrays in column order keep one stream a column.
/// </summary>
internal sealed class NpyArray : IDisposable
{
    private const int ColumnLimit = 64;

    private readonly string path, name;
    private readonly ZipArchiveEntry entry;
    private readonly MemberStream[] streams;
    private readonly int rowElements;

    internal NpyArray(string path, string name, ZipArchiveEntry entry)
    {
        (this.path, this.name, this.entry) = (path, name, entry);
        using (var start = entry.Open()) Header = NpyHeader.Read(start);
        var shape = Header.Shape;
        if (shape.Length == 0) throw new InvalidDataException("a single number stands where an array is needed");
        long elements = Header.Elements;
        if (elements > entry.Length / Header.Type.Size) throw new InvalidDataException($"the array claims {elements} elements in {entry.Length} bytes");
        long perRow = Dataspace.Count(shape.AsSpan(1));
        rowElements = perRow <= 1 << 24 ? (int)perRow : throw new InvalidDataException($"rows of {perRow} elements are not plausible");
        if (Header.ColumnsFirst && shape.Length > 1 && rowElements > ColumnLimit) throw new InvalidDataException($"an array in column order with {rowElements} columns is not read; save it with numpy.ascontiguousarray");
        streams = new MemberStream[Header.ColumnsFirst && shape.Length > 1 ? Math.Max(1, rowElements) : 1];
    }

    internal NpyHeader Header { get; }

    internal long Rows => Header.Shape[0];

    internal double[] ReadDoubles(long first, int count) => Read<double>(first, count, Numbers.Convert);

    internal float[] ReadSingles(long first, int count) => Read<float>(first, count, Numbers.Convert);

    internal long[] ReadIntegers(long first, int count) => Read<long>(first, count, Numbers.Convert);

    private delegate void Conversion<T>(ReadOnlySpan<byte> stored, Hdf5Type type, Span<T> values);

    private T[] Read<T>(long first, int count, Conversion<T> convert) => Damage.At(path, name, () =>
    {
        if (first < 0 || count < 0 || first > Rows - count) throw new InvalidDataException($"rows {first} to {first + count} are wanted, but there are {Rows}");
        if ((long)count * rowElements > Array.MaxLength / 8) throw new InvalidDataException($"{count} rows are too many to read at once");
        var values = new T[count * rowElements];
        if (streams.Length == 1)
        {
            Fill(0, first * rowElements, values, convert);
            return values;
        }
        var column = new T[count];
        for (int c = 0; c < streams.Length; c++)
        {
            Fill(c, c * Rows + first, column, convert);
            for (int r = 0; r < count; r++) values[r * rowElements + c] = column[r];
        }
        return values;
    });

    private void Fill<T>(int stream, long firstElement, T[] values, Conversion<T> convert)
    {
        int bytes = values.Length * Header.Type.Size;
        var stored = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes));
        try
        {
            streams[stream] ??= new MemberStream(entry);
            streams[stream].Read(firstElement * Header.Type.Size, stored.AsSpan(0, bytes));
            convert(stored.AsSpan(0, bytes), Header.Type, values);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    }

    public void Dispose()
    {
        foreach (var stream in streams) stream?.Dispose();
    }

    /// <summary>The data of a member behind its header, at a position that only moves forward.</summary>
    private sealed class MemberStream(ZipArchiveEntry entry) : IDisposable
    {
        private Stream? stream;
        private long position;

        internal void Read(long at, Span<byte> target)
        {
            if (stream is null || at < position)
            {
                stream?.Dispose();
                stream = entry.Open();
                NpyHeader.Read(stream);
                position = 0;
            }
            Skip(at - position);
            NpyHeader.ReadExactly(stream, target);
            position = at + target.Length;
        }

        private void Skip(long count)
        {
            Span<byte> discarded = stackalloc byte[4096];
            while (count > 0)
            {
                int piece = (int)Math.Min(count, discarded.Length);
                NpyHeader.ReadExactly(stream!, discarded[..piece]);
                count -= piece;
            }
        }

        public void Dispose() => stream?.Dispose();
    }
}
