using TorchSharp;

namespace Lightcone.Training.Engine;

/// <summary>How many processor threads the engine uses. Bit-for-bit reproducibility holds at a fixed number.</summary>
public static class Threads
{
    /// <summary>The number in use.</summary>
    public static int Count
    {
        get
        {
            EngineLoader.Ensure();
            return torch.get_num_threads();
        }
    }

    /// <summary>Cores that this process may use (affinity and container limits counted).</summary>
    public static int Available => Environment.ProcessorCount;

    /// <summary>Sets the number of threads; 0 takes every available core.</summary>
    /// <returns>The number set.</returns>
    /// <exception cref="UsageException">A negative number, or more than 1024.</exception>
    public static int Set(int count)
    {
        if (count is < 0 or > 1024)
            throw new UsageException($"{count} threads are not possible.", "--threads", "a sign or a digit too many", $"give a number from 1 to {Available}, or 0 for every core");
        EngineLoader.Ensure();
        int threads = count == 0 ? Available : count;
#pragma warning disable RS0030 // The wrapper does not catch errors here; the number was checked above.
        torch.set_num_threads(threads);
#pragma warning restore RS0030
        return threads;
    }
}
