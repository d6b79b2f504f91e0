namespace Lightcone.Figures.Catalogue;

/// <summary>Ranges of lower panels: the smallest of a fixed list, so that two figures can be compared by eye.</summary>
internal static class LowerPanel
{
    private static readonly double[] Linear = [0.02, 0.05, 0.1, 0.2, 0.5];
    private static readonly double[] Ratios = [1.2, 1.5, 2, 5, 10, 20, 50, 100];

    /// <summary>Half range about 1 that contains all ratios with their bars; 0.5 with arrows if none does.</summary>
    public static (double Low, double High) RatioRange(IEnumerable<double> ratios)
    {
        double most = ratios.Where(double.IsFinite).Select(r => Math.Abs(r - 1)).DefaultIfEmpty(0).Max();
        double half = Linear.FirstOrDefault(l => most <= l, 0.5);
        return (1 - half, 1 + half);
    }

    /// <summary>Range about 1 for ratios that spread like rejections do: each end is the first factor of a fixed list that holds its side.</summary>
    public static (double Low, double High) LogRange(IEnumerable<double> ratios)
    {
        double[] finite = [.. ratios.Where(r => double.IsFinite(r) && r > 0).Append(1)];
        return (1 / Side(1 / finite.Min()), Side(finite.Max()));
    }

    private static double Side(double most) => Ratios.FirstOrDefault(r => most <= r, Ratios[^1]);

    /// <summary>±3.6 for pulls, ±5 if any exceeds 3.5; what lies beyond becomes an arrow.</summary>
    public static double PullRange(IEnumerable<double> pulls) => pulls.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty(0).Max() > 3.5 ? 5 : 3.6;
}
