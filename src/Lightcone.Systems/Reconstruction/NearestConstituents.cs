using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// For every constituent of two jets the nearest of the other, by squared Euclidean distance of four-momenta, in one pass over all pairs. Of several
/// equally near the first in order is taken, whatever the width of the processor's vectors.
/// </summary>
internal sealed class NearestConstituents
{
    private static readonly int Lanes = Vector<double>.Count;
    private static readonly Vector<double> Ramp = new([.. Enumerable.Range(0, Lanes).Select(i => (double)i)]);

    private double[] columns = [], least = [], leastAt = [];
    private int[] first = [], second = [];

    /// <summary>For each constituent of the first jet the nearest of the second.</summary>
    public ReadOnlySpan<int> Second => second;

    /// <summary>For each constituent of the second jet the nearest of the first.</summary>
    public ReadOnlySpan<int> First => first;

    /// <summary>Finds them; results of an earlier call are overwritten.</summary>
    /// <param name="x">Momenta of the first jet, shape [n, 4], finite.</param>
    /// <param name="y">Momenta of the second jet, shape [m, 4], finite.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Find(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        int n = x.Length / 4, m = y.Length / 4, blocks = (m + Lanes - 1) / Lanes, width = blocks * Lanes;
        Reserve(n, m, width);
        Turn(y, m, width);
        var lines = MemoryMarshal.Cast<double, Vector<double>>(columns.AsSpan(0, 4 * width));
        ReadOnlySpan<Vector<double>> e = lines[..blocks], px = lines.Slice(blocks, blocks), py = lines.Slice(2 * blocks, blocks), pz = lines.Slice(3 * blocks, blocks);
        Span<Vector<double>> ofColumn = MemoryMarshal.Cast<double, Vector<double>>(least.AsSpan(0, width)), atColumn = MemoryMarshal.Cast<double, Vector<double>>(leastAt.AsSpan(0, width));
        ofColumn.Fill(new(double.PositiveInfinity));
        atColumn.Clear();
        var step = new Vector<double>(Lanes);
        for (int a = 0; a < n; a++)
        {
            Vector<double> xe = new(x[4 * a]), xx = new(x[4 * a + 1]), xy = new(x[4 * a + 2]), xz = new(x[4 * a + 3]), row = new(a);
            Vector<double> nearest = new(double.PositiveInfinity), nearestAt = Vector<double>.Zero, at = Ramp;
            for (int block = 0; block < blocks; block++, at += step)
            {
                Vector<double> de = xe - e[block], dx = xx - px[block], dy = xy - py[block], dz = xz - pz[block];
                var distance = de * de + dx * dx + (dy * dy + dz * dz);
                nearestAt = Vector.ConditionalSelect(Vector.LessThan(distance, nearest), at, nearestAt);
                nearest = Vector.Min(distance, nearest);
                atColumn[block] = Vector.ConditionalSelect(Vector.LessThan(distance, ofColumn[block]), row, atColumn[block]);
                ofColumn[block] = Vector.Min(distance, ofColumn[block]);
            }

            second[a] = Nearest(nearest, nearestAt);
        }

        for (int b = 0; b < m; b++) first[b] = (int)leastAt[b];
    }

    private static int Nearest(Vector<double> distances, Vector<double> places)
    {
        double least = distances[0], at = places[0];
        for (int lane = 1; lane < Lanes; lane++)
            if (distances[lane] < least || (distances[lane] == least && places[lane] < at)) (least, at) = (distances[lane], places[lane]);
        return (int)at;
    }

    // Component by component, so that one vector holds one component of several constituents; what fills the last vector is too far to be nearest.
    private void Turn(ReadOnlySpan<double> y, int m, int width)
    {
        for (int k = 0; k < 4; k++)
        {
            var line = columns.AsSpan(k * width, width);
            for (int b = 0; b < m; b++) line[b] = y[4 * b + k];
            line[m..].Fill(double.PositiveInfinity);
        }
    }

    private void Reserve(int n, int m, int width)
    {
        if (second.Length < n) second = new int[n];
        if (first.Length < m) first = new int[m];
        if (least.Length < width) (columns, least, leastAt) = (new double[4 * width], new double[width], new double[width]);
    }
}
