using System.Globalization;
using Lightcone.Training.Engine;

namespace Lightcone.Cli;

/// <summary>Gets the engine ready before a command first touches it.</summary>
internal static class EngineSetup
{
    private static readonly string[] ThreadVariables = ["OMP_NUM_THREADS", "MKL_NUM_THREADS"];

    /// <summary>Loads the engine and sets its threads; 0 takes every core, or what the environment allows. Returns the number of threads.</summary>
    public static int Start(int threads, bool mklAnyCpu)
    {
        if (mklAnyCpu) MklOverride.Enable();
        EngineLoader.Ensure();
        return Threads.Set(threads == 0 ? Allowed() : threads);
    }

    /// <summary>A number of threads in words.</summary>
    public static string Words(int threads) => threads == 1 ? "1 thread" : $"{threads} threads";

    // Batch systems that do not bind a job to its cores say how many it has in these variables; the engine itself would let a call override them.
    private static int Allowed() => ThreadVariables
        .Select(name => int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int n) && n > 0 ? n : int.MaxValue)
        .Append(Threads.Available).Min();
}
