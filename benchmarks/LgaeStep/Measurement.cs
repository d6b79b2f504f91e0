using System.Globalization;
using System.Runtime.InteropServices;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Time and memory of a variant's training steps in this process.</summary>
internal static partial class Measurement
{
    private const int Slots = 30;

    /// <summary>Processor seconds a step (mean after two steps of warming up), and the peak of this process's memory in bytes.</summary>
    public static (double Step, long Peak) Of(Variant variant, int batch, double seconds)
    {
        Threads.Set(1);
        manual_seed(1);
        var step = variant.Create();
        var (momenta, mask) = Jets(batch);
        for (int k = 0; k < 2; k++) step(momenta, mask);
        double start = ProcessSeconds(), elapsed;
        int steps = 0;
        do
        {
            step(momenta, mask);
            steps++;
            elapsed = ProcessSeconds() - start;
        }
        while (elapsed < seconds);
        return (elapsed / steps, Peak());
    }

    /// <summary>Jets of 15 to 30 collimated particles, largest component 1, zeros behind them.</summary>
    private static (Tensor Momenta, Tensor Mask) Jets(int batch)
    {
        var random = new Random(1);
        double[] momenta = new double[batch * Slots * 4], mask = new double[batch * Slots];
        for (int jet = 0; jet < batch; jet++)
        {
            int particles = random.Next(15, Slots + 1);
            double largest = 0;
            for (int n = jet * Slots; n < jet * Slots + particles; n++)
            {
                double size = -Math.Log(1 - random.NextDouble()), y = 0.4 * (random.NextDouble() - 0.5), z = 0.4 * (random.NextDouble() - 0.5), m = 0.01 * random.NextDouble();
                (momenta[4 * n + 1], momenta[4 * n + 2], momenta[4 * n + 3]) = (size, size * y, size * z);
                momenta[4 * n] = size * Math.Sqrt(1 + y * y + z * z + m * m);
                mask[n] = 1;
                largest = Math.Max(largest, momenta[4 * n]);
            }

            for (int k = jet * Slots * 4; k < (jet + 1) * Slots * 4; k++) momenta[k] /= largest;
        }

        return (tensor(momenta, [batch, Slots, 4]), tensor(mask, [batch, Slots]));
    }

    /// <summary>Largest resident set of this process, in bytes.</summary>
    private static long Peak()
    {
        string line = File.ReadLines("/proc/self/status").First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * long.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Processor time of all threads of this process: what others do on a shared machine is not counted, though their use of the caches still shows.</summary>
    private static double ProcessSeconds()
    {
        _ = ClockGetTime(2, out var time); // CLOCK_PROCESS_CPUTIME_ID of Linux
        return time.Seconds + (1e-9 * time.Nanoseconds);
    }

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int ClockGetTime(int clock, out TimeOfClock time);

    private readonly record struct TimeOfClock(long Seconds, long Nanoseconds);
}
