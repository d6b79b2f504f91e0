using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>
/// Working memory of one thread, reused for every jet. Pairs i &lt; j are listed by i, then j. The rows may be written up to a block beyond their end.
/// </summary>
internal sealed unsafe class RadialScratch(RadialProblem problem) : IJetScratch
{
    /// <summary>Pairs whose gradients are gathered in float32 before they join the float64 sums.</summary>
    public const int Tile = 128;

    private const int Slack = 16;
    private readonly NativeBuffer _arena = new();
    private readonly float*[] _nodes = new float*[6];
    private byte* _next;

    /// <summary>Doubles between two components of four-momenta.</summary>
    public int MomentaStride { get; private set; }

    /// <summary>Four-momenta [4][stride].</summary>
    public double* Momenta { get; private set; }

    /// <summary>Their gradient [4][stride].</summary>
    public double* MomentaGradient { get; private set; }

    /// <summary>x of each pair; in the backward pass also its gradient.</summary>
    public float* X { get; private set; }

    /// <summary>Gradient of x of each pair.</summary>
    public float* XGradient { get; private set; }

    /// <summary>1 / (1 + c²(x − x0)²), [pairs][TermRow].</summary>
    public float* Terms { get; private set; }

    /// <summary>f of each pair, and in the backward pass its gradient, [pairs][Row].</summary>
    public float* Pairs { get; private set; }

    /// <summary>f of each ordered pair, zero on the diagonal, [nodes][nodes][Row].</summary>
    public float* Square { get; private set; }

    /// <summary>Gradient of a tile's terms, [Tile][TermRow].</summary>
    public float* TermsGradient { get; private set; }

    /// <summary>Gradient of the weights by one tile, [TermRow][Row].</summary>
    public float* WeightGradient { get; private set; }

    /// <summary>Gradient of the bias by one tile, [Row]; then sums over a tile for centres and for rates, [TermRow] each.</summary>
    public float* RowGradients { get; private set; }

    /// <summary>Zeros, [max(Row, TermRow)].</summary>
    public float* Zeros { get; private set; }

    /// <summary>Room for the packed rows of a jet's nodes: of both filters what is summed, its gradient, and the results.</summary>
    public float* Nodes(int slot) => _nodes[slot];

    /// <inheritdoc/>
    public void Prepare(int largest)
    {
        var p = problem;
        long pairs = (largest * (largest - 1L) / 2) + Slack, square = (long)largest * largest;
        MomentaStride = largest + (2 * Slack);
        int wide = Math.Max(p.Row, p.TermRow), depth = Math.Max(p.Filters[0].Depth, p.Filters[1].Depth);
        long nodes = p.Packed ? checked(largest * (long)depth * (p.Row / 2)) : 0;
        long floats = checked((2 * pairs) + (pairs * (p.TermRow + (long)p.Row)) + (square * p.Row) + (Tile * (long)p.TermRow) + (p.TermRow * (long)p.Row) + p.Row + (2L * p.TermRow) + wide + (6 * nodes));
        _next = _arena.Bytes(checked((nuint)((sizeof(float) * floats) + (sizeof(double) * 8L * MomentaStride) + (64 * 16))));
        Momenta = (double*)Take(sizeof(double) * 4L * MomentaStride);
        MomentaGradient = (double*)Take(sizeof(double) * 4L * MomentaStride);
        X = Floats(pairs);
        XGradient = Floats(pairs);
        Terms = Floats(pairs * p.TermRow);
        Pairs = Floats(pairs * p.Row);
        Square = Floats(square * p.Row);
        TermsGradient = Floats(Tile * (long)p.TermRow);
        WeightGradient = Floats(p.TermRow * (long)p.Row);
        RowGradients = Floats(p.Row + (2L * p.TermRow));
        Zeros = Floats(wide);
        new Span<float>(Zeros, wide).Clear();
        for (int slot = 0; slot < _nodes.Length; slot++) _nodes[slot] = Floats(nodes);
    }

    public void Dispose() => _arena.Dispose();

    private float* Floats(long count) => (float*)Take(sizeof(float) * count);

    private void* Take(long bytes)
    {
        byte* here = _next;
        _next += (bytes + 63) / 64 * 64;
        return here;
    }
}
