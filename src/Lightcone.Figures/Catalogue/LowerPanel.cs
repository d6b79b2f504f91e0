namespace Lightcone.Figures.Catalogue;

/// <summary>Ranges of lower panels: the smallest of a fixed list, so that two figures can be compared by eye.</summary>
internal static class LowerPanel
{
    private static readonly double[] Linear = [0.02, 0.05, 0.1, 0.2, 0.5];
    private static readonly double[] Ratios = [1.2, 1.5, 2, 5, 10, 20, 50];

    /// <summary>Half range about 1 that contains all ratios with their bars; 0.5 with arrows if none does.</summary>
    public static (double Low, double High) RatioRange(IEnumerable<double> ratios)
    {
        double most = ratios.Where(double.IsFinite).Select(r => Math.Abs(r - 1)).DefaultIfEmpty(0).Max();
        double half = Linear.FirstOrDefault(l => most <= l, 0.5);
        return (1 - half, 1 + half);
    }

    /// <summary>The factor r of a range [1/r, r] for ratios that spread like rejections do.</summary>
    public static double LogRange(double most) => Ratios.FirstOrDefault(r => most <= r, most <= 100 ? Math.Pow(10, Math.Ceiling(Math.Log10(Math.Max(most, 1.2)))) : 100);

    /// <summary>±3.6 for pulls, ±5 if any exceeds 3.5; what lies beyond becomes an arrow.</summary>
    public static double PullRange(IEnumerable<double> pulls) => pulls.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max() > 3.5 ? 5 : 3.6;
}
