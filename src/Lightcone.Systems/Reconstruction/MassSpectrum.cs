using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>How a cut changes a mass spectrum.</summary>
internal static class MassSpectrum
{
    private const double Highest = 400;
    private const int Bins = 80;

    /// <summary>Jensen–Shannon divergence (natural logarithm) between two samples of masses [GeV], in bins of 5 GeV from 0 to 400; heavier jets count in the last.</summary>
    public static double Divergence(IReadOnlyList<double> all, IReadOnlyList<double> passed) => JensenShannon.Divergence(Filled(all), Filled(passed));

    /// <summary>The divergence of so many jets drawn at random from the sample: what no cut can be told apart from.</summary>
    public static Interval Floor(IReadOnlyList<double> all, int kept, int replicas, ulong seed)
    {
        var values = new double[replicas];
        double[] pool = [.. all];
        for (int r = 0; r < replicas; r++)
        {
            var random = new RandomStream(seed, "mass floor", r, 0);
            for (int i = 0; i < kept; i++)
            {
                int j = i + random.NextInt(pool.Length - i);
                (pool[i], pool[j]) = (pool[j], pool[i]);
            }

            values[r] = Divergence(all, pool[..kept]);
        }

        double tail = (1 - Interval.OneSigma) / 2;
        return new(values.Average(), Quantile.Of(values, tail), Quantile.Of(values, 1 - tail), Interval.OneSigma, "random draws");
    }

    private static Histogram Filled(IReadOnlyList<double> masses)
    {
        var histogram = Histogram.Uniform(0, Highest, Bins);
        foreach (double mass in masses) histogram.Fill(Math.Clamp(mass, 0, Highest * (1 - 1e-12)));
        return histogram;
    }
}
