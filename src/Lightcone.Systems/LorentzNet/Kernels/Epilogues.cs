using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>What happens to the finished sums of a matrix product while they are still in registers.</summary>
internal unsafe interface IEpilogue<F>
    where F : struct
{
    /// <summary>Whether the epilogue adds something up over channels.</summary>
    static abstract bool HasSums { get; }

    /// <summary>Sums over channels, one an edge of the tile, that are added to.</summary>
    float* Sums { get; }

    /// <summary>Takes one channel of two registers of edges, and the running sums of both.</summary>
    void Finish(F first, F second, int channel, int edge, ref F firstSum, ref F secondSum);
}

/// <summary>Stores the product.</summary>
internal readonly unsafe struct StoreProduct<W, F, D>(float* target) : IEpilogue<F>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public static bool HasSums => false;

    public float* Sums => null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(F first, F second, int channel, int edge, ref F firstSum, ref F secondSum)
    {
        float* at = target + (channel * W.Tile) + edge;
        W.Store(first, at);
        W.Store(second, at + W.Lanes);
    }
}

/// <summary>Stores the message m = ReLU(product).</summary>
internal readonly unsafe struct StoreMessage<W, F, D>(float* target) : IEpilogue<F>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public static bool HasSums => false;

    public float* Sums => null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(F first, F second, int channel, int edge, ref F firstSum, ref F secondSum)
    {
        float* at = target + (channel * W.Tile) + edge;
        W.Store(W.Rectify(first), at);
        W.Store(W.Rectify(second), at + W.Lanes);
    }
}

/// <summary>Stores the message m = ReLU(product) and sums weight·m for the gate.</summary>
internal readonly unsafe struct StoreGatedMessage<W, F, D>(float* target, float* weight, float* sums) : IEpilogue<F>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public static bool HasSums => true;

    public float* Sums => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(F first, F second, int channel, int edge, ref F firstSum, ref F secondSum)
    {
        float* at = target + (channel * W.Tile) + edge;
        F factor = W.Splat(weight[channel]);
        first = W.Rectify(first);
        second = W.Rectify(second);
        W.Store(first, at);
        W.Store(second, at + W.Lanes);
        firstSum = W.MultiplyAdd(factor, first, firstSum);
        secondSum = W.MultiplyAdd(factor, second, secondSum);
    }
}

/// <summary>
/// Sums the stretch output·ReLU(gate·product + bias) and stores no channel; remembers which units are open, one bit an edge
/// [channels][registers], if asked to.
/// </summary>
internal readonly unsafe struct SumStretch<W, F, D>(float* gate, float* bias, float* output, ushort* open, float* sums) : IEpilogue<F>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public static bool HasSums => true;

    public float* Sums => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(F first, F second, int channel, int edge, ref F firstSum, ref F secondSum)
    {
        F shift = W.Splat(bias[channel]), factor = W.Splat(output[channel]);
        first = W.Rectify(W.MultiplyAdd(W.Load(gate + edge), first, shift));
        second = W.Rectify(W.MultiplyAdd(W.Load(gate + edge + W.Lanes), second, shift));
        firstSum = W.MultiplyAdd(factor, first, firstSum);
        secondSum = W.MultiplyAdd(factor, second, secondSum);
        if (open == null) return;
        ushort* bits = open + (channel * (W.Tile / W.Lanes)) + (edge / W.Lanes);
        bits[0] = W.ToBits(W.IsPositive(first));
        bits[1] = W.ToBits(W.IsPositive(second));
    }
}

/// <summary>Stores the product plus the aggregate's gradient of the receiver, and sums message·that.</summary>
internal readonly unsafe struct StoreIncoming<W, F, D>(
    float* target, float* message, float* aggregate, nint stride, int* receivers, float* sums) : IEpilogue<F>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public static bool HasSums => true;

    public float* Sums => sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(F first, F second, int channel, int edge, ref F firstSum, ref F secondSum)
    {
        int at = (channel * W.Tile) + edge;
        int* receiver = receivers + (edge / W.Lanes);
        float* row = aggregate + (channel * stride);
        first = W.Add(first, W.Load(row + receiver[0]));
        second = W.Add(second, W.Load(row + receiver[1]));
        W.Store(first, target + at);
        W.Store(second, target + at + W.Lanes);
        firstSum = W.MultiplyAdd(W.Load(message + at), first, firstSum);
        secondSum = W.MultiplyAdd(W.Load(message + at + W.Lanes), second, secondSum);
    }
}

/// <summary>Stores the product where an activation is positive, zero elsewhere: the gradient through a ReLU.</summary>
internal readonly unsafe struct StoreThroughRectifier<W, F, D>(float* target, float* activation) : IEpilogue<F>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public static bool HasSums => false;

    public float* Sums => null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Finish(F first, F second, int channel, int edge, ref F firstSum, ref F secondSum)
    {
        int at = (channel * W.Tile) + edge;
        W.Store(W.Keep(W.IsPositive(W.Load(activation + at)), first), target + at);
        W.Store(W.Keep(W.IsPositive(W.Load(activation + at + W.Lanes)), second), target + at + W.Lanes);
    }
}
