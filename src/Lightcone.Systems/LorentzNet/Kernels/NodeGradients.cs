using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>What the batch's mean and variance contribute to the gradients of nodes: numbers a channel, float64.</summary>
internal unsafe struct StatisticsGradient
{
    /// <summary>Weight of the normalisation over the standard deviation, g·r.</summary>
    public double* Scale;

    /// <summary>Mean of z.</summary>
    public double* Mean;

    /// <summary>r = 1/√(variance + ε).</summary>
    public double* InverseDeviation;

    /// <summary>k1 = Σ dy / edges; zero when stored statistics were used.</summary>
    public double* MeanShare;

    /// <summary>k2 = Σ dy·ẑ / edges; zero when stored statistics were used.</summary>
    public double* DeviationShare;

    /// <summary>g r² u k2.</summary>
    public double* NormPull;

    /// <summary>g r² v k2.</summary>
    public double* ProductPull;

    /// <summary>First-layer weights of nrm and dot as float64.</summary>
    public double* NormWeight;

    /// <summary>First-layer weights of nrm and dot as float64.</summary>
    public double* ProductWeight;

    /// <summary>Rows of this struct.</summary>
    public const int Rows = 9;

    /// <summary>Constant term of the gradient of nrm, and of dot.</summary>
    public double NormConstant, ProductConstant;

    /// <summary>Coefficients of nrm and dot in both gradients: nrm in nrm's, either in the other's, dot in dot's.</summary>
    public double NormNorm, NormProduct, ProductProduct;

    /// <summary>Lays the rows over memory.</summary>
    public static StatisticsGradient At(double* memory, int channels) => new()
    {
        Scale = memory,
        Mean = memory + channels,
        InverseDeviation = memory + (2 * channels),
        MeanShare = memory + (3 * channels),
        DeviationShare = memory + (4 * channels),
        NormPull = memory + (5 * channels),
        ProductPull = memory + (6 * channels),
        NormWeight = memory + (7 * channels),
        ProductWeight = memory + (8 * channels),
    };
}

/// <summary>Gradients that are sums over nodes, four channels at a time in float64.</summary>
internal static unsafe class NodeGradients
{
    /// <summary>Adds Σ dz and Σ dz·(a_i + b_j) of one jet, from its nodes' sums of dz.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSums(in EdgeGradients sums, float* a, float* b, float* receivers, float* senders, int nodes, int channels)
    {
        for (int c = 0; c < channels; c += 4)
        {
            Vector256<double> total = default, withNodes = default;
            nint at = c;
            for (int i = 0; i < nodes; i++, at += channels)
            {
                var received = EdgeStatistics.Widen(receivers + at);
                total += received;
                withNodes += (received * EdgeStatistics.Widen(a + at)) + (EdgeStatistics.Widen(senders + at) * EdgeStatistics.Widen(b + at));
            }

            (Vector256.Load(sums.Total + c) + total).Store(sums.Total + c);
            (Vector256.Load(sums.WithNodes + c) + withNodes).Store(sums.WithNodes + c);
        }
    }

    /// <summary>Adds both momentum sums of the scratch to rows [nodes][4].</summary>
    public static void AddMomenta(EdgeScratch scratch, int nodes, int lanes, double* rows)
    {
        for (int c = 0; c < 4; c++)
        {
            double* receivers = scratch.ReceiverMomentaSum + (c * scratch.ReceiverStride);
            double* senders = scratch.SenderMomentaSum + (c * scratch.SenderStride);
            for (int i = 0; i < nodes; i++)
                rows[(4 * i) + c] += NodeLayout.Receiver(receivers, i, nodes, lanes) + senders[i] + senders[nodes + i];
        }
    }

    /// <summary>
    /// Turns the sums of dy over a jet's edges into gradients of a and b, in place: the mean and the variance take their shares.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Normalise(
        in StatisticsGradient s, float* a, float* b, double* nodeNorm, double* nodeProduct, float* receivers, float* senders, int nodes, int channels)
    {
        double partners = nodes - 1;
        for (int c = 0; c < channels; c += 4)
        {
            Vector256<double> scale = Vector256.Load(s.Scale + c), mean = Vector256.Load(s.Mean + c), u = Vector256.Load(s.NormWeight + c);
            Vector256<double> v = Vector256.Load(s.ProductWeight + c), k1 = Vector256.Load(s.MeanShare + c) * partners;
            var k2 = Vector256.Load(s.DeviationShare + c) * Vector256.Load(s.InverseDeviation + c);
            Vector256<double> sumA = default, sumB = default;
            nint at = c;
            for (int i = 0; i < nodes; i++, at += channels)
            {
                sumA += EdgeStatistics.Widen(a + at);
                sumB += EdgeStatistics.Widen(b + at);
            }

            at = c;
            for (int i = 0; i < nodes; i++, at += channels)
            {
                Vector256<double> x = EdgeStatistics.Widen(a + at), y = EdgeStatistics.Widen(b + at);
                var pairs = (u * nodeNorm[i]) + (v * nodeProduct[i]);
                var ofReceiver = ((x - mean) * partners) + (sumB - y) + pairs;
                var ofSender = ((y - mean) * partners) + (sumA - x) + pairs;
                Narrow(scale * (EdgeStatistics.Widen(receivers + at) - k1 - (k2 * ofReceiver)), receivers + at);
                Narrow(scale * (EdgeStatistics.Widen(senders + at) - k1 - (k2 * ofSender)), senders + at);
            }
        }
    }

    /// <summary>Per node Σ_c pull·row, for both pulls: what mean and variance contribute to the gradients of nrm and dot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Pulls(in StatisticsGradient s, float* rows, int nodes, int channels, double* norm, double* product)
    {
        for (int i = 0; i < nodes; i++, rows += channels)
        {
            Vector256<double> n = default, p = default;
            for (int c = 0; c < channels; c += 4)
            {
                var x = EdgeStatistics.Widen(rows + c);
                n += x * Vector256.Load(s.NormPull + c);
                p += x * Vector256.Load(s.ProductPull + c);
            }

            norm[i] = Vector256.Sum(n);
            product[i] = Vector256.Sum(p);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Narrow(Vector256<double> value, float* target) =>
        Vector128.Narrow(value.GetLower(), value.GetUpper()).Store(target);
}
