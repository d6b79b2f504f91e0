using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// Second backward pass over one jet, once the batch's sums are known: the shares of mean and variance in the gradients of the nodes, and
/// the invariants' gradients back to the four-momenta.
/// </summary>
internal static unsafe class EdgeBackwardStatistics<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>One jet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Jet(EdgeProblem problem, EdgeScratch scratch, in StatisticsGradient statistics, int jet)
    {
        int first = problem.Offsets[jet], nodes = problem.Offsets[jet + 1] - first, channels = problem.Channels;
        if (nodes == 0) return;
        nint at = (nint)first * channels;
        float* a = problem.Receiver + at, b = problem.Sender + at;
        NodeGradients.Normalise(
            statistics, a, b, problem.NodeNorm + first, problem.NodeProduct + first,
            problem.ReceiverGradient + at, problem.SenderGradient + at, nodes, channels);
        LoadPulls(scratch, statistics, a, b, nodes, channels);
        EdgeGeometry<W, F, D>.Place(scratch, problem.Momenta + (4 * (nint)first), nodes);
        NodeLayout.ClearReceivers(scratch.ReceiverMomentaSum, scratch.ReceiverStride, 4, nodes, W.Lanes);
        NodeLayout.ClearSenders(scratch.SenderMomentaSum, scratch.SenderStride, 4, nodes, W.Lanes);
        var cursor = new DiagonalCursor(nodes, W.Lanes);
        long edge = problem.EdgeStart[jet];
        int edges = DiagonalCursor.PaddedEdges(nodes, W.Lanes, W.Tile);
        for (int e = 0; e < edges; e += W.Lanes, edge += W.Lanes, cursor.Advance(W.Lanes))
        {
            F real = cursor.RealEdges<W, F, D>();
            F n = W.Load(problem.Norm + edge), p = W.Load(problem.Product + edge);
            F dn = W.Keep(real, W.Load(problem.NormGradient + edge)), dp = W.Keep(real, W.Load(problem.ProductGradient + edge));
            D r0 = W.WidenLower(W.Keep(real, W.Splat(1f))), r1 = W.WidenUpper(W.Keep(real, W.Splat(1f)));
            Half(scratch, statistics, cursor, 0, r0, W.WidenLower(n), W.WidenLower(p), W.WidenLower(dn), W.WidenLower(dp));
            Half(scratch, statistics, cursor, W.Lanes / 2, r1, W.WidenUpper(n), W.WidenUpper(p), W.WidenUpper(dn), W.WidenUpper(dp));
        }

        NodeGradients.AddMomenta(scratch, nodes, W.Lanes, problem.MomentaGradient + (4 * (nint)first));
    }

    private static void LoadPulls(EdgeScratch scratch, in StatisticsGradient statistics, float* a, float* b, int nodes, int channels)
    {
        double* receivers = scratch.ReceiverScalars, senders = scratch.SenderScalars;
        NodeGradients.Pulls(statistics, a, nodes, channels, receivers, receivers + scratch.ReceiverStride);
        NodeGradients.Pulls(statistics, b, nodes, channels, senders, senders + scratch.SenderStride);
        int period = DiagonalCursor.PeriodOf(nodes, W.Lanes);
        for (int row = 0; row < 2; row++, receivers += scratch.ReceiverStride, senders += scratch.SenderStride)
        {
            for (int i = 0; i < nodes; i++) senders[nodes + i] = senders[i];
            for (int i = 0; i < Math.Min(W.Lanes, nodes); i++) receivers[period + i] = receivers[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Half(EdgeScratch scratch, in StatisticsGradient s, DiagonalCursor cursor, int half, D real, D n, D p, D dn, D dp)
    {
        double* receivers = scratch.ReceiverScalars + cursor.Receiver + half;
        D normPull = W.Add(W.Load(receivers), EdgeGeometry<W, F, D>.FromSender(scratch.SenderScalars, cursor, half));
        D productPull = W.Add(
            W.Load(receivers + scratch.ReceiverStride),
            EdgeGeometry<W, F, D>.FromSender(scratch.SenderScalars + scratch.SenderStride, cursor, half));
        D mixed = W.Splat(s.NormProduct);
        D normShare = W.MultiplyAdd(W.Splat(s.NormNorm), n, W.MultiplyAdd(mixed, p, W.Add(normPull, W.Splat(s.NormConstant))));
        D productShare = W.MultiplyAdd(W.Splat(s.ProductProduct), p, W.MultiplyAdd(mixed, n, W.Add(productPull, W.Splat(s.ProductConstant))));
        D mask = W.IsNonzero(real);
        EdgeGeometry<W, F, D>.InvariantsBack(
            scratch, cursor, half, W.Subtract(dn, W.Keep(mask, normShare)), W.Subtract(dp, W.Keep(mask, productShare)));
    }
}
