using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>How well an anomaly score finds signals that it was not trained on, <c>anomaly-roc</c>: a curve a signal or score, on one vertical scale in all runs.</summary>
public static class AnomalyRocFigure
{
    /// <summary>Upper end of the rejection axis unless the curves need more.</summary>
    private const double Top = 1e5;

    /// <summary>Background efficiencies at which the caption and the table quote signal efficiencies.</summary>
    public static IReadOnlyList<double> BackgroundEfficiencies { get; } = [1e-1, 1e-2, 1e-3];

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="scoreName">Name of the score, plain.</param>
    /// <param name="series">A curve a signal (or a score): the first is what the figure is about; with the references at most six.</param>
    /// <param name="references">Published points, see <see cref="Published"/>.</param>
    public static Figure Build(FigureHeader header, string scoreName, IReadOnlyList<RocSeries> series, IReadOnlyList<ReferencePoint> references)
    {
        Figure roc = RocFigure.Build(header, series, references);
        Panel main = roc.Panels[0];
        double highest = series.SelectMany(s => s.Points).Select(p => p.Rejection).Where(double.IsFinite).DefaultIfEmpty(1).Max();
        (double Signal, long Jets)[][] quoted = [.. series.Select(s => BackgroundEfficiencies.Select(b => At(s.Curve, b)).ToArray())];
        return roc with
        {
            Id = "anomaly-roc",
            Title = $"Background rejection of the anomaly score ({scoreName}) against signal efficiency",
            Answer = Answer(scoreName, series),
            Panels = [main with { Y = main.Y with { High = Math.Max(Top, Math.Pow(10, Math.Ceiling(Math.Log10(highest)))) } }],
            Table = roc.Table with
            {
                Comments =
                [
                    .. roc.Table.Comments, ("score", scoreName),
                    .. series.SelectMany((s, i) => BackgroundEfficiencies.Select((b, k) => ($"signal_efficiency@{NumberText.Exact(b)}, {s.Name}", $"{NumberText.Exact(quoted[i][k].Signal)} ({quoted[i][k].Jets} background jets)"))),
                ],
            },
            Notes = [.. roc.Notes, Quoted(series, quoted)],
        };
    }

    /// <summary>A point of a published table: signal efficiency at a background efficiency.</summary>
    /// <param name="name">Plain name; points of one name share a legend entry.</param>
    /// <param name="signalEfficiency">ε_S.</param>
    /// <param name="backgroundEfficiency">ε_B.</param>
    public static ReferencePoint Published(string name, double signalEfficiency, double backgroundEfficiency) =>
        new(name, signalEfficiency, new(1 / backgroundEfficiency, double.NaN, double.NaN, Interval.OneSigma, "published"));

    /// <summary>ε_S where the curve, straight between its points, has this ε_B, and the background jets behind it.</summary>
    private static (double Signal, long Jets) At(RocCurve curve, double backgroundEfficiency)
    {
        double wanted = backgroundEfficiency * curve.Backgrounds;
        int i = 1;
        while (i < curve.Points.Count - 1 && curve.Points[i].BackgroundPassing < wanted)
        {
            i++;
        }

        RocPoint a = curve.Points[i - 1], b = curve.Points[i];
        double part = b.BackgroundPassing > a.BackgroundPassing ? Math.Clamp((wanted - a.BackgroundPassing) / (b.BackgroundPassing - a.BackgroundPassing), 0, 1) : 1;
        return ((a.SignalPassing + (part * (b.SignalPassing - a.SignalPassing))) / curve.Signals, (long)Math.Floor(wanted));
    }

    private static string Quoted(IReadOnlyList<RocSeries> series, (double Signal, long Jets)[][] quoted)
    {
        string levels = string.Join(", ", BackgroundEfficiencies.Select(b => NumberText.Plain(b, 2))), jets = string.Join(", ", quoted[0].Select(q => NumberText.Count(q.Jets)));
        return $"*ε*_{{S}} at *ε*_{{B}} = {levels} ({jets} background jets): {string.Join("; ", series.Select((s, i) => $"{s.Markup} {string.Join(", ", quoted[i].Select(q => NumberText.Plain(q.Signal, 2)))}"))}.";
    }

    private static string Answer(string scoreName, IReadOnlyList<RocSeries> series)
    {
        RocSeries best = series.MaxBy(s => s.Curve.Auc().Value)!, worst = series.MinBy(s => s.Curve.Auc().Value)!;
        string Auc(RocSeries s) => $"{s.Name} (AUC {Markup.ToPlain(NumberText.WithInterval(s.Curve.Auc()))})";
        return best == worst ? $"The score \"{scoreName}\" finds {Auc(best)}." : $"The score \"{scoreName}\" finds {Auc(best)} best and {Auc(worst)} worst.";
    }
}
