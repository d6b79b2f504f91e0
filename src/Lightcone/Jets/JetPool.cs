namespace Lightcone.Jets;

/// <summary>Several batches with equal columns from which new batches are gathered, without joining them first.</summary>
internal sealed class JetPool(IReadOnlyList<JetBatch> parts)
{
    /// <summary>A jet of the pool.</summary>
    /// <param name="Part">Batch that holds it.</param>
    /// <param name="Jet">Its position there.</param>
    public readonly record struct Position(int Part, int Jet);

    /// <summary>The named jets, in the given order; all columns follow.</summary>
    public JetBatch Gather(ReadOnlySpan<Position> jets)
    {
        if (jets.IsEmpty) return JetBatch.Empty;
        var order = jets.ToArray();
        var offsets = new int[order.Length + 1];
        for (int i = 0; i < order.Length; i++) offsets[i + 1] = checked(offsets[i] + parts[order[i].Part].Multiplicity(order[i].Jet));
        return new JetBatch
        {
            Rows = Array.ConvertAll(order, j => parts[j.Part].Rows[j.Jet]),
            Offsets = offsets,
            Momenta = GatherConstituents(order, offsets, b => b.Momenta, 4),
            Labels = parts.All(p => p.Labels is not null) ? Array.ConvertAll(order, j => parts[j.Part].Labels![j.Jet]) : null,
            ConstituentColumns = parts[0].ConstituentColumns.Keys.ToDictionary(name => name, name => GatherConstituents(order, offsets, b => b.ConstituentColumns[name], 1)),
            JetColumns = parts[0].JetColumns.Keys.ToDictionary(name => name, name => GatherJets(order, name)),
        };
    }

    private float[] GatherJets(Position[] order, string name)
    {
        var columns = parts.Select(p => p.JetColumns[name]).ToArray();
        return Array.ConvertAll(order, j => columns[j.Part][j.Jet]);
    }

    private T[] GatherConstituents<T>(Position[] order, int[] offsets, Func<JetBatch, T[]> column, int width)
    {
        var columns = parts.Select(column).ToArray();
        var gathered = new T[checked(width * offsets[^1])];
        for (int i = 0; i < order.Length; i++)
        {
            int from = parts[order[i].Part].Offsets[order[i].Jet];
            columns[order[i].Part].AsSpan(width * from, width * (offsets[i + 1] - offsets[i])).CopyTo(gathered.AsSpan(width * offsets[i]));
        }
        return gathered;
    }
}
