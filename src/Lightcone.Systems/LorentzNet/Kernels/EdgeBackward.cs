using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// First backward pass over the edges of one jet: recomputes the forward pass tile by tile and gathers every gradient that needs an edge.
/// What the batch's mean and variance still owe is added in <see cref="EdgeBackwardStatistics{W,F,D}"/>.
/// </summary>
internal static unsafe class EdgeBackward<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>One jet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Jet(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, int jet)
    {
        int first = problem.Offsets[jet], nodes = problem.Offsets[jet + 1] - first;
        if (nodes == 0) return;
        Load(problem, scratch, first, nodes);
        int edges = DiagonalCursor.PaddedEdges(nodes, W.Lanes, W.Tile);
        var cursor = new DiagonalCursor(nodes, W.Lanes);
        for (int e = 0; e < edges; e += W.Tile)
        {
            var tile = new EdgeTile(problem, problem.EdgeStart[jet] + e, W.Lanes);
            EdgeForward<W, F, D>.Activate(problem, scratch, cursor, tile);
            MicroKernels<W, F, D>.Product(
                problem.MessageWeight, problem.MessageBias, scratch.Activation, new StoreMessage<W, F, D>(scratch.Message), problem.Channels, problem.Channels);
            if (problem.MovesNodes) Position(problem, scratch, gradients, cursor, tile);
            else Incoming(problem, scratch, cursor);
            Gate(problem, scratch, gradients, tile);
            Message(problem, scratch, gradients, tile);
            FirstLayer(problem, scratch, cursor);
            EdgeForward<W, F, D>.AdvanceTile(ref cursor);
        }

        Save(problem, scratch, gradients, first, nodes);
    }

    private static void Load(EdgeProblem problem, EdgeScratch scratch, int first, int nodes)
    {
        int channels = problem.Channels;
        EdgeForward<W, F, D>.LoadNodes(problem, scratch, first, nodes);
        NodeLayout.ToReceivers(
            problem.AggregateGradient + ((nint)first * channels), nodes, channels, problem.Ones, problem.Zeros,
            scratch.AggregateGradient, scratch.ReceiverStride, W.Lanes);
        NodeLayout.ToReceivers(
            problem.MovedGradient + (4 * (nint)first), nodes, 4, problem.Settings.PositionStep / Math.Max(1, nodes - 1),
            scratch.DisplacementGradient, scratch.ReceiverStride, W.Lanes);
        NodeLayout.ClearReceivers(scratch.ReceiverSum, scratch.ReceiverStride, channels, nodes, W.Lanes);
        NodeLayout.ClearSenders(scratch.SenderSum, scratch.SenderStride, channels, nodes, W.Lanes);
        NodeLayout.ClearReceivers(scratch.ReceiverMomentaSum, scratch.ReceiverStride, 4, nodes, W.Lanes);
        NodeLayout.ClearSenders(scratch.SenderMomentaSum, scratch.SenderStride, 4, nodes, W.Lanes);
    }

    /// <summary>
    /// Through the displacement and the position layer: OtherGradient = gradient of gate·message, and GateGradient = message · that. The
    /// layer's units are not computed again: the forward pass left s and which units were open. With q = ds·[open], the weight gradient is
    /// output·Σ q·(w m)ᵀ, and the output's gradient Σ ds·hidden follows from the same sums (<see cref="EdgeBlockEngine"/>).
    /// </summary>
    private static void Position(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor, in EdgeTile tile)
    {
        int channels = problem.Channels;
        EdgeGeometry<W, F, D>.DisplaceBack(scratch, cursor, tile.Stretch, problem.Settings.Clamp);
        OpenUnits(problem, scratch, gradients, tile);
        WeightGradient<W, F, D>.Transpose(scratch.Message, tile.Gate, scratch.Transposed, channels, problem.Width);
        WeightGradient<W, F, D>.Accumulate(scratch.Gradient, scratch.Transposed, gradients.PositionWeight, channels, problem.Width);
        int* receivers = scratch.Receivers;
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            *receivers++ = cursor.Receiver;
            W.Store(W.Splat(0f), scratch.GateGradient + e);
        }

        MicroKernels<W, F, D>.Product(
            problem.PositionWeightBack, problem.Zeros, scratch.Gradient,
            new StoreIncoming<W, F, D>(
                scratch.OtherGradient, scratch.Message, scratch.AggregateGradient, scratch.ReceiverStride, scratch.Receivers, scratch.GateGradient),
            channels, channels);
    }

    /// <summary>q = ds·[open] and its sum over edges.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OpenUnits(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int lanes = W.Lanes, registers = W.Tile / W.Lanes;
        for (int e = 0; e < W.Tile; e += 2 * lanes)
        {
            float* q = scratch.Gradient + e, end = q + (problem.Channels * W.Tile), sum = gradients.PositionBias;
            ushort* open = tile.Open + (e / lanes);
            F d0 = W.Load(scratch.StretchGradient + e), d1 = W.Load(scratch.StretchGradient + e + lanes);
            for (; q < end; q += W.Tile, open += registers, sum += lanes)
            {
                F q0 = W.Keep(W.FromBits(open[0]), d0), q1 = W.Keep(W.FromBits(open[1]), d1);
                W.Store(q0, q);
                W.Store(q1, q + lanes);
                W.Store(W.Add(W.Load(sum), W.Add(q0, q1)), sum);
            }
        }
    }

    /// <summary>Where nodes do not move, the aggregate's gradient alone comes in: OtherGradient, and GateGradient = message · that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Incoming(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor)
    {
        nint stride = scratch.ReceiverStride;
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            F sum = W.Splat(0f);
            float* m = scratch.Message + e, end = m + (problem.Channels * W.Tile), incoming = scratch.OtherGradient + e;
            float* aggregate = scratch.AggregateGradient + cursor.Receiver;
            for (; m < end; m += W.Tile, incoming += W.Tile, aggregate += stride)
            {
                F gradient = W.Load(aggregate);
                W.Store(gradient, incoming);
                sum = W.MultiplyAdd(W.Load(m), gradient, sum);
            }

            W.Store(sum, scratch.GateGradient + e);
        }
    }

    /// <summary>
    /// Through the gate: Gradient = [m &gt; 0]·(gate·incoming + weight·a), where a = gate(1 − gate)·(message · incoming) is the gradient of
    /// the gate's argument; and the sums of both over edges.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gate(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int lanes = W.Lanes;
        F one = W.Splat(1f), total = W.Load(gradients.GateBias);
        for (int e = 0; e < W.Tile; e += 2 * lanes)
        {
            float* m = scratch.Message + e, end = m + (problem.Channels * W.Tile), incoming = scratch.OtherGradient + e, target = scratch.Gradient + e;
            float* biasSum = gradients.MessageBias, gateSum = gradients.GateWeight, weight = problem.GateWeight;
            F w0 = W.Load(tile.Gate + e), w1 = W.Load(tile.Gate + e + lanes);
            F a0 = W.Multiply(W.Load(scratch.GateGradient + e), W.Multiply(w0, W.Subtract(one, w0)));
            F a1 = W.Multiply(W.Load(scratch.GateGradient + e + lanes), W.Multiply(w1, W.Subtract(one, w1)));
            total = W.Add(total, W.Add(a0, a1));
            for (; m < end; m += W.Tile, incoming += W.Tile, target += W.Tile, biasSum += lanes, gateSum += lanes, weight++)
            {
                F m0 = W.Load(m), m1 = W.Load(m + lanes), factor = W.Splat(*weight);
                F g0 = W.MultiplyAdd(a0, factor, W.Multiply(w0, W.Load(incoming)));
                F g1 = W.MultiplyAdd(a1, factor, W.Multiply(w1, W.Load(incoming + lanes)));
                g0 = W.Keep(W.IsPositive(m0), g0);
                g1 = W.Keep(W.IsPositive(m1), g1);
                W.Store(g0, target);
                W.Store(g1, target + lanes);
                W.Store(W.Add(W.Load(biasSum), W.Add(g0, g1)), biasSum);
                W.Store(W.MultiplyAdd(a1, m1, W.MultiplyAdd(a0, m0, W.Load(gateSum))), gateSum);
            }
        }

        W.Store(total, gradients.GateBias);
    }

    /// <summary>Through the second layer: its weight gradient, and OtherGradient = gradient of the normalised first layer.</summary>
    private static void Message(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int channels = problem.Channels;
        WeightGradient<W, F, D>.Transpose(scratch.Activation, scratch.Ones, scratch.Transposed, channels, problem.Width);
        WeightGradient<W, F, D>.Accumulate(scratch.Gradient, scratch.Transposed, gradients.MessageWeight, channels, problem.Width);
        MicroKernels<W, F, D>.Product(
            problem.MessageWeightBack, problem.Zeros, scratch.Gradient,
            new StoreThroughRectifier<W, F, D>(scratch.OtherGradient, scratch.Activation), channels, channels);
        WithInvariants(problem, scratch, gradients, tile);
    }

    /// <summary>The sums of dz·nrm and dz·dot over edges, and the gradients of nrm and dot as sums over channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WithInvariants(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int lanes = W.Lanes;
        for (int e = 0; e < W.Tile; e += 2 * lanes)
        {
            float* z = scratch.OtherGradient + e, end = z + (problem.Channels * W.Tile), normSum = gradients.WithNorm, productSum = gradients.WithProduct;
            float* normWeight = problem.NormWeight, productWeight = problem.ProductWeight;
            F norm0 = W.Load(tile.Norm + e), norm1 = W.Load(tile.Norm + e + lanes);
            F product0 = W.Load(tile.Product + e), product1 = W.Load(tile.Product + e + lanes);
            F n0 = W.Splat(0f), n1 = n0, p0 = n0, p1 = n0;
            for (; z < end; z += W.Tile, normSum += lanes, productSum += lanes, normWeight++, productWeight++)
            {
                F z0 = W.Load(z), z1 = W.Load(z + lanes), u = W.Splat(*normWeight), v = W.Splat(*productWeight);
                n0 = W.MultiplyAdd(z0, u, n0);
                n1 = W.MultiplyAdd(z1, u, n1);
                p0 = W.MultiplyAdd(z0, v, p0);
                p1 = W.MultiplyAdd(z1, v, p1);
                W.Store(W.MultiplyAdd(z1, norm1, W.MultiplyAdd(z0, norm0, W.Load(normSum))), normSum);
                W.Store(W.MultiplyAdd(z1, product1, W.MultiplyAdd(z0, product0, W.Load(productSum))), productSum);
            }

            W.Store(n0, tile.NormGradient + e);
            W.Store(n1, tile.NormGradient + e + lanes);
            W.Store(p0, tile.ProductGradient + e);
            W.Store(p1, tile.ProductGradient + e + lanes);
        }
    }

    /// <summary>Adds the first layer's gradient to both nodes' sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FirstLayer(EdgeProblem problem, EdgeScratch scratch, DiagonalCursor cursor)
    {
        nint receiverStride = scratch.ReceiverStride, senderStride = scratch.SenderStride;
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            float* z = scratch.OtherGradient + e, end = z + (problem.Channels * W.Tile);
            float* receiver = scratch.ReceiverSum + cursor.Receiver, sender = scratch.SenderSum + cursor.Sender;
            if (cursor.LanesBeforeWrap >= W.Lanes)
            {
                for (; z < end; z += W.Tile, receiver += receiverStride, sender += senderStride)
                {
                    F gradient = W.Load(z);
                    W.Store(W.Add(W.Load(receiver), gradient), receiver);
                    W.Store(W.Add(W.Load(sender), gradient), sender);
                }

                continue;
            }

            float* after = scratch.SenderSum + cursor.SenderAfterWrap;
            F head = W.FirstLanes(cursor.LanesBeforeWrap);
            for (; z < end; z += W.Tile, receiver += receiverStride, sender += senderStride, after += senderStride)
            {
                F gradient = W.Load(z);
                W.Store(W.Add(W.Load(receiver), gradient), receiver);
                W.Store(W.Add(W.Load(sender), W.Keep(head, gradient)), sender);
                W.Store(W.Add(W.Load(after), W.Drop(head, gradient)), after);
            }
        }
    }

    /// <summary>Writes the node sums and adds to the chunk's float64 sums over edges.</summary>
    private static void Save(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, int first, int nodes)
    {
        int channels = problem.Channels;
        nint at = (nint)first * channels;
        float* receivers = problem.ReceiverGradient + at, senders = problem.SenderGradient + at;
        NodeLayout.FromReceivers(scratch.ReceiverSum, scratch.ReceiverStride, nodes, channels, W.Lanes, receivers);
        NodeLayout.FromSenders(scratch.SenderSum, scratch.SenderStride, nodes, channels, senders);
        NodeGradients.AddSums(gradients, problem.Receiver + at, problem.Sender + at, receivers, senders, nodes, channels);
        double* momenta = problem.MomentaGradient + (4 * (nint)first);
        new ReadOnlySpan<double>(problem.MovedGradient + (4 * (nint)first), 4 * nodes).CopyTo(new Span<double>(momenta, 4 * nodes));
        if (problem.MovesNodes) NodeGradients.AddMomenta(scratch, nodes, W.Lanes, momenta);
    }
}
