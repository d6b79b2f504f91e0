using System.Runtime.CompilerServices;

namespace Lightcone.Systems.Kernels;

/// <summary>Products of small matrices whose results are rows of registers: result[m] = start[m] + Σ_q a[m, q] · b[q], with a broadcast.</summary>
internal static unsafe class RowProduct<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>Computes so many rows, rounded up to four: the rows beyond must be readable and writable.</summary>
    /// <param name="a">Factors: a[m, q] at <c>a + m·rowStep + q·step</c>.</param>
    /// <param name="rowStep">Floats from a row of a to the next.</param>
    /// <param name="step">Floats from a factor to the next.</param>
    /// <param name="b">Rows of <paramref name="width"/> floats.</param>
    /// <param name="start">The row that every result starts from.</param>
    /// <param name="result">Rows of <paramref name="width"/> floats.</param>
    /// <param name="rows">Rows of the result.</param>
    /// <param name="count">Terms of each sum.</param>
    /// <param name="width">Floats of a row, whole registers.</param>
    /// <param name="startStep">Floats from one row's start to the next: 0 where all start alike, <paramref name="width"/> to add to what stands at <paramref name="start"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(float* a, nint rowStep, nint step, float* b, float* start, float* result, int rows, int count, int width, nint startStep = 0)
    {
        for (int lane = 0; lane < width; lane += W.Lanes)
        {
            int m = 0;
            for (; m + 8 <= rows; m += 8) Eight(a + (m * rowStep), rowStep, step, b + lane, start + lane + (m * startStep), startStep, result + lane + (m * (nint)width), count, width);
            for (; m < rows; m += 4) Four(a + (m * rowStep), rowStep, step, b + lane, start + lane + (m * startStep), startStep, result + lane + (m * (nint)width), count, width);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Eight(float* a, nint rowStep, nint step, float* b, float* start, nint startStep, float* result, int count, nint width)
    {
        float* a3 = a + (3 * rowStep), a6 = a3 + (3 * rowStep);
        nint two = 2 * rowStep;
        F s0 = W.Load(start), s1 = W.Load(start += startStep), s2 = W.Load(start += startStep), s3 = W.Load(start += startStep);
        F s4 = W.Load(start += startStep), s5 = W.Load(start += startStep), s6 = W.Load(start += startStep), s7 = W.Load(start + startStep);
        for (int q = 0; q < count; q++, a += step, a3 += step, a6 += step, b += width)
        {
            F row = W.Load(b);
            s0 = W.MultiplyAdd(W.Splat(a[0]), row, s0);
            s1 = W.MultiplyAdd(W.Splat(a[rowStep]), row, s1);
            s2 = W.MultiplyAdd(W.Splat(a[two]), row, s2);
            s3 = W.MultiplyAdd(W.Splat(a3[0]), row, s3);
            s4 = W.MultiplyAdd(W.Splat(a3[rowStep]), row, s4);
            s5 = W.MultiplyAdd(W.Splat(a3[two]), row, s5);
            s6 = W.MultiplyAdd(W.Splat(a6[0]), row, s6);
            s7 = W.MultiplyAdd(W.Splat(a6[rowStep]), row, s7);
        }

        W.Store(s0, result);
        W.Store(s1, result += width);
        W.Store(s2, result += width);
        W.Store(s3, result += width);
        W.Store(s4, result += width);
        W.Store(s5, result += width);
        W.Store(s6, result += width);
        W.Store(s7, result + width);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four(float* a, nint rowStep, nint step, float* b, float* start, nint startStep, float* result, int count, nint width)
    {
        float* a2 = a + (2 * rowStep);
        F s0 = W.Load(start), s1 = W.Load(start += startStep), s2 = W.Load(start += startStep), s3 = W.Load(start + startStep);
        for (int q = 0; q < count; q++, a += step, a2 += step, b += width)
        {
            F row = W.Load(b);
            s0 = W.MultiplyAdd(W.Splat(a[0]), row, s0);
            s1 = W.MultiplyAdd(W.Splat(a[rowStep]), row, s1);
            s2 = W.MultiplyAdd(W.Splat(a2[0]), row, s2);
            s3 = W.MultiplyAdd(W.Splat(a2[rowStep]), row, s3);
        }

        W.Store(s0, result);
        W.Store(s1, result += width);
        W.Store(s2, result += width);
        W.Store(s3, result + width);
    }
}
