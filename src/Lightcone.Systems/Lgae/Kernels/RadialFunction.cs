using System.Runtime.CompilerServices;
using Lightcone.Systems.Kernels;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>f of every pair of a jet, and what its gradient does to the parameters and to x.</summary>
internal static unsafe class RadialFunction<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>Terms and f of every pair, then f once more as a square.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Forward(RadialProblem problem, RadialScratch scratch, int nodes)
    {
        int pairs = nodes * (nodes - 1) / 2;
        F one = W.Splat(1f);
        float* term = scratch.Terms;
        for (int p = 0; p < pairs; p++)
        {
            F x = W.Splat(scratch.X[p]);
            for (int k = 0; k < problem.TermRow; k += W.Lanes, term += W.Lanes)
            {
                F u = W.Multiply(W.Subtract(x, W.Load(problem.Centres + k)), W.Load(problem.Rates + k));
                W.Store(W.Divide(one, W.MultiplyAdd(u, u, one)), term);
            }
        }

        RowProduct<W, F, D>.Apply(scratch.Terms, problem.TermRow, 1, problem.Weight, problem.Bias, scratch.Pairs, pairs, problem.Terms, problem.Row);
        Spread(scratch, nodes, problem.Row);
    }

    /// <summary>Adds to the parameters' sums, given the gradient of f of every pair, and leaves the gradient of x if it is wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Back(RadialProblem problem, RadialScratch scratch, in RadialSums sums, int nodes)
    {
        int pairs = nodes * (nodes - 1) / 2, row = problem.Row, termRow = problem.TermRow;
        for (int from = 0; from < pairs; from += RadialScratch.Tile)
        {
            int count = Math.Min(RadialScratch.Tile, pairs - from);
            float* terms = scratch.Terms + (from * (nint)termRow), gradients = scratch.Pairs + (from * (nint)row);
            RowProduct<W, F, D>.Apply(terms, 1, termRow, gradients, scratch.Zeros, scratch.WeightGradient, problem.Terms, count, row);
            RowProduct<W, F, D>.Apply(gradients, row, 1, problem.WeightBack, scratch.Zeros, scratch.TermsGradient, count, row, termRow);
            new Span<float>(scratch.RowGradients, row + (2 * termRow)).Clear();
            AddRows(gradients, scratch.RowGradients, count, row);
            BackTerms(problem, scratch, terms, scratch.X + from, problem.MomentaGradient == null ? null : scratch.XGradient + from, count);
            sums.Add(scratch.WeightGradient, scratch.RowGradients, problem);
        }
    }

    // With δ = x − x0 and t = dφ·φ²·δ: dx0 = 2c² Σ t, dc = −2c Σ tδ, dx = −2 Σ_k c² t.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackTerms(RadialProblem problem, RadialScratch scratch, float* term, float* x, float* xGradient, int count)
    {
        float* gradient = scratch.TermsGradient, centres = scratch.RowGradients + problem.Row, rates = centres + problem.TermRow;
        for (int p = 0; p < count; p++)
        {
            F at = W.Splat(x[p]), change = W.Splat(0f);
            for (int k = 0; k < problem.TermRow; k += W.Lanes, term += W.Lanes, gradient += W.Lanes)
            {
                F delta = W.Subtract(at, W.Load(problem.Centres + k)), value = W.Load(term);
                F t = W.Multiply(W.Multiply(W.Load(gradient), delta), W.Multiply(value, value));
                W.Store(W.Add(W.Load(centres + k), t), centres + k);
                W.Store(W.MultiplyAdd(t, delta, W.Load(rates + k)), rates + k);
                change = W.MultiplyAdd(t, W.Load(problem.Slopes + k), change);
            }

            if (xGradient != null) xGradient[p] = W.Sum(change);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddRows(float* rows, float* sum, int count, int width)
    {
        for (int lane = 0; lane < width; lane += W.Lanes)
        {
            F total = W.Splat(0f);
            float* at = rows + lane;
            for (int p = 0; p < count; p++, at += width) total = W.Add(total, W.Load(at));
            W.Store(total, sum + lane);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Spread(RadialScratch scratch, int nodes, int row)
    {
        float* pair = scratch.Pairs;
        nint line = nodes * (nint)row;
        for (int i = 0; i < nodes; i++)
        {
            float* right = scratch.Square + (i * (line + row)), down = right + line;
            new Span<float>(right, row).Clear();
            right += row;
            for (int j = i + 1; j < nodes; j++, right += row, down += line, pair += row)
            {
                for (int lane = 0; lane < row; lane += W.Lanes)
                {
                    F value = W.Load(pair + lane);
                    W.Store(value, right + lane);
                    W.Store(value, down + lane);
                }
            }
        }
    }
}
