using System.Buffers;
using System.Buffers.Binary;
using Lightcone.Formats.Codecs;

namespace Lightcone.Formats.Hdf5;

/// <summary>The filters that a dataset's chunks went through when they were written (HDF5 file format, IV.A.2.l); undone last to first.</summary>
internal sealed class FilterPipeline
{
    private const int Deflated = 1, Shuffled = 2, Checksummed = 3, Lzfed = 32000, Blosced = 32001;

    private readonly record struct Filter(int Id, string Name, int FirstParameter);

    private readonly Filter[] filters;

    private FilterPipeline(Filter[] filters) => this.filters = filters;

    internal static FilterPipeline None { get; } = new([]);

    internal int Count => filters.Length;

    /// <summary>Names in the order of writing, such as <c>shuffle, deflate</c>.</summary>
    internal string Description => filters.Length == 0 ? "none" : string.Join(", ", filters.Select(f => f.Name));

    internal static FilterPipeline Parse(ReadOnlySpan<byte> body)
    {
        var cursor = new ByteCursor(body);
        int version = cursor.U8();
        int count = cursor.U8();
        if (version is not (1 or 2)) throw new InvalidDataException($"a filter list has the unknown version {version}");
        if (version == 1) cursor.Skip(6);
        var filters = new Filter[count];
        for (int i = 0; i < count; i++)
        {
            int id = cursor.U16();
            int nameSize = version == 1 || id >= 256 ? cursor.U16() : 0;
            cursor.Skip(2);
            int parameters = cursor.U16();
            cursor.Skip(version == 1 ? nameSize + 7 & ~7 : nameSize);
            int first = 0;
            for (int p = 0; p < parameters; p++)
            {
                int value = (int)Math.Min(cursor.U32(), int.MaxValue);
                if (p == 0) first = value;
            }
            if (version == 1 && parameters % 2 == 1) cursor.Skip(4);
            filters[i] = new Filter(id, NameOf(id), first);
        }
        return new FilterPipeline(filters);
    }

    private static string NameOf(int id) => id switch
    {
        Deflated => "deflate",
        Shuffled => "shuffle",
        Checksummed => "fletcher32",
        Lzfed => "lzf",
        Blosced => "blosc",
        4 => throw Refused("szip", id),
        5 => throw Refused("nbit", id),
        6 => throw Refused("scaleoffset", id),
        307 => throw Refused("bzip2", id),
        32008 => throw Refused("bitshuffle", id),
        32015 => throw Refused("zstd", id),
        32026 => throw Refused("blosc2", id),
        _ => throw Refused("unknown", id),
    };

    private static InvalidDataException Refused(string name, int id) =>
        new($"the filter {name} ({id}) is not read; rewrite the file with h5repack -f SHUF -f GZIP=6");

    /// <summary>Undoes the filters. The rented input is given back; the result has exactly <paramref name="expected"/> bytes.</summary>
    internal DecodedChunk Decode(byte[] stored, int count, uint mask, int expected)
    {
        try
        {
            for (int i = filters.Length - 1; i >= 0; i--)
            {
                // A set bit says that the writer skipped this filter for this chunk.
                if ((mask >> i & 1) != 0) continue;
                if (filters[i].Id == Checksummed)
                {
                    count = Verified(stored.AsSpan(0, count));
                    continue;
                }
                int length = filters[i].Id == Shuffled ? count : Decoded(i, expected);
                var target = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
                try
                {
                    Undo(filters[i], stored, count, target.AsSpan(0, length));
                }
                catch
                {
                    ArrayPool<byte>.Shared.Return(target);
                    throw;
                }
                ArrayPool<byte>.Shared.Return(stored);
                (stored, count) = (target, length);
            }
            if (count != expected) throw new InvalidDataException($"a chunk has {count} bytes where {expected} are needed");
            return new DecodedChunk(stored, count);
        }
        catch
        {
            ArrayPool<byte>.Shared.Return(stored);
            throw;
        }
    }

    /// <summary>Length after undoing filter i: a checksum that was appended before it is still there.</summary>
    private int Decoded(int i, int expected)
    {
        for (int before = 0; before < i; before++)
            if (filters[before].Id == Checksummed) expected += 4;
        return expected;
    }

    private static int Verified(ReadOnlySpan<byte> chunk)
    {
        if (chunk.Length < 4) throw new InvalidDataException("a chunk is shorter than its checksum");
        if (Fletcher32.Of(chunk[..^4]) != BinaryPrimitives.ReadUInt32LittleEndian(chunk[^4..])) throw new InvalidDataException("the checksum of a chunk is wrong");
        return chunk.Length - 4;
    }

    private static void Undo(Filter filter, byte[] stored, int count, Span<byte> target)
    {
        switch (filter.Id)
        {
            case Deflated:
                Deflate.Decode(stored, 0, count, target);
                break;
            case Shuffled:
                Unshuffle.Bytes(stored.AsSpan(0, count), target, filter.FirstParameter);
                break;
            case Lzfed:
                Lzf.Decode(stored.AsSpan(0, count), target);
                break;
            default:
                Blosc.Decode(stored, count, target);
                break;
        }
    }
}
