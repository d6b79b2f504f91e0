using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>The kernels of one register width; each call works through consecutive jets.</summary>
internal abstract unsafe class RadialKernels
{
    private static readonly RadialKernels Narrow = new RadialKernels<Wide128, Vector128<float>, Vector128<double>>();
    private static readonly RadialKernels Middle = new RadialKernels<Wide256, Vector256<float>, Vector256<double>>();
    private static readonly RadialKernels Widest = new RadialKernels<Wide512, Vector512<float>, Vector512<double>>();

    /// <summary>Float32 lanes of a register.</summary>
    public abstract int Lanes { get; }

    /// <summary>Y of every node.</summary>
    public abstract void Forward(RadialProblem problem, RadialScratch scratch, int from, int to);

    /// <summary>Gradients of X and of the four-momenta; adds to the sums for those of the parameters.</summary>
    public abstract void Backward(RadialProblem problem, RadialScratch scratch, in RadialSums sums, int from, int to);

    /// <summary>The narrowest kernels whose registers hold all channels of a filter, or else the widest of this processor: empty lanes cost as much as full ones.</summary>
    /// <param name="channels">Channels C.</param>
    /// <param name="bits">Bits of a register to use if the processor has them; 0 to choose.</param>
    public static RadialKernels For(int channels, int bits = 0)
    {
        int lanes = bits == 0 ? channels : bits / 32;
        bool middle = Vector256.IsHardwareAccelerated && Fma.IsSupported;
        if (lanes > 8 && Vector512.IsHardwareAccelerated) return Widest;
        return lanes > 4 && middle ? Middle : Narrow;
    }
}

/// <inheritdoc/>
internal sealed unsafe class RadialKernels<W, F, D> : RadialKernels
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    public override int Lanes => W.Lanes;

    public override void Forward(RadialProblem problem, RadialScratch scratch, int from, int to)
    {
        for (int jet = from; jet < to; jet++)
        {
            int first = problem.Offsets[jet], nodes = problem.Offsets[jet + 1] - first;
            if (nodes < 2)
            {
                foreach (var filter in problem.Filters) Clear(filter.Y, filter.Depth, problem, first, nodes);
                continue;
            }

            Filters(problem, scratch, first, nodes);
            FilterNodes zero = problem.Filters[0], one = problem.Filters[1];
            Sum(problem, scratch, Rows(problem, scratch, 0, zero.X, first, nodes), Rows(problem, scratch, 1, one.X, first, nodes), zero.Y, one.Y, first, nodes);
        }
    }

    public override void Backward(RadialProblem problem, RadialScratch scratch, in RadialSums sums, int from, int to)
    {
        for (int jet = from; jet < to; jet++)
        {
            int first = problem.Offsets[jet], nodes = problem.Offsets[jet + 1] - first;
            if (nodes < 2)
            {
                foreach (var filter in problem.Filters) Clear(filter.XGradient, filter.Depth, problem, first, nodes);
                if (problem.MomentaGradient != null) new Span<double>(problem.MomentaGradient + (4 * (nint)first), 4 * nodes).Clear();
                continue;
            }

            Filters(problem, scratch, first, nodes);
            FilterNodes zero = problem.Filters[0], one = problem.Filters[1];
            NodeRows x0 = Rows(problem, scratch, 0, zero.X, first, nodes), x1 = Rows(problem, scratch, 1, one.X, first, nodes);
            NodeRows g0 = Rows(problem, scratch, 2, zero.YGradient, first, nodes), g1 = Rows(problem, scratch, 3, one.YGradient, first, nodes);
            Sum(problem, scratch, g0, g1, zero.XGradient, one.XGradient, first, nodes);
            int width = problem.Row / 2;
            NeighbourSums<W, F, D>.FilterGradient(scratch.Pairs, problem.Row, x0, g0, nodes, zero.Depth, width);
            NeighbourSums<W, F, D>.FilterGradient(scratch.Pairs + width, problem.Row, x1, g1, nodes, one.Depth, width);
            RadialFunction<W, F, D>.Back(problem, scratch, sums, nodes);
            if (problem.MomentaGradient != null)
                PairGeometry<W, F, D>.Back(scratch, nodes, problem.IntervalScale, problem.MomentaGradient + (4 * (nint)first));
        }
    }

    private static void Filters(RadialProblem problem, RadialScratch scratch, int first, int nodes)
    {
        PairGeometry<W, F, D>.Place(scratch, problem.Momenta + (4 * (nint)first), nodes);
        PairGeometry<W, F, D>.Logarithms(scratch, nodes, problem.IntervalScale);
        RadialFunction<W, F, D>.Forward(problem, scratch, nodes);
    }

    private static void Sum(RadialProblem problem, RadialScratch scratch, NodeRows x0, NodeRows x1, float* result0, float* result1, int first, int nodes)
    {
        int depth0 = problem.Filters[0].Depth, depth1 = problem.Filters[1].Depth;
        NodeRows y0 = Target(problem, scratch, 0, result0, first), y1 = Target(problem, scratch, 1, result1, first);
        NeighbourSums<W, F, D>.Forward(scratch.Square, problem.Row, new(x0, y0, depth0), new(x1, y1, depth1), nodes);
        if (!problem.Packed) return;
        int width = problem.Row / 2;
        Copy(y0.At, width, At(result0, depth0, problem, first), problem.Channels, nodes * depth0, problem.Channels);
        Copy(y1.At, width, At(result1, depth1, problem, first), problem.Channels, nodes * depth1, problem.Channels);
    }

    // Slots 0 and 1 of the scratch hold what the filters sum, 2 and 3 the gradients, 4 and 5 the results.
    private static NodeRows Rows(RadialProblem problem, RadialScratch scratch, int slot, float* x, int first, int nodes)
    {
        int depth = problem.Filters[slot % 2].Depth, width = problem.Row / 2;
        if (!problem.Packed) return InPlace(x, depth, problem, first);
        Copy(At(x, depth, problem, first), problem.Channels, scratch.Nodes(slot), width, nodes * depth, problem.Channels);
        return InScratch(scratch.Nodes(slot), depth, width);
    }

    private static NodeRows Target(RadialProblem problem, RadialScratch scratch, int filter, float* result, int first)
    {
        int depth = problem.Filters[filter].Depth;
        return problem.Packed ? InScratch(scratch.Nodes(4 + filter), depth, problem.Row / 2) : InPlace(result, depth, problem, first);
    }

    private static NodeRows InPlace(float* x, int depth, RadialProblem problem, int first) => new(At(x, depth, problem, first), depth * (nint)problem.Channels, problem.Channels);

    private static NodeRows InScratch(float* room, int depth, int width) => new(room, depth * (nint)width, width);

    private static float* At(float* x, int depth, RadialProblem problem, int first) => x + (first * (nint)depth * problem.Channels);

    private static void Clear(float* x, int depth, RadialProblem problem, int first, int nodes) =>
        new Span<float>(At(x, depth, problem, first), nodes * depth * problem.Channels).Clear();

    // Copies rows; what is longer in the target becomes zero.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Copy(float* from, int fromStep, float* to, int toStep, int rows, int count)
    {
        for (int row = 0; row < rows; row++, from += fromStep, to += toStep)
        {
            int c = 0;
            for (; c + 4 <= count; c += 4) Vector128.Load(from + c).Store(to + c);
            for (; c < count; c++) to[c] = from[c];
            for (; c < toStep; c++) to[c] = 0;
        }
    }
}
