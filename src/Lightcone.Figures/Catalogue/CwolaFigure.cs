namespace Lightcone.Figures.Catalogue;

/// <summary>
/// What a classifier trained on two mixed samples gains in significance, <c>cwola</c>: ε_S/√ε_B at a fixed background efficiency against the number of
/// signal jets in one of the samples (classification without labels, arXiv:1708.02949).
/// </summary>
public static class CwolaFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="backgroundEfficiency">Where the gain is read, 0 to 1.</param>
    /// <param name="series">One to five kinds of trainings on numbers of signal jets; the first is what the figure is about.</param>
    /// <param name="supervised">Gain of a classifier trained on true labels; null for none.</param>
    public static Figure Build(FigureHeader header, double backgroundEfficiency, IReadOnlyList<SeededSeries> series, ReferenceLevel? supervised = null)
    {
        var drawing = new SeededDrawing(series);
        string at = NumberText.Plain(backgroundEfficiency, 3);
        return new()
        {
            Id = "cwola",
            Title = $"Gain in significance at a background efficiency of {Markup.ToPlain(at)} against the number of signal jets",
            Answer = Answer(drawing),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Signal jets in the mixed sample", Scale = AxisScale.Log, Low = drawing.Low, High = drawing.High },
                    Y = new Axis { Title = $"*ε*_{{S}} / √*ε*_{{B}} at *ε*_{{B}} = {at}", Low = 0 },
                    Marks =
                    [
                        new Hairline { At = 1, Vertical = false, Colour = SeriesColour.Mute, Label = "no gain" },
                        .. supervised is { } line ? [line.Line() with { Line = LineStyle.LongDashed }] : (Mark[])[],
                        .. drawing.Series.SelectMany((_, i) => drawing.Marks(i)),
                    ],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(
                [
                    ("background_efficiency", NumberText.Exact(backgroundEfficiency)), ("bounds", "mean ± sample standard deviation over seeds"),
                    .. supervised is { } level ? [($"reference, {level.Name}", NumberText.Exact(level.Value))] : ((string, string)[])[],
                ]),
                Columns = ["series", "signal_jets", "seed", "significance_gain", "lower_sd", "upper_sd"],
                Rows = [.. drawing.Series.SelectMany(Rows)],
            },
            Reading = new() { Kind = "Curves", X = "signal_jets", Y = "significance_gain", Lower = "lower_sd", Upper = "upper_sd", At = drawing.Places },
            Notes = [drawing.Note()],
        };
    }

    private static IEnumerable<IReadOnlyList<TableCell>> Rows(SeededSeries series)
    {
        foreach (SeedSpread mean in SeedSpread.Of(series))
        {
            yield return [series.Name, mean.X, "mean", mean.Mean, mean.Mean - mean.Deviation, mean.Mean + mean.Deviation];
            foreach (SeededPoint p in series.Points.Where(p => p.X == mean.X))
            {
                yield return [series.Name, p.X, p.Seed, p.Value, double.NaN, double.NaN];
            }
        }
    }

    /// <summary>From how many signal jets on the mean lies above 1 by two standard errors, and what the largest number gives.</summary>
    private static string Answer(SeededDrawing drawing)
    {
        (string Name, SeedSpread[] Means)[] all = [.. drawing.Series.Select(s => (s.Name, SeedSpread.Of(s))).Where(s => s.Item2.Length > 0)];
        if (all.Length == 0)
        {
            return "No training has a result.";
        }

        double most = all.Max(a => a.Means[^1].X);
        string reached = string.Join(", ", all.Where(a => a.Means[^1].X == most).Select(a => $"{a.Name} {Markup.ToPlain(NumberText.WithError(a.Means[^1].Mean, a.Means[^1].Deviation))}"));
        string start = $"Gain in significance with {Markup.ToPlain(NumberText.Plain(most))} signal jets: {reached}";
        string[] from = [.. all.Where(a => a.Means.Any(m => m.Seeds > 1)).Select(a => $"{a.Name} ({From(a.Means)})")];
        return start + (from.Length == 0 ? "." : $"; the mean lies above 1 by two standard errors: {string.Join(", ", from)}.");
    }

    private static string From(SeedSpread[] means)
    {
        SeedSpread[] sure = [.. means.Reverse().TakeWhile(m => m.Mean - (2 * m.Error) > 1)];
        return sure.Length == 0 ? "nowhere" : $"from {Markup.ToPlain(NumberText.Plain(sure[^1].X))} signal jets on";
    }
}
