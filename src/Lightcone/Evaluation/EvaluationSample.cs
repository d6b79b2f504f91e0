using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lightcone.Evaluation;

/// <summary>The data card: which jets, from where, checked how.</summary>
public sealed record EvaluationSample
{
    /// <summary>Name of the sample.</summary>
    public required string Name { get; init; }

    /// <summary>The files it was read from.</summary>
    public IReadOnlyList<SampleFile> Files { get => field ?? []; init; }

    /// <summary>Classes with their numbers of jets, in the order of the confusion matrix.</summary>
    public IReadOnlyList<SampleClass> Classes { get => field ?? []; init; }

    /// <summary>Cuts, in words or markup.</summary>
    public string? Selection { get; init; }

    /// <summary>Units of the file: "GeV, rad".</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Units { get; init; }

    /// <summary>What generated the jets.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Generator { get; init; }

    /// <summary>Licence of the data.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Licence { get; init; }

    /// <summary>Checks of the data with their result.</summary>
    public IReadOnlyList<SampleCheck> Checks { get => field ?? []; init; }

    /// <summary>Published sample that these jets are; null if none. Published numbers are shown only when it matches.</summary>
    public string? SameSampleAs { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>One file of a sample.</summary>
/// <param name="Path">Path as the user gave it.</param>
/// <param name="Sha256">SHA-256, hexadecimal.</param>
/// <param name="Rows">Jets in the file.</param>
/// <param name="Used">Jets behind the numbers.</param>
public sealed record SampleFile(string Path, string Sha256, long Rows, long Used);

/// <summary>One class of a sample.</summary>
/// <param name="Name">Its name.</param>
/// <param name="N">Its jets.</param>
public sealed record SampleClass(string Name, long N);

/// <summary>One check of the data.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Result">The outcome.</param>
public sealed record SampleCheck(string Name, GateResult Result);

/// <summary>The model card.</summary>
public sealed record EvaluationModel
{
    /// <summary>Trainable numbers.</summary>
    public long? Parameters { get; init; }

    /// <summary>What the network sees.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Inputs { get; init; }

    /// <summary>Which symmetry it has and how well.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Symmetry { get; init; }

    /// <summary>Precision of geometry and layers.</summary>
    public string? Precision { get; init; }

    /// <summary>"best" or "last".</summary>
    public string? Checkpoint { get; init; }

    /// <summary>"default" or "reference".</summary>
    public string? Mode { get; init; }

    /// <summary>How long and on what it was trained, in words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Training { get; init; }

    /// <summary>What it is good for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? IntendedUse { get; init; }

    /// <summary>Where it is known to fail.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? KnownLimits { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>How an evaluation was made.</summary>
public sealed record EvaluationProvenance
{
    /// <summary>The command that repeats it.</summary>
    public required string Command { get; init; }

    /// <summary>Version of Lightcone.</summary>
    public required string Version { get; init; }

    /// <summary>Seed of the training.</summary>
    public long? Seed { get; init; }

    /// <summary>Device.</summary>
    public string? Device { get; init; }

    /// <summary>Threads.</summary>
    public int? Threads { get; init; }

    /// <summary>Seconds the evaluation took.</summary>
    public double? Seconds { get; init; }

    /// <summary>The machine, in words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Machine { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
