using System.Diagnostics;
using System.Globalization;
using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Cli.Commands;

/// <summary>Checks of the tensor engine. Touching this class loads it.</summary>
internal static class DoctorEngine
{
    // Whole numbers below 2^24 are exact in float32, so the check can ask for equality.
    private const int CheckSize = 33, RateSize = 1024;

    /// <summary>The engine's version.</summary>
    public static string Version => string.Join('.', __version__.Split('.').Take(3));

    /// <summary>A graphics processor the engine can use.</summary>
    public static bool HasGpu => cuda_is_available();

    /// <summary>A matrix product by the engine against the same product by plain loops.</summary>
    public static DoctorFinding Check()
    {
        float[] a = Numbers(3), b = Numbers(7);
        using var scope = NewDisposeScope();
        float[] product = [.. Guarded.MatMul(tensor(a).reshape(CheckSize, CheckSize), tensor(b).reshape(CheckSize, CheckSize)).data<float>()];
        for (int i = 0; i < CheckSize; i++)
            for (int j = 0; j < CheckSize; j++)
            {
                float sum = 0;
                for (int k = 0; k < CheckSize; k++) sum += a[i * CheckSize + k] * b[k * CheckSize + j];
                if (sum != product[i * CheckSize + j])
                    return new(DoctorStatus.Fail, $"libtorch {Version} loads, but a matrix product is wrong at row {i}, column {j}", "report it; leave out --mkl-any-cpu if you use it");
            }

        return new(DoctorStatus.Pass, $"libtorch {Version} loads; a matrix product agrees with plain loops");
    }

    /// <summary>Rate of 1024³ float32 matrix products on one thread, in 10⁹ operations a second: the best of several, since neighbours only slow it.</summary>
    public static double MatrixProductRate()
    {
        Threads.Set(1);
        using var scope = NewDisposeScope();
        var a = ones(RateSize, RateSize);
        double best = 0;
        var clock = Stopwatch.StartNew();
        for (int i = 0; i < 3 || (i < 20 && clock.Elapsed.TotalSeconds < 0.5); i++)
        {
            long start = Stopwatch.GetTimestamp();
            Guarded.MatMul(a, a).Dispose();
            best = Math.Max(best, 2.0 * RateSize * RateSize * RateSize / Stopwatch.GetElapsedTime(start).TotalNanoseconds);
        }

        return best;
    }

    /// <summary>The rate as a finding, with the hint on the override where it may help.</summary>
    public static DoctorFinding DescribeRate(double rate, DoctorMachine machine)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{machine.Processor} ({machine.Vendor}): float32 matrix products at {rate:0} GFLOP/s on one thread");
        if (MklOverride.IsActive) return new(DoctorStatus.Note, text + ", with --mkl-any-cpu");
        return machine.Vendor is "GenuineIntel" or "unknown"
            ? new(DoctorStatus.Pass, text)
            : new(DoctorStatus.Note, text, "--mkl-any-cpu may be faster on this vendor's processors: docs/how-to/mkl-any-cpu.md");
    }

    private static float[] Numbers(int step) => [.. Enumerable.Range(0, CheckSize * CheckSize).Select(i => (float)(i * step % 17 - 8))];
}
