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
        Load(problem, scratch, first, nodes);
        int edges = DiagonalCursor.PaddedEdges(nodes, W.Lanes, W.Tile);
        var cursor = new DiagonalCursor(nodes, W.Lanes);
        for (int e = 0; e < edges; e += W.Tile)
        {
            var tile = new EdgeTile(problem, problem.EdgeStart[jet] + e, W.Tile);
            EdgeForward<W, F, D>.Messages(problem, scratch, cursor, tile);
            if (problem.MovesNodes) Position(problem, scratch, gradients, cursor, tile);
            Gate(problem, scratch, gradients, cursor, tile);
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
    /// Through the displacement and the position layer: OtherGradient = gradient of gate·message by this way. The layer's units are not
    /// computed again: the forward pass left s and which units were open. With q = ds·[open], the weight gradient is output·Σ q·(w m)ᵀ, and
    /// the output's gradient Σ ds·hidden follows from the same sums (<see cref="EdgeBlockEngine"/>).
    /// </summary>
    private static void Position(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor, in EdgeTile tile)
    {
        int channels = problem.Channels;
        EdgeGeometry<W, F, D>.DisplaceBack(scratch, cursor, tile.Stretch, problem.Settings.Clamp);
        OpenUnits(problem, scratch, gradients, tile);
        WeightGradient<W, F, D>.Transpose(scratch.Message, tile.Gate, scratch.Transposed, channels, problem.Width);
        WeightGradient<W, F, D>.Accumulate(scratch.Gradient, scratch.Transposed, gradients.PositionWeight, channels, problem.Width);
        MicroKernels<W, F, D>.Product<StoreProduct<F>>(
            problem.PositionWeightBack, problem.Zeros, scratch.Gradient, scratch.OtherGradient, scratch.OtherGradient, channels, channels);
    }

    /// <summary>q = ds·[open] and its sum over edges.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void OpenUnits(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int lanes = W.Lanes;
        float* q = scratch.Gradient, ds = scratch.StretchGradient, sum = gradients.PositionBias;
        ushort* open = tile.Open;
        F d0 = W.Load(ds), d1 = W.Load(ds + lanes), d2 = W.Load(ds + (2 * lanes)), d3 = W.Load(ds + (3 * lanes));
        for (int c = 0; c < problem.Channels; c++, q += W.Tile, open += 4, sum += lanes)
        {
            F q0 = W.Keep(W.FromBits(open[0]), d0), q1 = W.Keep(W.FromBits(open[1]), d1);
            F q2 = W.Keep(W.FromBits(open[2]), d2), q3 = W.Keep(W.FromBits(open[3]), d3);
            W.Store(q0, q);
            W.Store(q1, q + lanes);
            W.Store(q2, q + (2 * lanes));
            W.Store(q3, q + (3 * lanes));
            W.Store(W.Add(W.Load(sum), W.Add(W.Add(q0, q1), W.Add(q2, q3))), sum);
        }
    }

    /// <summary>
    /// Through the gate: Gradient = [m &gt; 0]·(gate·incoming + gate argument's gradient·gate weight), where incoming is the aggregate's
    /// gradient and what came back through the position layer.
    /// </summary>
    private static void Gate(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor, in EdgeTile tile)
    {
        if (problem.MovesNodes) Incoming<True>(problem, scratch, gradients, cursor, tile);
        else Incoming<False>(problem, scratch, gradients, cursor, tile);
        MessageGradient(problem, scratch, gradients, tile);
    }

    /// <summary>OtherGradient = incoming, and the gradient of the gate's argument, g(1 − g)·Σ m·incoming.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Incoming<TMoves>(
        EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, DiagonalCursor cursor, in EdgeTile tile)
        where TMoves : struct, ISwitch
    {
        nint stride = scratch.ReceiverStride;
        F total = W.Load(gradients.GateBias), one = W.Splat(1f);
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            F sum = W.Splat(0f);
            float* m = scratch.Message + e, end = m + (problem.Channels * W.Tile), incoming = scratch.OtherGradient + e;
            float* aggregate = scratch.AggregateGradient + cursor.Receiver;
            for (; m < end; m += W.Tile, incoming += W.Tile, aggregate += stride)
            {
                F gradient = TMoves.IsOn ? W.Add(W.Load(aggregate), W.Load(incoming)) : W.Load(aggregate);
                W.Store(gradient, incoming);
                sum = W.MultiplyAdd(W.Load(m), gradient, sum);
            }

            F gate = W.Load(tile.Gate + e);
            F argument = W.Multiply(sum, W.Multiply(gate, W.Subtract(one, gate)));
            W.Store(argument, scratch.GateGradient + e);
            total = W.Add(total, argument);
        }

        W.Store(total, gradients.GateBias);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MessageGradient(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int lanes = W.Lanes;
        float* m = scratch.Message, incoming = scratch.OtherGradient, target = scratch.Gradient, gate = tile.Gate, argument = scratch.GateGradient;
        float* biasSum = gradients.MessageBias, gateSum = gradients.GateWeight;
        F w0 = W.Load(gate), w1 = W.Load(gate + lanes), w2 = W.Load(gate + (2 * lanes)), w3 = W.Load(gate + (3 * lanes));
        F a0 = W.Load(argument), a1 = W.Load(argument + lanes), a2 = W.Load(argument + (2 * lanes)), a3 = W.Load(argument + (3 * lanes));
        for (int c = 0; c < problem.Channels; c++, m += W.Tile, incoming += W.Tile, target += W.Tile, biasSum += lanes, gateSum += lanes)
        {
            F weight = W.Splat(problem.GateWeight[c]), bias = W.Load(biasSum), sum = W.Load(gateSum);
            ThroughGate(m, incoming, target, w0, a0, weight, ref bias, ref sum);
            ThroughGate(m + lanes, incoming + lanes, target + lanes, w1, a1, weight, ref bias, ref sum);
            ThroughGate(m + (2 * lanes), incoming + (2 * lanes), target + (2 * lanes), w2, a2, weight, ref bias, ref sum);
            ThroughGate(m + (3 * lanes), incoming + (3 * lanes), target + (3 * lanes), w3, a3, weight, ref bias, ref sum);
            W.Store(bias, biasSum);
            W.Store(sum, gateSum);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ThroughGate(float* m, float* incoming, float* target, F gate, F argument, F weight, ref F bias, ref F sum)
    {
        F message = W.Load(m);
        F gradient = W.MultiplyAdd(argument, weight, W.Multiply(gate, W.Load(incoming)));
        gradient = W.Keep(W.IsPositive(message), gradient);
        W.Store(gradient, target);
        bias = W.Add(bias, gradient);
        sum = W.MultiplyAdd(argument, message, sum);
    }

    /// <summary>Through the second layer: its weight gradient, and OtherGradient = gradient of the normalised first layer.</summary>
    private static void Message(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int channels = problem.Channels;
        WeightGradient<W, F, D>.Transpose(scratch.Activation, scratch.Ones, scratch.Transposed, channels, problem.Width);
        WeightGradient<W, F, D>.Accumulate(scratch.Gradient, scratch.Transposed, gradients.MessageWeight, channels, problem.Width);
        MicroKernels<W, F, D>.Product<StoreWherePositive<F>>(
            problem.MessageWeightBack, problem.Zeros, scratch.Gradient, scratch.OtherGradient, scratch.Activation, channels, channels);
        WithInvariants(problem, scratch, gradients, tile);
    }

    /// <summary>The sums of dz·nrm and dz·dot over edges, and the gradients of nrm and dot as sums over channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WithInvariants(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, in EdgeTile tile)
    {
        int lanes = W.Lanes;
        float* z = scratch.OtherGradient, normSum = gradients.WithNorm, productSum = gradients.WithProduct;
        F zero = W.Splat(0f), n0 = zero, n1 = zero, n2 = zero, n3 = zero, p0 = zero, p1 = zero, p2 = zero, p3 = zero;
        for (int c = 0; c < problem.Channels; c++, z += W.Tile, normSum += lanes, productSum += lanes)
        {
            F u = W.Splat(problem.NormWeight[c]), v = W.Splat(problem.ProductWeight[c]);
            F norms = W.Load(normSum), products = W.Load(productSum);
            WithInvariant(z, tile, 0, u, v, ref n0, ref p0, ref norms, ref products);
            WithInvariant(z, tile, lanes, u, v, ref n1, ref p1, ref norms, ref products);
            WithInvariant(z, tile, 2 * lanes, u, v, ref n2, ref p2, ref norms, ref products);
            WithInvariant(z, tile, 3 * lanes, u, v, ref n3, ref p3, ref norms, ref products);
            W.Store(norms, normSum);
            W.Store(products, productSum);
        }

        StoreFour(n0, n1, n2, n3, tile.NormGradient);
        StoreFour(p0, p1, p2, p3, tile.ProductGradient);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void WithInvariant(float* z, in EdgeTile tile, int e, F u, F v, ref F norm, ref F product, ref F norms, ref F products)
    {
        F gradient = W.Load(z + e);
        norm = W.MultiplyAdd(gradient, u, norm);
        product = W.MultiplyAdd(gradient, v, product);
        norms = W.MultiplyAdd(gradient, W.Load(tile.Norm + e), norms);
        products = W.MultiplyAdd(gradient, W.Load(tile.Product + e), products);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void StoreFour(F a, F b, F c, F d, float* target)
    {
        W.Store(a, target);
        W.Store(b, target + W.Lanes);
        W.Store(c, target + (2 * W.Lanes));
        W.Store(d, target + (3 * W.Lanes));
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
