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
/// the bells before the map adds its bias, and d_ii = 10⁻¹⁶ counts as a neighbour, both as published.
/// </summary>
/// <param name="state">Parameters.</param>
/// <param name="name">Prefix of this level's radial parameters.</param>
/// <param name="distances">|d_ij| of every pair, [1, B·N·N].</param>
/// <param name="mask">m_i m_j, [1, B·N·N].</param>
/// <param name="slots">N.</param>
internal sealed class BellFilters(NetworkState state, string name, Tensor distances, Tensor mask, int slots) : IFilters
{
    public (Tensor Scalars, Tensor Vectors) Sum(Tensor x, Tensor y)
    {
        var all = Values();
        long channels = all.shape[0] / 4;
        var f = all.view(4, -1, slots, slots);
        return (Message(x, f[0], f[1]), Message(y, f[2], f[3]));

        Tensor Message(Tensor rows, Tensor re, Tensor im)
        {
            long k = rows.shape[2];
            // Filters are symmetric in i and j.
            var packed = rows.view(channels, 2, k, -1, slots).permute(0, 3, 1, 2, 4).reshape(-1, 2 * k, slots);
            Tensor byRe = bmm(packed, re).view(channels, -1, 2, k, slots), byIm = bmm(packed, im).view(channels, -1, 2, k, slots);
            var sum = stack([byRe.select(2, 0) - byIm.select(2, 1), byRe.select(2, 1).Plus(byIm.select(2, 0))], 1);
            return sum.permute(0, 1, 3, 2, 4).reshape(channels, 2, k, -1);
        }
    }

    /// <summary>g and f of every pair, [4C, B·N·N]: real parts of g of all channels, imaginary parts of g, then f.</summary>
    public Tensor Values()
    {
        Tensor b = state[$"{name}.b"].view(1, -1), c = state[$"{name}.c"].view(-1, 1), a = state[$"{name}.a"].view(-1, 1);
        var (weight, bias) = (Rows("weight"), Rows("bias"));
        var bells = mm(c.Squared(), distances).Plus(1).reciprocal();
        return (addmm(mm(weight, a), weight * b, bells, beta: 1, alpha: 1) * mask).Plus(bias);
    }

    // Rows of the linear maps, which alternate between real and imaginary part, in the order of Values; those of scalar edges times 1 + i.
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
