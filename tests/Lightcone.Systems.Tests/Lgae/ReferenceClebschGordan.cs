namespace Lightcone.Tests.Lgae;

/// <summary>
/// Clebsch–Gordan coefficients of the Lorentz group from those of SU(2), in the canonical basis: an irrep (k, n) = spin k/2 ⊗ spin n/2 has components (l, m),
/// l = |k − n|/2 … (k + n)/2, m = −l … l. Spins are passed doubled.
/// </summary>
internal static class ReferenceClebschGordan
{
    /// <summary>The matrix [dim of c, dim of a · dim of b] that takes the Kronecker product of an a and a b (a slow) to their part c.</summary>
    public static double[,] Matrix((int K, int N) a, (int K, int N) b, (int K, int N) c)
    {
        var (left, right, result) = (Basis(a), Basis(b), Basis(c));
        var matrix = new double[result.Length, left.Length * right.Length];
        for (int o = 0; o < result.Length; o++)
            for (int i = 0; i < left.Length; i++)
                for (int j = 0; j < right.Length; j++) matrix[o, i * right.Length + j] = Coefficient((a, left[i]), (b, right[j]), (c, result[o]));
        return matrix;
    }

    /// <summary>⟨j₁m₁ j₂m₂ | j m⟩ by Racah's formula (Condon–Shortley phases); every argument doubled.</summary>
    public static double Su2(int j1, int m1, int j2, int m2, int j, int m)
    {
        if (m1 + m2 != m || j < Math.Abs(j1 - j2) || j > j1 + j2 || (j1 + j2 - j) % 2 != 0 || Math.Abs(m) > j) return 0;
        double root = (j + 1) * F(j1 + j2 - j) * F(j1 - j2 + j) * F(j2 - j1 + j) / F(j1 + j2 + j + 2)
            * F(j + m) * F(j - m) * F(j1 + m1) * F(j1 - m1) * F(j2 + m2) * F(j2 - m2), sum = 0;
        for (int k = 0; k <= j1 + j2; k++)
        {
            int[] terms = [2 * k, j1 + j2 - j - 2 * k, j1 - m1 - 2 * k, j2 + m2 - 2 * k, j - j2 + m1 + 2 * k, j - j1 - m2 + 2 * k];
            if (terms.All(t => t >= 0)) sum += (k % 2 == 0 ? 1 : -1) / terms.Aggregate(1.0, (product, t) => product * F(t));
        }

        return Math.Sqrt(root) * sum;

        static double F(int doubled)
        {
            double factorial = 1;
            for (int n = 2; n <= doubled / 2; n++) factorial *= n;
            return factorial;
        }
    }

    private static (int L, int M)[] Basis((int K, int N) irrep)
    {
        var (k, n) = irrep;
        var all = new List<(int, int)>();
        for (int l = Math.Abs(k - n); l <= k + n; l += 2)
            for (int m = -l; m <= l; m += 2) all.Add((l, m));
        return [.. all];
    }

    private static double Coefficient(((int K, int N) R, (int L, int M) C) a, ((int K, int N) R, (int L, int M) C) b, ((int K, int N) R, (int L, int M) C) c)
    {
        double sum = 0;
        for (int p = -a.R.K; p <= a.R.K; p += 2)
        {
            for (int q = -b.R.K; q <= b.R.K; q += 2)
            {
                int r = a.C.M - p, s = b.C.M - q;
                if (Math.Abs(r) > a.R.N || Math.Abs(s) > b.R.N) continue;
                sum += Su2(a.R.K, p, a.R.N, r, a.C.L, a.C.M) * Su2(b.R.K, q, b.R.N, s, b.C.L, b.C.M) * Su2(c.R.K, p + q, c.R.N, r + s, c.C.L, c.C.M)
                    * Su2(a.R.K, p, b.R.K, q, c.R.K, p + q) * Su2(a.R.N, r, b.R.N, s, c.R.N, r + s);
            }
        }

        return sum;
    }
}
