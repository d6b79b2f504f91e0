using System.Runtime.CompilerServices;

namespace Lightcone.Systems.Kernels;

/// <summary>
/// Exponential, logarithm and what LorentzNet makes of them, a register at a time. Own versions, so that bits do not depend on the
/// runtime's. Polynomials: the single-precision set of S. Moshier's Cephes library; errors below 1.5e-7.
/// </summary>
internal static class ElementFunctions<W, F, D>
    where W : struct, ISimdWidth<F, D>
    where F : struct
    where D : struct
{
    /// <summary>1 / (1 + exp(−x)).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Sigmoid(F x)
    {
        var one = W.Splat(1f);
        return W.Divide(one, W.Add(one, Exponential(W.Multiply(x, W.Splat(-1f)))));
    }

    /// <summary>psi(p) = sign(p)·log(|p| + 1), arXiv:2201.08187 eq. (3.3).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F SignedLogarithm(F p)
    {
        var signBit = W.Splat(-0f);
        var magnitude = W.Drop(signBit, p);
        // The logarithm works on bits and would turn a NaN into a number; magnitude − magnitude keeps it (and makes one of an infinity).
        var poison = W.Subtract(magnitude, magnitude);
        return W.Or(W.Keep(signBit, p), W.Add(Logarithm(W.Add(magnitude, W.Splat(1f))), poison));
    }

    /// <summary>exp(x) for |x| below 87; arguments beyond are moved to that bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Exponential(F x)
    {
        x = W.Clamp(x, W.Splat(-87f), W.Splat(88f));
        // Adding 1.5·2^23 rounds to the nearest integer and leaves that integer in the low bits of the sum.
        var rounder = W.Splat(12582912f);
        var shifted = W.MultiplyAdd(x, W.Splat(1.44269504f), rounder);
        var n = W.Subtract(shifted, rounder);
        var r = W.MultiplyAdd(n, W.Splat(-0.693359375f), x);
        r = W.MultiplyAdd(n, W.Splat(2.12194440e-4f), r);
        var p = W.MultiplyAdd(W.Splat(1.9875691500e-4f), r, W.Splat(1.3981999507e-3f));
        p = W.MultiplyAdd(p, r, W.Splat(8.3334519073e-3f));
        p = W.MultiplyAdd(p, r, W.Splat(4.1665795894e-2f));
        p = W.MultiplyAdd(p, r, W.Splat(1.6666665459e-1f));
        p = W.MultiplyAdd(p, r, W.Splat(5.0000001201e-1f));
        var mantissa = W.Add(W.MultiplyAdd(p, W.Multiply(r, r), r), W.Splat(1f));
        return W.AddBits(mantissa, W.ToExponentField(shifted));
    }

    /// <summary>log(x) for normal x ≥ 1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static F Logarithm(F x)
    {
        var rootHalf = W.Splat(0.707106781f);
        var exponent = W.FromExponentField(W.SubtractBits(x, rootHalf));
        var f = W.Subtract(W.SubtractBits(x, W.ToExponentField(exponent)), W.Splat(1f));
        var e = W.IntegerToNumber(exponent);
        var p = W.MultiplyAdd(W.Splat(7.0376836292e-2f), f, W.Splat(-1.1514610310e-1f));
        p = W.MultiplyAdd(p, f, W.Splat(1.1676998740e-1f));
        p = W.MultiplyAdd(p, f, W.Splat(-1.2420140846e-1f));
        p = W.MultiplyAdd(p, f, W.Splat(1.4249322787e-1f));
        p = W.MultiplyAdd(p, f, W.Splat(-1.6668057665e-1f));
        p = W.MultiplyAdd(p, f, W.Splat(2.0000714765e-1f));
        p = W.MultiplyAdd(p, f, W.Splat(-2.4999993993e-1f));
        p = W.MultiplyAdd(p, f, W.Splat(3.3333331174e-1f));
        var square = W.Multiply(f, f);
        var y = W.Multiply(W.Multiply(p, f), square);
        y = W.MultiplyAdd(e, W.Splat(-2.12194440e-4f), y);
        y = W.MultiplyAdd(square, W.Splat(-0.5f), y);
        return W.MultiplyAdd(e, W.Splat(0.693359375f), W.Add(f, y));
    }
}
