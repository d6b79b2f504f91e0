using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>
/// Sums of a batch that give the mean and variance of the first layer over all edges without visiting an edge, in float64. With
/// z = a_i + b_j + nrm·u + dot·v and w the number of partners, Σz and Σz² reduce to sums over nodes, because all pairs of a jet occur.
/// </summary>
internal unsafe struct EdgeStatistics
{
    /// <summary>Σ nrm, Σ dot, Σ nrm², Σ dot², Σ nrm·dot over edges, then their number.</summary>
    public const int Scalars = 6;

    /// <summary>Five sums.</summary>
    public double* Edge;

    /// <summary>Σ w(a + b), [channels].</summary>
    public double* Linear;

    /// <summary>Σ w(a² + b²) + 2(Σa Σb − Σ ab), [channels].</summary>
    public double* Square;

    /// <summary>Σ (a + b)·(sum of nrm over the node's edges), [channels].</summary>
    public double* WithNorm;

    /// <summary>Σ (a + b)·(sum of dot over the node's edges), [channels].</summary>
    public double* WithProduct;

    /// <summary>Numbers to allocate for one.</summary>
    public static int Size(int channels) => 8 + (4 * channels);

    /// <summary>Lays one over memory.</summary>
    public static EdgeStatistics At(double* memory, int channels) => new()
    {
        Edge = memory,
        Linear = memory + 8,
        Square = memory + 8 + channels,
        WithNorm = memory + 8 + (2 * channels),
        WithProduct = memory + 8 + (3 * channels),
    };

    /// <summary>Adds one jet's nodes: rows a, b [nodes][channels] and each node's sums of nrm and dot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void AddNodes(float* a, float* b, double* nodeNorm, double* nodeProduct, int nodes, int channels)
    {
        double partners = nodes - 1;
        for (int i = 0; i < nodes; i++)
        {
            Edge[0] += nodeNorm[i];
            Edge[1] += nodeProduct[i];
        }

        Edge[5] += partners * nodes;
        for (int c = 0; c < channels; c += 4)
        {
            Vector256<double> sumA = default, sumB = default, squares = default, cross = default, norm = default, product = default;
            float* rowA = a + c, rowB = b + c;
            for (int i = 0; i < nodes; i++, rowA += channels, rowB += channels)
            {
                Vector256<double> x = Widen(rowA), y = Widen(rowB), both = x + y;
                sumA += x;
                sumB += y;
                squares += (x * x) + (y * y);
                cross += x * y;
                norm += both * nodeNorm[i];
                product += both * nodeProduct[i];
            }

            AddTo(Linear + c, (sumA + sumB) * partners);
            AddTo(Square + c, (squares * partners) + (((sumA * sumB) - cross) * 2.0));
            AddTo(WithNorm + c, norm);
            AddTo(WithProduct + c, product);
        }
    }

    /// <summary>Adds the squares of one jet's edges; padding holds zeros.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public readonly void AddEdges<W, F, D>(float* norm, float* product, int edges)
        where W : struct, ISimdWidth<F, D>
        where F : struct
        where D : struct
    {
        D nn = W.Splat(0.0), pp = nn, np = nn;
        for (int e = 0; e < edges; e += W.Lanes)
        {
            F n = W.Load(norm + e), p = W.Load(product + e);
            D n0 = W.WidenLower(n), n1 = W.WidenUpper(n), p0 = W.WidenLower(p), p1 = W.WidenUpper(p);
            nn = W.MultiplyAdd(n0, n0, W.MultiplyAdd(n1, n1, nn));
            pp = W.MultiplyAdd(p0, p0, W.MultiplyAdd(p1, p1, pp));
            np = W.MultiplyAdd(n0, p0, W.MultiplyAdd(n1, p1, np));
        }

        Edge[2] += W.Sum(nn);
        Edge[3] += W.Sum(pp);
        Edge[4] += W.Sum(np);
    }

    /// <summary>Mean and biased variance of one channel of z, with weights u of nrm and v of dot.</summary>
    public readonly (double Mean, double Variance) Moments(int channel, double u, double v)
    {
        double edges = Edge[5];
        double mean = (Linear[channel] + (u * Edge[0]) + (v * Edge[1])) / edges;
        double square = Square[channel] + (u * u * Edge[2]) + (v * v * Edge[3]) + (2 * u * v * Edge[4])
            + (2 * u * WithNorm[channel]) + (2 * v * WithProduct[channel]);
        return (mean, Math.Max(0, (square / edges) - (mean * mean)));
    }

    /// <summary>Four float32 numbers as float64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<double> Widen(float* source)
    {
        var x = Vector128.Load(source);
        return Vector256.Create(Vector128.WidenLower(x), Vector128.WidenUpper(x));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AddTo(double* sum, Vector256<double> value) => (Vector256.Load(sum) + value).Store(sum);
}
