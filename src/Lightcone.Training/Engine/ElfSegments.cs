using System.Buffers.Binary;

namespace Lightcone.Training.Engine;

/// <summary>
/// Whether a library's file holds everything that its header promises. The linker maps a file without asking; touching a part that is not
/// there, as in a copy that a full disk cut short, kills the process.
/// </summary>
internal static class ElfSegments
{
    private const int HeaderSize = 64, SegmentSize = 56;

    /// <summary>True when every segment lies inside the file at <paramref name="path"/>.</summary>
    public static bool AreWhole(string path)
    {
        try
        {
            using var file = File.OpenRead(path);
            Span<byte> header = stackalloc byte[HeaderSize];
            if (file.ReadAtLeast(header, HeaderSize, throwOnEndOfStream: false) < HeaderSize || !header.StartsWith("\u007fELF"u8)) return false;
            ulong table = BinaryPrimitives.ReadUInt64LittleEndian(header[0x20..]), length = (ulong)file.Length;
            int size = BinaryPrimitives.ReadUInt16LittleEndian(header[0x36..]), count = BinaryPrimitives.ReadUInt16LittleEndian(header[0x38..]);
            if (size != SegmentSize || table > length || length - table < (ulong)(size * count)) return false;
            byte[] segments = new byte[size * count];
            file.Position = (long)table;
            file.ReadExactly(segments);
            for (int at = 0; at < segments.Length; at += size)
            {
                ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(segments.AsSpan(at + 8)), bytes = BinaryPrimitives.ReadUInt64LittleEndian(segments.AsSpan(at + 32));
                if (offset > length || length - offset < bytes) return false;
            }

            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
