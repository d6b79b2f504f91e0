using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using MathNet.Numerics.Distributions;

using RocPoint = Lightcone.Figures.Catalogue.RocPoint;

namespace Lightcone.Tests.Figures;

/// <summary>Fixed made-up numbers for drawing: a small linear congruential stream, so that every machine draws the same figures.</summary>
internal sealed class SyntheticSample(ulong seed)
{
    private ulong state = seed;

    public double Uniform()
    {
        state = unchecked((state * 6364136223846793005UL) + 1442695040888963407UL);
        return ((state >> 11) + 0.5) / (1UL << 53);
    }

    public double Normal() => Math.Sqrt(-2 * Math.Log(Uniform())) * Math.Cos(2 * Math.PI * Uniform());

    public double[] Normals(int n, double mean, double width) => [.. Enumerable.Range(0, n).Select(_ => mean + (width * Normal()))];

    public static FigureHeader Header(string label) => new()
    {
        Label = label,
        Statement = "Simulation",
        Conditions = ["√*s* = 14 TeV", "550 < *p*_{T} < 650 GeV"],
        Run = "runs/top-lorentznet",
        Sample = "top test",
    };

    /// <summary>The 68.27 % Clopper–Pearson interval of k in n.</summary>
    public static Interval ClopperPearson(long k, long n)
    {
        const double tail = (1 - 0.682689492137) / 2;
        double low = k == 0 ? 0 : Beta.InvCDF(k, n - k + 1, tail), high = k == n ? 1 : Beta.InvCDF(k + 1, n - k, 1 - tail);
        return new((double)k / n, low, high, 0.682689492137, "Clopper-Pearson");
    }

    /// <summary>The ROC curve of two sets of scores, one point a distinct signal efficiency (every 1 % for speed).</summary>
    public static RocSeries Roc(string name, double[] signal, double[] background, string? label = null)
    {
        double[] s = [.. signal.OrderDescending()], b = [.. background.OrderDescending()];
        var points = new List<RocPoint>();
        int k = 0;
        for (int i = 0; i < s.Length; i += Math.Max(1, s.Length / 400))
        {
            while (k < b.Length && b[k] >= s[i])
            {
                k++;
            }

            Interval e = ClopperPearson(k, b.Length);
            points.Add(new((i + 1.0) / s.Length, s[i], k, k == 0 ? double.NaN : 1 / e.Value, 1 / e.Upper, k == 0 ? double.NaN : 1 / e.Lower));
        }

        return new() { Name = name, Label = label, Points = points };
    }
}
