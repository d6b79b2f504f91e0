using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm;

/// <summary>Losses of hidden particles summed jet by jet, and by rank: what one network, or one who knows the shares of the tokens alone, makes of a sample.</summary>
/// <param name="name">Name in figures, plain.</param>
internal sealed class MaskedSums(string name)
{
    private readonly List<double> target = [], type = [];
    private readonly List<List<double>> targetByRank = [], typeByRank = [];

    /// <summary>Name in figures, plain.</summary>
    public string Name { get; } = name;

    /// <summary>Loss of the target, summed over the hidden particles of each jet.</summary>
    public IReadOnlyList<double> Target => target;

    /// <summary>Cross entropy of the type [nats], summed over the hidden particles of known type of each jet.</summary>
    public IReadOnlyList<double> Type => type;

    /// <summary>Adds the jets of a batch.</summary>
    public void Add(HiddenParticles hidden, HiddenLosses losses)
    {
        for (int jet = 0, at = 0; jet < hidden.HiddenCounts.Length; jet++)
        {
            double targets = 0, types = 0;
            for (int rank = 0; rank < hidden.HiddenCounts[jet]; rank++, at++)
            {
                if (rank == targetByRank.Count)
                {
                    targetByRank.Add([]);
                    typeByRank.Add([]);
                }

                targets += losses.Target[at];
                targetByRank[rank].Add(losses.Target[at]);
                if (double.IsNaN(losses.Type[at])) continue;
                types += losses.Type[at];
                typeByRank[rank].Add(losses.Type[at]);
            }

            target.Add(targets);
            type.Add(types);
        }
    }

    /// <summary>Mean loss of each rank of which there are enough, with the standard error over jets.</summary>
    /// <param name="types">Of the type, not the target.</param>
    /// <param name="least">Fewest particles of a rank.</param>
    public IReadOnlyList<RankLoss> ByRank(bool types, int least)
    {
        var ranks = types ? typeByRank : targetByRank;
        return [.. Enumerable.Range(0, ranks.Count).Where(r => ranks[r].Count >= least).Select(r =>
        {
            double mean = ranks[r].Average(), squares = ranks[r].Sum(l => (l - mean) * (l - mean));
            return new RankLoss(r + 1, mean, Math.Sqrt(squares / (ranks[r].Count - 1) / ranks[r].Count));
        })];
    }

    /// <summary>
    /// Σ s / Σ n over jets, with its standard error from the scatter of jets, which are independent where particles of one jet are not: √(J/(J − 1) Σ (s − r n)²) / Σ n
    /// (Cochran, Sampling Techniques, §2.11).
    /// </summary>
    /// <param name="sums">s of each jet.</param>
    /// <param name="sizes">n of each jet.</param>
    public static Interval Ratio(IReadOnlyList<double> sums, IReadOnlyList<double> sizes)
    {
        const string method = "standard error over jets";
        double total = sizes.Sum(), ratio = sums.Sum() / total;
        if (!double.IsFinite(ratio)) return new(double.NaN, double.NaN, double.NaN, Interval.OneSigma, method);
        double squares = 0;
        for (int jet = 0; jet < sums.Count; jet++)
        {
            double miss = sums[jet] - ratio * sizes[jet];
            squares += miss * miss;
        }

        double error = sums.Count < 2 ? double.NaN : Math.Sqrt(squares * sums.Count / (sums.Count - 1)) / Math.Abs(total);
        return new(ratio, ratio - error, ratio + error, Interval.OneSigma, method);
    }
}
