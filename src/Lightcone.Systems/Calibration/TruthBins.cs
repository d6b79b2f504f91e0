using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration;

/// <summary>Bins of the true transverse momentum, equal in its logarithm over the spectrum of the training, so that they do not depend on the jets that are judged.</summary>
internal sealed class TruthBins
{
    private const int Bins = 10;
    private const long FewestJets = 50, FewestJudged = 250; // the median's error is then below 0.08 deviations, less than the 0.1 it is held to

    private readonly int[][] jets;

    private TruthBins(double[] edges, int[][] jets) => (Edges, this.jets) = (edges, jets);

    /// <summary>Edges [GeV].</summary>
    public double[] Edges { get; }

    /// <summary>Number of bins.</summary>
    public int Count => jets.Length;

    /// <summary>Positions of the bins that are judged: enough jets, and not at an edge of the training, where a part of the response is missing.</summary>
    public IEnumerable<int> Inner => Enumerable.Range(1, Count - 2).Where(b => jets[b].Length >= FewestJudged);

    /// <summary>Positions of the bins with enough jets to be drawn.</summary>
    public IEnumerable<int> Filled => Enumerable.Range(0, Count).Where(b => jets[b].Length >= FewestJets);

    /// <summary>Sorts jets into bins.</summary>
    /// <param name="truth">True transverse momenta [GeV].</param>
    /// <param name="low">Least of the training [GeV].</param>
    /// <param name="high">Largest of the training [GeV].</param>
    public static TruthBins Of(double[] truth, double low, double high)
    {
        double[] edges = [.. Enumerable.Range(0, Bins + 1).Select(b => low * Math.Pow(high / low, (double)b / Bins))];
        var own = Enumerable.Range(0, Bins).Select(_ => new List<int>()).ToArray();
        for (int i = 0; i < truth.Length; i++)
        {
            int bin = Array.BinarySearch(edges, truth[i]);
            if (bin < 0) bin = ~bin - 1;
            if (bin == Bins && truth[i] == high) bin = Bins - 1;
            if (bin is >= 0 and < Bins) own[bin].Add(i);
        }

        return new(edges, [.. own.Select(o => o.ToArray())]);
    }

    /// <summary>Jets of a bin.</summary>
    public IReadOnlyList<int> JetsOf(int bin) => jets[bin];

    /// <summary>Median of values in a bin, with its interval.</summary>
    public Interval Median(int bin, Func<int, double> value) => Quantile.WithInterval(jets[bin].Select(value).ToArray(), 0.5);

    /// <summary>Mean of values in a bin, with its standard error.</summary>
    public Interval Mean(int bin, Func<int, double> value)
    {
        double[] own = [.. jets[bin].Select(value)];
        double mean = own.Average(), error = own.Length > 1 ? SampleDeviation.Of(own) / Math.Sqrt(own.Length) : double.NaN;
        return new(mean, mean - error, mean + error, Interval.OneSigma, "error of the mean");
    }

    /// <summary>Half of what lies between the 16 and 84 % quantiles over the median, in a bin.</summary>
    public double Resolution(int bin, Func<int, double> value)
    {
        double[] own = [.. jets[bin].Select(value)];
        return 0.5 * (Quantile.Of(own, 0.841345) - Quantile.Of(own, 0.158655)) / Quantile.Of(own, 0.5);
    }
}
