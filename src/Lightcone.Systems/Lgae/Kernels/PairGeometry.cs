using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>x of every pair of a jet and its gradient, in float64 from the difference of the four-momenta; later nodes of the pairs lie in the lanes.</summary>
internal static unsafe class PairGeometry<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    private static int Half => W.Lanes / 2;

    /// <summary>Places a jet's four-momenta [nodes][4] as [4][node].</summary>
    public static void Place(RadialScratch scratch, double* momenta, int nodes)
    {
        int stride = scratch.MomentaStride;
        for (int c = 0; c < 4; c++)
        {
            double* row = scratch.Momenta + (c * stride);
            for (int i = 0; i < nodes; i++) row[i] = momenta[(4 * i) + c];
            new Span<double>(row + nodes, stride - nodes).Clear();
        }
    }

    /// <summary>x of every pair.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Logarithms(RadialScratch scratch, int nodes, double intervalScale)
    {
        D inverse = W.Splat(1 / intervalScale);
        F eighth = W.Splat(0.125f);
        float* x = scratch.X;
        for (int i = 0; i + 1 < nodes; i++)
        {
            for (int j = i + 1; j < nodes; j += W.Lanes)
            {
                D lower = Interval(scratch, i, j), upper = Interval(scratch, i, j + Half);
                F p = W.Narrow(W.Multiply(lower, inverse), W.Multiply(upper, inverse));

                // The lanes beyond the last node fall on pairs that come later.
                W.Store(W.Multiply(ElementFunctions<W, F, D>.SignedLogarithm(p), eighth), x + (j - i - 1));
            }

            x += nodes - i - 1;
        }
    }

    /// <summary>Gradient of the four-momenta [nodes][4], given the gradient of x of every pair: dx/dd = 1 / (8 (s² + |d|)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Back(RadialScratch scratch, int nodes, double intervalScale, double* gradient)
    {
        int stride = scratch.MomentaStride;
        new Span<double>(scratch.MomentaGradient, 4 * stride).Clear();
        float* xGradient = scratch.XGradient;
        for (int i = 0; i + 1 < nodes; i++)
        {
            D e = W.Splat(0.0), x = e, y = e, z = e;
            for (int j = i + 1; j < nodes; j += W.Lanes)
            {
                F g = W.Load(xGradient + (j - i - 1));
                BackHalf(scratch, i, j, nodes, intervalScale, W.WidenLower(g), ref e, ref x, ref y, ref z);
                BackHalf(scratch, i, j + Half, nodes, intervalScale, W.WidenUpper(g), ref e, ref x, ref y, ref z);
            }

            xGradient += nodes - i - 1;
            double* sum = scratch.MomentaGradient + i;
            sum[0] += W.Sum(e);
            sum[stride] += W.Sum(x);
            sum[2 * stride] += W.Sum(y);
            sum[3 * stride] += W.Sum(z);
        }

        for (int i = 0; i < nodes; i++)
            for (int c = 0; c < 4; c++) gradient[(4 * i) + c] = scratch.MomentaGradient[(c * stride) + i];
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BackHalf(RadialScratch scratch, int i, int j, int nodes, double intervalScale, D gradient, ref D e, ref D x, ref D y, ref D z)
    {
        D four = W.Splat(4.0), d = W.Multiply(four, W.Add(W.Splat(intervalScale), W.Absolute(Interval(scratch, i, j))));
        D up = W.Keep(W.FirstHalfLanes(nodes - j), W.Divide(gradient, d)), down = W.Subtract(W.Splat(0.0), up);
        e = W.Add(e, BackComponent(scratch, 0, i, j, up));
        x = W.Add(x, BackComponent(scratch, 1, i, j, down));
        y = W.Add(y, BackComponent(scratch, 2, i, j, down));
        z = W.Add(z, BackComponent(scratch, 3, i, j, down));
    }

    // Takes its share from the later nodes and returns the same for the earlier one.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D BackComponent(RadialScratch scratch, int component, int i, int j, D factor)
    {
        D share = W.Multiply(factor, Difference(scratch, component, i, j));
        double* at = scratch.MomentaGradient + (component * scratch.MomentaStride) + j;
        W.Store(W.Subtract(W.Load(at), share), at);
        return share;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D Interval(RadialScratch scratch, int i, int j)
    {
        D d = Difference(scratch, 0, i, j), interval = W.Multiply(d, d);
        d = Difference(scratch, 1, i, j);
        interval = W.SubtractProduct(d, d, interval);
        d = Difference(scratch, 2, i, j);
        interval = W.SubtractProduct(d, d, interval);
        d = Difference(scratch, 3, i, j);
        return W.SubtractProduct(d, d, interval);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D Difference(RadialScratch scratch, int component, int i, int j)
    {
        double* row = scratch.Momenta + (component * scratch.MomentaStride);
        return W.Subtract(W.Splat(row[i]), W.Load(row + j));
    }
}
