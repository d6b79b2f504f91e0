namespace Lightcone.Statistics;

/// <summary>
/// The rank of a value among reference values at nearby x, 0 to 1: what is left of a score once its dependence on x is taken out. Among points like the
/// reference it is uniform at every x; at fixed x a larger value never has a smaller rank. Within the neighbourhood values are moved to the asked x along
/// the straight line that fits them best, so that it may be wide enough to resolve the highest per cent.
/// </summary>
public sealed class ConditionalRank
{
    private readonly double[] positions;
    private readonly double[] values;

    /// <summary>Remembers reference points.</summary>
    /// <param name="x">Position of each, finite.</param>
    /// <param name="values">Value of each, finite.</param>
    /// <param name="neighbours">How many of them a rank looks at: those nearest in the order of x.</param>
    /// <exception cref="ArgumentException">There is none, or a number is not finite.</exception>
    public ConditionalRank(ReadOnlySpan<double> x, ReadOnlySpan<double> values, int neighbours)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(neighbours, 2);
        if (x.Length == 0 || x.Length != values.Length) throw new ArgumentException($"{x.Length} positions and {values.Length} values.", nameof(x));
        for (int i = 0; i < x.Length; i++)
            if (!double.IsFinite(x[i]) || !double.IsFinite(values[i])) throw new ArgumentException($"Point {i} is not finite.", nameof(x));
        (positions, this.values) = (x.ToArray(), values.ToArray());
        Array.Sort(positions, this.values);
        Neighbours = Math.Min(neighbours, positions.Length);
    }

    /// <summary>How many reference points a rank looks at.</summary>
    public int Neighbours { get; }

    /// <summary>Positions of the reference points, rising.</summary>
    public ReadOnlySpan<double> Positions => positions;

    /// <summary>Values of the reference points, in the order of their positions.</summary>
    public ReadOnlySpan<double> Values => values;

    /// <summary>Share of the neighbours whose value, moved to x, is smaller; equal ones count half. NaN where the position or the value is.</summary>
    public double Of(double x, double value)
    {
        if (double.IsNaN(x) || double.IsNaN(value)) return double.NaN;
        int at = Array.BinarySearch(positions, x);
        int first = Math.Clamp((at < 0 ? ~at : at) - Neighbours / 2, 0, positions.Length - Neighbours);
        double slope = Slope(first), to = Math.Clamp(x, positions[0], positions[^1]), below = 0; // no line is drawn on beyond the last point
        for (int i = first; i < first + Neighbours; i++)
        {
            double moved = values[i] + slope * (to - positions[i]);
            below += moved < value ? 1 : moved == value ? 0.5 : 0;
        }

        return below / Neighbours;
    }

    // Of the straight line through the neighbours by least squares; 0 where they all lie at one x.
    private double Slope(int first)
    {
        double meanX = 0, meanY = 0, xx = 0, xy = 0;
        for (int i = first; i < first + Neighbours; i++) (meanX, meanY) = (meanX + positions[i] / Neighbours, meanY + values[i] / Neighbours);
        for (int i = first; i < first + Neighbours; i++)
        {
            double d = positions[i] - meanX;
            (xx, xy) = (xx + d * d, xy + d * (values[i] - meanY));
        }

        return xx > 1e-24 * Neighbours ? xy / xx : 0;
    }
}
