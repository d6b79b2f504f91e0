namespace Lightcone.Formats.Hdf5;

/// <summary>The extents of a dataset or attribute (HDF5 file format, IV.A.2.b).</summary>
internal static class Dataspace
{
    private const int RankLimit = 8;

    /// <summary>Extents; empty for a single value. A null space gives one extent of zero.</summary>
    internal static long[] Parse(ReadOnlySpan<byte> body)
    {
        var cursor = new ByteCursor(body);
        int version = cursor.U8();
        int rank = cursor.U8();
        int flags = cursor.U8();
        int kind = cursor.U8();
        if (version is not (1 or 2)) throw new InvalidDataException($"a dataspace has the unknown version {version}");
        if (rank > RankLimit) throw new InvalidDataException($"a dataset of {rank} dimensions is not plausible (flags {flags})");
        if (version == 1) cursor.Skip(4);
        else if (kind == 2) return [0];
        var extents = new long[rank];
        for (int d = 0; d < rank; d++) extents[d] = cursor.Length();
        return extents;
    }

    /// <summary>Number of elements; fails where the product leaves 62 bits.</summary>
    internal static long Count(ReadOnlySpan<long> extents)
    {
        long count = 1;
        foreach (long extent in extents)
        {
            if (extent != 0 && count > (1L << 62) / extent) throw new InvalidDataException("the number of elements of a dataset is not plausible");
            count *= extent;
        }
        return count;
    }
}
