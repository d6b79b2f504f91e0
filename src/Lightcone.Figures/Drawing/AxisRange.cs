namespace Lightcone.Figures;

/// <summary>The range of an axis when the figure does not give it.</summary>
internal static class AxisRange
{
    /// <summary>Share of the data range that is left free at each end.</summary>
    private const double Margin = 0.04;

    /// <summary>A logarithmic axis spans no larger ratio; what a diverged training leaves beyond it becomes arrows.</summary>
    private const double WidestRatio = 1e100;

    public static (double Low, double High) Of(Axis axis, IReadOnlyList<Mark> marks, bool horizontal)
    {
        if (axis.Scale == AxisScale.Category)
        {
            return horizontal ? (-0.5, axis.Categories.Count - 0.5) : (axis.Categories.Count - 0.5, -0.5);
        }

        if (axis.Low is { } low && axis.High is { } high)
        {
            return Checked(axis, low, high);
        }

        bool log = axis.Scale == AxisScale.Log;
        double[] values = [.. marks.SelectMany(m => Values(m, horizontal)).Where(v => double.IsFinite(v) && (!log || v > 0))];
        (double from, double to) = values.Length == 0 ? (log ? (1.0, 10.0) : (0.0, 1.0)) : (values.Min(), values.Max());
        bool histogram = marks.Any(m => m is Steps { ToBase: true } or Bars);
        (from, to) = log ? WidenLog(from, to, horizontal && histogram) : WidenLinear(from, to, histogram, horizontal);
        return Checked(axis, axis.Low ?? from, axis.High ?? to);
    }

    private static (double Low, double High) WidenLinear(double from, double to, bool histogram, bool horizontal)
    {
        if (histogram && horizontal)
        {
            return (from, to);
        }

        double width = to > from ? to - from : Math.Max(Math.Abs(to) * 0.1, 1e-12 + (to == 0 ? 1 : 0));
        double low = from - (Margin * width), high = to + (Margin * width);
        if (from >= 0 && (histogram || from < 0.3 * to))
        {
            low = 0;
        }

        return (low, high);
    }

    private static (double Low, double High) WidenLog(double from, double to, bool exact)
    {
        double ratio = to > from ? Math.Min(to / from, WidestRatio) : 10;
        return exact && to > from ? (from, to) : (from / Math.Pow(ratio, Margin), to * Math.Pow(ratio, Margin));
    }

    private static (double Low, double High) Checked(Axis axis, double low, double high)
    {
        if (axis.Scale == AxisScale.Log && !(low > 0))
        {
            low = high > 0 ? high / 1e3 : 1;
        }

        if (axis.Scale == AxisScale.Log && high > low && !(high / low <= WidestRatio))
        {
            high = Math.Min(high, 1e300);
            low = high / WidestRatio;
        }

        if (!(high > low) || !double.IsFinite(high - low))
        {
            high = axis.Scale == AxisScale.Log ? low * 10 : low + Math.Max(1, Math.Abs(low) * 0.1);
        }

        return (low, high);
    }

    private static IEnumerable<double> Values(Mark mark, bool horizontal) => (mark, horizontal) switch
    {
        (Curve c, true) => c.X,
        (Curve c, false) => c.Y,
        (Band b, true) => b.X,
        (Band b, false) => b.Lower.Concat(b.Upper),
        (HeatMap h, true) => h.XEdges,
        (HeatMap h, false) => h.YEdges,
        (Steps s, true) => s.Edges,
        (Steps s, false) => s.Heights,
        (Bars b, true) => b.Edges,
        (Bars b, false) => b.Heights.Append(0),
        (Points p, true) => p.BarsAlongX ? p.X.Concat(p.Lower).Concat(p.Upper) : p.X,
        (Points p, false) => p.BarsAlongX ? p.Y : p.Y.Concat(p.Lower).Concat(p.Upper),
        (Hairline h, _) when h.Vertical == horizontal => [h.At],
        (Remark r, true) => [r.X],
        (Remark r, false) => [r.Y],
        _ => [],
    };
}
