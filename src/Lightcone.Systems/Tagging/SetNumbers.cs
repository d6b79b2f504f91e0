using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Systems.Tagging;

/// <summary>
/// Coverage and size of conformal sets of classes on test jets, all together and by true class. The level is promised for all together, and for a mixture of classes like that of the validation jets.
/// </summary>
internal sealed class SetNumbers
{
    private readonly IReadOnlyList<ConformalSetSummary> summaries;
    private readonly string[] names;
    private readonly long[] jetsOf;

    private SetNumbers(TaggerCalibration fitted, ConformalSets sets, double[] logits, int[] labels, IReadOnlyList<string> names)
    {
        this.names = [.. names];
        jetsOf = [.. Enumerable.Range(0, names.Count).Select(c => labels.LongCount(l => l == c))];
        summaries = sets.Summarise(TaggerCalibration.Probabilities(logits, names.Count), labels);
        Report = Of(summaries[0], sets.Law) with { Conditional = [.. Enumerable.Range(0, names.Count).Where(c => jetsOf[c] > 0).Select(BinOf)] };
        Method = $"least ambiguous conformal sets, {Origin(fitted)}";
    }

    /// <summary>The test of the coverage, with one bin a class.</summary>
    public UqReport Report { get; }

    /// <summary>What made the sets.</summary>
    private string Method { get; }

    /// <summary>Judges the sets; null where none were fitted.</summary>
    /// <param name="fitted">What was fitted on validation jets.</param>
    /// <param name="logits">Logits of the test jets, row-major, shape [jets, classes].</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="names">Names of the classes.</param>
    public static SetNumbers? Of(TaggerCalibration? fitted, double[] logits, int[] labels, IReadOnlyList<string> names) =>
        fitted?.Sets is { } sets && labels.Length > 0 ? new(fitted, sets, logits, labels, names) : null;

    /// <summary>Coverage and mean size, of all jets and by true class.</summary>
    public IEnumerable<EvaluationNumber> All()
    {
        string level = NumberText.Level(TaggerCalibration.SetLevel);
        foreach (var s in summaries)
        {
            long n = JetsOf(s);
            if (n == 0) continue;
            string at = s.Class < 0 ? "" : "@" + names[s.Class].Replace('/', '-'), of = s.Class < 0 ? "" : ", " + Markup.Escape(names[s.Class]);
            yield return EvaluationNumber.From($"set-coverage{at}", $"coverage of {level} sets{of}", s.Covered, n: n, k: CoveredOf(s));
            yield return new()
            {
                Id = $"set-size{at}", Name = $"classes in {level} sets{of}", Value = s.MeanSize, N = n,
                Method = $"mean; {Method}{(s.EmptyShare > 0 ? $"; {NumberText.Plain(100 * s.EmptyShare, 2)} % are empty" : "")}",
            };
        }
    }

    /// <summary>Says so where the sets do not hold what they promise; else null.</summary>
    public EvaluationWarning? Warning() => Report.Accepted ? null : new()
    {
        Id = "sets-do-not-cover", Severity = WarningSeverity.Warn, Number = "set-coverage",
        Text = $"{NumberText.Level(TaggerCalibration.SetLevel)} sets of classes hold the true one of {NumberText.Plain(100 * Report.Fraction, 3)} % of the jets only; as many jets like those of the validation would show {NumberText.Plain(100 * Report.AcceptedLow, 3)} to {NumberText.Plain(100 * Report.AcceptedHigh, 3)} %. "
            + "The jets are others, or mixed otherwise: quote no sets for them.",
    };

    private static string Origin(TaggerCalibration fitted) => $"fitted on {NumberText.Count(fitted.Jets)} validation jets";

    private UqReport Of(ConformalSetSummary all, ConformalLaw law) =>
        UqReport.From("conformal sets of classes, least ambiguous", new CoverageCount(TaggerCalibration.SetLevel, JetsOf(all), CoveredOf(all), 0, 0), law) with
        {
            Sharpness = new() { Factor = null, MeanWidth = all.MeanSize, MedianWidth = null, Unit = "classes" },
        };

    private UqBin BinOf(int label)
    {
        var own = summaries[label + 1];
        var band = ClopperPearson.Of(CoveredOf(own), jetsOf[label], 1 - (1 - UqReport.BandLevel) / names.Length);
        return new() { Variable = $"class {names[label]}, true", Low = label, High = label, Mean = label, N = jetsOf[label], Covered = CoveredOf(own), Lo = band.Lower, Hi = band.Upper };
    }

    private long JetsOf(ConformalSetSummary summary) => summary.Class < 0 ? jetsOf.Sum() : jetsOf[summary.Class];

    private long CoveredOf(ConformalSetSummary summary) => JetsOf(summary) is > 0 and var n ? (long)Math.Round(summary.Covered.Value * n) : 0;
}
