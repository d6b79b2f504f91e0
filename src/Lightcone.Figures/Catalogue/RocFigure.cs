using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>A ROC curve with its name.</summary>
public sealed record RocSeries
{
    /// <summary>Plain name, as the table has it.</summary>
    public required string Name { get; init; }

    /// <summary>Name in markup; the plain name if null.</summary>
    public string? Label { get; init; }

    /// <summary>The curve.</summary>
    public required RocCurve Curve { get; init; }

    /// <summary>Colour; by position if null.</summary>
    public SeriesColour? Colour { get; init; }

    internal string Markup => Label ?? Figures.Markup.Escape(Name);

    /// <summary>Corners of the curve by rising signal efficiency, where the drawing and the table have their points.</summary>
    internal IReadOnlyList<DrawnRocPoint> Points => field ??= [.. Curve.Corners.Where(p => p.SignalPassing > 0).Select(p =>
    {
        Interval rejection = Curve.BackgroundEfficiency(p).Reciprocal();
        return new DrawnRocPoint(Curve.SignalEfficiency(p), p.Threshold, p.BackgroundPassing, rejection.Value, rejection.Lower, rejection.Upper);
    })];
}

/// <summary>A point of a curve as it is drawn.</summary>
internal readonly record struct DrawnRocPoint(double SignalEfficiency, double Threshold, long BackgroundJets, double Rejection, double Lower, double Upper);

/// <summary>A published or separately measured number, drawn hollow.</summary>
/// <param name="Name">Plain name; points of one name share a legend entry.</param>
/// <param name="X">Position along x.</param>
/// <param name="Value">The number with its interval; NaN ends for none.</param>
public readonly record struct ReferencePoint(string Name, double X, Interval Value);

/// <summary>Background rejection against signal efficiency, alone (<c>roc</c>) or with the ratio to a reference below (<c>roc-ratio</c>).</summary>
public static class RocFigure
{
    private const int FewJets = 10;

    /// <summary>The working points that the answer and the description read.</summary>
    public static IReadOnlyList<double> WorkingPoints { get; } = [0.3, 0.5, 0.7];

    /// <summary>The curve alone.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">Curves; the first is what the figure is about.</param>
    /// <param name="references">Hollow points.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<RocSeries> series, IReadOnlyList<ReferencePoint> references) => new()
    {
        Id = "roc",
        Title = $"Background rejection of {series[0].Name} against signal efficiency",
        Answer = Answer(series),
        Label = header.Label,
        Statement = header.Statement,
        Conditions = header.Conditions,
        Panels = [Main(series, references)],
        Table = Table(header, series, references),
        Reading = Reading(),
        Notes = [Note(series, references)],
    };

    /// <summary>The curve with rejection divided by that of <paramref name="series"/>[<paramref name="reference"/>] below it.</summary>
    public static Figure BuildWithRatio(FigureHeader header, IReadOnlyList<RocSeries> series, int reference, IReadOnlyList<ReferencePoint> references)
    {
        RocSeries baseline = series[reference];
        var ratios = new List<Mark>();
        var certain = new List<double>();
        double start = Drawn(baseline)[0].SignalEfficiency;
        for (int i = 0; i < series.Count; i++)
        {
            DrawnRocPoint[] drawn = [.. Drawn(series[i]).Where(p => p.SignalEfficiency >= start)];
            double[] ratio = [.. drawn.Select(p => p.Rejection / RejectionAt(baseline, p.SignalEfficiency))];
            certain.AddRange(ratio.Where((_, k) => drawn[k].BackgroundJets >= FewJets));
            ratios.Add(i == reference
                ? new Hairline { At = 1, Vertical = false, Line = LineStyle.Solid, Colour = Colour(series, i), Width = 1.8 }
                : new Curve { X = [.. drawn.Select(p => p.SignalEfficiency)], Y = ratio, FewEvents = Few(drawn), Colour = Colour(series, i), Line = SeriesLook.Undotted(i), Width = i == 0 ? 2 : 1.8 });
        }

        (double low, double high) = LowerPanel.LogRange(certain);
        var lower = new Panel
        {
            X = SignalEfficiency(),
            Y = new Axis { Title = "Ratio", Scale = AxisScale.Log, Low = low, High = high },
            Marks = ratios,
        };
        Figure roc = Build(header, series, references);
        string name = baseline.Markup;
        return roc with
        {
            Id = "roc-ratio",
            Canvas = CanvasKind.Ratio,
            Panels = [roc.Panels[0], lower],
            Notes = [.. roc.Notes, $"Lower panel: rejection divided by that of {name} at the same signal efficiency."],
        };
    }

    private static Axis SignalEfficiency() => new() { Title = "Signal efficiency *ε*_{S}", Low = 0, High = 1 };

    private static Panel Main(IReadOnlyList<RocSeries> series, IReadOnlyList<ReferencePoint> references)
    {
        var marks = new List<Mark> { Guessing() };
        double top = 10;
        for (int i = 0; i < series.Count; i++)
        {
            DrawnRocPoint[] drawn = Drawn(series[i]);
            double cap = 10.0 * drawn.Max(p => p.Rejection * p.BackgroundJets);
            double[] upper = [.. drawn.Select(p => double.IsFinite(p.Upper) ? Math.Min(p.Upper, cap) : cap)];
            top = Math.Max(top, upper.Zip(drawn, (u, p) => p.SignalEfficiency > 0.02 ? u : 1).Max());
            string legend = series[i].Markup + ", AUC " + NumberText.WithInterval(series[i].Curve.Auc());
            double[] x = [.. drawn.Select(p => p.SignalEfficiency)];
            marks.Add(new Band { X = x, Lower = [.. drawn.Select(p => p.Lower)], Upper = upper, Colour = Colour(series, i), Legend = legend, Opacity = i == 0 ? 0.22 : 0.18 });
            marks.Add(new Curve
            {
                X = x,
                Y = [.. drawn.Select(p => p.Rejection)],
                FewEvents = Few(drawn),
                FewEventsLegend = $"fewer than {FewJets} background jets",
                Colour = Colour(series, i),
                Line = SeriesLook.Undotted(i),
                Legend = legend,
                Width = i == 0 ? 2 : 1.8,
            });
        }

        marks.AddRange(References(references, series.Count));
        return new Panel
        {
            X = SignalEfficiency(),
            Y = new Axis { Title = "Background rejection 1/*ε*_{B}", Scale = AxisScale.Log, Low = 1, High = Math.Pow(10, Math.Ceiling(Math.Log10(top) - 1e-9)) },
            Marks = marks,
        };
    }

    private static Curve Guessing()
    {
        double[] x = [.. Enumerable.Range(1, 100).Select(k => k / 100.0)];
        return new Curve { X = x, Y = [.. x.Select(e => 1 / e)], Colour = SeriesColour.Mute, Line = LineStyle.Dotted, Width = 1, DirectLabel = "guessing 1/*ε*_{S}" };
    }

    private static IEnumerable<Points> References(IReadOnlyList<ReferencePoint> references, int seriesCount) =>
        references.GroupBy(r => r.Name).Select((group, i) => new Points
        {
            X = [.. group.Select(r => r.X)],
            Y = [.. group.Select(r => r.Value.Value)],
            Lower = group.All(r => double.IsNaN(r.Value.Lower)) ? [] : [.. group.Select(r => r.Value.Lower)],
            Upper = group.All(r => double.IsNaN(r.Value.Lower)) ? [] : [.. group.Select(r => r.Value.Upper)],
            Marker = (i % 3) switch { 0 => MarkerShape.Diamond, 1 => MarkerShape.Square, _ => MarkerShape.Triangle },
            Hollow = true,
            Radius = 4,
            Colour = i == 0 && seriesCount < 2 ? SeriesColour.C1 : SeriesColour.Ink,
            Legend = Markup.Escape(group.Key),
            Rank = LegendRank.Reference,
        });

    /// <summary>Points that have a rejection, from the first with a background jet on.</summary>
    private static DrawnRocPoint[] Drawn(RocSeries series)
    {
        DrawnRocPoint[] drawn = [.. series.Points.Where(p => p.BackgroundJets > 0 && p.SignalEfficiency > 0 && double.IsFinite(p.Rejection))];
        return drawn.Length > 0 ? drawn : throw new ArgumentException($"The ROC curve of '{series.Name}' has no point with a background jet.");
    }

    private static bool[] Few(DrawnRocPoint[] points) => [.. points.Select(p => p.BackgroundJets < FewJets)];

    private static SeriesColour Colour(IReadOnlyList<RocSeries> series, int i) =>
        series[i].Colour ?? (i == 1 && series.Count == 2 ? SeriesColour.C5 : SeriesLook.Colour(i));

    /// <summary>Rejection at the first threshold that reaches a signal efficiency.</summary>
    private static double RejectionAt(RocSeries series, double efficiency)
    {
        IReadOnlyList<DrawnRocPoint> points = series.Points;
        int low = 0, high = points.Count - 1;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = points[middle].SignalEfficiency >= efficiency ? (low, middle) : (middle + 1, high);
        }

        return points[low].Rejection;
    }

    private static string Answer(IReadOnlyList<RocSeries> series)
    {
        double first = RejectionAt(series[0], 0.5);
        string number = Markup.ToPlain(NumberText.WithInterval(series[0].Curve.Nearest(0.5).Rejection));
        string start = double.IsFinite(first)
            ? $"{series[0].Name} rejects {number} background jets for each one it accepts at 50 % signal efficiency"
            : $"No background jet passes {series[0].Name} at 50 % signal efficiency";
        if (series.Count < 2 || !double.IsFinite(first) || !double.IsFinite(RejectionAt(series[1], 0.5)))
        {
            return start + ".";
        }

        double ratio = series[0].Curve.Nearest(0.5).Rejection.Value / series[1].Curve.Nearest(0.5).Rejection.Value;
        return $"{start}, {NumberText.Plain(ratio, 2)} times as many as {series[1].Name}.";
    }

    private static Reading Reading() => new()
    {
        Kind = "Curves",
        X = "signal_efficiency",
        Y = "background_rejection",
        Lower = "lower_68",
        Upper = "upper_68",
        At = WorkingPoints,
    };

    private static string Note(IReadOnlyList<RocSeries> series, IReadOnlyList<ReferencePoint> references) =>
        $"Bands: 68 % Clopper–Pearson intervals of the background efficiency at fixed threshold; dotted where fewer than {FewJets} background jets pass; "
        + $"{(series.Count == 1 ? "the curve ends" : "curves end")} at the last background jet."
        + (references.Count > 0 ? " Hollow points: reference values." : string.Empty);

    private static FigureTable Table(FigureHeader header, IReadOnlyList<RocSeries> series, IReadOnlyList<ReferencePoint> references)
    {
        var rows = new List<IReadOnlyList<TableCell>>();
        foreach (RocSeries s in series)
        {
            rows.AddRange(s.Points.Select(p => (IReadOnlyList<TableCell>)[s.Name, p.SignalEfficiency, p.Threshold, p.BackgroundJets, p.Rejection, p.Lower, p.Upper]));
        }

        rows.AddRange(references.Select(r => (IReadOnlyList<TableCell>)[r.Name, r.X, double.NaN, double.NaN, r.Value.Value, r.Value.Lower, r.Value.Upper]));
        return new()
        {
            Comments = header.Comments(("level", "0.6827"), ("method", "Clopper-Pearson in the background efficiency at fixed threshold")),
            Columns = ["series", "signal_efficiency", "threshold", "background_jets", "background_rejection", "lower_68", "upper_68"],
            Rows = rows,
        };
    }
}
