using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Training.Engine;

/// <summary>
/// Arithmetic of tensors with numbers. The engine's own operators wrap a number in an object that the collector may free while native code still reads it
/// (docs/decisions/0005-numbers-stay-alive.md); these keep it alive until the call has returned. Results belong to the caller's dispose scope.
/// </summary>
public static class Arithmetic
{
    /// <summary>The number 1, never freed: the factor that additions want.</summary>
    public static Scalar One { get; } = KeepForever(1);

    /// <summary>a + b.</summary>
    public static Tensor Plus(this Tensor a, Tensor b) => a.add(b, One);

    /// <summary>a + number.</summary>
    public static Tensor Plus(this Tensor a, double number)
    {
        using Scalar scalar = number.ToScalar();
        return a.add(scalar, One);
    }

    /// <summary>a · number.</summary>
    public static Tensor Times(this Tensor a, double number)
    {
        using Scalar scalar = number.ToScalar();
        return a.mul(scalar);
    }

    /// <summary>a², element by element.</summary>
    public static Tensor Squared(this Tensor a) => a.mul(a);

    /// <summary>a with every element held within ±bound.</summary>
    public static Tensor Within(this Tensor a, double bound)
    {
        using Scalar low = (-bound).ToScalar(), high = bound.ToScalar();
        return a.clamp(low, high);
    }

    /// <summary>Multiplies the negative elements of a by <paramref name="slope"/>, above 0, in place; the gradient needs the result alone.</summary>
    public static Tensor LeakyReluInPlace(this Tensor a, double slope)
    {
        using Scalar scalar = slope.ToScalar();
        return a.leaky_relu_(scalar);
    }

    /// <summary>a plus the rows of <paramref name="source"/>, row r added to row index[r].</summary>
    public static Tensor PlusRows(this Tensor a, Tensor index, Tensor source) => a.index_add(0, index, source, One);

    /// <summary>Multiplies a by a number, in place.</summary>
    public static Tensor TimesInPlace(this Tensor a, double number)
    {
        using Scalar scalar = number.ToScalar();
        return a.mul_(scalar);
    }

    /// <summary>Adds factor · b to a, in place.</summary>
    public static Tensor PlusInPlace(this Tensor a, Tensor b, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return a.add_(b, scalar);
    }

    /// <summary>Adds a number to a, in place.</summary>
    public static Tensor PlusInPlace(this Tensor a, double number)
    {
        using Scalar scalar = number.ToScalar();
        return a.add_(scalar, One);
    }

    /// <summary>Adds factor · b · c to a, in place.</summary>
    public static Tensor PlusProductInPlace(this Tensor a, Tensor b, Tensor c, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return a.addcmul_(b, c, scalar);
    }

    /// <summary>Adds factor · b / c to a, in place.</summary>
    public static Tensor PlusRatioInPlace(this Tensor a, Tensor b, Tensor c, double factor)
    {
        using Scalar scalar = factor.ToScalar();
        return a.addcdiv_(b, c, scalar);
    }

    /// <summary>Moves a towards b by a share of the way, in place.</summary>
    public static Tensor TowardsInPlace(this Tensor a, Tensor b, double share)
    {
        using var way = b - a;
        return a.PlusInPlace(way, share);
    }

    private static Scalar KeepForever(double number) => number.ToScalar();
}
