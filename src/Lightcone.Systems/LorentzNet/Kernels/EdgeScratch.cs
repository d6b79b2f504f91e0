using System.Runtime.InteropServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// Working memory of one thread, reused for every jet. Node matrices are [channel][column]: of receiver shape (column = node, then the
/// first register of nodes again) or of sender shape (column = node, all nodes twice; one register before column 0 may be touched).
/// </summary>
internal sealed unsafe class EdgeScratch : IJetScratch
{
    private readonly int _channels;
    private readonly int _lanes;
    private readonly int _tile;
    private readonly int _width;
    private void* _arena;
    private nuint _used;
    private int _largestJet = -1;

    public EdgeScratch(int channels, int lanes, int tile, int width)
        => (_channels, _lanes, _tile, _width) = (channels, lanes, tile, width);

    ~EdgeScratch() => NativeMemory.AlignedFree(_arena);

    /// <summary>Floats (or doubles) between rows of a receiver-shaped matrix.</summary>
    public int ReceiverStride { get; private set; }

    /// <summary>Floats (or doubles) between rows of a sender-shaped matrix.</summary>
    public int SenderStride { get; private set; }

    /// <summary>Folded receiver part of the first layer, receiver shape.</summary>
    public float* Receiver { get; private set; }

    /// <summary>Folded sender part of the first layer, sender shape.</summary>
    public float* Sender { get; private set; }

    /// <summary>Sum over senders (messages, or gradients in the backward pass), receiver shape.</summary>
    public float* ReceiverSum { get; private set; }

    /// <summary>Sum over receivers of gradients, sender shape.</summary>
    public float* SenderSum { get; private set; }

    /// <summary>Gradient of the aggregate, receiver shape.</summary>
    public float* AggregateGradient { get; private set; }

    /// <summary>Four-momenta [4], receiver shape.</summary>
    public double* ReceiverMomenta { get; private set; }

    /// <summary>Four-momenta [4], sender shape.</summary>
    public double* SenderMomenta { get; private set; }

    /// <summary>Sum of displacements, or gradient of the receiver's four-momentum [4], receiver shape.</summary>
    public double* ReceiverMomentaSum { get; private set; }

    /// <summary>Gradient of the sender's four-momentum [4], sender shape.</summary>
    public double* SenderMomentaSum { get; private set; }

    /// <summary>Gradient of a single displacement of each receiver [4], receiver shape.</summary>
    public double* DisplacementGradient { get; private set; }

    /// <summary>Two rows of sums over a receiver's edges (norms, products), receiver shape.</summary>
    public double* PairSums { get; private set; }

    /// <summary>Two rows of numbers a node in the second backward pass, receiver shape.</summary>
    public double* ReceiverScalars { get; private set; }

    /// <summary>Two rows of numbers a node in the second backward pass, sender shape.</summary>
    public double* SenderScalars { get; private set; }

    /// <summary>Rectified first layer [channel][tile].</summary>
    public float* Activation { get; private set; }

    /// <summary>Rectified second layer [channel][tile].</summary>
    public float* Message { get; private set; }

    /// <summary>Gradients of a tile [channel][tile].</summary>
    public float* Gradient { get; private set; }

    /// <summary>Gradients of a tile [channel][tile].</summary>
    public float* OtherGradient { get; private set; }

    /// <summary>A transposed tile [tile][width].</summary>
    public float* Transposed { get; private set; }

    /// <summary>Numbers an edge of the tile: gradient of the stretch.</summary>
    public float* StretchGradient { get; private set; }

    /// <summary>Numbers an edge of the tile: gradient of the gate.</summary>
    public float* GateGradient { get; private set; }

    /// <summary>First receiver of each register of the tile.</summary>
    public int* Receivers { get; private set; }

    /// <summary>A one an edge.</summary>
    public float* Ones { get; private set; }

    /// <summary>Makes room for jets of so many nodes.</summary>
    public void Prepare(int nodes)
    {
        if (nodes <= _largestJet) return;
        NativeMemory.AlignedFree(_arena);
        _arena = null;
        Carve(nodes);
        nuint bytes = _used;
        _arena = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(_arena, bytes);
        Carve(nodes);
        new Span<float>(Ones, _tile).Fill(1f);
        _largestJet = nodes;
    }

    public void Dispose()
    {
        NativeMemory.AlignedFree(_arena);
        _arena = null;
        _largestJet = -1;
        GC.SuppressFinalize(this);
    }

    private void Carve(int nodes)
    {
        int period = DiagonalCursor.PeriodOf(nodes, _lanes);
        ReceiverStride = OddLines(period + _lanes);
        SenderStride = OddLines(_lanes + period + nodes + _tile + _lanes);
        _used = 0;
        int shift = _lanes;
        Receiver = Floats(_channels * ReceiverStride);
        Sender = Floats(_channels * SenderStride) + shift;
        ReceiverSum = Floats(_channels * ReceiverStride);
        SenderSum = Floats(_channels * SenderStride) + shift;
        AggregateGradient = Floats(_channels * ReceiverStride);
        ReceiverMomenta = Doubles(4 * ReceiverStride);
        SenderMomenta = Doubles(4 * SenderStride) + shift;
        ReceiverMomentaSum = Doubles(4 * ReceiverStride);
        SenderMomentaSum = Doubles(4 * SenderStride) + shift;
        DisplacementGradient = Doubles(4 * ReceiverStride);
        PairSums = Doubles(2 * ReceiverStride);
        ReceiverScalars = Doubles(2 * ReceiverStride);
        SenderScalars = Doubles(2 * SenderStride) + shift;
        Activation = Floats(_channels * _tile);
        Message = Floats(_channels * _tile);
        Gradient = Floats(_channels * _tile);
        OtherGradient = Floats(_channels * _tile);
        Transposed = Floats(_width * _tile);
        StretchGradient = Floats(_tile);
        GateGradient = Floats(_tile);
        Ones = Floats(_tile);
        Receivers = (int*)Floats(_tile);
    }

    /// <summary>An odd number of cache lines, so that rows do not all fall on the same few cache sets.</summary>
    private static int OddLines(int columns) => ((((columns + 15) / 16) | 1) * 16);

    private float* Floats(int count) => (float*)Take((nuint)count * sizeof(float));

    private double* Doubles(int count) => (double*)Take((nuint)count * sizeof(double));

    private void* Take(nuint bytes)
    {
        nuint at = _used;
        _used += (bytes + 63) / 64 * 64;
        return (byte*)_arena + at;
    }
}
