using System.Runtime.InteropServices;

namespace Lightcone.Training.Engine;

/// <summary>
/// The opt-in of docs/how-to/mkl-any-cpu.md: lets the MKL inside libtorch use its fast kernels on processors of every vendor, by answering
/// its question for the vendor. Off unless asked for; a run records it, because the last bits of results change.
/// </summary>
public static class MklOverride
{
    /// <summary>The environment variable that switches the override on when it is <c>1</c>.</summary>
    public const string Variable = "LIGHTCONE_MKL_ANY_CPU";

    private const string Question = "mkl_serv_intel_cpu_true";

    /// <summary>True when this process runs with the override.</summary>
    public static bool IsActive { get; private set; }

    /// <summary>True when the environment asks for the override.</summary>
    public static bool IsWanted => Environment.GetEnvironmentVariable(Variable) == "1";

    /// <summary>Switches the override on for this process. Call it before the engine is loaded.</summary>
    /// <exception cref="InvalidOperationException">The engine is loaded already: its libraries have found MKL's own answer.</exception>
    /// <exception cref="MachineException">Not an x86-64 Linux, or no folder from which this user may load a library.</exception>
    public static void Enable()
    {
        if (IsActive) return;
        if (EngineLoader.IsLoaded) throw new InvalidOperationException("The MKL override must be enabled before the engine is loaded.");
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
            throw new MachineException("The MKL override is for x86-64 Linux.", RuntimeInformation.RuntimeIdentifier, "the option was copied from another machine", "leave out --mkl-any-cpu");

        // The linker looks for a function in the global scope first, and libtorch's own MKL calls this one by name.
        byte[] image = SharedObjectImage.ReturningConstant("liblightcone-mkl-any-cpu.so", Question, 1);
        string reason = "";
        nint handle = PrivateCache.With($"liblightcone-mkl-any-cpu-{PrivateCache.Digest(image)}.so", image, path => DynamicLinker.Open(path, global: true, out reason));
        if (handle == 0 || DynamicLinker.GlobalSymbol(Question) == 0)
            throw new MachineException($"The MKL override could not be loaded: {reason}.", "dynamic linker",
                "neither the cache folder of this user nor the temporary folder may hold libraries", "set XDG_CACHE_HOME to a folder from which programs may run, or leave out --mkl-any-cpu");
        IsActive = true;
    }
}
