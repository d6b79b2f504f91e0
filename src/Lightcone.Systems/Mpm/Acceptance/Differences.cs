using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>How far apart numbers are.</summary>
internal static class Differences
{
    /// <summary>Largest |a − b|; 0 where there is no number; NaN where one is NaN.</summary>
    public static double Largest(Tensor a, Tensor b)
    {
        using var scope = NewDisposeScope();
        return Largest(a - b);
    }

    /// <summary>Largest size of a number.</summary>
    public static double Largest(Tensor a)
    {
        using var scope = NewDisposeScope();
        return a.numel() == 0 ? 0 : a.detach().abs().max().to(ScalarType.Float64).item<double>();
    }

    /// <summary>Largest size of a number in the rows of each jet, left out where a jet has none.</summary>
    /// <param name="rows">Shape [rows, …], one jet after the other.</param>
    /// <param name="counts">Rows of each jet.</param>
    public static IEnumerable<double> LargestByJet(Tensor rows, int[] counts)
    {
        long first = 0;
        foreach (int count in counts)
        {
            if (count > 0)
            {
                using var own = rows.narrow(0, first, count);
                yield return Largest(own);
            }

            first += count;
        }
    }
}
