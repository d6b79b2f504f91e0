using System.Globalization;
using Lightcone.Statistics;

namespace Lightcone.Figures;

/// <summary>
/// Numbers as a physicist prints them: the error decides how many digits the value keeps (rounding rule of the Particle Data Group,
/// Review of Particle Physics, introduction, section 5.3).
/// </summary>
public static class NumberText
{
    /// <summary>What stands for a number that is not known. Never zero.</summary>
    public const string Unknown = "–";

    /// <summary>Two-sided 68.27 % upper limit on the mean of a count of zero: a rejection with no jet left is above N/1.841.</summary>
    public const double ZeroCountUpperLimit = 1.8410216450092634;

    /// <summary>"0.83 ± 0.12": the value and its symmetric error, both at the place the error allows.</summary>
    public static string WithError(double value, double error)
    {
        if (!double.IsFinite(value))
        {
            return Unknown;
        }

        if (!double.IsFinite(error) || error <= 0)
        {
            return Plain(value);
        }

        return WithError(ExactDecimal.From(value), ExactDecimal.From(error));
    }

    /// <summary>
    /// "0.9510 ± 0.0017" when the two sides agree within a factor 1.2, else "2700 [1400, 5900]"; an infinite upper end gives "> lower",
    /// a missing value "–". Level and method are printed once beside it by whoever prints the table.
    /// </summary>
    public static string WithInterval(Interval interval)
    {
        if (!double.IsFinite(interval.Value))
        {
            return double.IsFinite(interval.Lower) ? "> " + Plain(interval.Lower, 2)
                : double.IsFinite(interval.Upper) ? "< " + Plain(interval.Upper, 2) : Unknown;
        }

        if (!double.IsFinite(interval.Lower) || !double.IsFinite(interval.Upper))
        {
            return double.IsFinite(interval.Lower) && interval.Upper > 0 ? "> " + Plain(interval.Lower, 2) : Plain(interval.Value);
        }

        ExactDecimal value = ExactDecimal.From(interval.Value);
        ExactDecimal lower = ExactDecimal.From(interval.Lower), upper = ExactDecimal.From(interval.Upper);
        ExactDecimal below = value - lower, above = upper - value;
        if (below.Sign > 0 && above.Sign > 0 && NearlySymmetric(below, above))
        {
            return WithError(value, (below + above).Half());
        }

        ExactDecimal side = SmallerNonZero(below.Abs(), above.Abs());
        if (side.IsZero)
        {
            return Plain(interval.Value);
        }

        int place = PlaceAndError(side).Place;
        return $"{value.RoundTo(place)} [{lower.RoundTo(place)}, {upper.RoundTo(place)}]";
    }

    /// <summary>The level as a sub-line prints it: "68 %", "95 %", "99.9 %".</summary>
    public static string Level(double level)
    {
        ExactDecimal percent = ExactDecimal.From(level * 100);
        bool whole = Math.Abs((level * 100) - Math.Round(level * 100)) < 0.45 && level < 0.995;
        return percent.RoundTo(whole ? 0 : -1) + " %";
    }

    /// <summary>A count, never rounded: "16 000".</summary>
    public static string Count(long count) => new ExactDecimal(count, 0).ToString();

    /// <summary>The number with at most <paramref name="digits"/> significant digits and no trailing zeros; powers of ten beyond 10⁶ and 10⁻⁴ as "1.2·10^{-7}" markup.</summary>
    public static string Plain(double value, int digits = 4)
    {
        if (!double.IsFinite(value))
        {
            return double.IsPositiveInfinity(value) ? "∞" : double.IsNegativeInfinity(value) ? "−∞" : Unknown;
        }

        ExactDecimal exact = ExactDecimal.From(value);
        if (exact.IsZero)
        {
            return "0";
        }

        ExactDecimal rounded = WithoutTrailingZeros(exact.RoundTo(exact.LeadingPlace - digits + 1));
        int lead = rounded.LeadingPlace;
        if (lead is >= -4 and < 7)
        {
            return rounded.ToString();
        }

        ExactDecimal mantissa = rounded with { Exponent = rounded.Exponent - lead };
        string power = "10^{" + lead.ToString(CultureInfo.InvariantCulture).Replace('-', '−') + "}";
        return mantissa.ToString() == "1" ? power : $"{mantissa}·{power}";
    }

    /// <summary>Full precision for JSON and CSV: the shortest text that reads back as the same number, invariant culture; empty when not finite.</summary>
    public static string Exact(double value) =>
        double.IsFinite(value) ? value.ToString("R", CultureInfo.InvariantCulture) : string.Empty;

    private static string WithError(ExactDecimal value, ExactDecimal error)
    {
        (int place, ExactDecimal rounded) = PlaceAndError(error);
        return $"{value.RoundTo(place)} ± {rounded}";
    }

    /// <summary>The last place an error keeps, and the error rounded there: 100–354 two digits, 355–949 one, 950–999 become 1000 and keep two.</summary>
    private static (int Place, ExactDecimal Error) PlaceAndError(ExactDecimal error)
    {
        int lead = error.LeadingPlace;
        ExactDecimal three = error.RoundTo(lead - 2);
        int leading = (int)three.Mantissa;
        if (leading >= 1000)
        {
            lead++;
            leading = 100;
        }

        return leading switch
        {
            < 355 => (lead - 1, error.RoundTo(lead - 1)),
            < 950 => (lead, error.RoundTo(lead)),
            _ => (lead, new ExactDecimal(10, lead)),
        };
    }

    private static bool NearlySymmetric(ExactDecimal a, ExactDecimal b)
    {
        (ExactDecimal small, ExactDecimal large) = a.CompareTo(b) <= 0 ? (a, b) : (b, a);
        return large.Times(10).CompareTo(small.Times(12)) <= 0;
    }

    private static ExactDecimal SmallerNonZero(ExactDecimal a, ExactDecimal b) =>
        a.IsZero ? b : b.IsZero ? a : a.CompareTo(b) <= 0 ? a : b;

    private static ExactDecimal WithoutTrailingZeros(ExactDecimal number)
    {
        while (!number.IsZero && number.Mantissa % 10 == 0)
        {
            number = new(number.Mantissa / 10, number.Exponent + 1);
        }

        return number;
    }
}
