using System.Runtime.CompilerServices;
using Lightcone.Training.Engine;

namespace Lightcone.Systems.Tests.Engine;

/// <summary>Loads the engine before any test, on one thread: tests run beside one another, and sums over several threads differ in last bits.</summary>
internal static class EngineStart
{
    [ModuleInitializer]
    internal static void Start()
    {
        try
        {
            Threads.Set(1);
        }
        catch (MachineException)
        {
            // The tests that need the engine then fail and say why.
        }
    }
}
