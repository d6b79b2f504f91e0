using Lightcone.Training.Engine;

namespace Lightcone.Cli;

/// <summary>Gets the engine ready before a command first touches it.</summary>
internal static class EngineSetup
{
    /// <summary>Loads the engine and sets its threads; 0 takes every core. Returns the number of threads.</summary>
    public static int Start(int threads, bool mklAnyCpu)
    {
        if (mklAnyCpu) MklOverride.Enable();
        EngineLoader.Ensure();
        int count = threads > 0 ? threads : Environment.ProcessorCount;
        Threads.Set(count);
        return count;
    }
}
