using Lightcone.Randomness;

namespace Lightcone.Tests.Statistics;

/// <summary>
/// The regression toy with exact answers: x uniform in [−2, 2], y = x + sin 2x + s(x) N(0, 1), s = 0.2 + 0.3|x|, and a model of it that is wrong on
/// purpose: mean x + 0.8 sin 2x.
/// </summary>
internal static class ToyH1
{
    public static double Spread(double x) => 0.2 + 0.3 * Math.Abs(x);

    public static double Mean(double x) => x + Math.Sin(2 * x);

    public static double WrongMean(double x) => x + 0.8 * Math.Sin(2 * x);

    public static (double[] X, double[] Y) Draw(int n, long repetition, long item)
    {
        var random = new RandomStream(51, "H1", repetition, item);
        return WithTruth([.. Enumerable.Range(0, n).Select(_ => 4 * random.NextDouble() - 2)], ref random);
    }

    /// <summary>Inputs x = 4 Beta(4, 2) − 2 instead: the second largest of five uniform numbers.</summary>
    public static (double[] X, double[] Y) DrawShifted(int n, long repetition, long item)
    {
        var random = new RandomStream(51, "H1 shifted", repetition, item);
        var x = new double[n];
        for (int i = 0; i < n; i++)
        {
            double first = 0, second = 0;
            for (int u = 0; u < 5; u++)
            {
                double next = random.NextDouble();
                second = Math.Max(second, Math.Min(first, next));
                first = Math.Max(first, next);
            }

            x[i] = 4 * second - 2;
        }

        return WithTruth(x, ref random);
    }

    /// <summary>Ratio of the two densities of x: that of Beta(4, 2), 20 t³(1 − t).</summary>
    public static double Weight(double x)
    {
        double t = (x + 2) / 4;
        return 20 * t * t * t * (1 - t);
    }

    private static (double[] X, double[] Y) WithTruth(double[] x, ref RandomStream random)
    {
        var y = new double[x.Length];
        for (int i = 0; i < y.Length; i++) y[i] = Mean(x[i]) + Spread(x[i]) * random.NextGaussian();
        return (x, y);
    }
}
