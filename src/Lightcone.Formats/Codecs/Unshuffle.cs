using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

    /// <summary>
    /// Squares of zeros are common (the padding of a jet): they are found while loading, and the target is cleared beforehand. The largest
    /// place read is below count · elementSize, the largest written too, because both extents were cut to multiples of eight.
    /// </summary>
    private static void Squares(ReadOnlySpan<byte> stored, Span<byte> elements, int elementSize, int count, int wholeElements, int wholeBytes)
    {
        if (elements.Length < stored.Length) throw new InvalidDataException("a shuffled block is longer than its place");
        elements.Clear();
        nint size = elementSize, plane = count;
        for (int e = 0; e < wholeElements; e += 8)
        {
            ref byte source = ref Unsafe.Add(ref MemoryMarshal.GetReference(stored), e);
            ref byte target = ref Unsafe.Add(ref MemoryMarshal.GetReference(elements), e * size);
            for (int b = 0; b < wholeBytes; b += 8)
            {
                ref byte from = ref Unsafe.Add(ref source, b * plane);
                ulong r0 = Load(ref from, 0), r1 = Load(ref from, plane), r2 = Load(ref from, 2 * plane), r3 = Load(ref from, 3 * plane);
                ulong r4 = Load(ref from, 4 * plane), r5 = Load(ref from, 5 * plane), r6 = Load(ref from, 6 * plane), r7 = Load(ref from, 7 * plane);
                if ((r0 | r1 | r2 | r3 | r4 | r5 | r6 | r7) == 0) continue;
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
                ref byte to = ref Unsafe.Add(ref target, b);
                Store(ref to, 0, r0);
                Store(ref to, size, r1);
                Store(ref to, 2 * size, r2);
                Store(ref to, 3 * size, r3);
                Store(ref to, 4 * size, r4);
                Store(ref to, 5 * size, r5);
                Store(ref to, 6 * size, r6);
                Store(ref to, 7 * size, r7);
            }
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

    private static ulong Load(ref byte place, nint at) => Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref place, at));

    private static void Store(ref byte place, nint at, ulong value) => Unsafe.WriteUnaligned(ref Unsafe.Add(ref place, at), value);
}
