using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using TorchSharp;

namespace Lightcone.Training.Runs;

/// <summary>One data file a run used.</summary>
/// <param name="Role">What for: <c>train</c>, <c>val</c>, <c>test</c>, <c>score</c>.</param>
/// <param name="Path">Path as it was given.</param>
/// <param name="Sha256">Hash of its bytes, lower-case hex.</param>
/// <param name="Jets">Jets in it.</param>
public sealed record DataFile(string Role, string Path, string Sha256, long Jets)
{
    /// <summary>Describes a file by hashing it.</summary>
    public static DataFile Of(string role, string path, long jets)
    {
        using var stream = File.OpenRead(path);
        return new DataFile(role, path, Convert.ToHexStringLower(SHA256.HashData(stream)), jets);
    }
}

/// <summary>How a run came about: versions, machine, seed, data with hashes, commands in order. Kept as provenance.json in the run.</summary>
public sealed record Provenance
{
    /// <summary>Version of Lightcone.</summary>
    public required string Version { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Runtime { get; init; }

    /// <summary>The engine.</summary>
    public required string Engine { get; init; }

    /// <summary>Operating system and processor.</summary>
    public required string Machine { get; init; }

    /// <summary>Processor threads used.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether the opt-in for MKL on every processor was on (it changes last bits).</summary>
    public required bool MklAnyCpu { get; init; }

    /// <summary>Seed of all random draws; null where nothing was drawn.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Data files.</summary>
    public IReadOnlyList<DataFile> Data { get; init; } = [];

    /// <summary>Commands that worked on the run, each with its start (UTC).</summary>
    public IReadOnlyList<(string Started, string Command)> Commands { get; init; } = [];

    /// <summary>The facts of this machine and process.</summary>
    public static Provenance OfThisProcess(int threads, bool mklAnyCpu) => new()
    {
        Version = typeof(Provenance).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown",
        Runtime = RuntimeInformation.FrameworkDescription,
        Engine = $"TorchSharp {typeof(torch).Assembly.GetName().Version?.ToString(3)}, libtorch {torch.__version__}",
        Machine = $"{RuntimeInformation.OSDescription}, {ProcessorName()}, {Environment.ProcessorCount} cores",
        Threads = threads,
        MklAnyCpu = mklAnyCpu,
    };

    /// <summary>This provenance with one more command, started now.</summary>
    public Provenance WithCommand(string command) => this with
    {
        Commands = [.. Commands, (DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture), command)],
    };

    /// <summary>Writes the file of a run.</summary>
    public void Write(string path) => AtomicFile.WriteText(path, ToJson().ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");

    /// <summary>Reads the file of a run.</summary>
    /// <exception cref="InputDataException">It is missing or damaged.</exception>
    public static Provenance Read(string path)
    {
        try
        {
            var json = JsonNode.Parse(File.ReadAllText(path))!.AsObject();
            return new Provenance
            {
                Version = (string)json["version"]!,
                Runtime = (string)json["runtime"]!,
                Engine = (string)json["engine"]!,
                Machine = (string)json["machine"]!,
                Threads = (int)json["threads"]!,
                MklAnyCpu = (bool)json["mklAnyCpu"]!,
                Seed = (ulong?)json["seed"],
                Data = json["data"]!.AsArray().Select(d => new DataFile((string)d!["role"]!, (string)d["path"]!, (string)d["sha256"]!, (long)d["jets"]!)).ToList(),
                Commands = json["commands"]!.AsArray().Select(c => ((string)c!["started"]!, (string)c["command"]!)).ToList(),
            };
        }
        catch (Exception e) when (e is JsonException or IOException or InvalidOperationException or NullReferenceException or FormatException or ArgumentNullException)
        {
            throw new InputDataException($"The run's provenance cannot be read: {e.Message}", path, "The file is missing or damaged.", "Restore it from a copy of the run.", e);
        }
    }

    private JsonObject ToJson() => new()
    {
        ["version"] = Version,
        ["runtime"] = Runtime,
        ["engine"] = Engine,
        ["machine"] = Machine,
        ["threads"] = Threads,
        ["mklAnyCpu"] = MklAnyCpu,
        ["seed"] = Seed,
        ["data"] = new JsonArray([.. Data.Select(d => new JsonObject { ["role"] = d.Role, ["path"] = d.Path, ["sha256"] = d.Sha256, ["jets"] = d.Jets })]),
        ["commands"] = new JsonArray([.. Commands.Select(c => new JsonObject { ["started"] = c.Started, ["command"] = c.Command })]),
    };

    private static string ProcessorName()
    {
        const string facts = "/proc/cpuinfo";
        string? line = File.Exists(facts) ? File.ReadLines(facts).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
