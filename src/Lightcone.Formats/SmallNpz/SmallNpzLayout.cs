using Lightcone.Formats.Npz;
using Lightcone.Jets;

namespace Lightcone.Formats.SmallNpz;

/// <summary>
/// Small archives of jets: <c>counts</c> (jets), <c>p4</c> (all constituents, 4) in the order px, py, pz, E, and <c>label</c> (jets) or one
/// column a class (jets, classes).
/// </summary>
internal sealed class SmallNpzLayout : INpzLayout
{
    /// <inheritdoc/>
    public string Name => "small npz (counts, p4)";

    /// <inheritdoc/>
    public bool Matches(NpzFile file) => file.Contains("counts") && file.Contains("p4");

    /// <inheritdoc/>
    public IJetSource Open(NpzFile file, FormatOptions options) => new SmallNpzSource(file, options, Name);
}

/// <summary>Jets of a small archive. The counts are kept: they are the index.</summary>
internal sealed class SmallNpzSource : IJetSource
{
    private readonly NpzFile file;
    private readonly NpyArray momenta;
    private readonly NpyArray? label;
    private readonly long[] offsets;
    private readonly int labelColumns;

    internal SmallNpzSource(NpzFile file, FormatOptions options, string layout)
    {
        this.file = file;
        momenta = file.Array("p4");
        var counts = file.Array("counts");
        label = file.Contains("label") ? file.Array("label") : null;
        offsets = Damage.At(file.Path, "counts", () => Accumulate(counts, momenta));
        labelColumns = Damage.At(file.Path, "label", () => Columns(label, Count));
        Schema = new JetSchema
        {
            Layout = layout,
            Classes = label is null ? [] : Layout.ClassNames(options, [.. Enumerable.Range(0, Math.Max(2, labelColumns)).Select(i => $"class {i}")]),
            Facts = new Dictionary<string, string> { ["stored type"] = $"float{8 * momenta.Header.Type.Size}" },
        };
    }

    /// <inheritdoc/>
    public JetSchema Schema { get; }

    /// <inheritdoc/>
    public long Count => offsets.Length - 1;

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        Layout.CheckRange(first, count, Count);
        if (count == 0) return JetBatch.Empty;
        long start = offsets[first], length = offsets[first + count] - start;
        if (length > Array.MaxLength / 4) throw Damage.In(file.Path, "p4", new InvalidDataException($"{count} jets from {first} on have too many constituents to read at once"));
        double[] stored = momenta.ReadDoubles(start, (int)length);
        for (int c = 0; c < stored.Length; c += 4) (stored[c], stored[c + 1], stored[c + 2], stored[c + 3]) = (stored[c + 3], stored[c], stored[c + 1], stored[c + 2]);
        return new JetBatch
        {
            Rows = Layout.Rows(first, count),
            Offsets = Array.ConvertAll(offsets[(int)first..(int)(first + count + 1)], o => (int)(o - start)),
            Momenta = stored,
            Labels = label is null ? null : Damage.At(file.Path, "label", () => Labels(first, count)),
        };
    }

    private static long[] Accumulate(NpyArray counts, NpyArray momenta)
    {
        if (momenta.Header.Shape is not [_, 4]) throw new InvalidDataException("p4 needs the shape (constituents, 4)");
        if (counts.Header.Shape.Length != 1 || counts.Rows > int.MaxValue - 1) throw new InvalidDataException("counts needs one number a jet");
        long[] lengths = counts.ReadIntegers(0, (int)counts.Rows);
        var offsets = new long[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
            offsets[i + 1] = lengths[i] is >= 0 and <= Layout.ConstituentLimit ? offsets[i] + lengths[i] : throw new InvalidDataException($"jet {i} claims {lengths[i]} constituents");
        return offsets[^1] == momenta.Rows ? offsets : throw new InvalidDataException($"the counts add up to {offsets[^1]}, but p4 has {momenta.Rows} rows");
    }

    private static int Columns(NpyArray? label, long jets)
    {
        if (label is null) return 0;
        if (label.Rows != jets) throw new InvalidDataException($"there are {label.Rows} labels for {jets} jets");
        return label.Header.Shape switch
        {
            [_] => 1,
            [_, >= 1 and <= 1000] => (int)label.Header.Shape[1],
            _ => throw new InvalidDataException("label needs the shape (jets) or (jets, classes)"),
        };
    }

    private int[] Labels(long first, int count)
    {
        long[] stored = label!.ReadIntegers(first, count);
        if (label.Header.Shape.Length == 1) return Layout.Labels(stored, first);
        var labels = new int[count];
        for (int jet = 0; jet < count; jet++)
        {
            var row = stored.AsSpan(jet * labelColumns, labelColumns);
            int one = row.IndexOf(1L);
            if (one < 0 || row.Count(0L) != labelColumns - 1) throw new InvalidDataException($"the label of jet {first + jet} is not one 1 among zeros");
            labels[jet] = one;
        }
        return labels;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        momenta.Dispose();
        label?.Dispose();
        file.Dispose();
    }
}
