using System.Globalization;

namespace Lightcone.Figures;

/// <summary>Ticks at 1, 2 or 5 times a power of ten. Every tick is an integer times an exact decimal, so no label ever reads 0.30000000000000004.</summary>
public static class LinearTicks
{
    private const double Tolerance = 1e-9;

    /// <summary>Ticks for [<paramref name="low"/>, <paramref name="high"/>] with at most <paramref name="limit"/> labels.</summary>
    public static AxisTicks Choose(double low, double high, int limit)
    {
        if (!(high > low) || !double.IsFinite(high - low))
        {
            throw new ArgumentOutOfRangeException(nameof(high), high, $"An axis needs a finite upper end above its lower end {low.ToString(CultureInfo.InvariantCulture)}.");
        }

        (int digit, int exponent) = FirstStep(low, high, limit);
        double step = Multiple(digit, exponent);
        int factor = FactoredPower(low, high);
        int parts = digit == 2 ? 4 : 5;
        var major = new List<Tick>();
        var minor = new List<double>();
        (long first, long last) = Range(low, high, step / parts);
        for (long k = first; k <= last; k++)
        {
            if (k % parts == 0)
            {
                long multiple = k / parts;
                major.Add(new(Multiple(digit * multiple, exponent), Label(digit * multiple, exponent - factor)));
            }
            else
            {
                minor.Add(k * step / parts);
            }
        }

        return new(major, minor, factor == 0 ? string.Empty : Power(factor));
    }

    /// <summary>"10^{3}", with U+2212 for negative exponents.</summary>
    internal static string Power(int exponent) => "10^{" + exponent.ToString(CultureInfo.InvariantCulture).Replace('-', '−') + "}";

    private static (int Digit, int Exponent) FirstStep(double low, double high, int limit)
    {
        int exponent = (int)Math.Floor(Math.Log10((high - low) / Math.Max(1, limit))) - 1;
        while (true)
        {
            foreach (int digit in (ReadOnlySpan<int>)[1, 2, 5])
            {
                (long first, long last) = Range(low, high, Multiple(digit, exponent));
                if (last - first + 1 <= limit)
                {
                    return (digit, exponent);
                }
            }

            exponent++;
        }
    }

    private static (long First, long Last) Range(double low, double high, double step) =>
        ((long)Math.Ceiling((low / step) - Tolerance), (long)Math.Floor((high / step) + Tolerance));

    /// <summary>Division by an exact power of ten gives the nearest double of the decimal; multiplication by 0.1 would not.</summary>
    private static double Multiple(long k, int exponent) => exponent >= 0 ? k * Math.Pow(10, exponent) : k / Math.Pow(10, -exponent);

    private static int FactoredPower(double low, double high)
    {
        double largest = Math.Max(Math.Abs(low), Math.Abs(high));
        return largest is >= 1e5 or < 1e-3 ? 3 * (int)Math.Floor(Math.Log10(largest) / 3) : 0;
    }

    private static string Label(long mantissa, int exponent) => mantissa == 0 ? "0" : new ExactDecimal(mantissa, exponent).ToString();
}
