namespace Lightcone.Formats.Hdf5;

/// <summary>A few decoded chunks of one dataset, the least recently used one given up first; bounded in bytes, never in the file's length.</summary>
internal sealed class ChunkCache
{
    private const int ByteLimit = 8 << 20;

    private readonly LinkedList<(long Position, byte[] Bytes)> recent = new();
    private readonly Lock gate = new();
    private long held;

    internal bool TryFind(long position, out ReadOnlyMemory<byte> chunk)
    {
        lock (gate)
        {
            for (var node = recent.First; node is not null; node = node.Next)
            {
                if (node.Value.Position != position) continue;
                recent.Remove(node);
                recent.AddFirst(node);
                chunk = node.Value.Bytes;
                return true;
            }
        }
        chunk = default;
        return false;
    }

    /// <summary>Keeps a copy; the newest chunk is kept whatever its size.</summary>
    internal void Keep(long position, ReadOnlySpan<byte> chunk)
    {
        var copy = chunk.ToArray();
        lock (gate)
        {
            recent.AddFirst((position, copy));
            held += copy.Length;
            while (held > ByteLimit && recent.Count > 1)
            {
                held -= recent.Last!.Value.Bytes.Length;
                recent.RemoveLast();
            }
        }
    }
}
