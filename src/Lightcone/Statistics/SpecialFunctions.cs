namespace Lightcone.Statistics;

/// <summary>
/// The special functions behind exact intervals: regularised incomplete beta and gamma functions, their inverses, the normal distribution.
/// Relative accuracy about 1e-13 for parameters up to 1e9.
/// </summary>
public static class SpecialFunctions
{
    private const double HalfLogTwoPi = 0.91893853320467274178;
    private const double Tiny = 1e-300;
    private const double LeastRationalTail = 1e-10; // the rational functions of the quantile hold down to exp(−25)
    private const int MostIterations = 2_000_000; // the slowest case needs a few times the square root of the larger parameter

    /// <summary>Coefficients B₂ₖ/(2k(2k−1)) of Stirling's series.</summary>
    private static readonly double[] Stirling = [1.0 / 12, -1.0 / 360, 1.0 / 1260, -1.0 / 1680, 1.0 / 1188, -691.0 / 360360, 1.0 / 156, -3617.0 / 122400];

    private static readonly double[] CentreNumerator =
    [
        3.3871328727963666080, 1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
        4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3,
    ];

    private static readonly double[] CentreDenominator =
    [
        1, 4.2313330701600911252e+1, 6.8718700749205790830e+2, 5.3941960214247511077e+3,
        2.1213794301586595867e+4, 3.9307895800092710610e+4, 2.8729085735721942674e+4, 5.2264952788528545610e+3,
    ];

    private static readonly double[] TailNumerator =
    [
        1.42343711074968357734, 4.63033784615654529590, 5.76949722146069140550, 3.64784832476320460504,
        1.27045825245236838258, 2.41780725177450611770e-1, 2.27238449892691845833e-2, 7.74545014278341407640e-4,
    ];

    private static readonly double[] TailDenominator =
    [
        1, 2.05319162663775882187, 1.67638483018380384940, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4, 1.05075007164441684324e-9,
    ];

    /// <summary>ln Γ(x) for x &gt; 0.</summary>
    public static double LogGamma(double x)
    {
        if (!(x > 0)) throw new ArgumentOutOfRangeException(nameof(x), $"ln Γ is needed for positive numbers only, not {x}.");
        double product = 1;
        for (; x < 16; x++) product *= x; // Γ(x) = Γ(x + 1)/x until Stirling's series is exact
        return (x - 0.5) * Math.Log(x) - x + HalfLogTwoPi + StirlingTail(x) - Math.Log(product);
    }

    /// <summary>Regularised incomplete beta function I_x(a, b): the probability that a Beta(a, b) variable is below x.</summary>
    public static double BetaRegularized(double a, double b, double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(b);
        if (!(x >= 0 && x <= 1)) throw new ArgumentOutOfRangeException(nameof(x), $"{x} is outside [0, 1].");
        if (x == 0 || x == 1) return x;
        // The continued fraction converges fast on the side of the mean where x lies below it.
        return x < (a + 1) / (a + b + 2) ? BetaTail(a, b, x, 1 - x) : 1 - BetaTail(b, a, 1 - x, x);
    }

    /// <summary>The x with I_x(a, b) = p.</summary>
    public static double BetaRegularizedInverse(double a, double b, double p)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentOutOfRangeException(nameof(p), $"{p} is no probability.");
        if (p == 0 || p == 1) return p;
        // Solved on the side of the nearer end, so that a root near 1 keeps the digits of its distance from 1.
        return p > BetaRegularized(a, b, 0.5) ? 1 - LowerBetaRoot(b, a, 1 - p) : LowerBetaRoot(a, b, p);
    }

    /// <summary>Regularised lower incomplete gamma function P(a, x): the probability that a Gamma(a) variable is below x.</summary>
    public static double GammaLowerRegularized(double a, double x)
    {
        CheckGamma(a, x);
        if (x == 0) return 0;
        return x < a + 1 ? GammaSeries(a, x) : 1 - GammaFraction(a, x);
    }

    /// <summary>Regularised upper incomplete gamma function Q(a, x) = 1 − P(a, x), without cancellation where it is small.</summary>
    public static double GammaUpperRegularized(double a, double x)
    {
        CheckGamma(a, x);
        if (x == 0) return 1;
        return x < a + 1 ? 1 - GammaSeries(a, x) : GammaFraction(a, x);
    }

    /// <summary>The x with P(a, x) = p.</summary>
    public static double GammaLowerRegularizedInverse(double a, double p)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentOutOfRangeException(nameof(p), $"{p} is no probability.");
        if (p == 0) return 0;
        if (p == 1) return double.PositiveInfinity;
        double above = a + 1;
        while (GammaLowerRegularized(a, above) < p) above *= 2;
        return Invert(x => GammaLowerRegularized(a, x) - p, x => a / x * PoissonDensity(a, x), 0, above, a);
    }

    /// <summary>Probability that a standard normal variable is below z.</summary>
    public static double NormalCdf(double z) => double.IsInfinity(z) ? z < 0 ? 0 : 1 : z < 0 ? 0.5 * GammaUpperRegularized(0.5, 0.5 * z * z) : 0.5 + 0.5 * GammaLowerRegularized(0.5, 0.5 * z * z);

    /// <summary>The z below which a standard normal variable is with probability p.</summary>
    public static double NormalQuantile(double p)
    {
        if (!(p >= 0 && p <= 1)) throw new ArgumentOutOfRangeException(nameof(p), $"{p} is no probability.");
        if (p is 0 or 1) return p == 0 ? double.NegativeInfinity : double.PositiveInfinity;
        if (p == 0.5) return 0;
        double tail = Math.Min(p, 1 - p);
        if (tail > LeastRationalTail) return RationalQuantile(p - 0.5, tail);
        double z = -Math.Sqrt(-2 * Math.Log(tail)); // a bound of the quantile in the tail
        for (int i = 0; i < 100; i++)
        {
            double density = Math.Exp(-0.5 * z * z - HalfLogTwoPi);
            double newton = (NormalCdf(z) - tail) / density;
            double step = newton / (1 + 0.5 * z * newton); // Halley: the density's slope is −z times itself
            z -= step;
            if (Math.Abs(step) <= 1e-15 * Math.Abs(z)) break;
        }
        return p < 0.5 ? z : -z;
    }

    /// <summary>Normal quantile by rational functions, relative accuracy about 1e-16 (M. Wichura, algorithm AS 241, Appl. Stat. 37 (1988) 477).</summary>
    /// <param name="fromHalf">p − ½.</param>
    /// <param name="tail">The smaller of p and 1 − p, above <see cref="LeastRationalTail"/>.</param>
    private static double RationalQuantile(double fromHalf, double tail)
    {
        if (Math.Abs(fromHalf) <= 0.425)
        {
            double square = 0.180625 - fromHalf * fromHalf;
            return fromHalf * Polynomial(CentreNumerator, square) / Polynomial(CentreDenominator, square);
        }
        double root = Math.Sqrt(-Math.Log(tail)) - 1.6;
        return Math.CopySign(Polynomial(TailNumerator, root) / Polynomial(TailDenominator, root), fromHalf);
    }

    private static double Polynomial(double[] coefficients, double x)
    {
        double sum = 0;
        for (int k = coefficients.Length - 1; k >= 0; k--) sum = sum * x + coefficients[k];
        return sum;
    }

    /// <summary>The x in (0, ½] with I_x(a, b) = p.</summary>
    private static double LowerBetaRoot(double a, double b, double p)
    {
        double mean = a / (a + b), deviation = Math.Sqrt(mean * (1 - mean) / (a + b + 1)); // one deviation away is near a usual end of an interval
        return Invert(x => BetaRegularized(a, b, x) - p, x => BetaDensity(a, b, x, 1 - x), 0, Math.BitIncrement(0.5), p < 0.4 ? mean - deviation : p > 0.6 ? mean + deviation : mean);
    }

    /// <summary>
    /// I_x(a, b) for x below about the mean, y = 1 − x: prefactor over a continued fraction (A. DiDonato, A. Morris, TOMS 18 (1992) 360), whose
    /// terms do not cancel even where x or y is tiny. It ends by itself for integer b.
    /// </summary>
    private static double BetaTail(double a, double b, double x, double y)
    {
        double fraction = a * (a * y - b * x + 1) / (a + 1), c = fraction, d = 0;
        for (int m = 1; m < MostIterations; m++)
        {
            double numerator = (a + m - 1) / (a + 2 * m - 1) * ((a + b + m - 1) / (a + 2 * m - 1)) * m * (b - m) * x * x;
            double denominator = m + m * (b - m) * x / (a + 2 * m - 1) + (a + m) * (a * y - b * x + 1 + m * (1 + y)) / (a + 2 * m + 1);
            d = 1 / NotZero(denominator + numerator * d);
            c = NotZero(denominator + numerator / c);
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16) break;
        }
        return x * y * BetaDensity(a, b, x, y) / fraction;
    }

    /// <summary>Density of Beta(a, b) at x with y = 1 − x, written as a binomial probability, whose large terms cancel before rounding (C. Loader, 2000).</summary>
    private static double BetaDensity(double a, double b, double x, double y)
    {
        double n = a + b;
        double logBinomial = StirlingError(n) - StirlingError(a) - StirlingError(b) - Deviance(a, n * x) - Deviance(b, n * y);
        return Math.Exp(logBinomial) * Math.Sqrt(a * b / (2 * Math.PI * n)) / (x * y);
    }

    /// <summary>xᵃ e⁻ˣ / Γ(a + 1), the same way.</summary>
    private static double PoissonDensity(double a, double x) => Math.Exp(-StirlingError(a) - Deviance(a, x)) / Math.Sqrt(2 * Math.PI * a);

    private static double GammaSeries(double a, double x)
    {
        double term = 1, sum = 1;
        for (int n = 1; n < MostIterations && term > 1e-17 * sum; n++)
        {
            term *= x / (a + n);
            sum += term;
        }
        return PoissonDensity(a, x) * sum;
    }

    private static double GammaFraction(double a, double x)
    {
        double b = x + 1 - a, c = 1 / Tiny, d = 1 / NotZero(b), fraction = d;
        for (int n = 1; n < MostIterations; n++)
        {
            double numerator = -n * (n - a);
            b += 2;
            d = 1 / NotZero(numerator * d + b);
            c = NotZero(b + numerator / c);
            fraction *= d * c;
            if (Math.Abs(d * c - 1) < 1e-16) break;
        }
        return a * PoissonDensity(a, x) * fraction;
    }

    /// <summary>ln Γ(x + 1) minus Stirling's approximation of it.</summary>
    private static double StirlingError(double x) => x >= 16 ? StirlingTail(x) : LogGamma(x + 1) - (x + 0.5) * Math.Log(x) + x - HalfLogTwoPi;

    private static double StirlingTail(double x)
    {
        double inverseSquare = 1 / (x * x), sum = 0;
        for (int k = Stirling.Length - 1; k >= 0; k--) sum = sum * inverseSquare + Stirling[k];
        return sum / x;
    }

    /// <summary>x ln(x/m) + m − x: by its series near x = m, where the plain form loses all digits.</summary>
    private static double Deviance(double x, double mean)
    {
        if (Math.Abs(x - mean) >= 0.1 * (x + mean)) return x * Math.Log(x / mean) + mean - x;
        double v = (x - mean) / (x + mean), sum = (x - mean) * v, power = 2 * x * v;
        for (int j = 1; j < 100; j++)
        {
            power *= v * v;
            double next = sum + power / (2 * j + 1);
            if (next == sum) break;
            sum = next;
        }
        return sum;
    }

    /// <summary>Root of an increasing function in (low, high): Newton's step where it stays inside the bracket, else the middle.</summary>
    private static double Invert(Func<double, double> function, Func<double, double> slope, double low, double high, double guess)
    {
        double x = guess > low && guess < high ? guess : 0.5 * (low + high);
        for (int i = 0; i < 2000; i++)
        {
            double value = function(x);
            if (value == 0) return x;
            if (value < 0) low = x;
            else high = x;
            double next = x - value / slope(x);
            // Newton's steps square their distance: after one of 1e-11 only rounding is left.
            if (Math.Abs(next - x) <= 1e-11 * Math.Abs(x)) return Math.Clamp(next, low, high);
            if (!(next > low && next < high)) next = low == 0 ? 0.1 * high : 0.5 * (low + high); // from 0 in decades: roots may be tiny
            if (next == low || next == high) return next;
            x = next;
        }
        return x;
    }

    private static double NotZero(double value) => Math.Abs(value) < Tiny ? Tiny : value;

    private static void CheckGamma(double a, double x)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(a);
        if (!(x >= 0)) throw new ArgumentOutOfRangeException(nameof(x), $"{x} is negative or no number.");
    }
}
