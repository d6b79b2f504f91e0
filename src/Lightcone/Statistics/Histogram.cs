namespace Lightcone.Statistics;

/// <summary>What one bin holds.</summary>
/// <param name="Entries">Number of entries.</param>
/// <param name="SumOfWeights">Σw.</param>
/// <param name="SumOfSquaredWeights">Σw².</param>
public readonly record struct HistogramBin(long Entries, double SumOfWeights, double SumOfSquaredWeights)
{
    internal HistogramBin With(double weight) => new(Entries + 1, SumOfWeights + weight, SumOfSquaredWeights + weight * weight);

    internal HistogramBin With(HistogramBin other) => new(Entries + other.Entries, SumOfWeights + other.SumOfWeights, SumOfSquaredWeights + other.SumOfSquaredWeights);
}

/// <summary>Weighted counts in fixed bins [edge, next edge), the last one closed, with underflow, overflow and NaN counted apart: nothing is lost.</summary>
public sealed class Histogram
{
    private readonly double[] edges;
    private readonly HistogramBin[] bins;
    private bool hasWeights;

    /// <summary>An empty histogram.</summary>
    /// <param name="edges">Strictly increasing edges, one more than bins.</param>
    public Histogram(ReadOnlySpan<double> edges)
    {
        if (edges.Length < 2) throw new ArgumentException("A histogram needs two edges at least.", nameof(edges));
        for (int i = 1; i < edges.Length; i++)
            if (!(edges[i] > edges[i - 1])) throw new ArgumentException($"Edge {i} ({edges[i]}) is not above the one before ({edges[i - 1]}).", nameof(edges));
        this.edges = edges.ToArray();
        bins = new HistogramBin[edges.Length - 1];
    }

    /// <summary>The edges, one more than bins.</summary>
    public IReadOnlyList<double> Edges => edges;

    /// <summary>The bins.</summary>
    public IReadOnlyList<HistogramBin> Bins => bins;

    /// <summary>Entries below the first edge.</summary>
    public HistogramBin Underflow { get; private set; }

    /// <summary>Entries above the last edge.</summary>
    public HistogramBin Overflow { get; private set; }

    /// <summary>Entries whose value is NaN.</summary>
    public HistogramBin NotANumber { get; private set; }

    /// <summary>All entries but NaN, in range or not.</summary>
    public HistogramBin Total
    {
        get
        {
            var total = Underflow.With(Overflow);
            foreach (var bin in bins) total = total.With(bin);
            return total;
        }
    }

    /// <summary>An empty histogram with bins of equal width.</summary>
    public static Histogram Uniform(double low, double high, int bins)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bins);
        var edges = new double[bins + 1];
        for (int i = 0; i <= bins; i++) edges[i] = i == bins ? high : low + (high - low) * i / bins;
        return new(edges);
    }

    /// <summary>Adds one entry.</summary>
    public void Fill(double value, double weight = 1)
    {
        hasWeights |= weight != 1;
        if (double.IsNaN(value)) NotANumber = NotANumber.With(weight);
        else if (value < edges[0]) Underflow = Underflow.With(weight);
        else if (value > edges[^1]) Overflow = Overflow.With(weight);
        else
        {
            int bin = BinOf(value);
            bins[bin] = bins[bin].With(weight);
        }
    }

    /// <summary>Adds entries of weight 1.</summary>
    public void Fill(ReadOnlySpan<double> values)
    {
        foreach (double value in values) Fill(value);
    }

    /// <summary>Adds what another histogram with the same edges holds.</summary>
    public void Add(Histogram other)
    {
        if (!edges.AsSpan().SequenceEqual(other.edges)) throw new ArgumentException("Histograms with different edges cannot be added.", nameof(other));
        for (int i = 0; i < bins.Length; i++) bins[i] = bins[i].With(other.bins[i]);
        (Underflow, Overflow, NotANumber) = (Underflow.With(other.Underflow), Overflow.With(other.Overflow), NotANumber.With(other.NotANumber));
        hasWeights |= other.hasWeights;
    }

    /// <summary>Content of a bin: Garwood's interval where all entries have weight 1, else ±√Σw² (times the level's number of standard deviations).</summary>
    public Interval Content(int bin, double level = Interval.OneSigma)
    {
        var (entries, sum, squares) = bins[bin];
        if (!hasWeights) return Garwood.Of(entries, level);
        double half = -SpecialFunctions.NormalQuantile(Interval.HalfTail(level)) * Math.Sqrt(squares);
        return new(sum, sum - half, sum + half, level, "√Σw²");
    }

    /// <summary>Content over bin width over <see cref="Total"/>: its integral is the fraction in range. NaN where nothing was filled.</summary>
    public double[] Density()
    {
        double total = Total.SumOfWeights;
        var density = new double[bins.Length];
        for (int i = 0; i < bins.Length; i++) density[i] = total == 0 ? double.NaN : bins[i].SumOfWeights / (edges[i + 1] - edges[i]) / total;
        return density;
    }

    private int BinOf(double value)
    {
        int found = Array.BinarySearch(edges, value);
        return Math.Min(found >= 0 ? found : ~found - 1, bins.Length - 1);
    }
}
