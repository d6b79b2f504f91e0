using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Systems.Calibration;

/// <summary>Figures of a calibration, most important first.</summary>
internal static class CalibrationPages
{
    private const int MostSeries = 6, BinsAlong = 8;
    private static readonly int[] DrawnLevels = [0, 2];

    /// <summary>Draws.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="result">The calibration.</param>
    /// <param name="others">Calibrations beside it.</param>
    /// <param name="before">The calibration on a sample with the spectrum of the training; null for none.</param>
    /// <param name="othersBefore">Those beside it on that sample.</param>
    public static IReadOnlyList<Figure> Build(FigureHeader header, CalibrationResult result, IReadOnlyList<CalibrationResult> others, CalibrationResult? before, IReadOnlyList<CalibrationResult> othersBefore)
    {
        var figures = new List<Figure>();
        if (before is not null) figures.Add(Shift(header, result, others, before, othersBefore));
        var results = others.Prepend(result).Take(MostSeries - 1).ToList();
        ValueSeries measured = new("as measured", Bins(result, b => result.Bins.Median(b, i => result.Jets.Measured[i] / result.Truth[i])));
        figures.Add(ClosureFigure.Closure(header, median: true, [.. results.Select(r => new ValueSeries(r.Name, Bins(r, b => r.Bins.Median(b, r.Response)))), measured]));
        figures.Add(ClosureFigure.Resolution(header, [.. results.Select(r => new ValueSeries(r.Name, Bins(r, b => Resolution(r, b, r.Response)))), new("as measured", Bins(result, b => Resolution(result, b, i => result.Jets.Measured[i] / result.Truth[i])))]));
        figures.Add(BiasFigure.Build(header, new("pt_true", "pt_true", "True *p*_{T}", "GeV"), [.. results.Select(r => new ValueSeries(r.Name, Bins(r, b => r.Bias(b, median: true))))]));
        figures.Add(Coverage(header, result));
        figures.Add(CoverageBy(header, result, CoverageCondition.Truth, new("truth", "pt_true", "True *p*_{T}", "GeV"), result.Truth));
        figures.Add(CoverageBy(header, result, CoverageCondition.Prediction, new("width", "relative_width", "Predicted relative resolution"), result.Jets.Spread));
        var informed = results.Where(r => r.Information is not null).ToList();
        if (informed.Count > 1)
            figures.Add(InformationFigure.ByFeatures(header, [.. informed.Select(r => new InformationRow(r.Name, r.Information!.ToInterval()))], "Donsker–Varadhan bounds on the same jets, none of them trained on; bars: standard errors, largely common to all rows."));
        figures.Add(Sharpness(header, result, others));
        if (result.Likelihoods.Count > 0) figures.Add(Likelihoods(header, result));
        figures.Add(PullFigure.Build(header, "ln(true / calibrated *p*_{T}) / *σ*", [new("scaled", result.Insiders(result.ScaledPulls)), new("raw", result.Insiders(result.Pulls))]));
        return figures;
    }

    private static Figure Shift(FigureHeader header, CalibrationResult result, IReadOnlyList<CalibrationResult> others, CalibrationResult before, IReadOnlyList<CalibrationResult> othersBefore)
    {
        var methods = CalibrationNumbers.Methods(result, others).Zip(CalibrationNumbers.Methods(before, othersBefore)).Select(pair =>
            new ShiftedCoverage(pair.First.Method.Method, Points(pair.Second.Result, pair.Second.Method), Points(pair.First.Result, pair.First.Method)));
        return CoverageShiftFigure.Build(header, "training", "changed", [.. DrawnLevels.Select(l => CalibratedJets.Levels[l])], [.. methods],
            "Uncertainties were fitted on jets with the spectrum of the training; nothing was changed for the other one.");
    }

    private static Figure Sharpness(FigureHeader header, CalibrationResult result, IReadOnlyList<CalibrationResult> others)
    {
        var rows = CalibrationNumbers.Methods(result, others).Where(m => m.Method.Validated is null || m.Method.Method == "numerical inversion")
            .Select(m => (m.Method, Sharpness: m.Result.SharpnessOf(m.Method, 0))).Where(m => m.Sharpness is not null)
            .Select(m => new SharpnessRow(m.Method.Method, new Interval(m.Sharpness!.Value.MeanWidth, double.NaN, double.NaN, Interval.OneSigma, "mean"), m.Sharpness.Value.Factor));
        return SharpnessFigure.Build(header, CalibratedJets.Levels[0], "ln *p*_{T}", [.. rows], "Factors from every other jet, widths from the rest; truth away from the edges.");
    }

    private static Figure Likelihoods(FigureHeader header, CalibrationResult result)
    {
        string[] names = ["narrow", "median", "wide"];
        return LikelihoodFigure.Build(header, "true *p*_{T}", "pt_true_gev", "GeV", [.. result.Likelihoods.Select((l, i) => new LikelihoodScan(names[i], l.Truths, l.LogRatios, l.MostLikely)
        {
            Truth = result.Truth[l.Jet], Profile68 = [Ends(l, -0.5)], Profile95 = [Ends(l, -1.92)],
        })], "Jets at the 5, 50 and 95 % quantiles of the predicted resolution, away from the edges of the spectrum.");
    }

    // Where the drawn line crosses a height on either side of its top.
    private static (double Low, double High) Ends(JetLikelihood line, double height)
    {
        int top = line.LogRatios.Length / 2, low = top, high = top;
        while (low > 0 && line.LogRatios[low] > height) low--;
        while (high < line.LogRatios.Length - 1 && line.LogRatios[high] > height) high++;
        return (line.Truths[low], line.Truths[high]);
    }

    private static CoveragePoint[] Points(CalibrationResult result, MethodIntervals method) => [.. DrawnLevels.Select(l => Point(result.Coverage(method, l)))];

    private static CoveragePoint Point(CoverageCount count)
    {
        var (low, high) = BinomialAcceptance.Of(count.Count, count.Nominal);
        return new(count.Nominal, count.Count, count.Covered, low, high) { MissedLeft = count.MissedBelow, MissedRight = count.MissedAbove };
    }

    private static Figure Coverage(FigureHeader header, CalibrationResult result) => CoverageFigure.Build(header,
        [.. result.Jets.Methods.OrderBy(m => m == result.Jets.Methods[result.Jets.Recommended] ? 0 : 1).Take(MostSeries).Select(m => new CoverageSeries(m.Method, [.. CalibratedJets.Levels.Select((_, l) => Point(result.Coverage(m, l)))]))]);

    private static Figure CoverageBy(FigureHeader header, CalibrationResult result, CoverageCondition condition, BinnedVariable variable, double[] values)
    {
        var method = result.Jets.Methods[result.Jets.Recommended];
        return CoverageByFigure.Build(header, condition, variable, [.. DrawnLevels.Select(l => new CoverageLevel(CalibratedJets.Levels[l],
            [.. BinnedCoverage.Of(result.Insiders(values), result.Insiders(method.Lower[l]), result.Insiders(method.Upper[l]), result.Insiders(result.Truth), CalibratedJets.Levels[l], BinsAlong).Bins.Select(b => new BinCoverage(b.Low, b.High, b.Mean, b.Coverage.Count, b.Coverage.Covered))]))]);
    }

    private static ValueBin[] Bins(CalibrationResult result, Func<int, Interval> value) =>
        [.. result.Bins.Filled.Select(b => new ValueBin(result.Bins.Edges[b], result.Bins.Edges[b + 1], result.Bins.JetsOf(b).Count, value(b)))];

    // The error of half an interquantile range of a normal sample.
    private static Interval Resolution(CalibrationResult result, int bin, Func<int, double> response)
    {
        double width = result.Bins.Resolution(bin, response), error = 1.0 * width / Math.Sqrt(result.Bins.JetsOf(bin).Count);
        return new(width, width - error, width + error, Interval.OneSigma, "σ/√n");
    }
}
