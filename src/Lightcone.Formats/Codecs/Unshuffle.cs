using System.Buffers.Binary;

namespace Lightcone.Formats.Codecs;

/// <summary>
/// Undoes the byte shuffle: the stored block holds all first bytes of the elements, then all second bytes, and so on. It is a transposition of
/// a matrix of bytes, done in 8 × 8 squares that live in eight registers.
/// </summary>
internal static class Unshuffle
{
    internal static void Bytes(ReadOnlySpan<byte> stored, Span<byte> elements, int elementSize)
    {
        if (elementSize <= 1 || stored.Length < elementSize)
        {
            stored.CopyTo(elements);
            return;
        }
        int count = stored.Length / elementSize;
        int wholeElements = count & ~7, wholeBytes = elementSize & ~7;
        if (elementSize == 4) wholeElements = Four(stored, elements, count);
        else Squares(stored, elements, elementSize, count, wholeElements, wholeBytes);
        for (int e = 0; e < count; e++)
            for (int b = e < wholeElements ? (elementSize == 4 ? 4 : wholeBytes) : 0; b < elementSize; b++)
                elements[e * elementSize + b] = stored[b * count + e];
        stored[(count * elementSize)..].CopyTo(elements[(count * elementSize)..]);
    }

    /// <summary>Eight float32 at a time: the four planes are woven together in 64-bit registers.</summary>
    private static int Four(ReadOnlySpan<byte> stored, Span<byte> elements, int count)
    {
        int whole = count & ~7;
        for (int e = 0; e < whole; e += 8)
        {
            ulong p0 = Load(stored, e), p1 = Load(stored, count + e), p2 = Load(stored, 2 * count + e), p3 = Load(stored, 3 * count + e);
            for (int half = 0; half < 2; half++)
            {
                ulong low = Spread((uint)p0) | Spread((uint)p1) << 8;
                ulong high = Spread((uint)p2) | Spread((uint)p3) << 8;
                // low holds pairs (b0 b1) of four elements, high pairs (b2 b3).
                Store(elements, 4 * (e + 4 * half), Weave((uint)low, (uint)high));
                Store(elements, 4 * (e + 4 * half) + 8, Weave((uint)(low >> 32), (uint)(high >> 32)));
                (p0, p1, p2, p3) = (p0 >> 32, p1 >> 32, p2 >> 32, p3 >> 32);
            }
        }
        return whole;
    }

    private static ulong Spread(uint bytes)
    {
        ulong x = bytes;
        x = (x | x << 16) & 0x0000FFFF0000FFFF;
        return (x | x << 8) & 0x00FF00FF00FF00FF;
    }

    private static ulong Weave(uint low, uint high) => (low & 0xFFFFUL) | (high & 0xFFFFUL) << 16 | (low & 0xFFFF0000UL) << 16 | (high & 0xFFFF0000UL) << 32;

    private static void Squares(ReadOnlySpan<byte> stored, Span<byte> elements, int elementSize, int count, int wholeElements, int wholeBytes)
    {
        for (int e = 0; e < wholeElements; e += 8)
            for (int b = 0; b < wholeBytes; b += 8)
            {
                int from = b * count + e;
                ulong r0 = Load(stored, from), r1 = Load(stored, from + count), r2 = Load(stored, from + 2 * count), r3 = Load(stored, from + 3 * count);
                ulong r4 = Load(stored, from + 4 * count), r5 = Load(stored, from + 5 * count), r6 = Load(stored, from + 6 * count), r7 = Load(stored, from + 7 * count);
                Exchange(ref r0, ref r4, 32, 0x00000000FFFFFFFF);
                Exchange(ref r1, ref r5, 32, 0x00000000FFFFFFFF);
                Exchange(ref r2, ref r6, 32, 0x00000000FFFFFFFF);
                Exchange(ref r3, ref r7, 32, 0x00000000FFFFFFFF);
                Exchange(ref r0, ref r2, 16, 0x0000FFFF0000FFFF);
                Exchange(ref r1, ref r3, 16, 0x0000FFFF0000FFFF);
                Exchange(ref r4, ref r6, 16, 0x0000FFFF0000FFFF);
                Exchange(ref r5, ref r7, 16, 0x0000FFFF0000FFFF);
                Exchange(ref r0, ref r1, 8, 0x00FF00FF00FF00FF);
                Exchange(ref r2, ref r3, 8, 0x00FF00FF00FF00FF);
                Exchange(ref r4, ref r5, 8, 0x00FF00FF00FF00FF);
                Exchange(ref r6, ref r7, 8, 0x00FF00FF00FF00FF);
                int to = e * elementSize + b;
                Store(elements, to, r0);
                Store(elements, to + elementSize, r1);
                Store(elements, to + 2 * elementSize, r2);
                Store(elements, to + 3 * elementSize, r3);
                Store(elements, to + 4 * elementSize, r4);
                Store(elements, to + 5 * elementSize, r5);
                Store(elements, to + 6 * elementSize, r6);
                Store(elements, to + 7 * elementSize, r7);
            }
    }

    /// <summary>Swaps the high part of <paramref name="a"/> with the low part of <paramref name="b"/>, within fields of twice the shift.</summary>
    private static void Exchange(ref ulong a, ref ulong b, int shift, ulong mask)
    {
        ulong difference = (a >> shift ^ b) & mask;
        b ^= difference;
        a ^= difference << shift;
    }

    private static ulong Load(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);

    private static void Store(Span<byte> bytes, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(bytes[at..], value);
}
