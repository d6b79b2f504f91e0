using Lightcone.Formats.Hdf5;
using Lightcone.Formats.Npz;
using Lightcone.Jets;

namespace Lightcone.Formats;

/// <summary>One way to keep jets in an HDF5 file. A layout is recognised by what the file holds, never by its name.</summary>
internal interface IHdf5Layout
{
    /// <summary>Name, as <c>dataset inspect</c> prints it.</summary>
    string Name { get; }

    /// <summary>Whether the file holds what this layout needs.</summary>
    bool Matches(Hdf5File file);

    /// <summary>Opens the jets; the source closes the file.</summary>
    IJetSource Open(Hdf5File file, FormatOptions options);
}

/// <summary>One way to keep jets in a NumPy archive.</summary>
internal interface INpzLayout
{
    /// <inheritdoc cref="IHdf5Layout.Name"/>
    string Name { get; }

    /// <inheritdoc cref="IHdf5Layout.Matches"/>
    bool Matches(NpzFile file);

    /// <inheritdoc cref="IHdf5Layout.Open"/>
    IJetSource Open(NpzFile file, FormatOptions options);
}

/// <summary>Checks and names that all sources share.</summary>
internal static class Layout
{
    /// <summary>More constituents than any real jet has; bounds what one jet may allocate.</summary>
    internal const int ConstituentLimit = 1 << 20;

    internal static void CheckRange(long first, int count, long available)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, available - count);
    }

    internal static long[] Rows(long first, int count)
    {
        var rows = new long[count];
        for (int i = 0; i < count; i++) rows[i] = first + i;
        return rows;
    }

    /// <summary>The names a user gave, else the layout's own, else numbers up to the largest label.</summary>
    internal static IReadOnlyList<string> ClassNames(FormatOptions options, IReadOnlyList<string> own) => options.ClassNames.Count > 0 ? options.ClassNames : own;

    internal static int[] Labels(ReadOnlySpan<long> stored, long firstRow)
    {
        var labels = new int[stored.Length];
        for (int i = 0; i < labels.Length; i++)
            labels[i] = stored[i] is >= 0 and < 1 << 16 ? (int)stored[i] : throw new InvalidDataException($"the label of jet {firstRow + i} is {stored[i]}; a class index from 0 on is needed");
        return labels;
    }
}
