using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Complex arithmetic on real tensors [C, 2, d, M] with the planes on axis 1; an axis of length 1 stands for a real number.</summary>
internal static class ComplexPlanes
{
    /// <summary>x · y, element by element, with broadcasting over the other axes.</summary>
    public static Tensor Multiply(Tensor x, Tensor y)
    {
        if (x.shape[1] == 1 || y.shape[1] == 1) return x * y;
        using var scope = NewDisposeScope();
        Tensor xr = x.narrow(1, 0, 1), xi = x.narrow(1, 1, 1), yr = y.narrow(1, 0, 1), yi = y.narrow(1, 1, 1);
        return cat([xr * yr - xi * yi, (xr * yi).Plus(xi * yr)], 1).MoveToOuterDisposeScope();
    }

    /// <summary>(1 + i) · x.</summary>
    public static Tensor TimesOnePlusI(Tensor x)
    {
        Tensor xr = x.narrow(1, 0, 1), xi = x.narrow(1, 1, 1);
        return cat([xr - xi, xr.Plus(xi)], 1);
    }

    /// <summary>
    /// A complex matrix, stored as [2, o, c], as a real matrix [2o, 2c] that acts on columns whose rows are ordered (channel, plane).
    /// </summary>
    public static Tensor AsReal(Tensor weight)
    {
        Tensor re = weight.select(0, 0), im = weight.select(0, 1);
        var rows = stack([stack([re, im.neg()], 2), stack([im, re], 2)], 1);
        return rows.reshape(2 * re.shape[0], 2 * re.shape[1]);
    }

    /// <summary>Σ_c W_oc x_c for a complex matrix W, stored as [2, o, c], and features x [C, 1 or 2, d, M].</summary>
    public static Tensor Mix(Tensor weight, Tensor x)
    {
        long outputs = weight.shape[1], d = x.shape[2], m = x.shape[3];
        var matrix = x.shape[1] == 2 ? AsReal(weight) : weight.transpose(0, 1).reshape(2 * outputs, weight.shape[2]);
        return mm(matrix, x.reshape(matrix.shape[1], d * m)).view(outputs, 2, d, m);
    }
}
