using System.Globalization;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration;

/// <summary>Numbers of a calibration on one sample, with what must hold.</summary>
internal sealed class CalibrationNumbers(CalibrationResult result, IReadOnlyList<CalibrationResult> others, FittedUncertainties fitted)
{
    private const double Closure = 0.01, BiasLimit = 0.1, FewestOfBins = 100, PullLimit = 0.05, FamilyLevel = 0.99;

    /// <summary>The answer in one sentence.</summary>
    public string Answer
    {
        get
        {
            var best = result.Jets.Methods[result.Jets.Recommended];
            var (one, two) = (result.Coverage(best, 0), result.Coverage(best, 2));
            return $"{result.Name}: the median of calibrated over true stays within {Percent(result.WorstClosure(median: true))} % of 1, the resolution is {Percent(result.Resolution())} %, and 68 and 95 % intervals hold the truth in {Percent(one.Fraction().Value)} and {Percent(two.Fraction().Value)} %.";
        }
    }

    /// <summary>All numbers, the key ones first.</summary>
    public IReadOnlyList<EvaluationNumber> All()
    {
        int n = result.Jets.Count;
        var pulls = PullSummary.Of(result.Insiders(result.ScaledPulls));
        var numbers = new List<EvaluationNumber>
        {
            Plain("closure", "largest |median of calibrated/true − 1|", result.WorstClosure(median: true), "bins of the truth away from the edges"),
            Plain("resolution", "half of 84 − 16 % of calibrated/true over the median", result.Resolution(), "all jets", key: true),
        };
        if (result.Information is { } information) numbers.Add(EvaluationNumber.From("information", "mutual information of jet and truth", information.ToInterval(), n: n, key: true, unit: "nats"));
        numbers.Add(Plain("bias", "largest bias of the median at fixed truth", result.WorstBias(median: true), "bins of the truth away from the edges", key: true, unit: "σ"));
        numbers.Add(Plain("bias-mean", "largest bias of the mean at fixed truth", result.WorstBias(median: false), "bins of the truth away from the edges", unit: "σ"));
        numbers.Add(Plain("closure-mean", "largest |mean of calibrated/true − 1|", result.WorstClosure(median: false), "bins of the truth away from the edges"));
        numbers.Add(EvaluationNumber.From("mean-response", "mean of calibrated/true", MeanOf(result), n: n));
        numbers.Add(Plain("pull-width", "half of 84 − 16 % of the pulls, widths scaled on jets kept aside", pulls.HalfWidth, "truth away from the edges"));
        numbers.Add(EvaluationNumber.From("pull-deviation", "standard deviation of these pulls", pulls.Deviation, n: n));
        numbers.Add(Plain("scale-factor", "factor on the widths, from jets kept aside", fitted.ScaleFactor, $"{fitted.Jets} jets"));
        numbers.Add(EvaluationNumber.From("edge-share", "share of jets flagged at the edge of the training's spectrum", ClopperPearson.Of(result.Jets.AtEdge.Count(e => e), n), n: n, k: result.Jets.AtEdge.Count(e => e)));
        foreach (var (method, own) in Methods(result, others))
            for (int l = 0; l < CalibratedJets.Levels.Length; l++)
            {
                var coverage = own.Coverage(method, l);
                numbers.Add(EvaluationNumber.From($"coverage@{Level(l)}/{Slug(method.Method)}", $"coverage at {Level(l)} %, {Markup.Escape(method.Method)}", coverage.Fraction(), n: coverage.Count, k: coverage.Covered, key: own == result && l == 0 && method == own.Jets.Methods[own.Jets.Recommended]));
            }

        foreach (var other in others)
        {
            numbers.Add(Plain($"bias/{Slug(other.Name)}", $"largest bias of the median at fixed truth, {Markup.Escape(other.Name)}", other.WorstBias(median: true), "bins of the truth away from the edges", unit: "σ"));
            numbers.Add(Plain($"resolution/{Slug(other.Name)}", $"half of 84 − 16 % over the median, {Markup.Escape(other.Name)}", other.Resolution(), "all jets"));
            numbers.Add(EvaluationNumber.From($"mean-response/{Slug(other.Name)}", $"mean of calibrated/true, {Markup.Escape(other.Name)}", MeanOf(other), n: n));
        }

        foreach (int bin in result.Bins.Filled)
        {
            string range = string.Create(CultureInfo.InvariantCulture, $"{result.Bins.Edges[bin]:0}–{result.Bins.Edges[bin + 1]:0} GeV");
            string id = string.Create(CultureInfo.InvariantCulture, $"{result.Bins.Edges[bin]:0}");
            numbers.Add(EvaluationNumber.From($"closure/{id}", $"median of calibrated/true, {range}", result.Bins.Median(bin, result.Response), n: result.Bins.JetsOf(bin).Count));
            numbers.Add(EvaluationNumber.From($"bias/{id}", $"bias of the median, {range}", result.Bias(bin, median: true), n: result.Bins.JetsOf(bin).Count, unit: "σ"));
        }

        return numbers;
    }

    /// <summary>What must hold: closure, bias, coverage of the intervals that are given out, and the health that was checked after the training.</summary>
    public IReadOnlyList<EvaluationGate> Gates()
    {
        var best = result.Jets.Methods[result.Jets.Recommended];
        double width = result.PullWidth();
        return
        [
            EvaluationGate.AtMost("closure", result.WorstClosure(median: true), Closure, "closure of the median in bins of the truth"),
            EvaluationGate.AtMost("bias", result.WorstBias(median: true), BiasLimit, "bias of the median at fixed truth [σ]"),
            EvaluationGate.AtMost("pull-width", Math.Abs(width - 1), PullLimit, "width of the pulls, scaled on jets kept aside: distance from 1"),
            .. new[] { 0, 2 }.Select(l =>
            {
                var coverage = result.Coverage(best, l);
                // Intervals fitted on n jets kept aside cover by a law of their own, beside the counting of the test.
                double tested = ConformalLaw.Of(fitted.Jets, CalibratedJets.Levels[l]).DeviationOf(coverage.Count);
                double reach = -SpecialFunctions.NormalQuantile((1 - FamilyLevel) / 2);
                return EvaluationGate.AtMost($"coverage@{Level(l)}", Math.Abs(coverage.Fraction().Value - CalibratedJets.Levels[l]), reach * tested, $"coverage at {Level(l)} %: distance from nominal, {best.Method}");
            }),
            .. fitted.Health.Select(h => h.ToGate()),
        ];
    }

    /// <summary>The uncertainty reports of every method at every level: coverage with its band, in bins of the truth, and the width at equal coverage.</summary>
    public IReadOnlyList<UqReport> Reports() =>
    [
        .. from pair in Methods(result, others)
           from level in Enumerable.Range(0, CalibratedJets.Levels.Length)
           select Report(pair.Method, pair.Result, level),
    ];

    /// <summary>Name under which a method's report stands.</summary>
    public static string ReportName(MethodIntervals method, int level) => $"{method.Method}, {Level(level)} %";

    /// <summary>What must be known before quoting.</summary>
    public IReadOnlyList<EvaluationWarning> Warnings()
    {
        var warnings = new List<EvaluationWarning>();
        if (CalibrationHealth.Concern(fitted.Health) is { } concern) warnings.Add(new() { Id = "unhealthy", Severity = WarningSeverity.Error, Text = concern });
        double edge = result.Jets.AtEdge.Count(e => e) / (double)result.Jets.Count;
        if (edge > 0.01)
            warnings.Add(new() { Id = "at-edge", Number = "edge-share", Severity = WarningSeverity.Note, Text = $"{Percent(edge)} % of the jets lie at the edge of the training's spectrum, where a part of the likelihood is missing; they are flagged." });
        int thin = Enumerable.Range(0, result.Bins.Count).Except(result.Bins.Filled).Count();
        if (thin > 0) warnings.Add(new() { Id = "thin-bins", Severity = WarningSeverity.Note, Text = $"{thin} of {result.Bins.Count} bins of the truth have fewer than 50 jets and are not shown." });
        return warnings;
    }

    /// <summary>Every method of a result and of those beside it; of these only their own, since all share the numerical inversion.</summary>
    internal static IEnumerable<(MethodIntervals Method, CalibrationResult Result)> Methods(CalibrationResult result, IReadOnlyList<CalibrationResult> others) =>
        result.Jets.Methods.Select(m => (m, result)).Concat(others.SelectMany(o => o.Jets.Methods.SkipLast(1).Select(m => (m with { Method = o.Information is not null ? $"{o.Name}: {m.Method.Replace("ansatz, ", "", StringComparison.Ordinal)}" : m.Method }, o))));

    private UqReport Report(MethodIntervals method, CalibrationResult own, int level)
    {
        double nominal = CalibratedJets.Levels[level];
        ConformalLaw? law = method.Validated is null ? null : ConformalLaw.Of(fitted.Jets, nominal);
        double[] lower = own.Insiders(method.Lower[level]), upper = own.Insiders(method.Upper[level]), truth = own.Insiders(own.Truth);
        var report = UqReport.From(ReportName(method, level), own.Coverage(method, level), law);
        if (truth.Length >= FewestOfBins) report = report.WithBins("true pT [GeV]", BinnedCoverage.Of(truth, lower, upper, truth, nominal));
        return own.SharpnessOf(method, level) is { } sharpness ? report.WithSharpness(sharpness, "ln pT") : report;
    }

    private static Interval MeanOf(CalibrationResult own)
    {
        double[] responses = [.. Enumerable.Range(0, own.Jets.Count).Select(own.Response)];
        double mean = responses.Average(), error = responses.Length > 1 ? SampleDeviation.Of(responses) / Math.Sqrt(responses.Length) : double.NaN;
        return new(mean, mean - error, mean + error, Interval.OneSigma, "error of the mean");
    }

    private static EvaluationNumber Plain(string id, string name, double value, string method, bool key = false, string? unit = null) => new()
    {
        Id = id, Name = name, Value = double.IsFinite(value) ? value : null, Method = method, Key = key, Unit = unit, Reason = double.IsFinite(value) ? null : "no bin has enough jets",
    };

    private static string Level(int level) => level == 0 ? "68" : CalibratedJets.Levels[level].ToString("0.##", CultureInfo.InvariantCulture)[2..].PadRight(2, '0');

    private static string Percent(double share) => NumberText.Plain(100 * share, 3);

    private static string Slug(string name) => string.Join('-', name.Split([' ', ',', ':'], StringSplitOptions.RemoveEmptyEntries)).ToLowerInvariant();
}
