using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// One jet through the edge part of a block: messages, gate, aggregation and displacement (arXiv:2201.08187 eqs. 3.1 to 3.4). Edges run
/// through in tiles and nothing of an edge is kept.
/// </summary>
internal static unsafe class EdgeForward<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>Fills the aggregate and the moved four-momenta of one jet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Jet(EdgeProblem problem, EdgeScratch scratch, int jet)
    {
        int first = problem.Offsets[jet], nodes = problem.Offsets[jet + 1] - first, channels = problem.Channels;
        if (nodes == 0) return;
        LoadNodes(problem, scratch, first, nodes);
        NodeLayout.ClearReceivers(scratch.ReceiverSum, scratch.ReceiverStride, channels, nodes, W.Lanes);
        NodeLayout.ClearReceivers(scratch.ReceiverMomentaSum, scratch.ReceiverStride, 4, nodes, W.Lanes);
        int edges = DiagonalCursor.PaddedEdges(nodes, W.Lanes, W.Tile);
        var cursor = new DiagonalCursor(nodes, W.Lanes);
        for (int e = 0; e < edges; e += W.Tile)
        {
            var tile = new EdgeTile(problem, problem.EdgeStart[jet] + e, W.Lanes);
            Activate(problem, scratch, cursor, tile);
            Messages(problem, scratch, cursor, tile);
            Aggregate(scratch, cursor, tile, channels);
            if (problem.MovesNodes)
            {
                Stretches(problem, scratch, cursor, tile);
                EdgeGeometry<W, F, D>.Displace(scratch, cursor, tile.Stretch, problem.Settings.Clamp);
            }

            AdvanceTile(ref cursor);
        }

        NodeLayout.FromReceivers(
            scratch.ReceiverSum, scratch.ReceiverStride, nodes, channels, W.Lanes, problem.Aggregate + ((nint)first * channels));
        Move(problem, scratch, first, nodes);
    }

    /// <summary>Places a jet's folded node parts and four-momenta in the working layouts.</summary>
    public static void LoadNodes(EdgeProblem problem, EdgeScratch scratch, int first, int nodes)
    {
        int channels = problem.Channels;
        nint at = (nint)first * channels;
        NodeLayout.ToReceivers(
            problem.Receiver + at, nodes, channels, problem.Scale, problem.Shift, scratch.Receiver, scratch.ReceiverStride, W.Lanes);
        NodeLayout.ToSenders(
            problem.Sender + at, nodes, channels, problem.Scale, problem.Zeros, scratch.Sender, scratch.SenderStride, W.Lanes);
        EdgeGeometry<W, F, D>.Place(scratch, problem.Momenta + (4 * (nint)first), nodes);
    }

    /// <summary>Message and gate of a tile: sigmoid(weight · message + bias).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Messages(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile)
    {
        float* gate = tile.Gate, end = gate + W.Tile;
        F bias = W.Splat(problem.GateBias);
        for (float* g = gate; g < end; g += W.Lanes) W.Store(bias, g);
        MicroKernels<W, F, D>.Product(
            problem.MessageWeight, problem.MessageBias, scratch.Activation,
            new StoreGatedMessage<W, F, D>(scratch.Message, problem.GateWeight, gate), problem.Channels, problem.Channels);
        for (float* g = gate; g < end; g += W.Lanes, cursor.Advance(W.Lanes))
            W.Store(W.Keep(cursor.RealEdges<W, F, D>(), ElementFunctions<W, F, D>.Sigmoid(W.Load(g))), g);
    }

    /// <summary>s of a tile: output weight · ReLU(gate·product + bias).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stretches(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile)
    {
        float* stretch = tile.Stretch, end = stretch + W.Tile;
        for (float* s = stretch; s < end; s += W.Lanes) W.Store(W.Splat(0f), s);
        MicroKernels<W, F, D>.Product(
            problem.PositionWeight, problem.Zeros, scratch.Message,
            new SumStretch<W, F, D>(tile.Gate, problem.PositionBias, problem.PositionOutput, tile.Open, stretch), problem.Channels, problem.Channels);
        for (float* s = stretch; s < end; s += W.Lanes, cursor.Advance(W.Lanes))
            W.Store(W.Keep(cursor.RealEdges<W, F, D>(), W.Load(s)), s);
    }

    /// <summary>Steps on by one tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AdvanceTile(ref DiagonalCursor cursor)
    {
        for (int e = 0; e < W.Tile; e += W.Lanes) cursor.Advance(W.Lanes);
    }

    /// <summary>ReLU of the normalised first layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Activate(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile)
    {
        nint receiverStride = scratch.ReceiverStride, senderStride = scratch.SenderStride;
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            F n = W.Load(tile.Norm + e), p = W.Load(tile.Product + e);
            float* a = scratch.Receiver + cursor.Receiver, b = scratch.Sender + cursor.Sender, y = scratch.Activation + e;
            float* normWeight = problem.NormWeight, productWeight = problem.ProductWeight, end = normWeight + problem.Channels;
            if (cursor.LanesBeforeWrap >= W.Lanes)
            {
                for (; normWeight < end; normWeight++, productWeight++, a += receiverStride, b += senderStride, y += W.Tile)
                {
                    F z = W.MultiplyAdd(W.Splat(*normWeight), n, W.Add(W.Load(a), W.Load(b)));
                    W.Store(W.Rectify(W.MultiplyAdd(W.Splat(*productWeight), p, z)), y);
                }
            }
            else
            {
                float* after = scratch.Sender + cursor.SenderAfterWrap;
                F head = W.FirstLanes(cursor.LanesBeforeWrap);
                for (; normWeight < end; normWeight++, productWeight++, a += receiverStride, b += senderStride, after += senderStride, y += W.Tile)
                {
                    F z = W.MultiplyAdd(W.Splat(*normWeight), n, W.Add(W.Load(a), W.Select(head, W.Load(b), W.Load(after))));
                    W.Store(W.Rectify(W.MultiplyAdd(W.Splat(*productWeight), p, z)), y);
                }
            }
        }
    }

    /// <summary>Adds gate·message to the receivers' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Aggregate(EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile, int channels)
    {
        nint stride = scratch.ReceiverStride;
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            F gate = W.Load(tile.Gate + e);
            float* sum = scratch.ReceiverSum + cursor.Receiver, m = scratch.Message + e, end = m + (channels * W.Tile);
            for (; m < end; m += W.Tile, sum += stride) W.Store(W.MultiplyAdd(gate, W.Load(m), W.Load(sum)), sum);
        }
    }

    private static void Move(EdgeProblem problem, EdgeScratch scratch, int first, int nodes)
    {
        double factor = problem.Settings.PositionStep / Math.Max(1, nodes - 1);
        for (int i = 0; i < nodes; i++)
        {
            for (int c = 0; c < 4; c++)
            {
                double sum = problem.MovesNodes
                    ? NodeLayout.Receiver(scratch.ReceiverMomentaSum + (c * scratch.ReceiverStride), i, nodes, W.Lanes)
                    : 0;
                nint at = (4 * (nint)(first + i)) + c;
                problem.Moved[at] = problem.Momenta[at] + (factor * sum);
            }
        }
    }
}
