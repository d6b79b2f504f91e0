namespace Lightcone.Statistics;

/// <summary>Coverage among entries whose value of a variable lies in one bin.</summary>
/// <param name="Low">Lower edge of the variable, inside the bin.</param>
/// <param name="High">Upper edge; inside the last bin only.</param>
/// <param name="Mean">Mean of the variable in the bin; NaN for an empty bin.</param>
/// <param name="Coverage">What was counted.</param>
/// <param name="Band">Covered fraction with its interval at the level of all bins together.</param>
public readonly record struct CoverageBin(double Low, double High, double Mean, CoverageCount Coverage, Interval Band);

/// <summary>
/// Coverage in bins of equal population of a variable: the truth, the prediction, the width, a transverse momentum. What holds on average may fail in
/// a bin. A correct posterior covers at fixed input and fails at fixed truth, a correct likelihood interval the other way round: say which was binned.
/// </summary>
public sealed class BinnedCoverage
{
    private const double MissingOverall = 0.01;

    private BinnedCoverage(CoverageBin[] bins, double level) => (Bins, Level) = (Array.AsReadOnly(bins), level);

    /// <summary>The bins, by rising value.</summary>
    public IReadOnlyList<CoverageBin> Bins { get; }

    /// <summary>Level of each bin's band: 1 − 0.01/m, so that all m bins of a correct method hold together at 99 %.</summary>
    public double Level { get; }

    /// <summary>The bin that fits its nominal coverage least, in standard deviations of the nominal binomial.</summary>
    public CoverageBin Worst => Bins.MaxBy(b => Math.Abs(b.Coverage.Covered - b.Coverage.Count * b.Coverage.Nominal) / Math.Sqrt(Math.Max(1, b.Coverage.Count)));

    /// <summary>Whether every bin lies in the acceptance band of a correct method at <see cref="Level"/>.</summary>
    public bool Accepted => Bins.All(b => b.Coverage.Accepts(Level));

    /// <summary>Counts coverage in bins; equal values of the variable stay together, so there may be fewer bins.</summary>
    /// <param name="values">The variable, one an entry; finite.</param>
    /// <param name="lower">Lower ends.</param>
    /// <param name="upper">Upper ends.</param>
    /// <param name="truth">True values.</param>
    /// <param name="nominal">Coverage that the intervals claim.</param>
    /// <param name="bins">Largest number of bins.</param>
    /// <exception cref="InputDataException">A number is NaN, or an interval has its ends in the wrong order.</exception>
    public static BinnedCoverage Of(ReadOnlySpan<double> values, ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> truth, double nominal, int bins = 10)
    {
        SampleRules.Level(nominal);
        SampleRules.SameLength(truth.Length, values.Length, nameof(values));
        SampleRules.Intervals(lower, upper, truth);
        SampleRules.NotNaN(values, "value to bin in");
        double[] edges = Quantile.Edges(values, bins);
        int m = edges.Length - 1;
        var (count, below, above, sum) = (new long[m], new long[m], new long[m], new double[m]);
        for (int i = 0; i < truth.Length; i++)
        {
            int found = Array.BinarySearch(edges, values[i]), bin = Math.Clamp(found >= 0 ? found : ~found - 1, 0, m - 1);
            count[bin]++;
            sum[bin] += values[i];
            if (truth[i] < lower[i]) below[bin]++;
            else if (truth[i] > upper[i]) above[bin]++;
        }

        double level = 1 - MissingOverall / m;
        return new([.. Enumerable.Range(0, m).Select(b => Bin(edges[b], edges[b + 1], sum[b] / count[b], new(nominal, count[b], count[b] - below[b] - above[b], below[b], above[b]), level))], level);
    }

    private static CoverageBin Bin(double low, double high, double mean, CoverageCount coverage, double level) => new(low, high, mean, coverage, coverage.Fraction(level));
}
