using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.LorentzNet.Kernels;

/// <summary>The kernels of one register width; each call works through consecutive jets.</summary>
internal abstract unsafe class EdgeKernels
{
    /// <summary>Float32 lanes of a register.</summary>
    public abstract int Lanes { get; }

    /// <summary>Edges of a tile.</summary>
    public abstract int Tile { get; }

    /// <summary>Channels, rounded up to registers.</summary>
    public abstract int Width(int channels);

    /// <summary>Packs a square weight matrix, or its transpose.</summary>
    public abstract void Pack(float* matrix, float* packed, int channels, bool transposed);

    /// <summary>Invariants of every edge and the sums for the batch's mean and variance.</summary>
    public abstract void Statistics(EdgeProblem problem, EdgeScratch scratch, in EdgeStatistics sums, int from, int to);

    /// <summary>Invariants of every edge.</summary>
    public abstract void Invariants(EdgeProblem problem, EdgeScratch scratch, int from, int to);

    /// <summary>Forward pass; invariants are there.</summary>
    public abstract void Forward(EdgeProblem problem, EdgeScratch scratch, int from, int to);

    /// <summary>First backward pass.</summary>
    public abstract void Backward(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, int from, int to);

    /// <summary>Second backward pass.</summary>
    public abstract void BackwardStatistics(EdgeProblem problem, EdgeScratch scratch, in StatisticsGradient statistics, int from, int to);

    /// <summary>The widest kernels this processor runs well.</summary>
    public static EdgeKernels Best(int widestBits = 512)
    {
        if (widestBits >= 512 && Vector512.IsHardwareAccelerated)
            return new EdgeKernels<Wide512, Vector512<float>, Vector512<double>>();
        if (widestBits >= 256 && Vector256.IsHardwareAccelerated && Fma.IsSupported)
            return new EdgeKernels<Wide256, Vector256<float>, Vector256<double>>();
        return new EdgeKernels<Wide128, Vector128<float>, Vector128<double>>();
    }
}

/// <inheritdoc/>
internal sealed unsafe class EdgeKernels<W, F, D> : EdgeKernels
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public override int Lanes => W.Lanes;

    public override int Tile => W.Tile;

    public override int Width(int channels) => WeightGradient<W, F, D>.WidthOf(channels);

    public override void Pack(float* matrix, float* packed, int channels, bool transposed) =>
        MicroKernels<W, F, D>.Pack(matrix, packed, channels, channels, transposed);

    public override void Statistics(EdgeProblem problem, EdgeScratch scratch, in EdgeStatistics sums, int from, int to)
    {
        Invariants(problem, scratch, from, to);
        for (int jet = from; jet < to; jet++)
        {
            int first = problem.Offsets[jet], nodes = problem.Offsets[jet + 1] - first;
            if (nodes < 2) continue;
            nint at = (nint)first * problem.Channels;
            long edge = problem.EdgeStart[jet];
            sums.AddNodes(
                problem.Receiver + at, problem.Sender + at, problem.NodeNorm + first, problem.NodeProduct + first, nodes, problem.Channels);
            sums.AddEdges<W, F, D>(problem.Norm + edge, problem.Product + edge, (int)(problem.EdgeStart[jet + 1] - edge));
        }
    }

    public override void Invariants(EdgeProblem problem, EdgeScratch scratch, int from, int to)
    {
        for (int jet = from; jet < to; jet++)
        {
            int first = problem.Offsets[jet], nodes = problem.Offsets[jet + 1] - first;
            if (nodes == 0) continue;
            EdgeGeometry<W, F, D>.Place(scratch, problem.Momenta + (4 * (nint)first), nodes);
            long edge = problem.EdgeStart[jet];
            EdgeGeometry<W, F, D>.Invariants(
                scratch, nodes, problem.Norm + edge, problem.Product + edge, problem.NodeNorm + first, problem.NodeProduct + first);
        }
    }

    public override void Forward(EdgeProblem problem, EdgeScratch scratch, int from, int to)
    {
        for (int jet = from; jet < to; jet++) EdgeForward<W, F, D>.Jet(problem, scratch, jet);
    }

    public override void Backward(EdgeProblem problem, EdgeScratch scratch, in EdgeGradients gradients, int from, int to)
    {
        for (int jet = from; jet < to; jet++) EdgeBackward<W, F, D>.Jet(problem, scratch, gradients, jet);
    }

    public override void BackwardStatistics(EdgeProblem problem, EdgeScratch scratch, in StatisticsGradient statistics, int from, int to)
    {
        for (int jet = from; jet < to; jet++) EdgeBackwardStatistics<W, F, D>.Jet(problem, scratch, statistics, jet);
    }
}
