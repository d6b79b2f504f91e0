using System.Runtime.CompilerServices;

namespace Lightcone.Systems.Lgae.Kernels;

/// <summary>Float64 sums of a chunk of jets for the gradients of the parameters.</summary>
internal readonly unsafe struct RadialSums
{
    /// <summary>Σ df·φ, [TermRow][Row].</summary>
    public readonly double* Weight;

    /// <summary>Σ df, [Row]; then Σ t and Σ tδ, [TermRow] each (<see cref="RadialFunction{W,F,D}"/>).</summary>
    public readonly double* Rows;

    private RadialSums(double* at, RadialProblem problem)
    {
        Weight = at;
        Rows = at + (problem.TermRow * (nint)problem.Row);
    }

    /// <summary>Numbers of one chunk.</summary>
    public static long Size(RadialProblem problem) => checked((problem.TermRow * (long)problem.Row) + problem.Row + (2L * problem.TermRow));

    public static RadialSums At(double* at, RadialProblem problem) => new(at, problem);

    /// <summary>Adds one tile's gradients.</summary>
    public void Add(float* weight, float* rows, RadialProblem problem)
    {
        Add(Weight, weight, problem.Terms * problem.Row);
        Add(Rows, rows, problem.Row + (2 * problem.TermRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add(double* sum, float* part, int count)
    {
        for (int k = 0; k < count; k++) sum[k] += part[k];
    }
}
