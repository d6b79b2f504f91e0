using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration;

/// <summary>
/// Where the estimate of largest likelihood lies at fixed truth: the median of ln(estimate/true) as a straight line in ln(true). A skewed response puts the most likely truth beside the median; the line says
/// how far, at fixed truth, so no spectrum enters (numerical inversion, arXiv:1609.05195).
/// </summary>
/// <param name="Offset">Median of ln(estimate/true) at <paramref name="Centre"/>.</param>
/// <param name="Slope">Its change with ln(true).</param>
/// <param name="Centre">ln(true/GeV) at the middle.</param>
internal readonly record struct ClosureLine(double Offset, double Slope, double Centre)
{
    /// <summary>Largest slope, either way: a steeper line is of a calibration that has learned little, whose health says so; taking it back would blow up what is noise.</summary>
    public const double Steepest = 0.5;

    private const int FewestOfBin = 200, MostBins = 12;
    private const double LeastReach = 1e-6; // in ln(true): below, as where all truths are one, there is no slope

    /// <summary>Nothing to correct.</summary>
    public static ClosureLine None => default;

    /// <summary>Fits to medians of equally filled bins, by least squares.</summary>
    /// <param name="truth">ln(true/GeV).</param>
    /// <param name="estimates">ln(estimate/GeV).</param>
    /// <param name="inner">Jets away from the edges of the spectrum, where the whole response is there.</param>
    public static ClosureLine Fit(double[] truth, double[] estimates, IReadOnlyList<int> inner)
    {
        int bins = Math.Clamp(inner.Count / FewestOfBin, 1, MostBins);
        int[] order = [.. inner.OrderBy(i => truth[i])];
        if (order.Length == 0) return None;
        var (x, y) = (new double[bins], new double[bins]);
        for (int b = 0; b < bins; b++)
        {
            int[] own = order[(int)((long)order.Length * b / bins)..(int)((long)order.Length * (b + 1) / bins)];
            x[b] = own.Average(i => truth[i]);
            y[b] = Quantile.Of(own.Select(i => estimates[i] - truth[i]).ToArray(), 0.5);
        }

        double centre = x.Average();
        return new(y.Average(), bins > 2 && x[^1] - x[0] > LeastReach ? Math.Clamp(StraightLine.Slope(x, y), -Steepest, Steepest) : 0, centre);
    }

    /// <summary>The estimate whose median at fixed truth is the truth.</summary>
    public double Correct(double estimate) => (estimate - Offset + Slope * Centre) / (1 + Slope);
}
