using Lightcone.Training.Engine;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>A copy of the program in a folder of its own, to be damaged; the largest libraries are links.</summary>
internal sealed class Installation : IDisposable
{
    public const string Wrapper = "libLibTorchSharp.so";

    private const long LinkAbove = 20 << 20;

    public Installation()
    {
        Folder = Directory.CreateTempSubdirectory("lightcone-installation-").FullName;
        foreach (string file in Directory.GetFiles(AppContext.BaseDirectory))
        {
            string target = System.IO.Path.Combine(Folder, System.IO.Path.GetFileName(file));
            if (new FileInfo(file).Length > LinkAbove) File.CreateSymbolicLink(target, file);
            else File.Copy(file, target);
        }
    }

    public string Folder { get; }

    /// <summary>Where programs started by <see cref="Run"/> keep their cache.</summary>
    public string Cache => System.IO.Path.Combine(Folder, "cache");

    public ProcessOutcome Run(params string[] arguments) => Run(new Dictionary<string, string?>(), arguments);

    public ProcessOutcome Run(IReadOnlyDictionary<string, string?> environment, params string[] arguments) =>
        LightconeProcess.Run(arguments, new Dictionary<string, string?>(environment) { ["XDG_CACHE_HOME"] = Cache }, executable: System.IO.Path.Combine(Folder, "Lightcone.Cli"));

    /// <summary>Makes the wrapper's needs strong again, as the package has them.</summary>
    public void RestoreNeeds()
    {
        string path = System.IO.Path.Combine(Folder, Wrapper);
        byte[] image = File.ReadAllBytes(path);
        foreach (string version in (string[])[EngineWrapper.Unused, EngineWrapper.Newer])
        {
            // A record begins with the hash of its name and its flags.
            byte[] weak = [.. BitConverter.GetBytes(ElfHash(version)), 2, 0];
            int at = image.AsSpan().IndexOf(weak);
            Assert.True(at > 0, $"the build did not weaken the wrapper's need of {version}");
            image[at + 4] = 0;
        }

        File.WriteAllBytes(path, image);
    }

    /// <summary>
    /// A folder with this system's libstdc++ as the dynamic linker would see an older one: the definitions of the newer versions are renamed.
    /// Null where no libstdc++ with them was found.
    /// </summary>
    public string? OlderStandardLibrary()
    {
        const string File = "libstdc++.so.6";
        string? original = new[] { "/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/lib64", "/usr/lib" }.Select(f => System.IO.Path.Combine(f, File)).FirstOrDefault(System.IO.File.Exists);
        if (original is null) return null;
        byte[] image = System.IO.File.ReadAllBytes(original);
        if (!Rename(image, EngineWrapper.Newer, "GLIBCXX_9.9.90")) return null;
        Rename(image, EngineWrapper.Unused, "GLIBCXX_9.9.92");
        string folder = Directory.CreateDirectory(System.IO.Path.Combine(Folder, "older")).FullName;
        System.IO.File.WriteAllBytes(System.IO.Path.Combine(folder, File), image);
        return folder;
    }

    // The linker compares the hash first and then the name of a version's definition.
    private static bool Rename(byte[] image, string version, string other)
    {
        int name = image.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes("\0" + version + "\0")), hash = image.AsSpan().IndexOf(BitConverter.GetBytes(ElfHash(version)));
        if (name < 0 || hash < 0) return false;
        System.Text.Encoding.ASCII.GetBytes(other).CopyTo(image, name + 1);
        BitConverter.GetBytes(ElfHash(other)).CopyTo(image, hash);
        return true;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    // The hash of System V's ABI, by which a record of a needed version begins.
    private static uint ElfHash(string name)
    {
        uint hash = 0;
        foreach (char c in name)
        {
            hash = (hash << 4) + c;
            uint high = hash & 0xf0000000;
            hash = (hash ^ (high >> 24)) & ~high;
        }

        return hash;
    }
}
