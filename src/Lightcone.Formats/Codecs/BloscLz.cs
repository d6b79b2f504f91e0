namespace Lightcone.Formats.Codecs;

/// <summary>
/// BloscLZ, Blosc's own member of the LZ77 family: as LZF, but a length of 7 continues over bytes of 255, and a distance of 8191 continues in
/// two further bytes.
/// </summary>
internal static class BloscLz
{
    private const int FarDistance = 8191;

    internal static void Decode(ReadOnlySpan<byte> stored, Span<byte> target)
    {
        if (stored.IsEmpty) throw new InvalidDataException("a BloscLZ stream is empty");
        int at = 1, filled = 0;
        // The three high bits of the first byte mark the codec; it always starts with literals.
        int control = stored[0] & 31;
        while (true)
        {
            if (control < 32)
            {
                int literals = control + 1;
                if (literals > stored.Length - at || literals > target.Length - filled) throw new InvalidDataException("a BloscLZ stream overruns");
                stored.Slice(at, literals).CopyTo(target[filled..]);
                at += literals;
                filled += literals;
            }
            else
            {
                CopyBack(stored, target, control, ref at, ref filled);
            }
            if (at >= stored.Length) break;
            control = stored[at++];
        }
        if (filled != target.Length) throw new InvalidDataException($"a BloscLZ stream ends after {filled} of {target.Length} bytes");
    }

    private static void CopyBack(ReadOnlySpan<byte> stored, Span<byte> target, int control, ref int at, ref int filled)
    {
        int length = (control >> 5) - 1;
        int high = (control & 31) << 8;
        if (length == 6)
        {
            int more;
            do
            {
                more = Next(stored, ref at);
                length += more;
                if (length > target.Length) throw new InvalidDataException("a copy in a BloscLZ stream is longer than its block");
            }
            while (more == 255);
        }
        int low = Next(stored, ref at);
        int distance = high + low + 1;
        if (low == 255 && high == 31 << 8) distance = FarDistance + 1 + (Next(stored, ref at) << 8) + Next(stored, ref at);
        Lz.CopyBack(target, ref filled, distance, length + 3);
    }

    private static int Next(ReadOnlySpan<byte> stored, ref int at) => at < stored.Length ? stored[at++] : throw new InvalidDataException("a BloscLZ stream ends within a copy");
}
