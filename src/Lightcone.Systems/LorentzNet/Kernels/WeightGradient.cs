using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// Weight gradients: sums over the edges of a tile of (gradient of an output) × (input). The sum runs over the lanes of an activation
/// matrix, so one factor is transposed to [edge][channel] and channels lie in the lanes.
/// </summary>
internal static unsafe class WeightGradient<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>Columns of a gradient matrix or of a transposed tile: the channels, rounded up to whole registers.</summary>
    public static int WidthOf(int channels) => (channels + W.Lanes - 1) / W.Lanes * W.Lanes;

    /// <summary>
    /// sum[o][k] += Σ_e left[o][e]·right[e][k], with left [channels][tile], right [tile][width] and sum [channels][width].
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Accumulate(float* left, float* right, float* sum, int channels, int width)
    {
        for (int o = 0; o < channels; o += 4, left += 4 * W.Tile, sum += 4 * width)
        {
            for (int k = 0; k < width;)
            {
                int vectors = (width - k) / W.Lanes;
                if (W.HasManyRegisters && vectors == 5 && channels - k <= 4 * W.Lanes + 8) { FourByFourAndHalf(left, right + k, sum + k, width); k += 5 * W.Lanes; }
                else if (W.HasManyRegisters && vectors >= 5) { FourByFive(left, right + k, sum + k, width); k += 5 * W.Lanes; }
                else if (vectors >= 3) { FourByThree(left, right + k, sum + k, width); k += 3 * W.Lanes; }
                else if (vectors == 2) { FourByTwo(left, right + k, sum + k, width); k += 2 * W.Lanes; }
                else { FourByOne(left, right + k, sum + k, width); k += W.Lanes; }
            }
        }
    }

    /// <summary>
    /// Transposes [channels][tile], times a factor an edge, into [tile][width]; columns beyond the channels are left as they are.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, float* factor, float* target, int channels, int width)
    {
        int c = 0;
        for (; Avx.IsSupported && c + 8 <= channels; c += 8, source += 8 * W.Tile, target += 8)
        {
            float* row = source, column = target;
            for (int e = 0; e < W.Tile; e += 4, row += 4, column += 4 * width)
            {
                var f = Vector128.Load(factor + e);
                var twice = Vector256.Create(f, f);
                Vector256<float> r0 = Rows(row, twice), r1 = Rows(row + W.Tile, twice);
                Vector256<float> r2 = Rows(row + (2 * W.Tile), twice), r3 = Rows(row + (3 * W.Tile), twice);
                Vector256<float> low01 = Avx.UnpackLow(r0, r1), low23 = Avx.UnpackLow(r2, r3);
                Vector256<float> high01 = Avx.UnpackHigh(r0, r1), high23 = Avx.UnpackHigh(r2, r3);
                Avx.Shuffle(low01, low23, 0x44).Store(column);
                Avx.Shuffle(low01, low23, 0xEE).Store(column + width);
                Avx.Shuffle(high01, high23, 0x44).Store(column + (2 * width));
                Avx.Shuffle(high01, high23, 0xEE).Store(column + (3 * width));
            }
        }

        for (; c < channels; c += 4, source += 4 * W.Tile, target += 4)
        {
            float* row = source, column = target;
            for (int e = 0; e < W.Tile; e += 4, row += 4, column += 4 * width)
            {
                var f = Vector128.Load(factor + e);
                Vector128<float> r0 = f * Vector128.Load(row), r1 = f * Vector128.Load(row + W.Tile);
                Vector128<float> r2 = f * Vector128.Load(row + (2 * W.Tile)), r3 = f * Vector128.Load(row + (3 * W.Tile));
                SquareTranspose.Apply(ref r0, ref r1, ref r2, ref r3);
                r0.Store(column);
                r1.Store(column + width);
                r2.Store(column + (2 * width));
                r3.Store(column + (3 * width));
            }
        }
    }

    /// <summary>Four edges of a channel and of the fourth one after it, times their factor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Rows(float* row, Vector256<float> factor) =>
        factor * Vector256.Create(Vector128.Load(row), Vector128.Load(row + (4 * W.Tile)));

    /// <summary>Four rows of four registers and half a one: 72 channels leave nothing idle.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFourAndHalf(float* left, float* right, float* sum, int width)
    {
        int lanes = W.Lanes;
        F s00 = W.Load(sum + (0 * width)), s01 = W.Load(sum + (0 * width) + (1 * lanes)), s02 = W.Load(sum + (0 * width) + (2 * lanes)), s03 = W.Load(sum + (0 * width) + (3 * lanes));
        F s10 = W.Load(sum + (1 * width)), s11 = W.Load(sum + (1 * width) + (1 * lanes)), s12 = W.Load(sum + (1 * width) + (2 * lanes)), s13 = W.Load(sum + (1 * width) + (3 * lanes));
        F s20 = W.Load(sum + (2 * width)), s21 = W.Load(sum + (2 * width) + (1 * lanes)), s22 = W.Load(sum + (2 * width) + (2 * lanes)), s23 = W.Load(sum + (2 * width) + (3 * lanes));
        F s30 = W.Load(sum + (3 * width)), s31 = W.Load(sum + (3 * width) + (1 * lanes)), s32 = W.Load(sum + (3 * width) + (2 * lanes)), s33 = W.Load(sum + (3 * width) + (3 * lanes));
        Vector256<float> h0 = Vector256.Load(sum + (0 * width) + (4 * lanes)), h1 = Vector256.Load(sum + (1 * width) + (4 * lanes));
        Vector256<float> h2 = Vector256.Load(sum + (2 * width) + (4 * lanes)), h3 = Vector256.Load(sum + (3 * width) + (4 * lanes));
        float* end = left + W.Tile;
        do
        {
            F r0 = W.Load(right), r1 = W.Load(right + (1 * lanes)), r2 = W.Load(right + (2 * lanes)), r3 = W.Load(right + (3 * lanes)), l;
            Vector256<float> half = Vector256.Load(right + (4 * lanes));
            l = W.Splat(*left); s00 = W.MultiplyAdd(l, r0, s00); s01 = W.MultiplyAdd(l, r1, s01); s02 = W.MultiplyAdd(l, r2, s02); s03 = W.MultiplyAdd(l, r3, s03);
            h0 = Vector256.FusedMultiplyAdd(Vector256.Create(*left), half, h0);
            l = W.Splat(left[W.Tile]); s10 = W.MultiplyAdd(l, r0, s10); s11 = W.MultiplyAdd(l, r1, s11); s12 = W.MultiplyAdd(l, r2, s12); s13 = W.MultiplyAdd(l, r3, s13);
            h1 = Vector256.FusedMultiplyAdd(Vector256.Create(left[W.Tile]), half, h1);
            l = W.Splat(left[2 * W.Tile]); s20 = W.MultiplyAdd(l, r0, s20); s21 = W.MultiplyAdd(l, r1, s21); s22 = W.MultiplyAdd(l, r2, s22); s23 = W.MultiplyAdd(l, r3, s23);
            h2 = Vector256.FusedMultiplyAdd(Vector256.Create(left[2 * W.Tile]), half, h2);
            l = W.Splat(left[3 * W.Tile]); s30 = W.MultiplyAdd(l, r0, s30); s31 = W.MultiplyAdd(l, r1, s31); s32 = W.MultiplyAdd(l, r2, s32); s33 = W.MultiplyAdd(l, r3, s33);
            h3 = Vector256.FusedMultiplyAdd(Vector256.Create(left[3 * W.Tile]), half, h3);
            left++;
            right += width;
        }
        while (left < end);
        W.Store(s00, sum + (0 * width)); W.Store(s01, sum + (0 * width) + (1 * lanes)); W.Store(s02, sum + (0 * width) + (2 * lanes)); W.Store(s03, sum + (0 * width) + (3 * lanes)); h0.Store(sum + (0 * width) + (4 * lanes));
        W.Store(s10, sum + (1 * width)); W.Store(s11, sum + (1 * width) + (1 * lanes)); W.Store(s12, sum + (1 * width) + (2 * lanes)); W.Store(s13, sum + (1 * width) + (3 * lanes)); h1.Store(sum + (1 * width) + (4 * lanes));
        W.Store(s20, sum + (2 * width)); W.Store(s21, sum + (2 * width) + (1 * lanes)); W.Store(s22, sum + (2 * width) + (2 * lanes)); W.Store(s23, sum + (2 * width) + (3 * lanes)); h2.Store(sum + (2 * width) + (4 * lanes));
        W.Store(s30, sum + (3 * width)); W.Store(s31, sum + (3 * width) + (1 * lanes)); W.Store(s32, sum + (3 * width) + (2 * lanes)); W.Store(s33, sum + (3 * width) + (3 * lanes)); h3.Store(sum + (3 * width) + (4 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFive(float* left, float* right, float* sum, int width)
    {
        int lanes = W.Lanes;
        F s00 = W.Load(sum + (0 * width)), s01 = W.Load(sum + (0 * width) + (1 * lanes)), s02 = W.Load(sum + (0 * width) + (2 * lanes)), s03 = W.Load(sum + (0 * width) + (3 * lanes)), s04 = W.Load(sum + (0 * width) + (4 * lanes));
        F s10 = W.Load(sum + (1 * width)), s11 = W.Load(sum + (1 * width) + (1 * lanes)), s12 = W.Load(sum + (1 * width) + (2 * lanes)), s13 = W.Load(sum + (1 * width) + (3 * lanes)), s14 = W.Load(sum + (1 * width) + (4 * lanes));
        F s20 = W.Load(sum + (2 * width)), s21 = W.Load(sum + (2 * width) + (1 * lanes)), s22 = W.Load(sum + (2 * width) + (2 * lanes)), s23 = W.Load(sum + (2 * width) + (3 * lanes)), s24 = W.Load(sum + (2 * width) + (4 * lanes));
        F s30 = W.Load(sum + (3 * width)), s31 = W.Load(sum + (3 * width) + (1 * lanes)), s32 = W.Load(sum + (3 * width) + (2 * lanes)), s33 = W.Load(sum + (3 * width) + (3 * lanes)), s34 = W.Load(sum + (3 * width) + (4 * lanes));
        float* end = left + W.Tile;
        do
        {
            F r0 = W.Load(right), r1 = W.Load(right + (1 * lanes)), r2 = W.Load(right + (2 * lanes)), r3 = W.Load(right + (3 * lanes)), r4 = W.Load(right + (4 * lanes)), l;
            l = W.Splat(*left); s00 = W.MultiplyAdd(l, r0, s00); s01 = W.MultiplyAdd(l, r1, s01); s02 = W.MultiplyAdd(l, r2, s02); s03 = W.MultiplyAdd(l, r3, s03); s04 = W.MultiplyAdd(l, r4, s04);
            l = W.Splat(left[W.Tile]); s10 = W.MultiplyAdd(l, r0, s10); s11 = W.MultiplyAdd(l, r1, s11); s12 = W.MultiplyAdd(l, r2, s12); s13 = W.MultiplyAdd(l, r3, s13); s14 = W.MultiplyAdd(l, r4, s14);
            l = W.Splat(left[2 * W.Tile]); s20 = W.MultiplyAdd(l, r0, s20); s21 = W.MultiplyAdd(l, r1, s21); s22 = W.MultiplyAdd(l, r2, s22); s23 = W.MultiplyAdd(l, r3, s23); s24 = W.MultiplyAdd(l, r4, s24);
            l = W.Splat(left[3 * W.Tile]); s30 = W.MultiplyAdd(l, r0, s30); s31 = W.MultiplyAdd(l, r1, s31); s32 = W.MultiplyAdd(l, r2, s32); s33 = W.MultiplyAdd(l, r3, s33); s34 = W.MultiplyAdd(l, r4, s34);
            left++;
            right += width;
        }
        while (left < end);
        W.Store(s00, sum + (0 * width)); W.Store(s01, sum + (0 * width) + (1 * lanes)); W.Store(s02, sum + (0 * width) + (2 * lanes)); W.Store(s03, sum + (0 * width) + (3 * lanes)); W.Store(s04, sum + (0 * width) + (4 * lanes));
        W.Store(s10, sum + (1 * width)); W.Store(s11, sum + (1 * width) + (1 * lanes)); W.Store(s12, sum + (1 * width) + (2 * lanes)); W.Store(s13, sum + (1 * width) + (3 * lanes)); W.Store(s14, sum + (1 * width) + (4 * lanes));
        W.Store(s20, sum + (2 * width)); W.Store(s21, sum + (2 * width) + (1 * lanes)); W.Store(s22, sum + (2 * width) + (2 * lanes)); W.Store(s23, sum + (2 * width) + (3 * lanes)); W.Store(s24, sum + (2 * width) + (4 * lanes));
        W.Store(s30, sum + (3 * width)); W.Store(s31, sum + (3 * width) + (1 * lanes)); W.Store(s32, sum + (3 * width) + (2 * lanes)); W.Store(s33, sum + (3 * width) + (3 * lanes)); W.Store(s34, sum + (3 * width) + (4 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByThree(float* left, float* right, float* sum, int width)
    {
        int lanes = W.Lanes;
        F s00 = W.Load(sum + (0 * width)), s01 = W.Load(sum + (0 * width) + (1 * lanes)), s02 = W.Load(sum + (0 * width) + (2 * lanes));
        F s10 = W.Load(sum + (1 * width)), s11 = W.Load(sum + (1 * width) + (1 * lanes)), s12 = W.Load(sum + (1 * width) + (2 * lanes));
        F s20 = W.Load(sum + (2 * width)), s21 = W.Load(sum + (2 * width) + (1 * lanes)), s22 = W.Load(sum + (2 * width) + (2 * lanes));
        F s30 = W.Load(sum + (3 * width)), s31 = W.Load(sum + (3 * width) + (1 * lanes)), s32 = W.Load(sum + (3 * width) + (2 * lanes));
        float* end = left + W.Tile;
        do
        {
            F r0 = W.Load(right), r1 = W.Load(right + (1 * lanes)), r2 = W.Load(right + (2 * lanes)), l;
            l = W.Splat(*left); s00 = W.MultiplyAdd(l, r0, s00); s01 = W.MultiplyAdd(l, r1, s01); s02 = W.MultiplyAdd(l, r2, s02);
            l = W.Splat(left[W.Tile]); s10 = W.MultiplyAdd(l, r0, s10); s11 = W.MultiplyAdd(l, r1, s11); s12 = W.MultiplyAdd(l, r2, s12);
            l = W.Splat(left[2 * W.Tile]); s20 = W.MultiplyAdd(l, r0, s20); s21 = W.MultiplyAdd(l, r1, s21); s22 = W.MultiplyAdd(l, r2, s22);
            l = W.Splat(left[3 * W.Tile]); s30 = W.MultiplyAdd(l, r0, s30); s31 = W.MultiplyAdd(l, r1, s31); s32 = W.MultiplyAdd(l, r2, s32);
            left++;
            right += width;
        }
        while (left < end);
        W.Store(s00, sum + (0 * width)); W.Store(s01, sum + (0 * width) + (1 * lanes)); W.Store(s02, sum + (0 * width) + (2 * lanes));
        W.Store(s10, sum + (1 * width)); W.Store(s11, sum + (1 * width) + (1 * lanes)); W.Store(s12, sum + (1 * width) + (2 * lanes));
        W.Store(s20, sum + (2 * width)); W.Store(s21, sum + (2 * width) + (1 * lanes)); W.Store(s22, sum + (2 * width) + (2 * lanes));
        W.Store(s30, sum + (3 * width)); W.Store(s31, sum + (3 * width) + (1 * lanes)); W.Store(s32, sum + (3 * width) + (2 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByTwo(float* left, float* right, float* sum, int width)
    {
        int lanes = W.Lanes;
        F s00 = W.Load(sum + (0 * width)), s01 = W.Load(sum + (0 * width) + (1 * lanes));
        F s10 = W.Load(sum + (1 * width)), s11 = W.Load(sum + (1 * width) + (1 * lanes));
        F s20 = W.Load(sum + (2 * width)), s21 = W.Load(sum + (2 * width) + (1 * lanes));
        F s30 = W.Load(sum + (3 * width)), s31 = W.Load(sum + (3 * width) + (1 * lanes));
        float* end = left + W.Tile;
        do
        {
            F r0 = W.Load(right), r1 = W.Load(right + (1 * lanes)), l;
            l = W.Splat(*left); s00 = W.MultiplyAdd(l, r0, s00); s01 = W.MultiplyAdd(l, r1, s01);
            l = W.Splat(left[W.Tile]); s10 = W.MultiplyAdd(l, r0, s10); s11 = W.MultiplyAdd(l, r1, s11);
            l = W.Splat(left[2 * W.Tile]); s20 = W.MultiplyAdd(l, r0, s20); s21 = W.MultiplyAdd(l, r1, s21);
            l = W.Splat(left[3 * W.Tile]); s30 = W.MultiplyAdd(l, r0, s30); s31 = W.MultiplyAdd(l, r1, s31);
            left++;
            right += width;
        }
        while (left < end);
        W.Store(s00, sum + (0 * width)); W.Store(s01, sum + (0 * width) + (1 * lanes));
        W.Store(s10, sum + (1 * width)); W.Store(s11, sum + (1 * width) + (1 * lanes));
        W.Store(s20, sum + (2 * width)); W.Store(s21, sum + (2 * width) + (1 * lanes));
        W.Store(s30, sum + (3 * width)); W.Store(s31, sum + (3 * width) + (1 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(float* left, float* right, float* sum, int width)
    {
        int lanes = W.Lanes;
        F s00 = W.Load(sum + (0 * width));
        F s10 = W.Load(sum + (1 * width));
        F s20 = W.Load(sum + (2 * width));
        F s30 = W.Load(sum + (3 * width));
        float* end = left + W.Tile;
        do
        {
            F r0 = W.Load(right), l;
            l = W.Splat(*left); s00 = W.MultiplyAdd(l, r0, s00);
            l = W.Splat(left[W.Tile]); s10 = W.MultiplyAdd(l, r0, s10);
            l = W.Splat(left[2 * W.Tile]); s20 = W.MultiplyAdd(l, r0, s20);
            l = W.Splat(left[3 * W.Tile]); s30 = W.MultiplyAdd(l, r0, s30);
            left++;
            right += width;
        }
        while (left < end);
        W.Store(s00, sum + (0 * width));
        W.Store(s10, sum + (1 * width));
        W.Store(s20, sum + (2 * width));
        W.Store(s30, sum + (3 * width));
    }
}
