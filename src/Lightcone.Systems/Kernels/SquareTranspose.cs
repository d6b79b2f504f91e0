using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Lightcone.Systems.Kernels;

/// <summary>Transposition of four registers of four numbers.</summary>
internal static class SquareTranspose
{
    /// <summary>Turns rows into columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Apply(ref Vector128<float> a, ref Vector128<float> b, ref Vector128<float> c, ref Vector128<float> d)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d), abHigh = Sse.UnpackHigh(a, b), cdHigh = Sse.UnpackHigh(c, d);
            a = Sse.MoveLowToHigh(ab, cd);
            b = Sse.MoveHighToLow(cd, ab);
            c = Sse.MoveLowToHigh(abHigh, cdHigh);
            d = Sse.MoveHighToLow(cdHigh, abHigh);
            return;
        }

        Vector128<float> a0 = a, b0 = b, c0 = c, d0 = d;
        a = Vector128.Create(a0[0], b0[0], c0[0], d0[0]);
        b = Vector128.Create(a0[1], b0[1], c0[1], d0[1]);
        c = Vector128.Create(a0[2], b0[2], c0[2], d0[2]);
        d = Vector128.Create(a0[3], b0[3], c0[3], d0[3]);
    }
}
