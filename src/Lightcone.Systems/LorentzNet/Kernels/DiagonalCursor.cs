using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// A position in the edges of one jet, listed by cyclic diagonals: on diagonal q receiver i listens to sender (i + q + 1) mod n, for
/// q = 0 … n−2, and i runs fastest. Receivers, senders and both sums over edges are then contiguous runs of memory: no gather, no
/// horizontal reduction. A diagonal is at least one register long (jets with fewer nodes leave lanes empty), so a register holds at
/// most two diagonals.
/// </summary>
internal struct DiagonalCursor(int nodes, int lanes)
{
    private readonly int _nodes = nodes;
    private readonly int _period = PeriodOf(nodes, lanes);
    private int _diagonal;

    /// <summary>Receiver of the first lane; the following lanes follow in memory.</summary>
    public int Receiver { get; private set; }

    /// <summary>Column of the first lane's sender; the lanes before the end of the diagonal follow in memory.</summary>
    public readonly int Sender => Receiver + _diagonal + 1;

    /// <summary>Column from which the lanes after the end of the diagonal count; it may be up to a register before column 0.</summary>
    public readonly int SenderAfterWrap => Receiver - _period + _diagonal + 2;

    /// <summary>Lanes up to the end of the diagonal, possibly more than a register has.</summary>
    public readonly int LanesBeforeWrap => _period - Receiver;

    /// <summary>Length of a diagonal in memory.</summary>
    public static int PeriodOf(int nodes, int lanes) => Math.Max(nodes, lanes);

    /// <summary>Length of a jet's edge list in memory, whole tiles.</summary>
    public static int PaddedEdges(int nodes, int lanes, int tile)
    {
        int edges = nodes < 2 ? 0 : (nodes - 1) * PeriodOf(nodes, lanes);
        return (edges + tile - 1) / tile * tile;
    }

    /// <summary>Steps on by so many lanes, at most one register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Advance(int lanes)
    {
        Receiver += lanes;
        if (Receiver < _period) return;
        Receiver -= _period;
        _diagonal++;
    }

    /// <summary>Mask of the lanes of this register that are edges of the jet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly F RealEdges<W, F, D>()
        where W : struct, ISimdWidth<F, D>
        where F : struct
        where D : struct
    {
        int left = (_nodes - 1 - _diagonal) * _period - Receiver;
        var head = W.FirstLanes(Math.Min(_nodes - Receiver, left));
        var wrapped = W.Drop(W.FirstLanes(LanesBeforeWrap), W.FirstLanes(Math.Min(LanesBeforeWrap + _nodes, left)));
        return W.Or(head, wrapped);
    }
}
