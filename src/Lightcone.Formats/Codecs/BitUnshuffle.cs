namespace Lightcone.Formats.Codecs;

/// <summary>
/// Undoes the bit shuffle: the stored block holds bit 0 of all elements, then bit 1, and so on, eight elements a byte. Blocks whose number of
/// elements is no multiple of eight are stored as they are.
/// </summary>
internal static class BitUnshuffle
{
    internal static void Bits(ReadOnlySpan<byte> stored, Span<byte> elements, int elementSize)
    {
        int count = stored.Length / elementSize;
        if (count % 8 != 0)
        {
            stored.CopyTo(elements);
            return;
        }
        int plane = count / 8;
        for (int b = 0; b < elementSize; b++)
            for (int group = 0; group < plane; group++)
            {
                ulong square = 0;
                for (int bit = 7; bit >= 0; bit--) square = square << 8 | stored[(8 * b + bit) * plane + group];
                square = Transpose(square);
                for (int e = 0; e < 8; e++, square >>= 8) elements[(8 * group + e) * elementSize + b] = (byte)square;
            }
        stored[(count * elementSize)..].CopyTo(elements[(count * elementSize)..]);
    }

    /// <summary>Transposes an 8 × 8 matrix of bits (Hacker's Delight, 7-3).</summary>
    private static ulong Transpose(ulong x)
    {
        ulong t = (x ^ x >> 7) & 0x00AA00AA00AA00AA;
        x ^= t ^ t << 7;
        t = (x ^ x >> 14) & 0x0000CCCC0000CCCC;
        x ^= t ^ t << 14;
        t = (x ^ x >> 28) & 0x00000000F0F0F0F0;
        return x ^ t ^ t << 28;
    }
}
