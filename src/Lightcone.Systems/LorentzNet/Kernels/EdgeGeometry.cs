using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// The Lorentz invariants of each edge and the displacement of four-momenta, in float64 (arXiv:2201.08187 eqs. 3.1 to 3.3). The metric
/// is (+,−,−,−).
/// </summary>
internal static unsafe class EdgeGeometry<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    private static int Half => W.Lanes / 2;

    /// <summary>Places a jet's four-momenta [nodes][4] in both shapes.</summary>
    public static void Place(EdgeScratch scratch, double* momenta, int nodes)
    {
        NodeLayout.ToReceivers(momenta, nodes, 4, 1, scratch.ReceiverMomenta, scratch.ReceiverStride, W.Lanes);
        NodeLayout.ToSenders(momenta, nodes, 4, scratch.SenderMomenta, scratch.SenderStride, W.Lanes);
    }

    /// <summary>
    /// psi of |x_i − x_j|² and of x_i·x_j for each edge (zero in empty lanes), and their sums over each receiver's edges, which by the
    /// symmetry of both are the sums over each sender's edges too.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Invariants(EdgeScratch scratch, int nodes, float* norm, float* product, double* nodeNorm, double* nodeProduct)
    {
        int edges = DiagonalCursor.PaddedEdges(nodes, W.Lanes, W.Tile);
        var cursor = new DiagonalCursor(nodes, W.Lanes);
        double* sums = scratch.PairSums, productSums = sums + scratch.ReceiverStride;
        NodeLayout.ClearReceivers(sums, scratch.ReceiverStride, 2, nodes, W.Lanes);
        for (int e = 0; e < edges; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            Interval(scratch, cursor, 0, out D n0, out D p0);
            Interval(scratch, cursor, Half, out D n1, out D p1);
            var real = cursor.RealEdges<W, F, D>();
            F n = W.Keep(real, ElementFunctions<W, F, D>.SignedLogarithm(W.Narrow(n0, n1)));
            F p = W.Keep(real, ElementFunctions<W, F, D>.SignedLogarithm(W.Narrow(p0, p1)));
            W.Store(n, norm + e);
            W.Store(p, product + e);
            AddTo(sums + cursor.Receiver, n);
            AddTo(productSums + cursor.Receiver, p);
        }

        for (int i = 0; i < nodes; i++)
        {
            nodeNorm[i] = NodeLayout.Receiver(sums, i, nodes, W.Lanes);
            nodeProduct[i] = NodeLayout.Receiver(productSums, i, nodes, W.Lanes);
        }
    }

    /// <summary>Adds clamp(d·s) of a tile's edges to the receivers' sums; s is zero in empty lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Displace(EdgeScratch scratch, DiagonalCursor cursor, float* stretches, double clamp)
    {
        D high = W.Splat(clamp), low = W.Splat(-clamp);
        for (float* s = stretches, end = s + W.Tile; s < end; s += W.Lanes, cursor.Advance(W.Lanes))
        {
            F stretch = W.Load(s);
            for (int half = 0; half < W.Lanes; half += Half)
            {
                D factor = half == 0 ? W.WidenLower(stretch) : W.WidenUpper(stretch);
                double* sum = scratch.ReceiverMomentaSum + cursor.Receiver + half;
                for (int c = 0; c < 4; c++, sum += scratch.ReceiverStride)
                {
                    D d = Difference(scratch, cursor, half, c, out _, out _);
                    W.Store(W.Add(W.Load(sum), W.Clamp(W.Multiply(d, factor), low, high)), sum);
                }
            }
        }
    }

    /// <summary>
    /// Gradient of the displacement: takes s and the gradient of one displacement of the receiver, gives ds and adds to the gradients of
    /// both four-momenta.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void DisplaceBack(EdgeScratch scratch, DiagonalCursor cursor, float* stretches, double clamp)
    {
        D limit = W.Splat(clamp);
        float* gradients = scratch.StretchGradient;
        for (int e = 0; e < W.Tile; e += W.Lanes, cursor.Advance(W.Lanes))
        {
            F stretch = W.Load(stretches + e);
            D lower = StretchGradient(scratch, cursor, 0, limit, W.WidenLower(stretch));
            D upper = StretchGradient(scratch, cursor, Half, limit, W.WidenUpper(stretch));
            W.Store(W.Keep(cursor.RealEdges<W, F, D>(), W.Narrow(lower, upper)), gradients + e);
        }
    }

    /// <summary>
    /// Gradient of the invariants: adds to the gradients of both four-momenta, given d(loss)/d(norm) and d(loss)/d(product) of a
    /// register of edges (zero in empty lanes).
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void InvariantsBack(EdgeScratch scratch, DiagonalCursor cursor, int half, D normGradient, D productGradient)
    {
        D one = W.Splat(1.0);
        Interval(scratch, cursor, half, out D n, out D p);
        // psi'(p) = sign(p)²/(1 + |p|): zero at p = 0, as automatic differentiation has it.
        D gn = W.Keep(W.IsNonzero(n), W.Divide(W.Add(normGradient, normGradient), W.Add(one, W.Absolute(n))));
        D gp = W.Keep(W.IsNonzero(p), W.Divide(productGradient, W.Add(one, W.Absolute(p))));
        double* atReceiver = scratch.ReceiverMomentaSum + cursor.Receiver + half;
        for (int c = 0; c < 4; c++, atReceiver += scratch.ReceiverStride)
        {
            D d = Difference(scratch, cursor, half, c, out D xi, out D xj);
            D change = W.Multiply(gn, d);
            D toReceiver = W.MultiplyAdd(gp, xj, change), toSender = W.SubtractProduct(W.Splat(1.0), change, W.Multiply(gp, xi));
            if (c > 0)
            {
                toReceiver = W.Subtract(W.Splat(0.0), toReceiver);
                toSender = W.Subtract(W.Splat(0.0), toSender);
            }

            W.Store(W.Add(W.Load(atReceiver), toReceiver), atReceiver);
            AddToSender(scratch.SenderMomentaSum + (c * scratch.SenderStride), cursor, half, toSender);
        }
    }

    /// <summary>Reads a row of sender shape for one half of a register of edges.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static D FromSender(double* row, DiagonalCursor cursor, int half)
    {
        D value = W.Load(row + cursor.Sender + half);
        int before = cursor.LanesBeforeWrap - half;
        return before >= Half
            ? value
            : W.Select(W.FirstHalfLanes(before), value, W.Load(row + cursor.SenderAfterWrap + half));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddToSender(double* row, DiagonalCursor cursor, int half, D value)
    {
        double* at = row + cursor.Sender + half;
        int before = cursor.LanesBeforeWrap - half;
        if (before >= Half)
        {
            W.Store(W.Add(W.Load(at), value), at);
            return;
        }

        D head = W.FirstHalfLanes(before);
        double* after = row + cursor.SenderAfterWrap + half;
        W.Store(W.Add(W.Load(at), W.Keep(head, value)), at);
        W.Store(W.Add(W.Load(after), W.Drop(head, value)), after);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D Difference(EdgeScratch scratch, DiagonalCursor cursor, int half, int component, out D xi, out D xj)
    {
        xi = W.Load(scratch.ReceiverMomenta + (component * scratch.ReceiverStride) + cursor.Receiver + half);
        xj = FromSender(scratch.SenderMomenta + (component * scratch.SenderStride), cursor, half);
        return W.Subtract(xi, xj);
    }

    /// <summary>|x_i − x_j|² and x_i·x_j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Interval(EdgeScratch scratch, DiagonalCursor cursor, int half, out D norm, out D product)
    {
        D d = Difference(scratch, cursor, half, 0, out D xi, out D xj);
        norm = W.Multiply(d, d);
        product = W.Multiply(xi, xj);
        for (int c = 1; c < 4; c++)
        {
            d = Difference(scratch, cursor, half, c, out xi, out xj);
            norm = W.SubtractProduct(d, d, norm);
            product = W.SubtractProduct(xi, xj, product);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static D StretchGradient(EdgeScratch scratch, DiagonalCursor cursor, int half, D limit, D stretch)
    {
        D gradient = W.Splat(0.0);
        double* displacement = scratch.DisplacementGradient + cursor.Receiver + half;
        double* atReceiver = scratch.ReceiverMomentaSum + cursor.Receiver + half;
        for (int c = 0; c < 4; c++, displacement += scratch.ReceiverStride, atReceiver += scratch.ReceiverStride)
        {
            D d = Difference(scratch, cursor, half, c, out _, out _);
            D g = W.Keep(W.IsAtMost(W.Absolute(W.Multiply(d, stretch)), limit), W.Load(displacement));
            gradient = W.MultiplyAdd(d, g, gradient);
            D change = W.Multiply(stretch, g);
            W.Store(W.Add(W.Load(atReceiver), change), atReceiver);
            AddToSender(scratch.SenderMomentaSum + (c * scratch.SenderStride), cursor, half, W.Subtract(W.Splat(0.0), change));
        }

        return gradient;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(double* sum, F value)
    {
        W.Store(W.Add(W.Load(sum), W.WidenLower(value)), sum);
        W.Store(W.Add(W.Load(sum + Half), W.WidenUpper(value)), sum + Half);
    }
}
