using System.Buffers.Binary;

namespace Lightcone.Formats.Codecs;

/// <summary>The Fletcher checksum over 16-bit big-endian words that HDF5 appends to a chunk.</summary>
internal static class Fletcher32
{
    internal static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint a = 0, b = 0;
        while (bytes.Length >= 2)
        {
            // 360 words keep both sums below 2³².
            int words = Math.Min(360, bytes.Length / 2);
            for (int i = 0; i < words; i++)
            {
                a += BinaryPrimitives.ReadUInt16BigEndian(bytes[(2 * i)..]);
                b += a;
            }
            bytes = bytes[(2 * words)..];
            (a, b) = (Fold(a), Fold(b));
        }
        if (bytes.Length == 1)
        {
            a += (uint)bytes[0] << 8;
            b += a;
            (a, b) = (Fold(a), Fold(b));
        }
        return Fold(b) << 16 | Fold(a);
    }

    private static uint Fold(uint sum) => (sum & 0xFFFF) + (sum >> 16);
}
