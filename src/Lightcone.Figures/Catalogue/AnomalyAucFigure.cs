using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>A score and how well it finds each signal.</summary>
/// <param name="Name">Plain name of the score.</param>
/// <param name="Auc">Area under the ROC curve, an interval a signal in the order of the figure; NaN where it was not measured.</param>
/// <param name="Reference">Whether it is there to compare with, such as the jet mass with a one-sided cut or a tagger that knows the labels: drawn hollow.</param>
public sealed record AnomalyScoreRow(string Name, IReadOnlyList<Interval> Auc, bool Reference = false);

/// <summary>Which score finds which signal, <c>anomaly-auc</c>: a dot plot, a row a score, a colour a signal.</summary>
public static class AnomalyAucFigure
{
    /// <summary>Share of a row's height over which its signals are spread.</summary>
    private const double Spread = 0.54;

    private const int RowsOfSingle = 8;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="signals">Plain names of the signals, at most five.</param>
    /// <param name="rows">Scores from top to bottom, references last.</param>
    /// <param name="note">What the scores are, a sentence.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<string> signals, IReadOnlyList<AnomalyScoreRow> rows, string note)
    {
        double[] ends = [.. rows.SelectMany(r => r.Auc).SelectMany(a => (double[])[a.Value, a.Lower, a.Upper]).Where(double.IsFinite), 0.5];
        double margin = Math.Max(0.03 * (ends.Max() - ends.Min()), 0.004);
        int firstReference = rows.ToList().FindIndex(r => r.Reference);
        var marks = new List<Mark> { new Hairline { At = 0.5, Colour = SeriesColour.C5, Line = LineStyle.Solid, Width = 1.4 } };
        if (firstReference > 0)
        {
            marks.Add(new Hairline { At = firstReference - 0.5, Vertical = false, Colour = SeriesColour.Mute });
        }

        marks.AddRange(signals.SelectMany((name, s) => Marks(name, s, signals.Count, rows)));
        return new()
        {
            Id = "anomaly-auc",
            Title = "Area under the ROC curve by score and signal",
            Answer = Answer(signals, rows),
            Canvas = rows.Count > RowsOfSingle ? CanvasKind.Tall : CanvasKind.Single,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "AUC", Low = ends.Min() - margin, High = ends.Max() + margin },
                    Y = new Axis { Title = string.Empty, Scale = AxisScale.Category, Categories = [.. rows.Select(r => Markup.Escape(r.Name))], MayRaise = false },
                    Marks = marks,
                    LegendBelow = true,
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("level", "0.6827"), ("method", rows.SelectMany(r => r.Auc).Select(a => a.Method).FirstOrDefault(m => !string.IsNullOrEmpty(m)) ?? string.Empty)),
                Columns = ["series", "signal", "auc", "lower_68", "upper_68", "reference"],
                Rows = [.. rows.SelectMany(r => signals.Select((name, s) => (IReadOnlyList<TableCell>)[r.Name, name, r.Auc[s].Value, r.Auc[s].Lower, r.Auc[s].Upper, r.Reference ? 1 : 0]))],
            },
            Notes = [note, "Grey line: guessing. Bars: 68 % intervals." + (firstReference >= 0 ? " Hollow: for comparison." : string.Empty)],
        };
    }

    private static IEnumerable<Mark> Marks(string name, int signal, int count, IReadOnlyList<AnomalyScoreRow> rows)
    {
        double shift = count < 2 ? 0 : Spread * (((double)signal / (count - 1)) - 0.5);
        foreach (bool reference in (bool[])[false, true])
        {
            (AnomalyScoreRow Row, int Index)[] part = [.. rows.Select((r, i) => (r, i)).Where(t => t.r.Reference == reference && double.IsFinite(t.r.Auc[signal].Value))];
            if (part.Length > 0)
            {
                yield return new Points
                {
                    X = [.. part.Select(t => t.Row.Auc[signal].Value)],
                    Y = [.. part.Select(t => t.Index + shift)],
                    Lower = [.. part.Select(t => t.Row.Auc[signal].Lower)],
                    Upper = [.. part.Select(t => t.Row.Auc[signal].Upper)],
                    BarsAlongX = true,
                    Colour = SeriesLook.Colour(signal),
                    Marker = SeriesLook.Marker(signal),
                    Hollow = reference,
                    Legend = reference && rows.Any(r => !r.Reference) ? null : Markup.Escape(name),
                };
            }
        }
    }

    private static string Answer(IReadOnlyList<string> signals, IReadOnlyList<AnomalyScoreRow> rows)
    {
        string[] best = [.. signals.Select((name, s) => (Name: name, Row: rows.Where(r => double.IsFinite(r.Auc[s].Value)).MaxBy(r => r.Auc[s].Value), Signal: s)).Where(b => b.Row is not null)
            .Select(b => $"{b.Name}: {b.Row!.Name} (AUC {Markup.ToPlain(NumberText.WithInterval(b.Row.Auc[b.Signal]))})")];
        return best.Length == 0 ? "No score was measured." : $"Best score by signal: {string.Join("; ", best)}.";
    }
}
