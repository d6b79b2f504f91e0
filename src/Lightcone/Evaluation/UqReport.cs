using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Lightcone.Statistics;

namespace Lightcone.Evaluation;

/// <summary>
/// What a test of an uncertainty found: coverage with its exact band, where it fails, how wide the intervals are at equal coverage, proper scores, and
/// the transform to uniformity. One element of <see cref="EvaluationDocument.Uq"/>. Every method is reported raw and conformalised, in two reports.
/// </summary>
public sealed record UqReport
{
    /// <summary>Level of all bands: 99 %, divided among the bins where there are several.</summary>
    public const double BandLevel = Validation.BandLevel;

    /// <summary>The method: "deep ensemble of 5, raw".</summary>
    public required string Name { get; init; }

    /// <summary>Test entries.</summary>
    public required long N { get; init; }

    /// <summary>Coverage that the intervals claim.</summary>
    public required double Level { get; init; }

    /// <summary>Entries whose interval holds the truth.</summary>
    public required long Covered { get; init; }

    /// <summary>Truths below their interval.</summary>
    public required long MissedBelow { get; init; }

    /// <summary>Truths above their interval.</summary>
    public required long MissedAbove { get; init; }

    /// <summary>Lower end of the Clopper–Pearson band of the covered fraction.</summary>
    public required double Lo { get; init; }

    /// <summary>Upper end.</summary>
    public required double Hi { get; init; }

    /// <summary>Smallest fraction that a correct method may show: binomial, or beta-binomial for conformal intervals.</summary>
    public required double AcceptedLow { get; init; }

    /// <summary>Largest fraction that a correct method may show.</summary>
    public required double AcceptedHigh { get; init; }

    /// <summary>Coverage in bins of variables.</summary>
    public IReadOnlyList<UqBin> Conditional { get => field ?? []; init; }

    /// <summary>Widths at equal coverage; null when not measured.</summary>
    public UqSharpness? Sharpness { get; init; }

    /// <summary>Mean proper scores by name: "crps", "negative_log_density"; null for one that is not finite.</summary>
    public IReadOnlyDictionary<string, double?> Scores { get => field ?? new Dictionary<string, double?>(); init; }

    /// <summary>Test of the transform to uniformity; null when not measured.</summary>
    public UqPit? Pit { get; init; }

    /// <summary>Seeds behind the method, training and test.</summary>
    public IReadOnlyList<ulong> Seeds { get => field ?? []; init; }

    /// <summary>Fields of later versions, kept.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }

    /// <summary>Covered fraction; NaN without entries.</summary>
    [JsonIgnore]
    public double Fraction => N > 0 ? (double)Covered / N : double.NaN;

    /// <summary>Whether the covered fraction is one that a correct method shows.</summary>
    [JsonIgnore]
    public bool Accepted => Fraction >= AcceptedLow && Fraction <= AcceptedHigh;

    /// <summary>The bin that fits its level least; null without bins.</summary>
    [JsonIgnore]
    public UqBin? Worst => Conditional.Where(b => b.N > 0).MaxBy(b => Math.Abs((double)b.Covered / b.N - Level) * Math.Sqrt(b.N));

    /// <summary>A report from what was counted; add the rest with <c>with</c>.</summary>
    /// <param name="name">The method.</param>
    /// <param name="coverage">Coverage on the test sample.</param>
    /// <param name="law">Law of the calibration sample of conformal intervals.</param>
    public static UqReport From(string name, CoverageCount coverage, ConformalLaw? law = null)
    {
        Interval band = coverage.Fraction(BandLevel);
        var (low, high) = law?.Band(coverage.Count, BandLevel) ?? BinomialAcceptance.Of(coverage.Count, coverage.Nominal, BandLevel);
        return new()
        {
            Name = name,
            N = coverage.Count,
            Level = coverage.Nominal,
            Covered = coverage.Covered,
            MissedBelow = coverage.MissedBelow,
            MissedAbove = coverage.MissedAbove,
            Lo = band.Lower,
            Hi = band.Upper,
            AcceptedLow = low,
            AcceptedHigh = high,
        };
    }

    /// <summary>Adds the coverage in bins of one variable.</summary>
    /// <param name="variable">Its name, and whether it is truth, prediction or input: "transverse momentum, true".</param>
    /// <param name="binned">What was counted.</param>
    public UqReport WithBins(string variable, BinnedCoverage binned) => this with { Conditional = [.. Conditional, .. binned.Bins.Select(b => UqBin.From(variable, b))] };

    /// <summary>Adds a mean score; one that is not finite becomes null.</summary>
    public UqReport WithScore(string name, double mean) => this with { Scores = new Dictionary<string, double?>(Scores) { [name] = Known(mean) } };

    /// <summary>Adds widths at equal coverage.</summary>
    public UqReport WithSharpness(Sharpness sharpness, string? unit = null) => this with
    {
        Sharpness = new() { Factor = Known(sharpness.Factor), MeanWidth = Known(sharpness.MeanWidth), MedianWidth = Known(sharpness.MedianWidth), Unit = unit },
    };

    /// <summary>Adds the test of values that should be uniform in [0, 1].</summary>
    public UqReport WithPit(ReadOnlySpan<double> pit) => this with { Pit = UqPit.Of(pit) };

    /// <summary>The report as an element of <see cref="EvaluationDocument.Uq"/>.</summary>
    /// <exception cref="ArgumentException">A number is not finite.</exception>
    public JsonElement ToElement() => JsonSerializer.SerializeToElement(this, EvaluationJson.Readable.UqReport);

    /// <summary>Reads what <see cref="ToElement"/> wrote.</summary>
    /// <param name="element">The element.</param>
    /// <param name="where">Name of the file, for the error.</param>
    /// <exception cref="InputDataException">The element is no such report.</exception>
    public static UqReport Parse(JsonElement element, string where)
    {
        try
        {
            return element.Deserialize(EvaluationJson.Readable.UqReport) is { } report && !report.Conditional.Contains(null!) ? report : throw new JsonException("it, or a bin of it, is null");
        }
        catch (Exception e) when (e is JsonException or NotSupportedException or InvalidOperationException)
        {
            throw new InputDataException($"The report of an uncertainty cannot be read: {e.Message}", where, "The file was edited by hand, or is of another version.", "Run `lightcone evaluate` on the run again.", e);
        }
    }

    /// <summary>A Markdown table of several reports.</summary>
    public static string MarkdownTable(IEnumerable<UqReport> reports) =>
        "| method | level | coverage (99 % band) | accepted | worst bin | factor, mean width at equal coverage | scores | uniformity: distance, p | seeds |\n|---|---|---|---|---|---|---|---|---|\n"
        + string.Concat(reports.Select(r => r.MarkdownRow() + "\n"));

    /// <summary>The row of <see cref="MarkdownTable"/>; "–" for what was not measured.</summary>
    public string MarkdownRow()
    {
        string scores = string.Join(", ", Scores.Select(s => $"{s.Key} {Text(s.Value)}"));
        string[] cells =
        [
            Name, Text(Level), $"{Text(Fraction)} [{Text(Lo)}, {Text(Hi)}], n = {N.ToString(CultureInfo.InvariantCulture)}",
            $"{(Accepted ? "yes" : "no")} [{Text(AcceptedLow)}, {Text(AcceptedHigh)}]",
            Worst is { } bin ? $"{Text((double)bin.Covered / bin.N)} [{Text(bin.Lo)}, {Text(bin.Hi)}] at {bin.Variable} {Text(bin.Low)} … {Text(bin.High)}" : "–",
            Sharpness is { } s ? $"{Text(s.Factor)}, {Text(s.MeanWidth)}{(s.Unit is null ? "" : " " + s.Unit)}" : "–",
            scores.Length > 0 ? scores : "–", Pit is { } pit ? $"{Text(pit.Distance)}, {Text(pit.PValue)}" : "–",
            Seeds.Count > 0 ? string.Join(' ', Seeds.Select(seed => seed.ToString(CultureInfo.InvariantCulture))) : "–",
        ];
        return $"| {string.Join(" | ", cells.Select(c => c.Replace("|", "\\|", StringComparison.Ordinal)))} |";
    }

    internal static double? Known(double value) => double.IsFinite(value) ? value : null;

    private static string Text(double? value) => value is { } x && double.IsFinite(x) ? x.ToString("G4", CultureInfo.InvariantCulture) : "–";
}
