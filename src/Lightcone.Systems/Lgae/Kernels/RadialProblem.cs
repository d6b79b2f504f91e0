namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>
/// Addresses and sizes of one call, shared by all threads. Everything here is owned by <see cref="RadialEngine"/> or its caller. Filters lie side
/// by side in a row, each rounded up to whole registers: entry o of a row is channel o of filter 0 or channel o − Row/2 of filter 1.
/// </summary>
internal sealed unsafe class RadialProblem
{
    public int Channels;
    public int Terms;
    public int Jets;

    /// <summary>Floats of both filters of a pair.</summary>
    public int Row;

    /// <summary>Terms, rounded up to whole registers; the extra ones have rate 0 and weight 0.</summary>
    public int TermRow;

    public double IntervalScale;

    // Inputs as the caller holds them.
    public int* Offsets;
    public double* Momenta;
    public float* RateColumn;
    public float* CentreColumn;
    public float* WeightMatrix;
    public float* BiasColumn;

    // The radial function, rounded up: rows of terms, W as [TermRow][Row] and as [Row][TermRow].
    public float* Rates;
    public float* Centres;
    public float* Slopes; // −2c²
    public float* Weight;
    public float* WeightBack;
    public float* Bias;

    /// <summary>One filter each: what is summed, the sums; backward their gradients in exchanged roles.</summary>
    public readonly FilterNodes[] Filters = new FilterNodes[2];

    /// <summary>Gradient of the four-momenta; null where nobody asks for it.</summary>
    public double* MomentaGradient;

    /// <summary>Rows of nodes must be copied to whole registers.</summary>
    public bool Packed => Row != 2 * Channels;
}

/// <summary>Node rows [nodes, depth, C] of one filter.</summary>
internal unsafe struct FilterNodes
{
    /// <summary>Components a of a node.</summary>
    public int Depth;

    /// <summary>X.</summary>
    public float* X;

    /// <summary>Takes Y.</summary>
    public float* Y;

    /// <summary>Gradient of Y.</summary>
    public float* YGradient;

    /// <summary>Takes the gradient of X.</summary>
    public float* XGradient;
}

/// <summary>Where the rows of one jet's nodes lie: component a of node i at <c>At + i·NodeStep + a·Step</c>, whole registers.</summary>
internal readonly unsafe struct NodeRows(float* at, nint nodeStep, nint step)
{
    public readonly float* At = at;
    public readonly nint NodeStep = nodeStep;
    public readonly nint Step = step;

    /// <summary>The rows from a register and a component on.</summary>
    public NodeRows From(nint lane, nint component) => new(At + lane + (component * Step), NodeStep, Step);
}

/// <summary>What one filter sums and where the sums go.</summary>
internal readonly struct FilterSum(NodeRows x, NodeRows y, int depth)
{
    public readonly NodeRows X = x;
    public readonly NodeRows Y = y;
    public readonly int Depth = depth;
}
