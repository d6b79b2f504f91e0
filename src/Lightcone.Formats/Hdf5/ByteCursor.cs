using System.Buffers.Binary;
using System.Text;

namespace Lightcone.Formats.Hdf5;

/// <summary>Walks over a block of metadata; every step is checked against the block's end. HDF5 metadata is little-endian.</summary>
internal ref struct ByteCursor(ReadOnlySpan<byte> bytes)
{
    private readonly ReadOnlySpan<byte> bytes = bytes;

    internal int Position { get; private set; }

    internal readonly int Remaining => bytes.Length - Position;

    internal ReadOnlySpan<byte> Take(int count)
    {
        if (count < 0 || count > Remaining) throw new InvalidDataException($"a metadata block of {bytes.Length} bytes ends before a field of {count} bytes at {Position}");
        var field = bytes.Slice(Position, count);
        Position += count;
        return field;
    }

    internal void Skip(int count) => Take(count);

    internal byte U8() => Take(1)[0];

    internal int U16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    internal uint U32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    internal ulong U64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>An unsigned number of 1 to 8 bytes.</summary>
    internal ulong Unsigned(int size)
    {
        if (size is < 1 or > 8) throw new InvalidDataException($"a number of {size} bytes is not possible");
        ulong value = 0;
        var field = Take(size);
        for (int i = size - 1; i >= 0; i--) value = value << 8 | field[i];
        return value;
    }

    /// <summary>A length that must fit into a signed 64-bit number.</summary>
    internal long Length() => Signed(U64());

    /// <summary>A place in the file; −1 where none is stored.</summary>
    internal long Address()
    {
        ulong value = U64();
        return value == ulong.MaxValue ? -1 : Signed(value);
    }

    internal void Expect(ReadOnlySpan<byte> signature, string what)
    {
        if (!Take(signature.Length).SequenceEqual(signature)) throw new InvalidDataException($"{what} does not start with its signature {Encoding.ASCII.GetString(signature)}");
    }

    /// <summary>Text up to a zero byte, which is consumed.</summary>
    internal string ZeroEnded()
    {
        int length = bytes[Position..].IndexOf((byte)0);
        if (length < 0) throw new InvalidDataException("a name has no end");
        string text = Encoding.UTF8.GetString(Take(length));
        Skip(1);
        return text;
    }

    private static long Signed(ulong value) => value <= long.MaxValue ? (long)value : throw new InvalidDataException($"a size of {value} bytes is not possible");
}
