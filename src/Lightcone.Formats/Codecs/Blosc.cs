using System.Buffers;
using System.Buffers.Binary;
using K4os.Compression.LZ4;

namespace Lightcone.Formats.Codecs;

/// <summary>
/// Blosc 1 containers, PyTables' favourite: a header of 16 bytes, a table of blocks, each block one compressed stream or one a byte of the
/// element, then a byte or bit shuffle. Layout: README_CHUNK_FORMAT of the c-blosc project.
/// </summary>
internal static class Blosc
{
    private const int HeaderSize = 16;
    private const int MostStreams = 16;
    private const int ShortestStream = 128;

    private readonly record struct Header(int Flags, int TypeSize, int Bytes, int BlockBytes)
    {
        internal bool ByteShuffled => (Flags & 1) != 0;

        internal bool Stored => (Flags & 2) != 0;

        internal bool BitShuffled => (Flags & 4) != 0;

        internal bool NeverSplit => (Flags & 16) != 0;

        internal int Codec => Flags >> 5;
    }

    internal static void Decode(byte[] stored, int count, Span<byte> target)
    {
        var source = stored.AsSpan(0, count);
        var header = ParseHeader(source, target.Length);
        if (target.Length == 0) return;
        if (header.Stored)
        {
            if (count - HeaderSize < target.Length) throw new InvalidDataException("a stored blosc container is cut off");
            source.Slice(HeaderSize, target.Length).CopyTo(target);
            return;
        }
        int blocks = (int)(((long)target.Length + header.BlockBytes - 1) / header.BlockBytes);
        if ((long)blocks * 4 > count - HeaderSize) throw new InvalidDataException("the block table of a blosc container is cut off");
        var scratch = ArrayPool<byte>.Shared.Rent(header.BlockBytes);
        try
        {
            for (int block = 0; block < blocks; block++)
            {
                int start = BinaryPrimitives.ReadInt32LittleEndian(source[(HeaderSize + 4 * block)..]);
                if (start < 0 || start >= count) throw new InvalidDataException("a block lies outside its blosc container");
                int from = block * header.BlockBytes;
                var piece = target.Slice(from, Math.Min(header.BlockBytes, target.Length - from));
                DecodeBlock(stored, start, count, header, piece, scratch.AsSpan(0, piece.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(scratch);
        }
    }

    private static Header ParseHeader(ReadOnlySpan<byte> source, int expected)
    {
        if (source.Length < HeaderSize) throw new InvalidDataException("a blosc container is shorter than its header");
        var header = new Header(source[2], source[3], BinaryPrimitives.ReadInt32LittleEndian(source[4..]), BinaryPrimitives.ReadInt32LittleEndian(source[8..]));
        if (source[0] is < 1 or > 2) throw new InvalidDataException($"blosc format {source[0]} is not read (Blosc 1 has 1 and 2)");
        if (header.Bytes != expected) throw new InvalidDataException($"a blosc container holds {header.Bytes} bytes where {expected} are needed");
        if (header.TypeSize < 1 || header.BlockBytes < 1 || header.BlockBytes > Math.Max(expected, 1)) throw new InvalidDataException("the header of a blosc container contradicts itself");
        return header;
    }

    private static void DecodeBlock(byte[] stored, int at, int end, Header header, Span<byte> target, Span<byte> scratch)
    {
        bool shuffled = (header.ByteShuffled && header.TypeSize > 1) || header.BitShuffled;
        var plain = shuffled ? scratch : target;
        bool whole = target.Length == header.BlockBytes;
        bool split = whole && !header.NeverSplit && header.TypeSize <= MostStreams && header.BlockBytes / header.TypeSize >= ShortestStream;
        int streams = split ? header.TypeSize : 1;
        int streamBytes = plain.Length / streams;
        if (streamBytes * streams != plain.Length) throw new InvalidDataException("a blosc block does not divide into its streams");
        for (int s = 0; s < streams; s++)
        {
            if (end - at < 4) throw new InvalidDataException("a blosc block is cut off");
            int size = BinaryPrimitives.ReadInt32LittleEndian(stored.AsSpan(at));
            at += 4;
            if (size < 0 || size > end - at) throw new InvalidDataException("a stream lies outside its blosc container");
            var piece = plain.Slice(s * streamBytes, streamBytes);
            if (size == streamBytes) stored.AsSpan(at, size).CopyTo(piece);
            else DecodeStream(header.Codec, stored, at, size, piece);
            at += size;
        }
        if (header.ByteShuffled && header.TypeSize > 1) Unshuffle.Bytes(plain, target, header.TypeSize);
        else if (header.BitShuffled) BitUnshuffle.Bits(plain, target, header.TypeSize);
    }

    private static void DecodeStream(int codec, byte[] stored, int at, int size, Span<byte> target)
    {
        switch (codec)
        {
            case 0:
                BloscLz.Decode(stored.AsSpan(at, size), target);
                break;
            case 1:
                if (LZ4Codec.Decode(stored.AsSpan(at, size), target) != target.Length) throw new InvalidDataException("an LZ4 stream does not decode to its block");
                break;
            case 3:
                Deflate.Decode(stored, at, size, target);
                break;
            case 4:
                Zstandard(stored.AsSpan(at, size), target);
                break;
            default:
                throw new InvalidDataException($"the codec {(codec == 2 ? "snappy" : codec)} of a blosc container is not read; write the file with complib 'blosc:lz4' or 'zlib'");
        }
    }

    private static void Zstandard(ReadOnlySpan<byte> stored, Span<byte> target)
    {
        try
        {
            using var decoder = new ZstdSharp.Decompressor();
            if (decoder.TryUnwrap(stored, target, out int written) && written == target.Length) return;
        }
        catch (ZstdSharp.ZstdException e)
        {
            throw new InvalidDataException($"a zstd stream cannot be decoded: {e.Message}", e);
        }
        throw new InvalidDataException("a zstd stream does not decode to its block");
    }
}
