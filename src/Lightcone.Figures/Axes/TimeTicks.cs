namespace Lightcone.Figures;

/// <summary>Ticks of an axis of elapsed time in seconds: steps that a clock has, all labels in the unit of the step.</summary>
public static class TimeTicks
{
    private const double Minute = 60, Hour = 3600, Day = 86400;

    private static readonly (double Step, double Unit, string Name, int Parts)[] Steps =
    [
        (1, 1, "s", 5), (2, 1, "s", 4), (5, 1, "s", 5), (10, 1, "s", 5), (15, 1, "s", 3), (30, 1, "s", 3),
        (1, Minute, "min", 6), (2, Minute, "min", 4), (5, Minute, "min", 5), (10, Minute, "min", 5), (15, Minute, "min", 3), (30, Minute, "min", 3),
        (1, Hour, "h", 4), (2, Hour, "h", 4), (3, Hour, "h", 3), (6, Hour, "h", 6), (12, Hour, "h", 4),
        (1, Day, "d", 4), (2, Day, "d", 4), (7, Day, "d", 7), (14, Day, "d", 2),
    ];

    /// <summary>Ticks for [<paramref name="low"/>, <paramref name="high"/>] seconds with at most <paramref name="limit"/> labels; the bracket carries the unit.</summary>
    public static AxisTicks Choose(double low, double high, int limit)
    {
        if (!(high > low) || !double.IsFinite(high - low))
        {
            throw new ArgumentOutOfRangeException(nameof(high), high, "A time axis needs a finite upper end above its lower end.");
        }

        foreach ((double step, double unit, string name, int parts) in Steps)
        {
            if (Count(low, high, step * unit) <= limit)
            {
                return Build(low, high, step, unit, name, parts);
            }
        }

        double days = 28;
        while (Count(low, high, days * Day) > limit)
        {
            days *= 2;
        }

        return Build(low, high, days, Day, "d", 4);
    }

    private static long Count(double low, double high, double step)
    {
        (long first, long last) = Range(low, high, step);
        return last - first + 1;
    }

    private static (long First, long Last) Range(double low, double high, double step) =>
        ((long)Math.Ceiling((low / step) - 1e-9), (long)Math.Floor((high / step) + 1e-9));

    private static AxisTicks Build(double low, double high, double step, double unit, string name, int parts)
    {
        var major = new List<Tick>();
        var minor = new List<double>();
        double fine = step * unit / parts;
        (long first, long last) = Range(low, high, fine);
        for (long k = first; k <= last; k++)
        {
            if (k % parts == 0)
            {
                major.Add(new(k * fine, NumberText.Count((long)Math.Round(k / parts * step))));
            }
            else
            {
                minor.Add(k * fine);
            }
        }

        return new(major, minor, name);
    }
}
