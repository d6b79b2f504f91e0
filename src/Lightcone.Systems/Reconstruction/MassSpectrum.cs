using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>How a cut changes a mass spectrum.</summary>
internal static class MassSpectrum
{
    /// <summary>Few bins: n jets that pass show a divergence of about (bins − 1)/8n ln 2 bits by chance alone.</summary>
    private const int Bins = 10;

    /// <summary>Jensen–Shannon divergence (bits) between masses of all jets and of those that pass [GeV], in ten bins of equally many of all.</summary>
    public static double Divergence(IReadOnlyList<double> all, IReadOnlyList<double> passed) => Divergence(all, passed, Edges(all));

    /// <summary>The divergence of so many jets drawn at random from the sample: what no cut can be told apart from; the median of the draws.</summary>
    public static Interval Floor(IReadOnlyList<double> all, int kept, int replicas, ulong seed)
    {
        var values = new double[replicas];
        double[] pool = [.. all], edges = Edges(all);
        for (int r = 0; r < replicas; r++)
        {
            var random = new RandomStream(seed, "mass floor", r, 0);
            for (int i = 0; i < kept; i++)
            {
                int j = i + random.NextInt(pool.Length - i);
                (pool[i], pool[j]) = (pool[j], pool[i]);
            }

            values[r] = Divergence(all, pool[..kept], edges);
        }

        double tail = (1 - Interval.OneSigma) / 2;
        return new(Quantile.Of(values, 0.5), Quantile.Of(values, tail), Quantile.Of(values, 1 - tail), Interval.OneSigma, "random draws");
    }

    private static double Divergence(IReadOnlyList<double> all, IReadOnlyList<double> passed, double[] edges) => JensenShannon.Divergence(Filled(all, edges), Filled(passed, edges));

    private static double[] Edges(IReadOnlyList<double> all) => [.. Quantile.Edges([.. all], Bins).Distinct()];

    private static Histogram Filled(IReadOnlyList<double> masses, double[] edges)
    {
        var histogram = new Histogram(edges);
        double last = edges[^1] - (edges[^1] - edges[^2]) * 1e-9; // the heaviest jet belongs to the last bin
        foreach (double mass in masses) histogram.Fill(Math.Clamp(mass, edges[0], last));
        return histogram;
    }
}
