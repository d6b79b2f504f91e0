namespace Lightcone.Formats;

/// <summary>Counts jets with padding before a constituent.</summary>
internal sealed class PaddingCount
{
    internal long Jets { get; private set; }

    internal long First { get; private set; } = -1;

    internal void Add(long row)
    {
        Jets++;
        if (First < 0 || row < First) First = row;
    }
}

/// <summary>Drops padding: of each jet's slots, only those with a momentum that is not zero and that the mask admits are kept, in their order.</summary>
internal sealed class Compaction
{
    internal Compaction(int jets, int slots, ReadOnlySpan<double> stored, Func<int, bool> admitted, long firstRow, PaddingCount padding)
    {
        Offsets = new int[jets + 1];
        var kept = new List<int>(stored.Length / 16);
        for (int jet = 0; jet < jets; jet++)
        {
            bool gap = false, inner = false;
            for (int s = jet * slots; s < (jet + 1) * slots; s++)
            {
                if (stored.Slice(4 * s, 4).IndexOfAnyExcept(0.0) >= 0 && admitted(s))
                {
                    kept.Add(s);
                    inner |= gap;
                }
                else gap = true;
            }
            if (inner) padding.Add(firstRow + jet);
            Offsets[jet + 1] = kept.Count;
        }
        Slots = [.. kept];
        Momenta = new double[4 * kept.Count];
        for (int c = 0; c < Slots.Length; c++) stored.Slice(4 * Slots[c], 4).CopyTo(Momenta.AsSpan(4 * c));
    }

    /// <summary>First constituent of each jet, then their number.</summary>
    internal int[] Offsets { get; }

    /// <summary>Slot of each kept constituent, counted over all jets.</summary>
    internal int[] Slots { get; }

    /// <summary>The four stored numbers of each kept constituent.</summary>
    internal double[] Momenta { get; }
}
