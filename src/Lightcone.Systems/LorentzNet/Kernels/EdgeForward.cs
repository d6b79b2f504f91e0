using System.Runtime.CompilerServices;

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
            var tile = new EdgeTile(problem, problem.EdgeStart[jet] + e, W.Tile);
            Messages(problem, scratch, cursor, tile);
            Gates(problem, scratch, cursor, tile);
            Aggregate(scratch, cursor, tile, channels);
            if (problem.MovesNodes)
            {
                MicroKernels<W, F, D>.Product<StoreProduct<F>>(
                    problem.PositionWeight, problem.Zeros, scratch.Message, scratch.Gradient, scratch.Gradient, channels, channels);
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

    /// <summary>Activation and message of a tile.</summary>
    public static void Messages(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile)
    {
        Activate(problem, scratch, cursor, tile);
        MicroKernels<W, F, D>.Product<StoreRectified<F>>(
            problem.MessageWeight, problem.MessageBias, scratch.Activation, scratch.Message, scratch.Message, problem.Channels, problem.Channels);
    }

    /// <summary>Gate of a tile: sigmoid(weight · message + bias).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gates(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile)
    {
        float* m = scratch.Message, gate = tile.Gate;
        F g0 = W.Splat(problem.GateBias), g1 = g0, g2 = g0, g3 = g0;
        for (int c = 0; c < problem.Channels; c++, m += W.Tile)
        {
            F weight = W.Splat(problem.GateWeight[c]);
            g0 = W.MultiplyAdd(weight, W.Load(m), g0);
            g1 = W.MultiplyAdd(weight, W.Load(m + W.Lanes), g1);
            g2 = W.MultiplyAdd(weight, W.Load(m + (2 * W.Lanes)), g2);
            g3 = W.MultiplyAdd(weight, W.Load(m + (3 * W.Lanes)), g3);
        }

        StoreReal(ref cursor, ElementFunctions<W, F, D>.Sigmoid(g0), gate);
        StoreReal(ref cursor, ElementFunctions<W, F, D>.Sigmoid(g1), gate + W.Lanes);
        StoreReal(ref cursor, ElementFunctions<W, F, D>.Sigmoid(g2), gate + (2 * W.Lanes));
        StoreReal(ref cursor, ElementFunctions<W, F, D>.Sigmoid(g3), gate + (3 * W.Lanes));
    }

    /// <summary>s of a tile: output weight · ReLU(gate·product + bias). Remembers which units are open.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Stretches(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile)
    {
        float* u = scratch.Gradient, gate = tile.Gate, target = tile.Stretch;
        ushort* open = tile.Open;
        F w0 = W.Load(gate), w1 = W.Load(gate + W.Lanes), w2 = W.Load(gate + (2 * W.Lanes)), w3 = W.Load(gate + (3 * W.Lanes));
        F s0 = W.Splat(0f), s1 = s0, s2 = s0, s3 = s0;
        for (int c = 0; c < problem.Channels; c++, u += W.Tile)
        {
            F bias = W.Splat(problem.PositionBias[c]), weight = W.Splat(problem.PositionOutput[c]);
            F h0 = W.Rectify(W.MultiplyAdd(w0, W.Load(u), bias));
            F h1 = W.Rectify(W.MultiplyAdd(w1, W.Load(u + W.Lanes), bias));
            F h2 = W.Rectify(W.MultiplyAdd(w2, W.Load(u + (2 * W.Lanes)), bias));
            F h3 = W.Rectify(W.MultiplyAdd(w3, W.Load(u + (3 * W.Lanes)), bias));
            s0 = W.MultiplyAdd(weight, h0, s0);
            s1 = W.MultiplyAdd(weight, h1, s1);
            s2 = W.MultiplyAdd(weight, h2, s2);
            s3 = W.MultiplyAdd(weight, h3, s3);
            if (open == null) continue;
            open[0] = W.ToBits(W.IsPositive(h0));
            open[1] = W.ToBits(W.IsPositive(h1));
            open[2] = W.ToBits(W.IsPositive(h2));
            open[3] = W.ToBits(W.IsPositive(h3));
            open += 4;
        }

        StoreReal(ref cursor, s0, target);
        StoreReal(ref cursor, s1, target + W.Lanes);
        StoreReal(ref cursor, s2, target + (2 * W.Lanes));
        StoreReal(ref cursor, s3, target + (3 * W.Lanes));
    }

    /// <summary>Steps on by one tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AdvanceTile(ref DiagonalCursor cursor)
    {
        for (int e = 0; e < W.Tile; e += W.Lanes) cursor.Advance(W.Lanes);
    }

    /// <summary>ReLU of the normalised first layer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Activate(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor, in EdgeTile tile)
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreReal(ref DiagonalCursor cursor, F value, float* target)
    {
        W.Store(W.Keep(cursor.RealEdges<W, F, D>(), value), target);
        cursor.Advance(W.Lanes);
    }
}
