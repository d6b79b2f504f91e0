using System.Runtime.InteropServices;

namespace Lightcone.Training.Engine;

/// <summary>
/// Loads the tensor engine (libtorch and TorchSharp's wrapper) before TorchSharp would. Call <see cref="Ensure"/> ahead of the first tensor:
/// it turns an incomplete installation into an ordinary error, and where the system's libstdc++ is older than the wrapper asks for, it loads
/// a copy that asks for less (docs/how-to/older-systems.md).
/// </summary>
public static class EngineLoader
{
    private const string Wrapper = "libLibTorchSharp.so";
    private static readonly string[] Libraries = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly Lock Gate = new();
    private static bool _loaded;

    /// <summary>True once the engine is in this process.</summary>
    public static bool IsLoaded => _loaded;

    /// <summary>Loads the engine unless it is loaded; safe to call often and from every thread.</summary>
    /// <exception cref="MachineException">The engine's libraries are missing, or this system cannot load them.</exception>
    public static void Ensure()
    {
        if (_loaded) return;
        lock (Gate)
        {
            if (_loaded) return;
            if (OperatingSystem.IsLinux()) Load(Folder());
            _loaded = true;
        }
    }

    // TorchSharp, when it does not find libtorch, copies half a gigabyte around before it gives up with a message about something else.
    // So the search happens here, in the places where .NET looks for native libraries.
    private static string Folder()
    {
        var places = new List<string> { AppContext.BaseDirectory, Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native") };
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string more)
            places.AddRange(more.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries));
        foreach (string place in places)
            if (File.Exists(Path.Combine(place, Libraries[1])))
                return place;
        throw new MachineException(
            "The tensor engine (libtorch) is not installed.", AppContext.BaseDirectory,
            "the program was built for another platform, or its folder was copied without the libraries beside it",
            "build it again on this machine, or add the package libtorch-cpu-linux-x64 to your project");
    }

    private static void Load(string folder)
    {
        foreach (string library in Libraries)
        {
            string path = Path.Combine(folder, library);
            if (DynamicLinker.Open(path, global: false, out string reason) == 0) throw Unloadable(path, reason);
        }

        string wrapper = Find(folder);
        if (DynamicLinker.Open(wrapper, global: false, out string refusal) != 0) return;
        bool old = refusal.Contains(EngineWrapper.Unused, StringComparison.Ordinal) || refusal.Contains(EngineWrapper.Newer, StringComparison.Ordinal);
        if (!old || LoadPrepared(wrapper) == 0) throw Unloadable(wrapper, refusal);
    }

    // The wrapper comes from another package than libtorch and may lie elsewhere.
    private static string Find(string folder)
    {
        string beside = Path.Combine(folder, Wrapper);
        if (File.Exists(beside)) return beside;
        if (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") is string places)
            foreach (string place in places.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
                if (File.Exists(Path.Combine(place, Wrapper)))
                    return Path.Combine(place, Wrapper);
        throw Unloadable(beside, "no such file");
    }

    // TorchSharp's own load comes later, fails at the original file and falls back to the plain name, which the linker answers with this copy.
    private static nint LoadPrepared(string wrapper)
    {
        byte[] image = File.ReadAllBytes(wrapper);
        try
        {
            byte[] prepared = EngineWrapper.Prepare(image);
            return PrivateCache.With($"libLibTorchSharp-{PrivateCache.Digest(image)}.so", prepared, path => DynamicLinker.Open(path, global: false, out _));
        }
        catch (InvalidDataException e)
        {
            throw Unloadable(wrapper, e.Message);
        }
    }

    private static MachineException Unloadable(string library, string reason) => new(
        $"The tensor engine cannot be loaded: {reason.TrimEnd('.')}.", library,
        "the installation is incomplete, or the system's C or C++ library is older than the engine supports",
        "build or copy Lightcone again; see docs/how-to/older-systems.md");
}
