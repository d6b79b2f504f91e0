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
                int literals = control + 1;
                if (literals > stored.Length - at || literals > target.Length - filled) throw new InvalidDataException("an LZF block overruns");
                stored.Slice(at, literals).CopyTo(target[filled..]);
                at += literals;
                filled += literals;
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

/// <summary>What the LZ77 family shares.</summary>
internal static class Lz
{
    /// <summary>Repeats bytes from <paramref name="distance"/> back; source and target may overlap, which repeats a pattern.</summary>
    internal static void CopyBack(Span<byte> target, ref int filled, int distance, int length)
    {
        if (distance <= 0 || distance > filled || length > target.Length - filled) throw new InvalidDataException("a copy in a compressed block leaves the block");
        if (distance == 1) target.Slice(filled, length).Fill(target[filled - 1]);
        else if (distance >= length) target.Slice(filled - distance, length).CopyTo(target[filled..]);
        else
        {
            // Each round doubles the pattern that stands before the place to fill.
            int done = 0;
            while (done < length)
            {
                int piece = Math.Min(distance + done, length - done);
                target.Slice(filled - distance, piece).CopyTo(target[(filled + done)..]);
                done += piece;
            }
        }
        filled += length;
    }
}
