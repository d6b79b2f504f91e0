using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

/// <summary>Processor time of this thread: what others do on a shared machine is not counted, though their use of the caches still shows.</summary>
internal static partial class ThreadTime
{
    public static double Seconds
    {
        get
        {
            _ = ClockGetTime(3, out var time); // CLOCK_THREAD_CPUTIME_ID of Linux
            return time.Seconds + (1e-9 * time.Nanoseconds);
        }
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeOfClock time);

    private readonly record struct TimeOfClock(long Seconds, long Nanoseconds);
}

/// <summary>Rate of twelve independent chains of fused multiply-adds.</summary>
internal static class Peak
{
    public static double Measure()
    {
        double best = 0;
        float sink = 0;
        for (int k = 0; k < 20; k++)
        {
            double start = ThreadTime.Seconds;
            sink += Vector512.IsHardwareAccelerated ? Chains(1_000_000) : HalfChains(1_000_000);
            best = Math.Max(best, 2.0 * 12 * (Vector512.IsHardwareAccelerated ? 16 : 8) * 1_000_000 / (ThreadTime.Seconds - start));
        }

        return sink == 1 ? 0 : best / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float Chains(int steps)
    {
        Vector512<float> x = Vector512.Create(0.999f), a = x, b = x + x, c = b + x, d = c + x, e = d + x, f = e + x;
        Vector512<float> g = f + x, h = g + x, i = h + x, j = i + x, k = j + x, l = k + x;
        for (int s = 0; s < steps; s++)
        {
            a = Vector512.FusedMultiplyAdd(a, x, x); b = Vector512.FusedMultiplyAdd(b, x, x); c = Vector512.FusedMultiplyAdd(c, x, x);
            d = Vector512.FusedMultiplyAdd(d, x, x); e = Vector512.FusedMultiplyAdd(e, x, x); f = Vector512.FusedMultiplyAdd(f, x, x);
            g = Vector512.FusedMultiplyAdd(g, x, x); h = Vector512.FusedMultiplyAdd(h, x, x); i = Vector512.FusedMultiplyAdd(i, x, x);
            j = Vector512.FusedMultiplyAdd(j, x, x); k = Vector512.FusedMultiplyAdd(k, x, x); l = Vector512.FusedMultiplyAdd(l, x, x);
        }

        return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    private static float HalfChains(int steps)
    {
        Vector256<float> x = Vector256.Create(0.999f), a = x, b = x + x, c = b + x, d = c + x, e = d + x, f = e + x;
        Vector256<float> g = f + x, h = g + x, i = h + x, j = i + x, k = j + x, l = k + x;
        for (int s = 0; s < steps; s++)
        {
            a = Vector256.FusedMultiplyAdd(a, x, x); b = Vector256.FusedMultiplyAdd(b, x, x); c = Vector256.FusedMultiplyAdd(c, x, x);
            d = Vector256.FusedMultiplyAdd(d, x, x); e = Vector256.FusedMultiplyAdd(e, x, x); f = Vector256.FusedMultiplyAdd(f, x, x);
            g = Vector256.FusedMultiplyAdd(g, x, x); h = Vector256.FusedMultiplyAdd(h, x, x); i = Vector256.FusedMultiplyAdd(i, x, x);
            j = Vector256.FusedMultiplyAdd(j, x, x); k = Vector256.FusedMultiplyAdd(k, x, x); l = Vector256.FusedMultiplyAdd(l, x, x);
        }

        return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
    }
}
