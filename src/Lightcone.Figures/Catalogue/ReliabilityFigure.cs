using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Observed minus predicted probability, <c>reliability</c>: a difference, because a diagonal hides everything.</summary>
public static class ReliabilityFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="bins">Bins by rising probability.</param>
    /// <param name="calibrationError">Expected calibration error.</param>
    /// <param name="nullUpper99">99 % quantile of that error for a perfectly calibrated network with these counts; NaN if not computed.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<ReliabilityBin> bins, double calibrationError, double nullUpper99)
    {
        ReliabilityBin[] filled = [.. bins.Where(b => b.Count > 0)];
        double[] edges = [.. bins.Select(b => b.Low), bins[^1].High], x = [.. filled.Select(b => b.MeanPredicted)];
        string gate = double.IsFinite(nullUpper99) ? $" (99 % of honest ones below {NumberText.Plain(nullUpper99, 2)})" : string.Empty;
        string verdict = !double.IsFinite(nullUpper99) ? "." : calibrationError <= nullUpper99 ? ", as small as that of an honest classifier." : $"; an honest classifier stays below {NumberText.Plain(nullUpper99, 2)} in 99 % of such samples.";
        var main = new Panel
        {
            X = new Axis { Title = "Predicted probability", Low = edges[0], High = edges[^1] },
            Y = new Axis { Title = "Observed − predicted" },
            Marks =
            [
                new Hairline { At = 0, Vertical = false, Colour = SeriesColour.Mute, Line = LineStyle.Solid },
                new Points
                {
                    X = x, Y = [.. filled.Select(b => b.Observed.Value - b.MeanPredicted)],
                    Lower = [.. filled.Select(b => b.Observed.Lower - b.MeanPredicted)], Upper = [.. filled.Select(b => b.Observed.Upper - b.MeanPredicted)],
                    Colour = SeriesColour.C3,
                },
            ],
            LegendNote = $"ECE {NumberText.Plain(calibrationError, 2)}{gate}",
        };
        var counts = new Panel
        {
            X = main.X,
            Y = new Axis { Title = "Jets", Scale = AxisScale.Log, Low = 0.7, High = Math.Max(20, 3.0 * bins.Max(b => b.Count)) },
            Marks = [new Steps { Edges = edges, Heights = [.. bins.Select(b => b.Count > 0 ? (double)b.Count : double.NaN)], Colour = SeriesColour.C5, Filled = true }],
        };
        return new()
        {
            Id = "reliability",
            Title = "Observed minus predicted probability",
            Answer = $"The expected calibration error is {NumberText.Plain(calibrationError, 2)}{verdict}",
            Canvas = CanvasKind.Ratio,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [main, counts],
            Table = new()
            {
                Comments = header.Comments(("ece", NumberText.Exact(calibrationError)), ("ece_null_99", NumberText.Exact(nullUpper99)), ("level", "0.6827"), ("method", "Clopper-Pearson")),
                Columns = ["series", "bin_low", "bin_high", "n", "confidence", "accuracy", "difference", "lower_68", "upper_68"],
                Rows = [.. bins.Select(b => (IReadOnlyList<TableCell>)["accuracy", b.Low, b.High, b.Count, b.MeanPredicted, b.Observed.Value, b.Observed.Value - b.MeanPredicted, b.Observed.Lower - b.MeanPredicted, b.Observed.Upper - b.MeanPredicted])],
            },
            Reading = new() { Kind = "Points", X = "confidence", Y = "difference", Lower = "lower_68", Upper = "upper_68" },
            Notes = ["Points stand at the mean predicted probability of their bin; bars: 68 % Clopper–Pearson intervals. Lower panel: jets per bin."],
        };
    }
}
