namespace Lightcone.Figures;

/// <summary>Ticks of a logarithmic axis: powers of ten where there are three or more, else 1, 2, 5 multiples, else linear ticks at their log positions.</summary>
public static class LogTicks
{
    private const double Tolerance = 1e-9;

    /// <summary>Ticks for [<paramref name="low"/>, <paramref name="high"/>], both positive, with at most <paramref name="limit"/> labels.</summary>
    public static AxisTicks Choose(double low, double high, int limit)
    {
        if (!(low > 0) || !(high > low) || !double.IsFinite(high))
        {
            throw new ArgumentOutOfRangeException(nameof(low), low, "A logarithmic axis needs 0 < low < high.");
        }

        int first = (int)Math.Ceiling(Math.Log10(low) - Tolerance), last = (int)Math.Floor(Math.Log10(high) + Tolerance);
        int powers = last - first + 1;
        if (powers >= 3)
        {
            return Powers(low, high, first, last, limit);
        }

        List<(int Digit, int Exponent)> multiples = Inside(low, high, [1, 2, 5]);
        if (multiples.Count < 3)
        {
            return LinearTicks.Choose(low, high, Math.Min(limit, 6));
        }

        if (multiples.Count > limit && powers > 0)
        {
            return Powers(low, high, first, last, limit);
        }

        bool plain = multiples.TrueForAll(m => Value(m) is >= 1e-3 and < 1e5);
        Tick[] major = [.. multiples.Select(m => new Tick(Value(m), plain ? new ExactDecimal(m.Digit, m.Exponent).ToString() : Scientific(m)))];
        double[] minor = [.. Inside(low, high, [3, 4, 6, 7, 8, 9]).Select(Value)];
        return new(major, minor, string.Empty);
    }

    private static AxisTicks Powers(double low, double high, int first, int last, int limit)
    {
        int stride = 1;
        while (Count(first, last, stride) > limit)
        {
            stride++;
        }

        var major = new List<Tick>();
        var minor = new List<double>();
        for (int e = first; e <= last; e++)
        {
            if (e % stride == 0)
            {
                major.Add(new(Value((1, e)), PowerLabel(e)));
            }
            else
            {
                minor.Add(Value((1, e)));
            }
        }

        if (stride == 1)
        {
            minor.AddRange(Inside(low, high, [2, 3, 4, 5, 6, 7, 8, 9]).Select(Value));
        }

        return new(major, minor, string.Empty);
    }

    private static int Count(int first, int last, int stride)
    {
        int n = 0;
        for (int e = first; e <= last; e++)
        {
            n += e % stride == 0 ? 1 : 0;
        }

        return n;
    }

    private static List<(int Digit, int Exponent)> Inside(double low, double high, ReadOnlySpan<int> digits)
    {
        var found = new List<(int, int)>();
        int from = (int)Math.Floor(Math.Log10(low)) - 1, to = (int)Math.Floor(Math.Log10(high)) + 1;
        for (int e = from; e <= to; e++)
        {
            foreach (int digit in digits)
            {
                double value = Value((digit, e));
                if (value >= low * (1 - Tolerance) && value <= high * (1 + Tolerance))
                {
                    found.Add((digit, e));
                }
            }
        }

        return found;
    }

    private static double Value((int Digit, int Exponent) m) =>
        m.Exponent >= 0 ? m.Digit * Math.Pow(10, m.Exponent) : m.Digit / Math.Pow(10, -m.Exponent);

    private static string PowerLabel(int exponent) => exponent switch { 0 => "1", 1 => "10", _ => LinearTicks.Power(exponent) };

    private static string Scientific((int Digit, int Exponent) m) =>
        m.Digit == 1 ? LinearTicks.Power(m.Exponent) : $"{m.Digit}·{LinearTicks.Power(m.Exponent)}";
}
