using Lightcone.Figures.Catalogue;

namespace Lightcone.Figures.Reports;

/// <summary>A run's name with the figures that its evaluation drew.</summary>
/// <param name="Name">Name of the run, plain.</param>
/// <param name="Statement">Where its data come from.</param>
/// <param name="Figures">Its figures; only their tables are read.</param>
public sealed record OverlaidRun(string Name, string Statement, IReadOnlyList<DrawnFigure> Figures);

/// <summary>Curves of several runs in one frame, drawn from the tables of their figures: the ratio to the first run below.</summary>
public static class OverlayFigures
{
    /// <summary>Most runs in one frame.</summary>
    private const int MostRuns = 6;

    private const int FewJets = 10;

    private static readonly Kind[] Kinds =
    [
        new("roc", "Background rejection against signal efficiency by run", "Background rejection 1/*ε*_{B}", "background_rejection", "background rejection", AxisScale.Log),
        new("anomaly-roc", "Background rejection of the anomaly score against signal efficiency by run", "Background rejection 1/*ε*_{B}", "background_rejection", "background rejection", AxisScale.Log),
        new("sic", "Gain in significance against signal efficiency by run", "*ε*_{S} / √*ε*_{B}", "significance_gain", "gain in significance", AxisScale.Linear),
    ];

    /// <summary>Ids of the figures that can be overlaid.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. Kinds.Select(k => k.Id)];

    /// <summary>A figure for each kind that at least two runs have; of more than six runs the first six. The runs must share their sample.</summary>
    /// <exception cref="InputDataException">A table cannot be read.</exception>
    public static IReadOnlyList<DrawnFigure> Of(IReadOnlyList<OverlaidRun> runs) => [.. Undrawn(runs).Select(FigureDrawing.Draw)];

    /// <summary>The same before they are drawn.</summary>
    internal static IReadOnlyList<Figure> Undrawn(IReadOnlyList<OverlaidRun> runs)
    {
        var figures = new List<Figure>();
        foreach (Kind kind in Kinds)
        {
            (OverlaidRun Run, FigureTable Table)[] having = [.. runs.Select(r => (Run: r, Figure: r.Figures.FirstOrDefault(f => f.Id == kind.Id))).Where(t => t.Figure is not null).Select(t => (t.Run, FigureTable.Parse(t.Figure!.Csv)))];
            string series = having.Length > 0 && having[0].Table.Rows.Count > 0 ? having[0].Table.Rows[0][0].ToString() : string.Empty;
            Line[] lines = [.. having.Select((h, i) => Line.Of(Unique(having.Take(i).Select(o => o.Run.Name), h.Run.Name), h.Table, series, kind.Column)).OfType<Line>()];
            if (lines.Length > 1)
            {
                figures.Add(Build(kind, [.. lines.Take(MostRuns)], having[0].Run.Statement, lines.Length));
            }
        }

        return figures;
    }

    private sealed record Kind(string Id, string Title, string Axis, string Column, string Words, AxisScale Scale);

    /// <summary>The curve of a run, by rising signal efficiency.</summary>
    private sealed record Line(string Run, string Series, double[] X, double[] Y, double[] Lower, double[] Upper, bool[] Few)
    {
        /// <summary>The series of this name, else the first of the table; null if nothing of it can be drawn.</summary>
        public static Line? Of(string run, FigureTable table, string wanted, string column)
        {
            int x = table.IndexOf("signal_efficiency"), jets = table.IndexOf("background_jets"), y = table.IndexOf(column), lower = table.IndexOf("lower_68"), upper = table.IndexOf("upper_68");
            if (x < 0 || jets < 0 || y < 0 || lower < 0 || upper < 0 || table.Rows.Count == 0)
            {
                return null;
            }

            string first = table.Rows[0][0].ToString(), series = table.Rows.Any(r => r[0].ToString() == wanted) ? wanted : first;
            IReadOnlyList<TableCell>[] rows = [.. table.Rows.Where(r => r[0].ToString() == series && r[x].Number > 0 && double.IsFinite(r[y].Number) && r[jets].Number > 0).OrderBy(r => r[x].Number)];
            double[] Column(int i) => [.. rows.Select(r => r[i].Number)];
            return rows.Length == 0 ? null : new(run, series, Column(x), Column(y), Column(lower), Column(upper), [.. Column(jets).Select(n => n < FewJets)]);
        }

        /// <summary>The value at the first, tightest point that reaches a signal efficiency; NaN before the curve begins.</summary>
        public double At(double x)
        {
            int low = 0, high = X.Length - 1;
            while (low < high)
            {
                int middle = (low + high) / 2;
                (low, high) = X[middle] >= x ? (low, middle) : (middle + 1, high);
            }

            return x < X[0] ? double.NaN : Y[low];
        }
    }

    private static Figure Build(Kind kind, Line[] lines, string statement, int all)
    {
        var x = new Axis { Title = "Signal efficiency *ε*_{S}", Low = 0, High = 1 };
        double[] certain = [.. lines.SelectMany(l => l.Y.Where((_, i) => !l.Few[i])).DefaultIfEmpty(1)], every = [.. lines.SelectMany(l => l.Y)];
        Axis y = kind.Scale == AxisScale.Log
            ? new Axis { Title = kind.Axis, Scale = AxisScale.Log, Low = 1, High = Math.Pow(10, Math.Max(1, Math.Ceiling(Math.Log10(every.Max())))) }
            : new Axis { Title = kind.Axis, Low = 0, High = 1.2 * Math.Min(every.Max(), 1.5 * certain.Max()) };
        double[][] ratios = [.. lines.Select((l, k) => l.X.Select((e, i) => k == 0 ? 1 : l.Y[i] / lines[0].At(e)).ToArray())];
        (double low, double high) = LowerPanel.LogRange(lines.SelectMany((l, k) => ratios[k].Where((_, i) => !l.Few[i])));
        return new()
        {
            Id = "compare-" + kind.Id,
            Title = kind.Title,
            Answer = Answer(kind, lines),
            Canvas = CanvasKind.Ratio,
            Label = $"{lines.Length} runs",
            Statement = statement,
            Panels =
            [
                new Panel { X = x, Y = y, Marks = [.. lines.SelectMany((l, i) => Marks(l, i))] },
                new Panel
                {
                    X = x,
                    Y = new Axis { Title = "Ratio to first", Scale = AxisScale.Log, Low = low, High = high },
                    Marks =
                    [
                        new Hairline { At = 1, Vertical = false, Line = LineStyle.Solid, Colour = SeriesLook.Colour(0), Width = 1.8 },
                        .. lines.Skip(1).Select((l, i) => new Curve { X = l.X, Y = ratios[i + 1], FewEvents = l.Few, Colour = SeriesLook.Colour(i + 1), Line = SeriesLook.Undotted(i + 1) }),
                    ],
                },
            ],
            Table = new()
            {
                Comments = [("level", "0.6827"), .. lines.Select(l => ("series, " + l.Run, l.Series))],
                Columns = ["series", "signal_efficiency", kind.Column, "lower_68", "upper_68", "ratio_to_first"],
                Rows = [.. lines.SelectMany((l, k) => l.X.Select((e, i) => (IReadOnlyList<TableCell>)[l.Run, e, l.Y[i], l.Lower[i], l.Upper[i], ratios[k][i]]))],
            },
            Reading = new() { Kind = "Curves", X = "signal_efficiency", Y = kind.Column, Lower = "lower_68", Upper = "upper_68", At = RocFigure.WorkingPoints },
            Notes = [Note(lines, all)],
        };
    }

    private static IEnumerable<Mark> Marks(Line line, int index)
    {
        SeriesColour colour = SeriesLook.Colour(index);
        string legend = Markup.Escape(line.Run);
        yield return new Band { X = line.X, Lower = line.Lower, Upper = line.Upper, Colour = colour, Legend = legend, Opacity = 0.18 };
        yield return new Curve { X = line.X, Y = line.Y, FewEvents = line.Few, FewEventsLegend = $"fewer than {FewJets} background jets", Colour = colour, Line = SeriesLook.Undotted(index), Legend = legend };
    }

    private static string Note(Line[] lines, int all)
    {
        string[] names = [.. lines.Select(l => l.Series).Distinct()];
        return $"Bands: 68 % intervals; dotted where fewer than {FewJets} background jets pass. Lower panel: divided by {Markup.Escape(lines[0].Run)}."
            + (names.Length == 1 ? $" Curve of each run: {Markup.Escape(names[0])}." : " Curves: " + string.Join(", ", lines.Select(l => Markup.Escape($"{l.Series} ({l.Run})"))) + ".")
            + (all > lines.Length ? $" The first {lines.Length} of {all} runs." : string.Empty);
    }

    private static string Answer(Kind kind, Line[] lines)
    {
        const double at = 0.5;
        (string Run, double Value)[] values = [.. lines.Select(l => (l.Run, l.At(at))).Where(v => double.IsFinite(v.Item2)).OrderByDescending(v => v.Item2)];
        return values.Length == 0 ? "No curve reaches a signal efficiency of 50 %."
            : Markup.ToPlain($"At 50 % signal efficiency the {kind.Words} is {string.Join(", ", values.Select(v => $"{NumberText.Plain(v.Value, 3)} ({Markup.Escape(v.Run)})"))}.");
    }

    /// <summary>Runs of one name in several folders are told apart by their place.</summary>
    private static string Unique(IEnumerable<string> before, string name) => before.Count(n => n == name) is var same and > 0 ? $"{name} ({same + 1})" : name;
}
