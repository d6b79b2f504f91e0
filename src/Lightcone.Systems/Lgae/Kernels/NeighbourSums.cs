using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>Sums over the neighbours of each node, and the gradient of f that they leave; channels lie in the lanes.</summary>
internal static unsafe class NeighbourSums<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>
    /// y[i, a] = Σ_j f[i, j] x[j, a] of both filters. As f is symmetric, the gradient of x follows from that of y in the same way. Two nodes at a time,
    /// five components of each; the last block of either is moved back to end with the last, and computes some results twice.
    /// </summary>
    /// <param name="square">f of every ordered pair.</param>
    /// <param name="row">Floats of a pair, both filters.</param>
    /// <param name="zero">Sums of filter 0.</param>
    /// <param name="one">Sums of filter 1.</param>
    /// <param name="nodes">Nodes of the jet.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(float* square, int row, in FilterSum zero, in FilterSum one, int nodes)
    {
        for (int i = 0; i < nodes; i += 2)
        {
            int second = Math.Min(i + 1, nodes - 1);
            Forward(square, row, zero, nodes, i, second);
            Forward(square + (row / 2), row, one, nodes, i, second);
        }
    }

    /// <summary>df[i, j] = Σ_a (g[i, a] x[j, a] + g[j, a] x[i, a]) of one filter for every pair i &lt; j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void FilterGradient(float* gradient, int row, NodeRows x, NodeRows g, int nodes, int depth, int width)
    {
        for (int lane = 0; lane < width; lane += W.Lanes)
        {
            float* pair = gradient + lane;
            for (int i = 0; i + 1 < nodes; i++)
            {
                int count = nodes - i - 1, a = 0;
                ClearPairs(pair, row, count);
                NodeRows xi = x.From(lane + (i * x.NodeStep), 0), gi = g.From(lane + (i * g.NodeStep), 0);
                for (; a + 5 <= depth; a += 5) FivePairs(pair, row, xi.From(0, a), gi.From(0, a), count);
                for (; a + 2 <= depth; a += 2) TwoPairs(pair, row, xi.From(0, a), gi.From(0, a), count);
                if (a < depth) OnePair(pair, row, xi.From(0, a), gi.From(0, a), count);
                pair += count * (nint)row;
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Forward(float* filter, int row, in FilterSum sum, int nodes, int i, int second)
    {
        nint line = nodes * (nint)row;
        NodeRows y = sum.Y;
        int block = sum.Depth >= 5 ? 5 : sum.Depth >= 2 ? 2 : 1;
        for (int lane = 0; lane < row / 2; lane += W.Lanes)
        {
            float* f = filter + lane + (i * line), g = filter + lane + (second * line);
            for (int a = 0; a < sum.Depth; a += block)
            {
                int from = Math.Min(a, sum.Depth - block);
                NodeRows rows = sum.X.From(lane, from);
                float* yi = y.At + lane + (from * y.Step), yj = yi + (second * y.NodeStep);
                yi += i * y.NodeStep;
                if (block == 5) Five(f, g, row, rows, nodes, yi, yj, y.Step);
                else if (block == 2) Two(f, g, row, rows, nodes, yi, yj, y.Step);
                else One(f, g, row, rows, nodes, yi, yj);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Five(float* f, float* g, nint row, NodeRows rows, int nodes, float* yi, float* yj, nint yStep)
    {
        F i0 = W.Splat(0f), i1 = i0, i2 = i0, i3 = i0, i4 = i0, j0 = i0, j1 = i0, j2 = i0, j3 = i0, j4 = i0;
        float* x = rows.At, x3 = x + (3 * rows.Step);
        nint step = rows.Step, two = 2 * step, next = rows.NodeStep;
        for (int k = 0; k < nodes; k++, f += row, g += row, x += next, x3 += next)
        {
            F u = W.Load(f), v = W.Load(g), t = W.Load(x);
            i0 = W.MultiplyAdd(u, t, i0);
            j0 = W.MultiplyAdd(v, t, j0);
            t = W.Load(x + step);
            i1 = W.MultiplyAdd(u, t, i1);
            j1 = W.MultiplyAdd(v, t, j1);
            t = W.Load(x + two);
            i2 = W.MultiplyAdd(u, t, i2);
            j2 = W.MultiplyAdd(v, t, j2);
            t = W.Load(x3);
            i3 = W.MultiplyAdd(u, t, i3);
            j3 = W.MultiplyAdd(v, t, j3);
            t = W.Load(x3 + step);
            i4 = W.MultiplyAdd(u, t, i4);
            j4 = W.MultiplyAdd(v, t, j4);
        }

        W.Store(i0, yi);
        W.Store(i1, yi += yStep);
        W.Store(i2, yi += yStep);
        W.Store(i3, yi += yStep);
        W.Store(i4, yi + yStep);
        W.Store(j0, yj);
        W.Store(j1, yj += yStep);
        W.Store(j2, yj += yStep);
        W.Store(j3, yj += yStep);
        W.Store(j4, yj + yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Two(float* f, float* g, nint row, NodeRows rows, int nodes, float* yi, float* yj, nint yStep)
    {
        F i0 = W.Splat(0f), i1 = i0, j0 = i0, j1 = i0;
        float* x = rows.At;
        for (int k = 0; k < nodes; k++, f += row, g += row, x += rows.NodeStep)
        {
            F u = W.Load(f), v = W.Load(g), t = W.Load(x), s = W.Load(x + rows.Step);
            i0 = W.MultiplyAdd(u, t, i0);
            j0 = W.MultiplyAdd(v, t, j0);
            i1 = W.MultiplyAdd(u, s, i1);
            j1 = W.MultiplyAdd(v, s, j1);
        }

        W.Store(i0, yi);
        W.Store(i1, yi + yStep);
        W.Store(j0, yj);
        W.Store(j1, yj + yStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void One(float* f, float* g, nint row, NodeRows rows, int nodes, float* yi, float* yj)
    {
        F i0 = W.Splat(0f), j0 = i0;
        float* x = rows.At;
        for (int k = 0; k < nodes; k++, f += row, g += row, x += rows.NodeStep)
        {
            F t = W.Load(x);
            i0 = W.MultiplyAdd(W.Load(f), t, i0);
            j0 = W.MultiplyAdd(W.Load(g), t, j0);
        }

        W.Store(i0, yi);
        W.Store(j0, yj);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ClearPairs(float* pair, nint row, int count)
    {
        F zero = W.Splat(0f);
        for (int k = 0; k < count; k++, pair += row) W.Store(zero, pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FivePairs(float* pair, nint row, NodeRows xi, NodeRows gi, int count)
    {
        nint xStep = xi.Step, gStep = gi.Step, xNext = xi.NodeStep, gNext = gi.NodeStep;
        float* x = xi.At, g = gi.At;
        F x0 = W.Load(x), x1 = W.Load(x + xStep), x2 = W.Load(x + (2 * xStep)), x3 = W.Load(x + (3 * xStep)), x4 = W.Load(x + (4 * xStep));
        F g0 = W.Load(g), g1 = W.Load(g + gStep), g2 = W.Load(g + (2 * gStep)), g3 = W.Load(g + (3 * gStep)), g4 = W.Load(g + (4 * gStep));
        for (int k = 0; k < count; k++, pair += row)
        {
            x += xNext;
            g += gNext;
            float* xThree = x + (3 * xStep), gThree = g + (3 * gStep);
            F s = W.MultiplyAdd(g0, W.Load(x), W.Load(pair)), t = W.Multiply(x0, W.Load(g));
            s = W.MultiplyAdd(g1, W.Load(x + xStep), s);
            t = W.MultiplyAdd(x1, W.Load(g + gStep), t);
            s = W.MultiplyAdd(g2, W.Load(x + (2 * xStep)), s);
            t = W.MultiplyAdd(x2, W.Load(g + (2 * gStep)), t);
            s = W.MultiplyAdd(g3, W.Load(xThree), s);
            t = W.MultiplyAdd(x3, W.Load(gThree), t);
            s = W.MultiplyAdd(g4, W.Load(xThree + xStep), s);
            t = W.MultiplyAdd(x4, W.Load(gThree + gStep), t);
            W.Store(W.Add(s, t), pair);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void TwoPairs(float* pair, nint row, NodeRows xi, NodeRows gi, int count)
    {
        float* x = xi.At, g = gi.At;
        F x0 = W.Load(x), x1 = W.Load(x + xi.Step), g0 = W.Load(g), g1 = W.Load(g + gi.Step);
        for (int k = 0; k < count; k++, pair += row)
        {
            x += xi.NodeStep;
            g += gi.NodeStep;
            F s = W.MultiplyAdd(g0, W.Load(x), W.Load(pair)), t = W.Multiply(x0, W.Load(g));
            s = W.MultiplyAdd(g1, W.Load(x + xi.Step), s);
            t = W.MultiplyAdd(x1, W.Load(g + gi.Step), t);
            W.Store(W.Add(s, t), pair);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OnePair(float* pair, nint row, NodeRows xi, NodeRows gi, int count)
    {
        float* x = xi.At, g = gi.At;
        F x0 = W.Load(x), g0 = W.Load(g);
        for (int k = 0; k < count; k++, pair += row)
        {
            x += xi.NodeStep;
            g += gi.NodeStep;
            W.Store(W.MultiplyAdd(g0, W.Load(x), W.MultiplyAdd(x0, W.Load(g), W.Load(pair))), pair);
        }
    }
}
