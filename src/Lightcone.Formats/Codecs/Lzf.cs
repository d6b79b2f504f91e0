namespace Lightcone.Formats.Codecs;

/// <summary>LZF, h5py's quick filter: runs of literals and copies from up to 8 KiB back.</summary>
internal static class Lzf
{
    internal static void Decode(ReadOnlySpan<byte> stored, Span<byte> target)
    {
        int at = 0, filled = 0;
        while (at < stored.Length)
        {
            int control = stored[at++];
            if (control < 32)
            {
                Lz.CopyLiterals(stored, ref at, target, ref filled, control + 1);
                continue;
            }
            int length = control >> 5;
            if (length == 7) length += Next(stored, ref at);
            length += 2;
            int back = (control & 31) << 8 | Next(stored, ref at);
            Lz.CopyBack(target, ref filled, back + 1, length);
        }
        if (filled != target.Length) throw new InvalidDataException($"an LZF block ends after {filled} of {target.Length} bytes");
    }

    private static int Next(ReadOnlySpan<byte> stored, ref int at) => at < stored.Length ? stored[at++] : throw new InvalidDataException("an LZF block ends within a copy");
}
