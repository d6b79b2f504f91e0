using System.Globalization;
using System.Numerics;

namespace Lightcone.Figures;

/// <summary>
/// The decimal number mantissa·10^exponent. Rounding for print happens here and not in binary, so that 0.285 means 0.285
/// and ties go to the even digit as the reader would do it by hand.
/// </summary>
internal readonly record struct ExactDecimal(BigInteger Mantissa, int Exponent)
{
    /// <summary>The shortest decimal that reads back as <paramref name="value"/>, which must be finite.</summary>
    public static ExactDecimal From(double value)
    {
        if (!double.IsFinite(value))
        {
            throw new ArgumentOutOfRangeException(nameof(value), value, "Only finite numbers have digits.");
        }

        return Parse(value.ToString("R", CultureInfo.InvariantCulture));
    }

    public bool IsZero => Mantissa.IsZero;

    public int Sign => Mantissa.Sign;

    /// <summary>Place of the leading digit: 2 for 345, −2 for 0.034.</summary>
    public int LeadingPlace => DigitCount(BigInteger.Abs(Mantissa)) - 1 + Exponent;

    public ExactDecimal Abs() => this with { Mantissa = BigInteger.Abs(Mantissa) };

    public static ExactDecimal operator -(ExactDecimal a, ExactDecimal b) => Combine(a, b, -1);

    public static ExactDecimal operator +(ExactDecimal a, ExactDecimal b) => Combine(a, b, 1);

    public ExactDecimal Half() => new(Mantissa * 5, Exponent - 1);

    public int CompareTo(ExactDecimal other) => (this - other).Sign;

    public ExactDecimal Times(int factor) => this with { Mantissa = Mantissa * factor };

    /// <summary>The multiple of 10^place nearest to this number, ties to the even digit, with exponent exactly <paramref name="place"/>.</summary>
    public ExactDecimal RoundTo(int place)
    {
        if (Exponent >= place)
        {
            return new(Mantissa * BigInteger.Pow(10, Exponent - place), place);
        }

        BigInteger unit = BigInteger.Pow(10, place - Exponent);
        BigInteger quotient = BigInteger.DivRem(BigInteger.Abs(Mantissa), unit, out BigInteger rest);
        int half = (2 * rest).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven))
        {
            quotient += 1;
        }

        return new(Mantissa.Sign * quotient, place);
    }

    /// <summary>Positional digits with U+2212 as minus and groups of three split by U+202F from five digits on.</summary>
    public override string ToString()
    {
        BigInteger magnitude = BigInteger.Abs(Mantissa);
        string whole, fraction = string.Empty;
        if (Exponent >= 0)
        {
            whole = (magnitude * BigInteger.Pow(10, Exponent)).ToString(CultureInfo.InvariantCulture);
        }
        else
        {
            string digits = magnitude.ToString(CultureInfo.InvariantCulture).PadLeft(1 - Exponent, '0');
            whole = digits[..^-Exponent];
            fraction = "." + digits[^-Exponent..];
        }

        return (Mantissa.Sign < 0 ? "−" : string.Empty) + Group(whole) + fraction;
    }

    private static string Group(string digits)
    {
        if (digits.Length < 5)
        {
            return digits;
        }

        int head = digits.Length % 3;
        var parts = new List<string>();
        if (head > 0)
        {
            parts.Add(digits[..head]);
        }

        for (int i = head; i < digits.Length; i += 3)
        {
            parts.Add(digits.Substring(i, 3));
        }

        return string.Join('\u202F', parts);
    }

    private static ExactDecimal Combine(ExactDecimal a, ExactDecimal b, int sign)
    {
        int exponent = Math.Min(a.Exponent, b.Exponent);
        return new(a.Scaled(exponent) + (sign * b.Scaled(exponent)), exponent);
    }

    private BigInteger Scaled(int exponent) => Mantissa * BigInteger.Pow(10, Exponent - exponent);

    private static ExactDecimal Parse(string text)
    {
        int e = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = e < 0 ? 0 : int.Parse(text.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = e < 0 ? text : text[..e];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        return new(BigInteger.Parse(mantissa, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent);
    }

    private static int DigitCount(BigInteger magnitude) => magnitude.ToString(CultureInfo.InvariantCulture).Length;
}
