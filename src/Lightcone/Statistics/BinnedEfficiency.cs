namespace Lightcone.Statistics;

/// <summary>Efficiency of a selection in one bin of a variable.</summary>
/// <param name="Low">Lower edge.</param>
/// <param name="High">Upper edge.</param>
/// <param name="MeanValue">Mean of the variable in the bin, where a point belongs; NaN for an empty bin.</param>
/// <param name="Passed">Jets that pass.</param>
/// <param name="Total">Jets in the bin.</param>
/// <param name="Efficiency">Passed over total with its Clopper–Pearson interval; its reciprocal is the rejection.</param>
public readonly record struct EfficiencyBin(double Low, double High, double MeanValue, long Passed, long Total, Interval Efficiency);

/// <summary>Efficiency of a selection against a variable, such as the tagger's against jet pT.</summary>
public static class BinnedEfficiency
{
    /// <summary>Bins jets by a variable and counts those that pass. Values outside the edges are left out.</summary>
    /// <param name="values">The variable, one a jet.</param>
    /// <param name="passed">Whether each jet passes.</param>
    /// <param name="edges">Strictly increasing edges; the last bin is closed.</param>
    /// <param name="level">Confidence level.</param>
    public static IReadOnlyList<EfficiencyBin> Of(ReadOnlySpan<double> values, ReadOnlySpan<bool> passed, ReadOnlySpan<double> edges, double level = Interval.OneSigma)
    {
        if (values.Length != passed.Length) throw new ArgumentException($"There are {values.Length} values and {passed.Length} decisions.", nameof(passed));
        Histogram all = new(edges), kept = new(edges), sums = new(edges);
        for (int i = 0; i < values.Length; i++)
        {
            all.Fill(values[i]);
            sums.Fill(values[i], values[i]);
            if (passed[i]) kept.Fill(values[i]);
        }
        var bins = new EfficiencyBin[edges.Length - 1];
        for (int b = 0; b < bins.Length; b++)
        {
            long total = all.Bins[b].Entries, passing = kept.Bins[b].Entries;
            bins[b] = new(edges[b], edges[b + 1], sums.Bins[b].SumOfWeights / total, passing, total, ClopperPearson.Of(passing, total, level));
        }
        return bins;
    }
}
