using System.Numerics;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Products of features, channel by channel and slot by slot.</summary>
internal sealed class ReferenceProducts(int maxDim, ScalarType type) : IDisposable
{
    private readonly Dictionary<(Irrep, Irrep, string), Tensor> matrices = [];

    /// <summary>The irreps among <paramref name="wanted"/> that a ⊗ b holds.</summary>
    public IReadOnlyList<Irrep> Results(Irrep a, Irrep b, IReadOnlyCollection<Irrep> wanted) => [.. Irreps.InProduct(a, b, maxDim).Where(wanted.Contains)];

    /// <summary>x ⊗ y for x an <paramref name="a"/> and y a <paramref name="b"/>, one tensor for each of the <paramref name="results"/>.</summary>
    public IReadOnlyList<Tensor> Multiply(Irrep a, Tensor x, Irrep b, Tensor y, IReadOnlyList<Irrep> results)
    {
        if (results.Count == 0) return [];
        if (a == Irrep.Scalar || b == Irrep.Scalar) return [ComplexPlanes.Multiply(x, y)];
        return a == Irrep.Vector && b == Irrep.Vector && results is [Irrep.Scalar] ? [HalfDot(x, y)] : ByMatrix(a, x, b, y, results);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var matrix in matrices.Values) matrix.Dispose();
        matrices.Clear();
    }

    // ½ v·w
    private static Tensor HalfDot(Tensor v, Tensor w)
    {
        var products = ComplexPlanes.Multiply(v, w);
        return (products.narrow(2, 0, 1) - products.narrow(2, 1, 3).sum(2, keepdim: true)).Times(0.5);
    }

    // All results at once: the table of coefficients times the outer product of the components.
    private Tensor[] ByMatrix(Irrep a, Tensor x, Irrep b, Tensor y, IReadOnlyList<Irrep> results)
    {
        int da = a.Dimension(), db = b.Dimension();
        var outer = ComplexPlanes.Multiply(x.unsqueeze(3), y.unsqueeze(2));
        long channels = outer.shape[0], planes = outer.shape[1], m = outer.shape[4];
        var matrix = MatrixOf(a, b, results).narrow(1, 0, planes * da * db);
        var all = Guarded.MatMul(matrix, outer.reshape(channels, planes * da * db, m)).view(channels, 2, -1, m);
        var parts = new Tensor[results.Count];
        long row = 0;
        for (int r = 0; r < parts.Length; row += results[r++].Dimension()) parts[r] = all.narrow(2, row, results[r].Dimension());
        return parts;
    }

    // Rows (plane, result, component), columns (plane, component of x, component of y).
    private Tensor MatrixOf(Irrep a, Irrep b, IReadOnlyList<Irrep> results)
    {
        var key = (a, b, string.Join(',', results));
        lock (matrices)
        {
            if (!matrices.TryGetValue(key, out var matrix))
                matrices[key] = matrix = tensor(Entries(a, b, results), [2L * results.Sum(r => r.Dimension()), 2L * a.Dimension() * b.Dimension()], dtype: type).DetachFromDisposeScope();
            return matrix;
        }
    }

    private static double[] Entries(Irrep a, Irrep b, IReadOnlyList<Irrep> results)
    {
        int da = a.Dimension(), db = b.Dimension(), d = results.Sum(r => r.Dimension()), row = 0;
        var entries = new double[4 * d * da * db];
        foreach (var result in results)
        {
            var product = CartesianProduct.Of(a, b, result);
            for (int o = 0; o < result.Dimension(); o++, row++)
            {
                for (int column = 0; column < da * db; column++)
                {
                    Complex t = product[o, column / db, column % db];
                    int upper = 2 * row * da * db, lower = 2 * (row + d) * da * db;
                    entries[upper + column] = entries[lower + da * db + column] = t.Real;
                    entries[upper + da * db + column] = -t.Imaginary;
                    entries[lower + column] = t.Imaginary;
                }
            }
        }

        return entries;
    }
}
