using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// Products of a weight matrix with a tile of activations, stored as [channel][edge]: edges lie in the lanes, a weight is a broadcast
/// scalar. Weights are packed in groups of twelve outputs (then of four), inputs running over the groups' outputs, so that one pointer
/// walks through memory.
/// </summary>
internal static unsafe class MicroKernels<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>Hands weights · x + bias of one tile to the epilogue.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Product<E>(float* packed, float* bias, float* x, in E epilogue, int outputs, int inputs)
        where E : struct, IEpilogue<F>
    {
        int pair = 2 * W.Lanes;
        int o = 0;
        for (; o + 12 <= outputs; o += 12, packed += 12 * inputs)
        {
            float* end = packed + (12 * inputs);
            for (int e = 0; e < W.Tile; e += pair)
            {
                if (W.HasManyRegisters)
                {
                    Twelve(packed, end, bias + o, x + e, epilogue, o, e);
                }
                else
                {
                    Six(packed, end, bias + o, x + e, epilogue, o, e);
                    Six(packed + 6, end, bias + o + 6, x + e, epilogue, o + 6, e);
                }
            }
        }

        for (; o < outputs; o += 4, packed += 4 * inputs)
        {
            for (int e = 0; e < W.Tile; e += pair) Four(packed, packed + (4 * inputs), bias + o, x + e, epilogue, o, e);
        }
    }

    /// <summary>Packs a row-major [outputs, inputs] matrix; with <paramref name="transposed"/> the matrix stored is [inputs, outputs].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pack(float* matrix, float* packed, int outputs, int inputs, bool transposed)
    {
        nint outputStep = transposed ? 1 : inputs, inputStep = transposed ? outputs : 1;
        for (int o = 0; o < outputs;)
        {
            int group = outputs - o >= 12 ? 12 : 4;
            for (int k = 0; k < inputs; k++)
                for (int g = 0; g < group; g++) *packed++ = matrix[((o + g) * outputStep) + (k * inputStep)];
            o += group;
        }
    }

    /// <summary>Twelve outputs of two registers of edges: 24 running sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Twelve<E>(float* weight, float* end, float* bias, float* x, in E epilogue, int channel, int edge)
        where E : struct, IEpilogue<F>
    {
        int lanes = W.Lanes;
        F s00 = W.Splat(bias[0]), s01 = s00;
        F s10 = W.Splat(bias[1]), s11 = s10;
        F s20 = W.Splat(bias[2]), s21 = s20;
        F s30 = W.Splat(bias[3]), s31 = s30;
        F s40 = W.Splat(bias[4]), s41 = s40;
        F s50 = W.Splat(bias[5]), s51 = s50;
        F s60 = W.Splat(bias[6]), s61 = s60;
        F s70 = W.Splat(bias[7]), s71 = s70;
        F s80 = W.Splat(bias[8]), s81 = s80;
        F s90 = W.Splat(bias[9]), s91 = s90;
        F sa0 = W.Splat(bias[10]), sa1 = sa0;
        F sb0 = W.Splat(bias[11]), sb1 = sb0;
        do
        {
            F x0 = W.Load(x), x1 = W.Load(x + lanes), w;
            w = W.Splat(weight[0]); s00 = W.MultiplyAdd(w, x0, s00); s01 = W.MultiplyAdd(w, x1, s01);
            w = W.Splat(weight[1]); s10 = W.MultiplyAdd(w, x0, s10); s11 = W.MultiplyAdd(w, x1, s11);
            w = W.Splat(weight[2]); s20 = W.MultiplyAdd(w, x0, s20); s21 = W.MultiplyAdd(w, x1, s21);
            w = W.Splat(weight[3]); s30 = W.MultiplyAdd(w, x0, s30); s31 = W.MultiplyAdd(w, x1, s31);
            w = W.Splat(weight[4]); s40 = W.MultiplyAdd(w, x0, s40); s41 = W.MultiplyAdd(w, x1, s41);
            w = W.Splat(weight[5]); s50 = W.MultiplyAdd(w, x0, s50); s51 = W.MultiplyAdd(w, x1, s51);
            w = W.Splat(weight[6]); s60 = W.MultiplyAdd(w, x0, s60); s61 = W.MultiplyAdd(w, x1, s61);
            w = W.Splat(weight[7]); s70 = W.MultiplyAdd(w, x0, s70); s71 = W.MultiplyAdd(w, x1, s71);
            w = W.Splat(weight[8]); s80 = W.MultiplyAdd(w, x0, s80); s81 = W.MultiplyAdd(w, x1, s81);
            w = W.Splat(weight[9]); s90 = W.MultiplyAdd(w, x0, s90); s91 = W.MultiplyAdd(w, x1, s91);
            w = W.Splat(weight[10]); sa0 = W.MultiplyAdd(w, x0, sa0); sa1 = W.MultiplyAdd(w, x1, sa1);
            w = W.Splat(weight[11]); sb0 = W.MultiplyAdd(w, x0, sb0); sb1 = W.MultiplyAdd(w, x1, sb1);
            weight += 12;
            x += W.Tile;
        }
        while (weight < end);
        F t0 = default, t1 = default;
        epilogue.Finish(s00, s01, channel, edge, ref t0, ref t1);
        epilogue.Finish(s10, s11, channel + 1, edge, ref t0, ref t1);
        epilogue.Finish(s20, s21, channel + 2, edge, ref t0, ref t1);
        epilogue.Finish(s30, s31, channel + 3, edge, ref t0, ref t1);
        epilogue.Finish(s40, s41, channel + 4, edge, ref t0, ref t1);
        epilogue.Finish(s50, s51, channel + 5, edge, ref t0, ref t1);
        epilogue.Finish(s60, s61, channel + 6, edge, ref t0, ref t1);
        epilogue.Finish(s70, s71, channel + 7, edge, ref t0, ref t1);
        epilogue.Finish(s80, s81, channel + 8, edge, ref t0, ref t1);
        epilogue.Finish(s90, s91, channel + 9, edge, ref t0, ref t1);
        epilogue.Finish(sa0, sa1, channel + 10, edge, ref t0, ref t1);
        epilogue.Finish(sb0, sb1, channel + 11, edge, ref t0, ref t1);
        if (!E.HasSums) return;
        float* sums = epilogue.Sums + edge;
        W.Store(W.Add(W.Load(sums), t0), sums);
        W.Store(W.Add(W.Load(sums + lanes), t1), sums + lanes);
    }

    /// <summary>Six outputs, half a group of twelve: 12 running sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Six<E>(float* weight, float* end, float* bias, float* x, in E epilogue, int channel, int edge)
        where E : struct, IEpilogue<F>
    {
        int lanes = W.Lanes;
        F s00 = W.Splat(bias[0]), s01 = s00;
        F s10 = W.Splat(bias[1]), s11 = s10;
        F s20 = W.Splat(bias[2]), s21 = s20;
        F s30 = W.Splat(bias[3]), s31 = s30;
        F s40 = W.Splat(bias[4]), s41 = s40;
        F s50 = W.Splat(bias[5]), s51 = s50;
        do
        {
            F x0 = W.Load(x), x1 = W.Load(x + lanes), w;
            w = W.Splat(weight[0]); s00 = W.MultiplyAdd(w, x0, s00); s01 = W.MultiplyAdd(w, x1, s01);
            w = W.Splat(weight[1]); s10 = W.MultiplyAdd(w, x0, s10); s11 = W.MultiplyAdd(w, x1, s11);
            w = W.Splat(weight[2]); s20 = W.MultiplyAdd(w, x0, s20); s21 = W.MultiplyAdd(w, x1, s21);
            w = W.Splat(weight[3]); s30 = W.MultiplyAdd(w, x0, s30); s31 = W.MultiplyAdd(w, x1, s31);
            w = W.Splat(weight[4]); s40 = W.MultiplyAdd(w, x0, s40); s41 = W.MultiplyAdd(w, x1, s41);
            w = W.Splat(weight[5]); s50 = W.MultiplyAdd(w, x0, s50); s51 = W.MultiplyAdd(w, x1, s51);
            weight += 12;
            x += W.Tile;
        }
        while (weight < end);
        F t0 = default, t1 = default;
        epilogue.Finish(s00, s01, channel, edge, ref t0, ref t1);
        epilogue.Finish(s10, s11, channel + 1, edge, ref t0, ref t1);
        epilogue.Finish(s20, s21, channel + 2, edge, ref t0, ref t1);
        epilogue.Finish(s30, s31, channel + 3, edge, ref t0, ref t1);
        epilogue.Finish(s40, s41, channel + 4, edge, ref t0, ref t1);
        epilogue.Finish(s50, s51, channel + 5, edge, ref t0, ref t1);
        if (!E.HasSums) return;
        float* sums = epilogue.Sums + edge;
        W.Store(W.Add(W.Load(sums), t0), sums);
        W.Store(W.Add(W.Load(sums + lanes), t1), sums + lanes);
    }

    /// <summary>Four outputs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Four<E>(float* weight, float* end, float* bias, float* x, in E epilogue, int channel, int edge)
        where E : struct, IEpilogue<F>
    {
        int lanes = W.Lanes;
        F s00 = W.Splat(bias[0]), s01 = s00;
        F s10 = W.Splat(bias[1]), s11 = s10;
        F s20 = W.Splat(bias[2]), s21 = s20;
        F s30 = W.Splat(bias[3]), s31 = s30;
        do
        {
            F x0 = W.Load(x), x1 = W.Load(x + lanes), w;
            w = W.Splat(weight[0]); s00 = W.MultiplyAdd(w, x0, s00); s01 = W.MultiplyAdd(w, x1, s01);
            w = W.Splat(weight[1]); s10 = W.MultiplyAdd(w, x0, s10); s11 = W.MultiplyAdd(w, x1, s11);
            w = W.Splat(weight[2]); s20 = W.MultiplyAdd(w, x0, s20); s21 = W.MultiplyAdd(w, x1, s21);
            w = W.Splat(weight[3]); s30 = W.MultiplyAdd(w, x0, s30); s31 = W.MultiplyAdd(w, x1, s31);
            weight += 4;
            x += W.Tile;
        }
        while (weight < end);
        F t0 = default, t1 = default;
        epilogue.Finish(s00, s01, channel, edge, ref t0, ref t1);
        epilogue.Finish(s10, s11, channel + 1, edge, ref t0, ref t1);
        epilogue.Finish(s20, s21, channel + 2, edge, ref t0, ref t1);
        epilogue.Finish(s30, s31, channel + 3, edge, ref t0, ref t1);
        if (!E.HasSums) return;
        float* sums = epilogue.Sums + edge;
        W.Store(W.Add(W.Load(sums), t0), sums);
        W.Store(W.Add(W.Load(sums + lanes), t1), sums + lanes);
    }
}
