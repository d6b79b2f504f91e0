using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>What a model of one latent size reaches.</summary>
/// <param name="LatentNumbers">Real numbers in the latent space.</param>
/// <param name="Spread">Inter-quartile range of a relative residual; NaN if not known.</param>
/// <param name="Auc">Area under the curve of the anomaly score; NaN if not known.</param>
public readonly record struct CompressionPoint(double LatentNumbers, Interval Spread, Interval Auc);

/// <summary>Models of one kind and several latent sizes.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Points">Any order.</param>
/// <param name="Published">Whether the values are published ones: drawn hollow, without a line.</param>
public sealed record CompressionSeries(string Name, IReadOnlyList<CompressionPoint> Points, bool Published = false);

/// <summary>What compression costs, <c>compression</c>: resolution above, anomaly detection below, against the share of numbers that is kept.</summary>
public static class CompressionFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="quantity">Whose residual is meant, markup: "jet mass".</param>
    /// <param name="inputNumbers">Numbers that describe a jet before compression: 90 for thirty constituents of three components.</param>
    /// <param name="series">Models; the first is what the figure is about.</param>
    public static Figure Build(FigureHeader header, string quantity, int inputNumbers, IReadOnlyList<CompressionSeries> series)
    {
        CompressionSeries[] sorted = [.. series.Select(s => s with { Points = [.. s.Points.Where(p => p.LatentNumbers > 0).OrderBy(p => p.LatentNumbers)] })];
        double widest = sorted.SelectMany(s => s.Points).Select(p => p.LatentNumbers / inputNumbers).DefaultIfEmpty(0).Max();
        var x = new Axis { Title = $"Latent numbers / {inputNumbers}", Low = 0, High = Math.Max(1.05, 1.05 * widest) };
        string name = Markup.ToPlain(quantity);
        return new()
        {
            Id = "compression",
            Title = $"Spread of the {name} residual and AUC against compression",
            Answer = Answer(sorted, name, inputNumbers),
            Canvas = CanvasKind.Stacked,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel { X = x, Y = new Axis { Title = $"IQR, {quantity}", Scale = AxisScale.Log }, Marks = [.. sorted.SelectMany((s, i) => Marks(s, i, inputNumbers, p => p.Spread, log: true))] },
                new Panel { X = x, Y = new Axis { Title = "AUC" }, Marks = [.. sorted.SelectMany((s, i) => Marks(s, i, inputNumbers, p => p.Auc, log: false))] },
            ],
            Table = new()
            {
                Comments = header.Comments(("quantity", name), ("input_numbers", NumberText.Exact(inputNumbers))),
                Columns = ["series", "latent_numbers", "latent_share", "iqr", "iqr_lower_68", "iqr_upper_68", "auc", "auc_lower_68", "auc_upper_68"],
                Rows = [.. sorted.SelectMany(s => s.Points.Select(p => (IReadOnlyList<TableCell>)
                    [s.Name, p.LatentNumbers, p.LatentNumbers / inputNumbers, p.Spread.Value, p.Spread.Lower, p.Spread.Upper, p.Auc.Value, p.Auc.Lower, p.Auc.Upper]))],
            },
            Reading = new() { Kind = "Points", X = "latent_share", Y = "iqr", Lower = "iqr_lower_68", Upper = "iqr_upper_68" },
            Notes =
            [
                $"Above: inter-quartile range of the relative residual of the {quantity}; below: area under the ROC curve of the anomaly score. Bars: 68 % intervals."
                + (sorted.Any(s => s.Published) ? " Hollow: published values." : string.Empty),
            ],
        };
    }

    private static IEnumerable<Mark> Marks(CompressionSeries series, int index, int inputNumbers, Func<CompressionPoint, Interval> read, bool log)
    {
        CompressionPoint[] points = [.. series.Points.Where(p => double.IsFinite(read(p).Value) && (!log || read(p).Value > 0))];
        double[] x = [.. points.Select(p => p.LatentNumbers / inputNumbers)], y = [.. points.Select(p => read(p).Value)];
        string legend = Markup.Escape(series.Name);
        SeriesColour colour = series.Published ? SeriesColour.Ink : SeriesLook.Colour(index);
        if (!series.Published)
        {
            yield return new Curve { X = x, Y = y, Colour = colour, Line = SeriesLook.Line(index), Legend = legend, Width = index == 0 ? 2 : 1.8 };
        }

        bool barred = points.Any(p => double.IsFinite(read(p).Lower) && double.IsFinite(read(p).Upper));
        yield return new Points
        {
            X = x,
            Y = y,
            Lower = barred ? [.. points.Select(p => log && !(read(p).Lower > 0) ? double.NaN : read(p).Lower)] : [],
            Upper = barred ? [.. points.Select(p => read(p).Upper)] : [],
            Colour = colour,
            Marker = SeriesLook.Marker(index),
            Hollow = series.Published,
            Radius = series.Published ? 4 : 3.4,
            Legend = legend,
            Rank = series.Published ? LegendRank.Reference : LegendRank.Result,
        };
    }

    private static string Answer(CompressionSeries[] series, string name, int inputNumbers)
    {
        CompressionPoint[] spread = [.. series.Where(s => !s.Published).Take(1).SelectMany(s => s.Points).Where(p => double.IsFinite(p.Spread.Value))];
        if (spread.Length == 0)
        {
            return "No model was measured at any compression.";
        }

        string At(CompressionPoint p) => Markup.ToPlain($"{NumberText.WithInterval(p.Spread)} with {NumberText.Plain(100 * p.LatentNumbers / inputNumbers, 3)} % of the numbers kept");
        string start = $"{series.First(s => !s.Published).Name} reconstructs the {name} with an inter-quartile range of {At(spread[0])}";
        return start + (spread.Length > 1 ? $" and {At(spread[^1])}." : ".");
    }
}
