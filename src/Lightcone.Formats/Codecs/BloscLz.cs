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
            if (control < 32) Lz.CopyLiterals(stored, ref at, target, ref filled, control + 1);
            else
            {
                int length = control >> 5;
                int distance = (control & 31) << 8;
                if (length == 7) length += LongLength(stored, ref at, target.Length);
                int low = Next(stored, ref at);
                if (low == 255 && distance == 31 << 8) distance = FarDistance + 1 + (Next(stored, ref at) << 8) + Next(stored, ref at);
                else distance += low + 1;
                Lz.CopyBack(target, ref filled, distance, length + 2);
            }
            if (at >= stored.Length) break;
            control = stored[at++];
        }
        if (filled != target.Length) throw new InvalidDataException($"a BloscLZ stream ends after {filled} of {target.Length} bytes");
    }

    private static int LongLength(ReadOnlySpan<byte> stored, ref int at, int limit)
    {
        int length = 0, more;
        do
        {
            more = Next(stored, ref at);
            length += more;
            if (length > limit) throw new InvalidDataException("a copy in a BloscLZ stream is longer than its block");
        }
        while (more == 255);
        return length;
    }

    private static int Next(ReadOnlySpan<byte> stored, ref int at) => at < stored.Length ? stored[at++] : throw new InvalidDataException("a BloscLZ stream ends within a copy");
}
