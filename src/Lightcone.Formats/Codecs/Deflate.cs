using System.IO.Compression;

namespace Lightcone.Formats.Codecs;

/// <summary>zlib streams (RFC 1950) whose decoded length is known.</summary>
internal static class Deflate
{
    /// <summary>Decodes into the target, which must be filled exactly.</summary>
    internal static void Decode(byte[] stored, int start, int count, Span<byte> target)
    {
        using var stream = new ZLibStream(new MemoryStream(stored, start, count, writable: false), CompressionMode.Decompress);
        int filled = 0;
        while (filled < target.Length)
        {
            int read = stream.Read(target[filled..]);
            if (read == 0) throw new InvalidDataException($"the deflate stream ends after {filled} of {target.Length} bytes");
            filled += read;
        }
        Span<byte> beyond = stackalloc byte[1];
        if (stream.Read(beyond) != 0) throw new InvalidDataException($"the deflate stream holds more than the {target.Length} bytes of its block");
    }
}
