namespace Lightcone.Formats.Hdf5;

/// <summary>How a dataset's values are laid out (HDF5 file format, IV.A.2.i): inside the header, in one piece, or in chunks.</summary>
internal sealed class LayoutMessage
{
    private enum Indexing
    {
        BTree = 0,
        Single = 1,
        Implicit = 2,
        FixedArray = 3,
    }

    private readonly Indexing indexing;
    private readonly ulong singleSize;
    private readonly uint singleMask;

    internal LayoutMessage(ReadOnlySpan<byte> body, int rank)
    {
        var cursor = new ByteCursor(body);
        int version = cursor.U8();
        if (version is not (3 or 4)) throw new InvalidDataException($"a data layout of version {version} is not read; rewrite the file with h5repack");
        int kind = cursor.U8();
        switch (kind)
        {
            case 0:
                Compact = cursor.Take(cursor.U16()).ToArray();
                break;
            case 1:
                Address = cursor.Address();
                break;
            case 2 when version == 3:
                ChunkExtents = ParseExtents(ref cursor, cursor.U8(), 4, rank, out long address);
                Address = address;
                break;
            case 2:
                int flags = cursor.U8();
                int stored = cursor.U8();
                int size = cursor.U8();
                ChunkExtents = ParseExtents(ref cursor, stored, size, rank, out _);
                indexing = (Indexing)cursor.U8();
                if (indexing == Indexing.Single && (flags & 2) != 0) (singleSize, singleMask) = (cursor.U64(), cursor.U32());
                else if (indexing == Indexing.FixedArray) cursor.Skip(1);
                else if (indexing is not (Indexing.Single or Indexing.Implicit)) throw new InvalidDataException("chunks are indexed in a form that only libver='latest' writes; rewrite the file with h5repack");
                Address = cursor.Address();
                break;
            case 3:
                throw new InvalidDataException("the values lie in other files (a virtual dataset), which Lightcone does not follow");
            default:
                throw new InvalidDataException($"the data layout {kind} is unknown");
        }
    }

    /// <summary>Place of the values or of the chunk index; −1 where nothing was written.</summary>
    internal long Address { get; } = -1;

    /// <summary>The values themselves, where they are kept in the header.</summary>
    internal byte[]? Compact { get; }

    /// <summary>Extents of a chunk, where the values are chunked.</summary>
    internal int[]? ChunkExtents { get; }

    internal ChunkIndex Index(InputFile file, long[] extents, int[] chunkExtents, int chunkBytes, bool filtered) => indexing switch
    {
        Indexing.Single => ChunkIndex.Single(file, Address, filtered ? singleSize : (ulong)chunkBytes, singleMask, extents, chunkExtents),
        Indexing.Implicit => ChunkIndex.Implicit(file, Address, chunkBytes, extents, chunkExtents),
        Indexing.FixedArray => ChunkIndex.FromFixedArray(file, Address, chunkBytes, extents, chunkExtents),
        _ => ChunkIndex.FromBTree(file, Address, extents, chunkExtents),
    };

    /// <summary>The last stored extent is the element size, which the type states already.</summary>
    private static int[] ParseExtents(ref ByteCursor cursor, int stored, int size, int rank, out long address)
    {
        if (stored != rank + 1 || rank == 0) throw new InvalidDataException("the chunks have another number of dimensions than the dataset");
        address = size == 4 ? cursor.Address() : -1;
        if (size == 4 && false) return [];
        var extents = new int[rank];
        for (int d = 0; d < rank; d++)
        {
            ulong extent = cursor.Unsigned(size);
            extents[d] = extent is > 0 and <= int.MaxValue ? (int)extent : throw new InvalidDataException($"a chunk extent of {extent} is not possible");
        }
        cursor.Skip(size);
        return extents;
    }
}
