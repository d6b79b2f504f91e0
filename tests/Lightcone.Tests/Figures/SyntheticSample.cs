using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;


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

    /// <summary>The ROC curve of two sets of scores.</summary>
    public static RocSeries Roc(string name, double[] signal, double[] background, string? label = null) => new()
    {
        Name = name,
        Label = label,
        Curve = RocCurve.From([.. signal, .. background], [.. signal.Select(_ => 1), .. background.Select(_ => 0)]),
    };

    /// <summary>A histogram with these contents.</summary>
    public static Histogram Histogram(double[] edges, double[] counts)
    {
        var histogram = new Histogram(edges);
        for (int i = 0; i < counts.Length; i++)
        {
            for (int k = 0; k < counts[i]; k++)
            {
                histogram.Fill((edges[i] + edges[i + 1]) / 2);
            }
        }

        return histogram;
    }
}
