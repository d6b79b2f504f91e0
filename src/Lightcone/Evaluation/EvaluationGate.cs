using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lightcone.Evaluation;

/// <summary>Outcome of a requirement.</summary>
[JsonConverter(typeof(GateResultConverter))]
public enum GateResult
{
    /// <summary>Met.</summary>
    Pass,

    /// <summary>Not met.</summary>
    Fail,

    /// <summary>Not measured in this evaluation.</summary>
    NotRun,
}

/// <summary>How bad a warning is.</summary>
[JsonConverter(typeof(WarningSeverityConverter))]
public enum WarningSeverity
{
    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>Changes how a number may be quoted.</summary>
    Warn,

    /// <summary>A number must not be quoted.</summary>
    Error,
}

/// <summary>A requirement with its outcome.</summary>
public sealed record EvaluationGate
{
    /// <summary>Stable id: "symmetry".</summary>
    public required string Id { get; init; }

    /// <summary>Name for tables, markup; the id if null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Name { get; init; }

    /// <summary>What was measured; null when it was not.</summary>
    public required double? Measured { get; init; }

    /// <summary>The limit.</summary>
    public required double? Limit { get; init; }

    /// <summary>How measured and limit must compare: "&lt;=", "&gt;=".</summary>
    public required string Relation { get; init; }

    /// <summary>The outcome.</summary>
    public required GateResult Result { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>Measures a gate; a value that is not finite fails it.</summary>
    public static EvaluationGate AtMost(string id, double measured, double limit, string? name = null) => new()
    {
        Id = id,
        Name = name,
        Measured = double.IsFinite(measured) ? measured : null,
        Limit = limit,
        Relation = "<=",
        Result = measured <= limit ? GateResult.Pass : GateResult.Fail,
    };

    /// <summary>Measures a gate; a value that is not finite fails it.</summary>
    public static EvaluationGate AtLeast(string id, double measured, double limit, string? name = null) => new()
    {
        Id = id,
        Name = name,
        Measured = double.IsFinite(measured) ? measured : null,
        Limit = limit,
        Relation = ">=",
        Result = double.IsFinite(measured) && measured >= limit ? GateResult.Pass : GateResult.Fail,
    };
}

/// <summary>What a reader must know before quoting a number.</summary>
public sealed record EvaluationWarning
{
    /// <summary>Stable id: "few-background-jets".</summary>
    public required string Id { get; init; }

    /// <summary>How bad.</summary>
    public WarningSeverity Severity { get; init; } = WarningSeverity.Warn;

    /// <summary>What, how much, what to do.</summary>
    public required string Text { get; init; }

    /// <summary>Id of the number it concerns.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Number { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>A figure drawn from an evaluation; paths are relative to the run's folder.</summary>
public sealed record EvaluationFigure
{
    /// <summary>Stable id: "roc".</summary>
    public required string Id { get; init; }

    /// <summary>What is shown.</summary>
    public required string Title { get; init; }

    /// <summary>What it says.</summary>
    public required string Answer { get; init; }

    /// <summary>How to read it, markup.</summary>
    public string Caption { get => field ?? string.Empty; init; } = string.Empty;

    /// <summary>The command that makes it again; that of the evaluation if null.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Command { get; init; }

    /// <summary>The picture.</summary>
    public required string Svg { get; init; }

    /// <summary>The numbers.</summary>
    public required string Csv { get; init; }

    /// <summary>SHA-256 of the picture, hexadecimal.</summary>
    public required string Sha256 { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal sealed class GateResultConverter() : JsonStringEnumConverter<GateResult>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);

internal sealed class WarningSeverityConverter() : JsonStringEnumConverter<WarningSeverity>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false);
