using System.Globalization;
using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Reliability of probabilities after a temperature, drawn beside that of the probabilities as they came.</summary>
/// <param name="Temperature">The temperature.</param>
/// <param name="Bins">Bins by rising probability, those of the other series.</param>
/// <param name="CalibrationError">Expected calibration error.</param>
/// <param name="NullUpper99">99 % quantile of that error for a perfectly calibrated network.</param>
public sealed record ScaledReliability(double Temperature, IReadOnlyList<ReliabilityBin> Bins, double CalibrationError, double NullUpper99);

/// <summary>Observed minus predicted probability, <c>reliability</c>: a difference, because a diagonal hides everything.</summary>
public static class ReliabilityFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="bins">Bins by rising probability.</param>
    /// <param name="calibrationError">Expected calibration error.</param>
    /// <param name="nullUpper99">99 % quantile of that error for a perfectly calibrated network with these counts; NaN if not computed.</param>
    /// <param name="scaled">The same after a temperature; null for none.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<ReliabilityBin> bins, double calibrationError, double nullUpper99, ScaledReliability? scaled = null)
    {
        double[] edges = [.. bins.Select(b => b.Low), bins[^1].High];
        var main = new Panel
        {
            X = new Axis { Title = "Predicted probability", Low = edges[0], High = edges[^1] },
            Y = new Axis { Title = "Observed − predicted" },
            Marks =
            [
                new Hairline { At = 0, Vertical = false, Colour = SeriesColour.Mute, Line = LineStyle.Solid },
                Differences(bins, 0) with { Legend = scaled is null ? null : $"logits: {Short(calibrationError, nullUpper99)}" },
                .. scaled is null ? (IEnumerable<Mark>)[] : [Differences(scaled.Bins, 1) with { Legend = $"logits/{Temperature(scaled)}: {Short(scaled.CalibrationError, scaled.NullUpper99)}", Hollow = true }],
            ],
            LegendNote = scaled is null ? $"ECE {Error(calibrationError, nullUpper99)}" : string.Empty,
        };
        var counts = new Panel
        {
            X = main.X,
            Y = new Axis { Title = "Jets", Scale = AxisScale.Log, Low = 0.7, High = Math.Max(20, 3.0 * bins.Concat(scaled?.Bins ?? []).Max(b => b.Count)) },
            Marks = [Counts(edges, bins) with { Filled = true }, .. scaled is null ? (IEnumerable<Mark>)[] : [Counts(edges, scaled.Bins) with { Colour = SeriesLook.Colour(1), Line = LineStyle.Dashed }]],
        };
        return new()
        {
            Id = "reliability",
            Title = "Observed minus predicted probability",
            Answer = Answer(calibrationError, nullUpper99, scaled),
            Canvas = CanvasKind.Ratio,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [main, counts],
            Table = new()
            {
                Comments = header.Comments(
                [
                    ("ece", NumberText.Exact(calibrationError)), ("ece_null_99", NumberText.Exact(nullUpper99)),
                    .. scaled is null ? ((string, string)[])[] : [("temperature", NumberText.Exact(scaled.Temperature)), ("ece_scaled", NumberText.Exact(scaled.CalibrationError)), ("ece_scaled_null_99", NumberText.Exact(scaled.NullUpper99))],
                    ("level", "0.6827"), ("method", "Clopper-Pearson"),
                ]),
                Columns = ["series", "bin_low", "bin_high", "n", "confidence", "accuracy", "difference", "lower_68", "upper_68"],
                Rows = [.. Rows("accuracy", bins), .. Rows("accuracy, scaled", scaled?.Bins ?? [])],
            },
            Reading = new() { Kind = "Points", X = "confidence", Y = "difference", Lower = "lower_68", Upper = "upper_68" },
            Notes =
            [
                "Points stand at the mean predicted probability of their bin; bars: 68 % Clopper–Pearson intervals. Lower panel: jets per bin.",
                .. scaled is null ? (string[])[] : [$"{Temperature(scaled)} is the temperature of the validation jets; it moves jets between bins and leaves their order. Below the number behind “honest” lie 99 % of honest classifiers."],
            ],
        };
    }

    private static Points Differences(IReadOnlyList<ReliabilityBin> bins, int series)
    {
        ReliabilityBin[] filled = [.. bins.Where(b => b.Count > 0)];
        return new()
        {
            X = [.. filled.Select(b => b.MeanPredicted)], Y = [.. filled.Select(b => b.Observed.Value - b.MeanPredicted)],
            Lower = [.. filled.Select(b => b.Observed.Lower - b.MeanPredicted)], Upper = [.. filled.Select(b => b.Observed.Upper - b.MeanPredicted)],
            Colour = SeriesLook.Colour(series), Marker = SeriesLook.Marker(series),
        };
    }

    private static Steps Counts(double[] edges, IReadOnlyList<ReliabilityBin> bins) =>
        new() { Edges = edges, Heights = [.. bins.Select(b => b.Count > 0 ? (double)b.Count : double.NaN)], Colour = SeriesColour.C5 };

    private static IEnumerable<IReadOnlyList<TableCell>> Rows(string series, IReadOnlyList<ReliabilityBin> bins) =>
        bins.Select(b => (IReadOnlyList<TableCell>)[series, b.Low, b.High, b.Count, b.MeanPredicted, b.Observed.Value, b.Observed.Value - b.MeanPredicted, b.Observed.Lower - b.MeanPredicted, b.Observed.Upper - b.MeanPredicted]);

    private static string Error(double error, double nullUpper99) =>
        NumberText.Plain(error, 2) + (double.IsFinite(nullUpper99) ? $" (99 % of honest ones below {NumberText.Plain(nullUpper99, 2)})" : string.Empty);

    private static string Short(double error, double nullUpper99) =>
        $"ECE {NumberText.Plain(error, 2)}" + (double.IsFinite(nullUpper99) ? $" (honest: < {NumberText.Plain(nullUpper99, 2)})" : string.Empty);

    private static string Temperature(ScaledReliability scaled) => scaled.Temperature.ToString("0.00", CultureInfo.InvariantCulture);

    private static string Answer(double error, double nullUpper99, ScaledReliability? scaled)
    {
        string what = $"The expected calibration error is {NumberText.Plain(error, 2)}";
        if (scaled is not null)
            return $"{what} as the logits come and {NumberText.Plain(scaled.CalibrationError, 2)} after a temperature of {Temperature(scaled)}; an honest classifier stays below {NumberText.Plain(scaled.NullUpper99, 2)} in 99 % of such samples.";
        return what + (!double.IsFinite(nullUpper99) ? "." : error <= nullUpper99 ? ", as small as that of an honest classifier." : $"; an honest classifier stays below {NumberText.Plain(nullUpper99, 2)} in 99 % of such samples.");
    }
}
