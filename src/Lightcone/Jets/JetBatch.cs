using Lightcone.Kinematics;

namespace Lightcone.Jets;

/// <summary>
/// Some jets, ragged: jet i owns constituents <c>Offsets[i] .. Offsets[i + 1]</c>. There is no padding anywhere.
/// Columns beyond the four-momenta (particle identity, charge, jet mass as stored, …) travel by name.
/// </summary>
public sealed class JetBatch
{
    /// <summary>Row of each jet in its source, shape [jets]. Every keyed random stream uses it, so order never changes a draw.</summary>
    public required long[] Rows { get; init; }

    /// <summary>First constituent of each jet, then the number of constituents, shape [jets + 1].</summary>
    public required int[] Offsets { get; init; }

    /// <summary>Four-momenta (E, px, py, pz) [GeV], row-major, shape [constituents, 4].</summary>
    public required double[] Momenta { get; init; }

    /// <summary>Class index of each jet, shape [jets]; null when the source has none.</summary>
    public int[]? Labels { get; init; }

    /// <summary>Further numbers a constituent, each of shape [constituents] (for example <c>pid</c>, <c>charge</c>).</summary>
    public IReadOnlyDictionary<string, float[]> ConstituentColumns { get; init; } = new Dictionary<string, float[]>();

    /// <summary>Further numbers a jet, each of shape [jets] (for example <c>pt</c>, <c>mass</c> as the file states them).</summary>
    public IReadOnlyDictionary<string, float[]> JetColumns { get; init; } = new Dictionary<string, float[]>();

    /// <summary>Number of jets.</summary>
    public int JetCount => Rows.Length;

    /// <summary>Number of constituents of all jets together.</summary>
    public int ConstituentCount => Offsets[^1];

    /// <summary>Number of constituents of one jet.</summary>
    public int Multiplicity(int jet) => Offsets[jet + 1] - Offsets[jet];

    /// <summary>Four-momentum of one constituent, counted over the whole batch.</summary>
    public FourMomentum Constituent(int index) =>
        new(Momenta[4 * index], Momenta[4 * index + 1], Momenta[4 * index + 2], Momenta[4 * index + 3]);

    /// <summary>Four-momentum of a jet: the sum over its constituents (E-scheme).</summary>
    public FourMomentum Jet(int jet)
    {
        var sum = default(FourMomentum);
        for (int c = Offsets[jet]; c < Offsets[jet + 1]; c++) sum += Constituent(c);
        return sum;
    }

    /// <summary>A new batch of the named jets (positions in this batch), in the given order; all columns follow.</summary>
    public JetBatch Select(ReadOnlySpan<int> jets)
    {
        var offsets = new int[jets.Length + 1];
        for (int i = 0; i < jets.Length; i++) offsets[i + 1] = offsets[i] + Multiplicity(jets[i]);
        var constituents = new int[offsets[^1]];
        for (int i = 0; i < jets.Length; i++)
            for (int k = 0; k < offsets[i + 1] - offsets[i]; k++)
                constituents[offsets[i] + k] = Offsets[jets[i]] + k;
        var momenta = new double[4 * constituents.Length];
        for (int c = 0; c < constituents.Length; c++) Momenta.AsSpan(4 * constituents[c], 4).CopyTo(momenta.AsSpan(4 * c));
        var order = jets.ToArray();
        return new JetBatch
        {
            Rows = Gather(Rows, order),
            Offsets = offsets,
            Momenta = momenta,
            Labels = Labels is null ? null : Gather(Labels, order),
            ConstituentColumns = ConstituentColumns.ToDictionary(c => c.Key, c => Gather(c.Value, constituents)),
            JetColumns = JetColumns.ToDictionary(c => c.Key, c => Gather(c.Value, order)),
        };
    }

    /// <summary>The same jets with rows numbered from <paramref name="first"/> on; all arrays but the row numbers are shared.</summary>
    internal JetBatch WithRowsFrom(long first)
    {
        var rows = new long[JetCount];
        for (int i = 0; i < rows.Length; i++) rows[i] = first + i;
        return new() { Rows = rows, Offsets = Offsets, Momenta = Momenta, Labels = Labels, ConstituentColumns = ConstituentColumns, JetColumns = JetColumns };
    }

    /// <summary>Joins batches with equal columns, in order. Batches without jets need not have the columns.</summary>
    public static JetBatch Concatenate(IReadOnlyList<JetBatch> batches)
    {
        if (batches.Any(b => b.JetCount == 0)) batches = [.. batches.Where(b => b.JetCount > 0)];
        if (batches.Count == 0) return Empty;
        if (batches.Count == 1) return batches[0];
        var offsets = new int[batches.Sum(b => b.JetCount) + 1];
        int jet = 0;
        foreach (var b in batches)
            for (int i = 0; i < b.JetCount; i++, jet++)
                offsets[jet + 1] = checked(offsets[jet] + b.Multiplicity(i));
        return new JetBatch
        {
            Rows = Join(batches.Select(b => b.Rows)),
            Offsets = offsets,
            Momenta = Join(batches.Select(b => b.Momenta)),
            Labels = batches.All(b => b.Labels is not null) ? Join(batches.Select(b => b.Labels!)) : null,
            ConstituentColumns = batches[0].ConstituentColumns.Keys.ToDictionary(k => k, k => Join(batches.Select(b => b.ConstituentColumns[k]))),
            JetColumns = batches[0].JetColumns.Keys.ToDictionary(k => k, k => Join(batches.Select(b => b.JetColumns[k]))),
        };
    }

    /// <summary>A batch without jets.</summary>
    public static JetBatch Empty { get; } = new() { Rows = [], Offsets = [0], Momenta = [] };

    private static T[] Gather<T>(T[] values, int[] order) => Array.ConvertAll(order, i => values[i]);

    private static T[] Join<T>(IEnumerable<T[]> parts)
    {
        var list = parts.ToList();
        var joined = new T[list.Sum(p => p.Length)];
        int at = 0;
        foreach (var part in list)
        {
            part.CopyTo(joined, at);
            at += part.Length;
        }
        return joined;
    }
}
