namespace Lightcone.Formats.Hdf5;

/// <summary>Copies the part of a chunk that belongs to a range of rows to its place in the range.</summary>
internal static class ChunkCopy
{
    internal static void Into(Span<byte> target, long first, int count, ReadOnlySpan<long> extents, int elementSize, ReadOnlySpan<int> chunkExtents, ReadOnlySpan<long> grid, long position, ReadOnlyMemory<byte> chunk)
    {
        int rank = extents.Length;
        Span<long> from = stackalloc long[rank], to = stackalloc long[rank], corner = stackalloc long[rank];
        for (int d = rank - 1; d >= 0; d--)
        {
            corner[d] = position % grid[d] * chunkExtents[d];
            position /= grid[d];
            from[d] = corner[d];
            to[d] = Math.Min(extents[d], corner[d] + chunkExtents[d]);
        }
        from[0] = Math.Max(from[0], first);
        to[0] = Math.Min(to[0], first + count);
        if (from[0] >= to[0]) return;
        int run = (int)(to[rank - 1] - from[rank - 1]) * elementSize;
        Span<long> at = stackalloc long[rank];
        from.CopyTo(at);
        do
        {
            long source = 0, destination = 0;
            for (int d = 0; d < rank; d++)
            {
                source = source * chunkExtents[d] + at[d] - corner[d];
                destination = destination * (d == 0 ? count : extents[d]) + at[d] - (d == 0 ? first : 0);
            }
            chunk.Span.Slice((int)(source * elementSize), run).CopyTo(target.Slice((int)(destination * elementSize), run));
        }
        while (Advance(at, from, to));
    }

    /// <summary>The next run: all directions but the last one count, the slowest first.</summary>
    private static bool Advance(Span<long> at, ReadOnlySpan<long> from, ReadOnlySpan<long> to)
    {
        for (int d = at.Length - 2; d >= 0; d--)
        {
            if (++at[d] < to[d]) return true;
            at[d] = from[d];
        }
        return false;
    }
}
