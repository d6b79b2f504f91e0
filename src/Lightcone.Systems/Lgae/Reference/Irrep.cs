namespace Lightcone.Systems.Lgae.Reference;

/// <summary>
/// Finite-dimensional representations (k, n) = spin k/2 ⊗ spin n/2 of the Lorentz group that arise below <c>maxdim</c> 3 (arXiv:2212.07347, §2 writes (k/2, n/2)).
/// </summary>
internal enum Irrep
{
    /// <summary>(0, 0): a number.</summary>
    Scalar,

    /// <summary>(1, 1): a four-vector (E, x, y, z).</summary>
    Vector,

    /// <summary>(2, 0): one half of an antisymmetric tensor, a complex 3-vector.</summary>
    SelfDual,

    /// <summary>(0, 2): the other half, a complex 3-vector.</summary>
    AntiSelfDual,

    /// <summary>(2, 2): a traceless symmetric tensor as a complex 3×3 matrix, first index like (2, 0), second like (0, 2).</summary>
    Tensor,
}

/// <summary>Sizes, names and orders of <see cref="Irrep"/>s.</summary>
internal static class Irreps
{
    /// <summary>Twice the two spins.</summary>
    public static (int K, int N) Spins(this Irrep irrep) => irrep switch
    {
        Irrep.Scalar => (0, 0),
        Irrep.Vector => (1, 1),
        Irrep.SelfDual => (2, 0),
        Irrep.AntiSelfDual => (0, 2),
        _ => (2, 2),
    };

    /// <summary>Number of components.</summary>
    public static int Dimension(this Irrep irrep) => (irrep.Spins().K + 1) * (irrep.Spins().N + 1);

    /// <summary>The irrep in parameter names, such as <c>(1, 1)</c>.</summary>
    public static string Key(this Irrep irrep) => $"({irrep.Spins().K}, {irrep.Spins().N})";

    /// <summary>
    /// Irreps of the features after a level (0: after the input mixing), in the order that decides which weight column belongs to which product. It is the iteration
    /// order of the published code's containers, which its checkpoints depend on.
    /// </summary>
    public static IReadOnlyList<Irrep> OfLevel(int level, int maxDim) =>
        maxDim == 2 || level == 0 ? [Irrep.Vector, Irrep.Scalar] : [Irrep.Vector, Irrep.SelfDual, Irrep.AntiSelfDual, Irrep.Tensor, Irrep.Scalar];

    /// <summary>Irreps in a ⊗ b with both labels below <paramref name="maxDim"/>.</summary>
    public static IEnumerable<Irrep> InProduct(Irrep a, Irrep b, int maxDim)
    {
        var ((k1, n1), (k2, n2)) = (a.Spins(), b.Spins());
        foreach (var c in Enum.GetValues<Irrep>())
        {
            var (k, n) = c.Spins();
            if (k < maxDim && n < maxDim && Fits(k1, k2, k) && Fits(n1, n2, n)) yield return c;
        }
    }

    private static bool Fits(int a, int b, int c) => c >= Math.Abs(a - b) && c <= a + b && (a + b - c) % 2 == 0;
}
