using Lightcone.Transport;

namespace Lightcone.Systems.Reconstruction;

/// <summary>The cheapest one-to-one matching of two clouds of points by squared Euclidean distance; points that get no partner are compared with 0.</summary>
internal sealed class ConstituentMatching
{
    private readonly Assignment assignment = new();
    private double[] costs = [];
    private int[] partner = [];
    private int points;

    /// <summary>Partner of each point of the first cloud, −1 for one that got none.</summary>
    public ReadOnlySpan<int> Partner => partner.AsSpan(0, points);

    /// <summary>Matches the clouds and returns the mean square over the points of the larger one. Exactly 0 for a cloud and its permuted copy.</summary>
    /// <param name="x">Points of the first cloud, row-major, shape [n, dimensions], finite.</param>
    /// <param name="y">Points of the second cloud, shape [m, dimensions], finite.</param>
    /// <param name="dimensions">Numbers a point.</param>
    public double MeanSquare(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int dimensions)
    {
        int n = x.Length / dimensions, m = y.Length / dimensions;
        points = n;
        if (costs.Length < n * m) costs = new double[n * m];
        if (partner.Length < n) partner = new int[n];
        for (int a = 0; a < n; a++)
            for (int b = 0; b < m; b++)
                costs[a * m + b] = Cost(x.Slice(a * dimensions, dimensions), y.Slice(b * dimensions, dimensions), n - m);
        double total = assignment.Solve(costs.AsSpan(0, n * m), n, m, partner.AsSpan(0, n));
        if (n > m) total += Square(x);
        if (m > n) total += Square(y);
        return Math.Max(0, total) / Math.Max(1, Math.Max(n, m)); // what is taken off below may leave −0 by rounding
    }

    // A point of the larger cloud costs its own square when it stays alone: a pair costs its distance less what the point would have cost alone.
    private static double Cost(ReadOnlySpan<double> x, ReadOnlySpan<double> y, int surplus)
    {
        double distance = 0, alone = 0;
        for (int k = 0; k < x.Length; k++)
        {
            double d = x[k] - y[k], single = surplus > 0 ? x[k] : y[k];
            distance += d * d;
            alone += single * single;
        }

        return surplus == 0 ? distance : distance - alone;
    }

    private static double Square(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values) sum += value * value;
        return sum;
    }
}
