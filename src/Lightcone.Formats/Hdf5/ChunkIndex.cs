using System.Buffers.Binary;

namespace Lightcone.Formats.Hdf5;

/// <summary>Where a chunk lies in the file, how many bytes it has there, and which filters were skipped when it was written.</summary>
internal readonly record struct StoredChunk(long Address, int Size, uint FilterMask);

/// <summary>The grid of chunks of one dataset and the place of each; chunks that were never written are absent and read as zeros.</summary>
internal sealed class ChunkIndex
{
    private readonly Dictionary<long, StoredChunk> chunks = [];
    private readonly long[] gridExtents;

    private ChunkIndex(long[] extents, int[] chunkExtents)
    {
        ChunkExtents = chunkExtents;
        gridExtents = new long[extents.Length];
        for (int d = 0; d < extents.Length; d++) gridExtents[d] = (extents[d] + chunkExtents[d] - 1) / chunkExtents[d];
        Count = Dataspace.Count(gridExtents);
    }

    internal int[] ChunkExtents { get; }

    /// <summary>Number of chunks in the grid, written or not.</summary>
    internal long Count { get; }

    /// <summary>Number of chunks in each direction.</summary>
    internal ReadOnlySpan<long> GridExtents => gridExtents;

    internal bool TryFind(long position, out StoredChunk chunk) => chunks.TryGetValue(position, out chunk);

    /// <summary>The classic form: a version 1 B-tree whose keys hold size, filter mask and corner of a chunk.</summary>
    internal static ChunkIndex FromBTree(InputFile file, long root, long[] extents, int[] chunkExtents)
    {
        var index = new ChunkIndex(extents, chunkExtents);
        BTree.Walk(file, root, kind: 1, keySize: 8 * (extents.Length + 2), (key, child) =>
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(key);
            uint mask = BinaryPrimitives.ReadUInt32LittleEndian(key[4..]);
            long position = 0;
            for (int d = 0; d < extents.Length; d++)
            {
                ulong corner = BinaryPrimitives.ReadUInt64LittleEndian(key[(8 + 8 * d)..]);
                ulong step = corner / (ulong)chunkExtents[d];
                // HDF5 may keep chunks beyond the extents when a dataset was shrunk.
                if (step >= (ulong)index.gridExtents[d]) return;
                position = position * index.gridExtents[d] + (long)step;
            }
            index.Add(file, position, child, size, mask);
        });
        return index;
    }

    /// <summary>One chunk that covers the whole dataset.</summary>
    internal static ChunkIndex Single(InputFile file, long address, ulong size, uint mask, long[] extents, int[] chunkExtents)
    {
        var index = new ChunkIndex(extents, chunkExtents);
        if (address >= 0) index.Add(file, 0, address, size, mask);
        return index;
    }

    /// <summary>Chunks of equal size, one after the other, in order.</summary>
    internal static ChunkIndex Implicit(InputFile file, long address, long chunkBytes, long[] extents, int[] chunkExtents)
    {
        var index = new ChunkIndex(extents, chunkExtents);
        if (address < 0) return index;
        if (index.Count > file.Length / chunkBytes) throw new InvalidDataException("the chunks of a dataset do not fit into the file");
        for (long i = 0; i < index.Count; i++) index.Add(file, i, address + i * chunkBytes, (ulong)chunkBytes, 0);
        return index;
    }

    /// <summary>A fixed array of places (HDF5 file format, VII.C).</summary>
    internal static ChunkIndex FromFixedArray(InputFile file, long address, long chunkBytes, long[] extents, int[] chunkExtents)
    {
        var index = new ChunkIndex(extents, chunkExtents);
        if (address < 0) return index;
        var head = new ByteCursor(file.Read(address, 28, 28, "a fixed array"));
        head.Expect("FAHD"u8, "a fixed array");
        head.Skip(1);
        bool filtered = head.U8() == 1;
        int entrySize = head.U8(), pageBits = head.U8();
        long entries = head.Length();
        long block = head.Address();
        if (block < 0) return index;
        if (entrySize != 8 && (!filtered || entrySize is < 13 or > 20)) throw new InvalidDataException($"entries of {entrySize} bytes in a fixed array are not possible");
        if (pageBits > 40 || entries < index.Count || index.Count > file.Length / entrySize) throw new InvalidDataException("a fixed array does not fit its dataset");
        long perPage = 1L << pageBits;
        bool paged = entries > perPage;
        long pages = paged ? (entries + perPage - 1) / perPage : 0;
        long bitmap = (pages + 7) / 8;
        var prefix = new ByteCursor(file.Read(block, 14 + bitmap, file.Length, "a fixed array"));
        prefix.Expect("FADB"u8, "the data of a fixed array");
        for (long i = 0; i < index.Count; i++)
        {
            long place = paged
                ? block + 14 + bitmap + 4 + i / perPage * (perPage * entrySize + 4) + i % perPage * entrySize
                : block + 14 + i * entrySize;
            var entry = new ByteCursor(file.Read(place, entrySize, 20, "a fixed array"));
            long chunk = entry.Address();
            ulong size = filtered ? entry.Unsigned(entrySize - 12) : (ulong)chunkBytes;
            if (chunk >= 0) index.Add(file, i, chunk, size, filtered ? entry.U32() : 0);
        }
        return index;
    }

    private void Add(InputFile file, long position, long address, ulong size, uint mask)
    {
        if (size > int.MaxValue || address > file.Length - (long)size) throw new InvalidDataException($"a chunk of {size} bytes at {address} lies beyond the end of the file ({file.Length} bytes)");
        chunks[position] = new StoredChunk(address, (int)size, mask);
    }
}
