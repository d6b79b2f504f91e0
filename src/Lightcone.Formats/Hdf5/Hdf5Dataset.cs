using System.Buffers;

namespace Lightcone.Formats.Hdf5;

/// <summary>
/// An array in the file, read by ranges of its first extent. Chunks are decoded in parallel; those that a range cut are kept (a few MiB), so
/// that neighbouring small ranges decode a chunk once.
/// </summary>
internal sealed class Hdf5Dataset
{
    // Deflate can expand by 1032 at most; the same factor bounds what a file may claim with any filter or with chunks left out.
    internal const long ExpansionLimit = 1032;

    internal const long ExpansionAllowance = 1 << 20;

    private readonly InputFile file;
    private readonly ChunkIndex? chunks;
    private readonly FilterPipeline filters;
    private readonly long contiguousAddress = -1;
    private readonly ReadOnlyMemory<byte> compact;
    private readonly int chunkBytes;
    private readonly ChunkCache cache = new();

    private Hdf5Dataset(InputFile file, string path, ObjectHeader header)
    {
        this.file = file;
        Path = path;
        Type = Hdf5Type.Parse(Own(header, MessageKind.Datatype, "type"));
        Extents = Dataspace.Parse(Own(header, MessageKind.Dataspace, "extents"));
        if (header.First(MessageKind.ExternalFiles) is not null) throw new InvalidDataException("the values lie in other files (external storage), which Lightcone does not follow");
        filters = header.First(MessageKind.Filters) is { } pipeline ? FilterPipeline.Parse(pipeline.Body.Span) : FilterPipeline.None;
        long count = Dataspace.Count(Extents);
        if (count > long.MaxValue / 2 / Type.Size || count * Type.Size > file.Length * ExpansionLimit + ExpansionAllowance)
            throw new InvalidDataException($"{count} elements of {Type.Size} bytes are not plausible in a file of {file.Length} bytes");
        var layout = new LayoutMessage(Own(header, MessageKind.Layout, "layout"), Extents.Length);
        if (layout.Compact is { } stored)
        {
            compact = stored;
            if (stored.Length < count * Type.Size) throw new InvalidDataException("a compact dataset is shorter than its extents");
        }
        else if (layout.ChunkExtents is { } chunkExtents)
        {
            long bytes = Type.Size;
            foreach (int extent in chunkExtents) bytes = Math.Min(bytes * extent, long.MaxValue >> 32);
            if (bytes > 1 << 30 || bytes > file.Length * ExpansionLimit + ExpansionAllowance) throw new InvalidDataException($"chunks of {bytes} bytes are not plausible in a file of {file.Length} bytes");
            chunkBytes = (int)bytes;
            chunks = layout.Index(file, Extents, chunkExtents, chunkBytes, filters.Count > 0);
        }
        else
        {
            contiguousAddress = layout.Address;
            if (contiguousAddress >= 0 && contiguousAddress > file.Length - count * Type.Size) throw new InvalidDataException("the values lie beyond the end of the file");
        }
        RowBytes = Extents.Length == 0 ? Type.Size : checked((int)Math.Min(Dataspace.Count(Extents.AsSpan(1)) * Type.Size, int.MaxValue));
    }

    /// <summary>Path in the file, for messages.</summary>
    internal string Path { get; }

    internal Hdf5Type Type { get; }

    /// <summary>Extents; the first one counts rows.</summary>
    internal long[] Extents { get; }

    internal long Rows => Extents.Length == 0 ? 1 : Extents[0];

    /// <summary>Bytes of one row.</summary>
    internal int RowBytes { get; }

    /// <summary>Rows of one chunk; all rows where the dataset has no chunks.</summary>
    internal long RowsPerChunk => chunks?.ChunkExtents[0] ?? Math.Max(1, Rows);

    /// <summary>Names of the filters, as <c>dataset inspect</c> prints them.</summary>
    internal string Compression => filters.Description;

    internal static Hdf5Dataset Open(InputFile file, string path, ObjectHeader header) => Damage.At(file.Path, path, () => new Hdf5Dataset(file, path, header));

    private static ReadOnlySpan<byte> Own(ObjectHeader header, MessageKind kind, string what)
    {
        var message = header.First(kind) ?? throw new InvalidDataException($"the object has no {what}: it is not a dataset");
        if (message.Shared) throw new InvalidDataException($"the {what} is kept elsewhere (a named or shared message), which Lightcone does not follow; rewrite the file with h5repack");
        return message.Body.Span;
    }

    /// <summary>Reads numbers of rows [first, first + count), all extents flattened in row-major order.</summary>
    internal double[] ReadDoubles(long first, int count) => ReadNumbers<double>(first, count, Numbers.Convert);

    /// <inheritdoc cref="ReadDoubles"/>
    internal float[] ReadSingles(long first, int count) => ReadNumbers<float>(first, count, Numbers.Convert);

    /// <inheritdoc cref="ReadDoubles"/>
    internal long[] ReadIntegers(long first, int count) => ReadNumbers<long>(first, count, Numbers.Convert);

    private delegate void Conversion<T>(ReadOnlySpan<byte> stored, Hdf5Type type, Span<T> values);

    private T[] ReadNumbers<T>(long first, int count, Conversion<T> convert) => Damage.At(file.Path, Path, () =>
    {
        if (!Type.IsNumber) throw new InvalidDataException($"numbers are needed, but the elements are of class {Type.Class}");
        int bytes = RangeBytes(first, count);
        var stored = ArrayPool<byte>.Shared.Rent(Math.Max(1, bytes));
        try
        {
            ReadRange(first, count, stored.AsMemory(0, bytes));
            var values = new T[bytes / Type.Size];
            convert(stored.AsSpan(0, bytes), Type, values);
            return values;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(stored);
        }
    });

    /// <summary>Bytes of a range of rows, after the checks that come before allocation.</summary>
    private int RangeBytes(long first, int count)
    {
        if (first < 0 || count < 0 || first > Rows - count) throw new InvalidDataException($"rows {first} to {first + count} are wanted, but there are {Rows}");
        long bytes = (long)RowBytes * count;
        return bytes <= Array.MaxLength ? (int)bytes : throw new InvalidDataException($"{count} rows of {RowBytes} bytes are too many to read at once");
    }

    private void ReadRange(long first, int count, Memory<byte> target)
    {
        if (count == 0) return;
        if (!compact.IsEmpty) compact.Span.Slice((int)first * RowBytes, target.Length).CopyTo(target.Span);
        else if (chunks is null && contiguousAddress < 0) target.Span.Clear();
        else if (chunks is null) file.Read(contiguousAddress + first * RowBytes, target.Span);
        else ReadChunks(first, count, target);
    }

    private void ReadChunks(long first, int count, Memory<byte> target)
    {
        long perRow = chunks!.Count / Math.Max(1, chunks.GridExtents[0]);
        long firstChunk = first / RowsPerChunk * perRow;
        long lastChunk = ((first + count - 1) / RowsPerChunk + 1) * perRow;
        if (lastChunk - firstChunk == 1) Copy(firstChunk);
        else Decoding.InParallel(firstChunk, lastChunk, Copy);

        void Copy(long position)
        {
            long chunkRow = position / perRow * RowsPerChunk;
            bool whole = chunkRow >= first && chunkRow + RowsPerChunk <= first + count;
            UseChunk(position, keep: !whole, chunk => ChunkCopy.Into(target.Span, first, count, Extents, Type.Size, chunks.ChunkExtents, chunks.GridExtents, position, chunk));
        }
    }

    /// <summary>
    /// Hands out the rows of each chunk that the range touches, with the number of the first row in it; several threads at once. Only for
    /// datasets of one extent, such as tables of records.
    /// </summary>
    internal void VisitRows(long first, int count, Action<long, ReadOnlyMemory<byte>> visit) => Damage.At(file.Path, Path, () =>
    {
        RangeBytes(first, count);
        if (count == 0) return 0;
        if (chunks is null)
        {
            var rows = new byte[RangeBytes(first, count)];
            ReadRange(first, count, rows);
            visit(first, rows);
            return 0;
        }
        Decoding.InParallel(first / RowsPerChunk, (first + count - 1) / RowsPerChunk + 1, position =>
        {
            long start = position * RowsPerChunk;
            long from = Math.Max(first, start), to = Math.Min(first + count, start + RowsPerChunk);
            UseChunk(position, keep: to - from < Math.Min(RowsPerChunk, Rows - start), chunk => visit(from, chunk.Slice((int)(from - start) * RowBytes, (int)(to - from) * RowBytes)));
        });
        return 0;
    });

    private void UseChunk(long position, bool keep, Action<ReadOnlyMemory<byte>> use)
    {
        if (cache.TryFind(position, out var kept))
        {
            use(kept);
            return;
        }
        using var decoded = Decode(position);
        use(decoded.Bytes);
        if (keep) cache.Keep(position, decoded.Bytes.Span);
    }

    private DecodedChunk Decode(long position)
    {
        if (!chunks!.TryFind(position, out var chunk)) return DecodedChunk.Zeros(chunkBytes);
        var stored = ArrayPool<byte>.Shared.Rent(Math.Max(1, chunk.Size));
        try
        {
            file.Read(chunk.Address, stored.AsSpan(0, chunk.Size));
            return filters.Decode(stored, chunk.Size, chunk.FilterMask, chunkBytes);
        }
        catch (InvalidDataException e)
        {
            throw new InvalidDataException($"the chunk of rows from {position / (chunks.Count / Math.Max(1, chunks.GridExtents[0])) * RowsPerChunk} on cannot be decoded: {e.Message}", e);
        }
    }
}
