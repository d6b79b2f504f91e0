using System.Runtime.CompilerServices;

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
        float* norm = problem.Norm + problem.EdgeStart[jet], product = problem.Product + problem.EdgeStart[jet];
        Load(problem, scratch, first, nodes);
        EdgeGeometry<W, F, D>.Invariants(scratch, nodes, norm, product, problem.NodeNorm + first, problem.NodeProduct + first);
        int edges = DiagonalCursor.PaddedEdges(nodes, W.Lanes, W.Tile);
        var cursor = new DiagonalCursor(nodes, W.Lanes);
        for (int e = 0; e < edges; e += W.Tile)
        {
            EdgeForward<W, F, D>.Messages(problem, scratch, cursor, norm + e, product + e);
            if (problem.MovesNodes) Position(problem, scratch, gradients, cursor);
            Gate(problem, scratch, gradients, cursor);
            MessageGradient(problem, scratch, gradients, cursor);
            Message(problem, scratch, gradients);
            FirstLayer(problem, scratch, gradients, cursor, problem.EdgeStart[jet] + e);
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

    /// <summary>Through the displacement and the position layer: its gradients, the gate's share, and OtherGradient = weightᵀ·q.</summary>
    private static void Position(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor)
    {
        int channels = problem.Channels;
        MicroKernels<W, F, D>.Product<StoreProduct<F>>(
            problem.PositionWeight, problem.Zeros, scratch.Message, scratch.Position, scratch.Position, channels, channels);
        EdgeForward<W, F, D>.Stretches(problem, scratch, cursor);
        EdgeGeometry<W, F, D>.DisplaceBack(scratch, cursor, problem.Settings.Clamp);
        PositionLayer(problem, scratch, gradients);
        WeightGradient<W, F, D>.Transpose(scratch.Message, scratch.Gate, scratch.Transposed, channels, problem.Width);
        WeightGradient<W, F, D>.Accumulate(scratch.Gradient, scratch.Transposed, gradients.PositionWeight, channels, problem.Width);
        MicroKernels<W, F, D>.Product<StoreProduct<F>>(
            problem.PositionWeightBack, problem.Zeros, scratch.Gradient, scratch.OtherGradient, scratch.OtherGradient, channels, channels);
    }

    /// <summary>q = ds·output·[hidden &gt; 0] and the sums that need it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void PositionLayer(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients)
    {
        int lanes = W.Lanes;
        float* u = scratch.Position, q = scratch.Gradient, gate = scratch.Gate, stretch = scratch.Stretch;
        float* biasSum = gradients.PositionBias, outputSum = gradients.PositionOutput;
        F w0 = W.Load(gate), w1 = W.Load(gate + lanes), w2 = W.Load(gate + (2 * lanes)), w3 = W.Load(gate + (3 * lanes));
        F d0 = W.Load(stretch), d1 = W.Load(stretch + lanes), d2 = W.Load(stretch + (2 * lanes)), d3 = W.Load(stretch + (3 * lanes));
        F g0 = W.Splat(0f), g1 = g0, g2 = g0, g3 = g0;
        for (int c = 0; c < problem.Channels; c++, u += W.Tile, q += W.Tile, biasSum += lanes, outputSum += lanes)
        {
            F bias = W.Splat(problem.PositionBias[c]), weight = W.Splat(problem.PositionOutput[c]);
            F output = W.Load(outputSum), total = W.Load(biasSum);
            Hidden(W.Load(u), w0, d0, bias, weight, q, ref g0, ref output, ref total);
            Hidden(W.Load(u + lanes), w1, d1, bias, weight, q + lanes, ref g1, ref output, ref total);
            Hidden(W.Load(u + (2 * lanes)), w2, d2, bias, weight, q + (2 * lanes), ref g2, ref output, ref total);
            Hidden(W.Load(u + (3 * lanes)), w3, d3, bias, weight, q + (3 * lanes), ref g3, ref output, ref total);
            W.Store(output, outputSum);
            W.Store(total, biasSum);
        }

        float* gateGradient = scratch.GateGradient;
        W.Store(g0, gateGradient);
        W.Store(g1, gateGradient + lanes);
        W.Store(g2, gateGradient + (2 * lanes));
        W.Store(g3, gateGradient + (3 * lanes));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Hidden(F u, F gate, F stretchGradient, F bias, F weight, float* q, ref F gateGradient, ref F output, ref F total)
    {
        F hidden = W.Rectify(W.MultiplyAdd(gate, u, bias));
        F gradient = W.Keep(W.IsPositive(hidden), W.Multiply(stretchGradient, weight));
        W.Store(gradient, q);
        output = W.MultiplyAdd(stretchGradient, hidden, output);
        total = W.Add(total, gradient);
        gateGradient = W.MultiplyAdd(gradient, u, gateGradient);
    }

    /// <summary>Completes the gradient of the gate and turns it into that of its argument (GateGradient).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Gate(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor)
    {
        nint stride = scratch.ReceiverStride;
        F total = W.Load(gradients.GateBias), one = W.Splat(1f);
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            F sum = problem.MovesNodes ? W.Load(scratch.GateGradient + e) : W.Splat(0f);
            float* m = scratch.Message + e, end = m + (problem.Channels * W.Tile), aggregate = scratch.AggregateGradient + cursor.Receiver;
            for (; m < end; m += W.Tile, aggregate += stride) sum = W.MultiplyAdd(W.Load(m), W.Load(aggregate), sum);
            F gate = W.Load(scratch.Gate + e);
            F argument = W.Multiply(sum, W.Multiply(gate, W.Subtract(one, gate)));
            W.Store(argument, scratch.GateGradient + e);
            total = W.Add(total, argument);
        }

        W.Store(total, gradients.GateBias);
    }

    /// <summary>Gradient = [m &gt; 0]·(gate·(OtherGradient + aggregate's gradient) + gate argument's gradient·gate weight).</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MessageGradient(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor)
    {
        nint stride = scratch.ReceiverStride;
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            float* aggregate = scratch.AggregateGradient + cursor.Receiver;
            float* m = scratch.Message + e, back = scratch.OtherGradient + e, target = scratch.Gradient + e;
            float* biasSum = gradients.MessageBias, gateSum = gradients.GateWeight;
            F gate = W.Load(scratch.Gate + e), argument = W.Load(scratch.GateGradient + e);
            for (int c = 0; c < problem.Channels; c++)
            {
                F message = W.Load(m), incoming = W.Load(aggregate);
                if (problem.MovesNodes) incoming = W.Add(incoming, W.Load(back));
                F gradient = W.MultiplyAdd(argument, W.Splat(problem.GateWeight[c]), W.Multiply(gate, incoming));
                gradient = W.Keep(W.IsPositive(message), gradient);
                W.Store(gradient, target);
                W.Store(W.Add(W.Load(biasSum), gradient), biasSum);
                W.Store(W.MultiplyAdd(argument, message, W.Load(gateSum)), gateSum);
                m += W.Tile;
                back += W.Tile;
                target += W.Tile;
                aggregate += stride;
                biasSum += W.Lanes;
                gateSum += W.Lanes;
            }
        }
    }

    /// <summary>Through the second layer: its weight gradient, and OtherGradient = gradient of the normalised first layer.</summary>
    private static void Message(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients)
    {
        int channels = problem.Channels;
        WeightGradient<W, F, D>.Transpose(scratch.Activation, scratch.Ones, scratch.Transposed, channels, problem.Width);
        WeightGradient<W, F, D>.Accumulate(scratch.Gradient, scratch.Transposed, gradients.MessageWeight, channels, problem.Width);
        MicroKernels<W, F, D>.Product<StoreWherePositive<F>>(
            problem.MessageWeightBack, problem.Zeros, scratch.Gradient, scratch.OtherGradient, scratch.Activation, channels, channels);
    }

    /// <summary>Adds the first layer's gradient to both nodes' sums and takes its products with the invariants.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FirstLayer(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor, long edge)
    {
        nint receiverStride = scratch.ReceiverStride, senderStride = scratch.SenderStride;
        for (int e = 0; e < W.Tile; e += W.Lanes, edge += W.Lanes, cursor.Advance(W.Lanes))
        {
            float* z = scratch.OtherGradient + e, receiver = scratch.ReceiverSum + cursor.Receiver, sender = scratch.SenderSum + cursor.Sender;
            if (cursor.LanesBeforeWrap >= W.Lanes)
            {
                for (int c = 0; c < problem.Channels; c++, z += W.Tile, receiver += receiverStride, sender += senderStride)
                {
                    F gradient = W.Load(z);
                    W.Store(W.Add(W.Load(receiver), gradient), receiver);
                    W.Store(W.Add(W.Load(sender), gradient), sender);
                }
            }
            else
            {
                float* after = scratch.SenderSum + cursor.SenderAfterWrap;
                F head = W.FirstLanes(cursor.LanesBeforeWrap);
                for (int c = 0; c < problem.Channels; c++, z += W.Tile, receiver += receiverStride, sender += senderStride, after += senderStride)
                {
                    F gradient = W.Load(z);
                    W.Store(W.Add(W.Load(receiver), gradient), receiver);
                    W.Store(W.Add(W.Load(sender), W.Keep(head, gradient)), sender);
                    W.Store(W.Add(W.Load(after), W.Drop(head, gradient)), after);
                }
            }

            WithInvariants(problem, scratch.OtherGradient + e, gradients, edge);
        }
    }

    /// <summary>The sums of dz·nrm and dz·dot over edges, and the gradients of nrm and dot as sums over channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WithInvariants(EdgeProblem problem, float* z, in EdgeGradients gradients, long edge)
    {
        F norm = W.Load(problem.Norm + edge), product = W.Load(problem.Product + edge);
        F normGradient = W.Splat(0f), productGradient = normGradient;
        float* normSum = gradients.WithNorm, productSum = gradients.WithProduct;
        for (int c = 0; c < problem.Channels; c++, z += W.Tile, normSum += W.Lanes, productSum += W.Lanes)
        {
            F gradient = W.Load(z);
            W.Store(W.MultiplyAdd(gradient, norm, W.Load(normSum)), normSum);
            W.Store(W.MultiplyAdd(gradient, product, W.Load(productSum)), productSum);
            normGradient = W.MultiplyAdd(gradient, W.Splat(problem.NormWeight[c]), normGradient);
            productGradient = W.MultiplyAdd(gradient, W.Splat(problem.ProductWeight[c]), productGradient);
        }

        W.Store(normGradient, problem.NormGradient + edge);
        W.Store(productGradient, problem.ProductGradient + edge);
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
