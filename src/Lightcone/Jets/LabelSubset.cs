using Lightcone.Randomness;

namespace Lightcone.Jets;

/// <summary>Small labelled samples, for studies of how many labels a training needs.</summary>
public static class LabelSubset
{
    /// <summary>
    /// Draws rows with as many of each class as of any other; where a class has too few, all of it and more of the rest. A smaller subset of the same
    /// seed lies within a larger one, and neither the numbering nor the size of other classes changes which rows of a class come first.
    /// </summary>
    /// <param name="labels">Class of each row.</param>
    /// <param name="count">Number of rows to draw.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <returns>The rows, rising.</returns>
    /// <exception cref="ArgumentException">There are fewer rows than are asked for.</exception>
    public static long[] Draw(IReadOnlyList<int> labels, int count, ulong seed)
    {
        if (count < 0 || count > labels.Count) throw new ArgumentException($"{count} rows of {labels.Count} cannot be drawn.", nameof(count));
        var stream = new RandomStream(seed, "label subset", 0, 0);
        var rows = new (ulong Key, long Row)[labels.Count];
        for (int row = 0; row < rows.Length; row++) rows[row] = (stream.ForItem(row).NextUInt64(), row);
        Array.Sort(rows);

        // The first of each class, in random order, then the second of each, and so on.
        var drawn = new Dictionary<int, int>();
        var order = new (int Place, ulong Key, long Row)[rows.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            int label = labels[(int)rows[i].Row], place = drawn.GetValueOrDefault(label);
            (drawn[label], order[i]) = (place + 1, (place, rows[i].Key, rows[i].Row));
        }

        Array.Sort(order);
        long[] kept = Array.ConvertAll(order[..count], o => o.Row);
        Array.Sort(kept);
        return kept;
    }
}
