using Lightcone.Jets;
using Lightcone.Randomness;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>
/// Two samples without labels (CWoLa, arXiv:1708.02949): one half of the background jets with some signal jets among them, label 1, and the other half alone, label 0. Which jets go where
/// depends on (seed, row) alone, and fewer signal jets are some of those of a larger number.
/// </summary>
internal sealed class MixedSamples : IJetSource
{
    private const int RowsAtOnce = 4096;

    private readonly SubsetSource jets;
    private readonly int[] samples;

    private MixedSamples(SubsetSource jets, int[] samples) => (this.jets, this.samples) = (jets, samples);

    /// <inheritdoc/>
    public JetSchema Schema => jets.Schema;

    /// <inheritdoc/>
    public long Count => jets.Count;

    /// <summary>Mixes jets of label 0, the background, and label 1, the signal.</summary>
    /// <param name="source">The jets; disposed with the result.</param>
    /// <param name="signals">Signal jets that are mixed in.</param>
    /// <param name="seed">Seed of the draw.</param>
    /// <exception cref="UsageException">There are fewer signal jets.</exception>
    /// <exception cref="InputDataException">A jet has another label, or none.</exception>
    public static MixedSamples Of(IJetSource source, int signals, ulong seed)
    {
        var stream = new RandomStream(seed, "mixed samples", 0, 0);
        var byLabel = new List<(ulong Key, long Row)>[] { [], [] };
        for (long first = 0; first < source.Count; first += RowsAtOnce)
        {
            var batch = source.Read(first, (int)Math.Min(RowsAtOnce, source.Count - first));
            int[] labels = FineTuneTask.LabelsOf(batch, classes: 2);
            for (int jet = 0; jet < batch.JetCount; jet++)
                byLabel[labels[jet]].Add((stream.ForItem(first + jet).NextUInt64(), first + jet));
        }

        foreach (var rows in byLabel) rows.Sort();
        if (signals > byLabel[1].Count)
            throw new UsageException($"There are {byLabel[1].Count} signal jets, fewer than the {signals} that are to be mixed in.", "--set mixedSignals", "A small sample.", $"Lower mixedSignals to {byLabel[1].Count} or less.");
        var background = byLabel[0];
        var chosen = background.Select((r, k) => (r.Row, Sample: 2 * k < background.Count ? 1 : 0)).Concat(byLabel[1].Take(signals).Select(r => (r.Row, Sample: 1))).OrderBy(r => r.Row).ToArray();
        return new(new SubsetSource(source, Array.ConvertAll(chosen, c => c.Row)), Array.ConvertAll(chosen, c => c.Sample));
    }

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        var batch = jets.Read(first, count);
        return new JetBatch
        {
            Rows = batch.Rows, Offsets = batch.Offsets, Momenta = batch.Momenta, Labels = samples[(int)first..(int)(first + count)], ConstituentColumns = batch.ConstituentColumns, JetColumns = batch.JetColumns,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => jets.Dispose();
}
