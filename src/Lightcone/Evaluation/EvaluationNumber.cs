using System.Text.Json;
using System.Text.Json.Serialization;
using Lightcone.Statistics;

namespace Lightcone.Evaluation;

/// <summary>A measured number with its interval and how it was obtained. A missing value is null and says why.</summary>
public sealed record EvaluationNumber
{
    /// <summary>Stable id: "auc", "rejection@0.5".</summary>
    public required string Id { get; init; }

    /// <summary>Name for tables, markup of the figures: "1/*ε*_{B} at *ε*_{S} = 0.5".</summary>
    public required string Name { get; init; }

    /// <summary>Best value; null when there is none (then one end alone is a limit).</summary>
    public required double? Value { get; init; }

    /// <summary>Lower end of the interval.</summary>
    public double? Lower { get; init; }

    /// <summary>Upper end of the interval.</summary>
    public double? Upper { get; init; }

    /// <summary>Confidence level, 0 to 1.</summary>
    public double? Level { get; init; }

    /// <summary>How the interval was obtained.</summary>
    public string? Method { get; init; }

    /// <summary>Events that passed, where the number is a fraction of counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? K { get; init; }

    /// <summary>Events behind the number.</summary>
    public long? N { get; init; }

    /// <summary>Unit; null for a pure number.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether the number belongs to the few at the top of a report.</summary>
    public bool Key { get; init; }

    /// <summary>Why there is no value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>A number from an interval; NaN and infinite ends become null.</summary>
    /// <param name="id">Stable id.</param>
    /// <param name="name">Name for tables, markup.</param>
    /// <param name="interval">Value, ends, level and method.</param>
    /// <param name="n">Events behind the number.</param>
    /// <param name="k">Events that passed.</param>
    /// <param name="key">Whether it belongs to the few at the top.</param>
    /// <param name="unit">Unit; null for a pure number.</param>
    /// <param name="reason">Why there is no value, if there is none.</param>
    public static EvaluationNumber From(string id, string name, Interval interval, long? n = null, long? k = null, bool key = false, string? unit = null, string? reason = null) => new()
    {
        Id = id,
        Name = name,
        Value = Known(interval.Value),
        Lower = Known(interval.Lower),
        Upper = Known(interval.Upper),
        Level = Known(interval.Level),
        Method = interval.Method,
        N = n,
        K = k,
        Key = key,
        Unit = unit,
        Reason = double.IsFinite(interval.Value) ? null : reason ?? (double.IsFinite(interval.Lower) ? "only a lower limit can be given" : "not measurable on this sample"),
    };

    /// <summary>The interval; what is null becomes NaN.</summary>
    public Interval ToInterval() => new(Value ?? double.NaN, Lower ?? double.NaN, Upper ?? double.NaN, Level ?? double.NaN, Method ?? string.Empty);

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}

/// <summary>A number of somebody else to compare with.</summary>
public sealed record EvaluationReference
{
    /// <summary>Id of the number it belongs to.</summary>
    public required string Number { get; init; }

    /// <summary>Who: a method or a paper.</summary>
    public required string Name { get; init; }

    /// <summary>The value.</summary>
    public required double? Value { get; init; }

    /// <summary>Lower end of its interval, if known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Lower { get; init; }

    /// <summary>Upper end of its interval, if known.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? Upper { get; init; }

    /// <summary>Where it stands written.</summary>
    public required string Source { get; init; }

    /// <summary>Whether it was measured on the same jets; if not, no figure shows the two together.</summary>
    public bool SameSample { get; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}
