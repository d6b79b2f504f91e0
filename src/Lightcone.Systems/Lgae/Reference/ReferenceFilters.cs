using Lightcone.Training;
using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>The radial functions of one level: they weigh the messages between all slots of a jet.</summary>
internal interface IFilters
{
    /// <summary>
    /// Σ_j g_ij x_j and Σ_j f_ij y_j over all slots j of the jet, padded ones and i itself included, where g is the filter of scalar edges with their factor 1 + i and
    /// f the filter of vector edges.
    /// </summary>
    /// <param name="x">[C, 2, K, M].</param>
    /// <param name="y">[C, 2, L, M].</param>
    (Tensor Scalars, Tensor Vectors) Sum(Tensor x, Tensor y);
}

/// <summary>
/// The decoder's filters. Its published code masks every pair out and then adds the bias, so that they are the constants β (1 + i): the messages depend on sums over
/// the slots alone.
/// </summary>
internal sealed class ConstantFilters(NetworkState state, string name, int slots) : IFilters
{
    public (Tensor Scalars, Tensor Vectors) Sum(Tensor x, Tensor y)
    {
        // (1 + i)² = 2i for scalar edges.
        Tensor sx = Summed(x), sy = Summed(y);
        var twoI = cat([sx.narrow(1, 1, 1).Times(-2), sx.narrow(1, 0, 1).Times(2)], 1);
        return (Spread(twoI * Bias(0)), Spread(ComplexPlanes.TimesOnePlusI(sy) * Bias(1)));
    }

    private Tensor Bias(int kind) => state[$"{name}.linear.{kind}.bias"].view(-1, 1, 1, 1);

    // [C, 2, K, B]
    private Tensor Summed(Tensor x) => x.view(x.shape[0], x.shape[1], x.shape[2], -1, slots).sum(4);

    private Tensor Spread(Tensor sums) => sums.unsqueeze(4).expand(-1, -1, -1, -1, slots).reshape(sums.shape[0], 2, sums.shape[2], -1);
}

/// <summary>
/// The encoder's filters: "Lorentzian bells" of the interval between two particles, followed by a linear map (arXiv:2212.07347, §3.1). The mask is applied to
/// the bells before the map adds its bias, and d_ii = 10⁻¹⁶ counts as a neighbour, both as published. So a filter is the bias between all slots and bells
/// between particles alone.
/// </summary>
/// <param name="state">Parameters.</param>
/// <param name="name">Prefix of this level's radial parameters.</param>
/// <param name="distances">|d_ij| of every pair, [B·N·N].</param>
/// <param name="mask">Bytes: which slots hold particles, [B·N].</param>
/// <param name="slots">N.</param>
internal sealed class BellFilters(NetworkState state, string name, Tensor distances, Tensor mask, int slots) : IFilters
{
    public (Tensor Scalars, Tensor Vectors) Sum(Tensor x, Tensor y)
    {
        Tensor b = state[$"{name}.b"].view(1, -1), c = state[$"{name}.c"].view(-1), a = state[$"{name}.a"].view(-1, 1);
        Tensor weight = Rows("weight"), bias = Rows("bias").view(4, -1, 1, 1, 1, 1);
        var shape = new PairShape((int)(x.shape[3] / slots), slots, (int)x.shape[0], (int)c.shape[0], (int)x.shape[2], (int)y.shape[2]);
        var (scalars, vectors) = PairMessages.Apply(shape, distances, mask, x, y, weight * b, mm(weight, a).view(-1), c.Squared());
        return (PlusConstant(scalars, x, bias[0], bias[1]), PlusConstant(vectors, y, bias[2], bias[3]));
    }

    // sums + β Σ_j x_j over all slots j.
    private Tensor PlusConstant(Tensor sums, Tensor x, Tensor re, Tensor im)
    {
        var total = x.view(x.shape[0], 2, x.shape[2], -1, slots).sum(4, keepdim: true);
        Tensor tr = total.narrow(1, 0, 1), ti = total.narrow(1, 1, 1);
        var constant = cat([re * tr - im * ti, (re * ti).Plus(im * tr)], 1);
        return sums.view(x.shape[0], 2, x.shape[2], -1, slots).Plus(constant).view(x.shape);
    }

    // Rows of the linear maps, which alternate between real and imaginary part, as real parts of all channels, then imaginary parts, of scalar edges (times their
    // 1 + i), then of vector edges.
    private Tensor Rows(string kind)
    {
        Tensor w0 = Split(0), w1 = Split(1);
        Tensor re = w0.select(1, 0), im = w0.select(1, 1);
        return cat([re - im, re.Plus(im), w1.select(1, 0), w1.select(1, 1)], 0);

        Tensor Split(int edge)
        {
            var t = state[$"{name}.linear.{edge}.{kind}"];
            return t.view(t.shape[0] / 2, 2, -1);
        }
    }
}
