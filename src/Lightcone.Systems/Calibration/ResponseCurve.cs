using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration;

/// <summary>
/// Quantiles of ln(measured/true) in bins of the truth, and their inversion: the classic numerical inversion (arXiv:1609.05195), whose intervals are Neyman's at fixed truth. It knows nothing of the
/// spectrum beyond the width of its bins, and of the jet nothing but one number.
/// </summary>
internal sealed class ResponseCurve
{
    private const int FewestJets = 200, MostBins = 20, GridPoints = 400;

    /// <summary>A curve from its knots.</summary>
    /// <param name="knots">ln(truth/GeV) at the middle of each bin, rising.</param>
    /// <param name="levels">Quantile levels, rising; ½ among them.</param>
    /// <param name="responses">For each knot, the quantiles of ln(measured/true) at those levels.</param>
    public ResponseCurve(double[] knots, double[] levels, double[][] responses) => (Knots, Levels, Responses) = (knots, levels, responses);

    /// <summary>ln(truth/GeV) of the bins.</summary>
    public double[] Knots { get; }

    /// <summary>Quantile levels.</summary>
    public double[] Levels { get; }

    /// <summary>Quantiles of ln(measured/true), [knots][levels].</summary>
    public double[][] Responses { get; }

    /// <summary>The levels that the intervals of <see cref="CalibratedJets.Levels"/> want, and the median.</summary>
    public static double[] WantedLevels { get; } = [.. CalibratedJets.Levels.SelectMany(l => new[] { (1 - l) / 2, (1 + l) / 2 }).Append(0.5).Order()];

    /// <summary>Fits to jets: equally filled bins of at least two hundred.</summary>
    /// <param name="truth">ln(truth/GeV).</param>
    /// <param name="measured">ln(measured/GeV).</param>
    /// <exception cref="InputDataException">There are too few jets.</exception>
    public static ResponseCurve Fit(double[] truth, double[] measured)
    {
        int bins = Math.Min(MostBins, truth.Length / FewestJets);
        if (bins < 1) throw new InputDataException($"{truth.Length} jets are too few for a response curve.", "the training jets", "A very small file.", $"Give {FewestJets} jets at least.");
        int[] order = [.. Enumerable.Range(0, truth.Length).OrderBy(i => truth[i])];
        var (knots, responses) = (new double[bins], new double[bins][]);
        for (int b = 0; b < bins; b++)
        {
            int[] own = order[(int)((long)order.Length * b / bins)..(int)((long)order.Length * (b + 1) / bins)];
            knots[b] = own.Average(i => truth[i]);
            double[] response = [.. own.Select(i => measured[i] - truth[i])];
            responses[b] = [.. WantedLevels.Select(l => Quantile.Of(response, l))];
        }

        return new(knots, WantedLevels, responses);
    }

    /// <summary>ln truth at which the quantile of ln measured is what was measured; rising in it.</summary>
    /// <param name="measured">ln(measured/GeV).</param>
    /// <param name="level">One of the levels.</param>
    public double Invert(double measured, double level)
    {
        int k = Array.IndexOf(Levels, level);
        double low = measured - 2, high = measured + 2;
        // The curve x = t + response(t) rises wherever a response changes by less than the truth itself does.
        for (int i = 0; i < 60; i++)
        {
            double middle = 0.5 * (low + high);
            if (middle + At(middle, k) < measured) low = middle;
            else high = middle;
        }

        return 0.5 * (low + high);
    }

    /// <summary>Whether the median of what is measured rises everywhere with the truth, so that the inversion is one.</summary>
    public bool Rises()
    {
        int k = Array.IndexOf(Levels, 0.5);
        double before = double.NegativeInfinity;
        for (int i = 0; i < GridPoints; i++)
        {
            double t = Knots[0] + (Knots[^1] - Knots[0]) * i / (GridPoints - 1), x = t + At(t, k);
            if (x <= before && Knots.Length > 1) return false;
            before = x;
        }

        return true;
    }

    private double At(double truth, int level)
    {
        if (truth <= Knots[0]) return Responses[0][level];
        if (truth >= Knots[^1]) return Responses[^1][level];
        int right = Array.BinarySearch(Knots, truth);
        if (right < 0) right = ~right;
        if (right == 0) return Responses[0][level];
        double share = (truth - Knots[right - 1]) / (Knots[right] - Knots[right - 1]);
        return Responses[right - 1][level] + share * (Responses[right][level] - Responses[right - 1][level]);
    }
}
