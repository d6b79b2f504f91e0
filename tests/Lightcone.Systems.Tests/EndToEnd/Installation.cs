using System.Buffers.Binary;

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

    /// <summary>Makes the wrapper's need of <paramref name="version"/> strong again, as the package has it.</summary>
    public void RestoreNeed(string version)
    {
        string path = System.IO.Path.Combine(Folder, Wrapper);
        byte[] image = File.ReadAllBytes(path);
        Span<byte> weak = stackalloc byte[6];
        BinaryPrimitives.WriteUInt32LittleEndian(weak, ElfHash(version));
        weak[4] = 2;
        int at = image.AsSpan().IndexOf(weak);
        Assert.True(at > 0, "the wrapper beside the tests was not weakened by the build");
        image[at + 4] = 0;
        File.WriteAllBytes(path, image);
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
