namespace Lightcone.Figures.Catalogue;

/// <summary>How many labels a network that starts at random needs to get as far as a pre-trained one.</summary>
/// <param name="Labels">Labels of the pre-trained network.</param>
/// <param name="Value">What it reaches with them.</param>
/// <param name="ScratchLabels">Labels with which the other reaches the same; the largest number tried if <paramref name="Beyond"/>.</param>
/// <param name="Beyond">Whether it does not get there with any number tried.</param>
public sealed record LabelEquivalence(double Labels, double Value, double ScratchLabels, bool Beyond = false)
{
    internal string Needed => (Beyond ? "more than " : string.Empty) + NumberText.Plain(ScratchLabels, 2);
}

/// <summary>How many labels pre-training saves, <c>label-efficiency</c>: result against the number of labels, below it the paired difference to a network that starts at random.</summary>
public static class LabelEfficiencyFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="quantity">What is measured, larger is better, markup: "Accuracy".</param>
    /// <param name="series">One to five kinds of trainings; the first is what the figure is about.</param>
    /// <param name="references">Levels to compare with: chance, another method on all labels.</param>
    /// <param name="equivalence">How many labels the network that starts at random needs; null if not known.</param>
    public static Figure Build(FigureHeader header, string quantity, IReadOnlyList<SeededSeries> series, IReadOnlyList<ReferenceLevel> references, LabelEquivalence? equivalence = null)
    {
        var drawing = new SeededDrawing(series);
        SeedSpread[][] differences = [.. drawing.Series.Select(s => Differences(drawing, s))];
        string name = Markup.ToPlain(quantity);
        var main = new Panel
        {
            X = new Axis { Title = "Labels", Scale = AxisScale.Log, Low = drawing.Low, High = drawing.High },
            Y = new Axis { Title = quantity, Low = drawing.Places.Length == 0 ? 0 : null, High = drawing.Places.Length == 0 ? 1 : null },
            Marks = [.. references.Select(r => r.Line()), .. drawing.Series.SelectMany((_, i) => drawing.Marks(i)), .. Arrow(drawing, equivalence)],
        };
        bool paired = differences.Any(d => d.Length > 0);
        return new()
        {
            Id = "label-efficiency",
            Title = $"{name} against the number of labels",
            Answer = Answer(drawing, differences, name, equivalence),
            Canvas = paired ? CanvasKind.Ratio : CanvasKind.Single,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = paired ? [main, Lower(main.X, drawing, differences)] : [main],
            Table = Table(header, name, drawing, differences, references, equivalence),
            Reading = new() { Kind = "Curves", X = "labels", Y = "value", Lower = "lower_sd", Upper = "upper_sd", At = drawing.Places },
            Notes =
            [
                drawing.Note(),
                .. paired ? ["Lower panel: mean difference to the training from scratch with the same seed and labels; bars: standard error."] : (string[])[],
                .. equivalence is { } e ? [$"Arrow: {NumberText.Plain(e.Labels)} labels do for the pre-trained network what {e.Needed} do from scratch."] : (string[])[],
            ],
        };
    }

    /// <summary>Differences to the training from scratch with the same labels and seed; none for that series itself.</summary>
    private static SeedSpread[] Differences(SeededDrawing drawing, SeededSeries series) => series.Arm == TrainingArm.Scratch ? []
        : SeedSpread.Of(series.Points.Select(p => (p.X, Value: Difference(drawing, p))).Where(d => double.IsFinite(d.Value)));

    private static double Difference(SeededDrawing drawing, SeededPoint point)
    {
        SeededPoint[] partner = [.. drawing.Series.Where(s => s.Arm == TrainingArm.Scratch).SelectMany(s => s.Points).Where(p => p.X == point.X && p.Seed == point.Seed)];
        return partner.Length == 0 ? double.NaN : point.Value - partner[0].Value;
    }

    /// <summary>From the pre-trained network at its number of labels to the number that the other needs, or to the edge.</summary>
    private static IEnumerable<Curve> Arrow(SeededDrawing drawing, LabelEquivalence? equivalence)
    {
        if (equivalence is not { Labels: > 0 } e || !double.IsFinite(e.Value) || !(e.ScratchLabels > e.Labels || e.Beyond))
        {
            yield break;
        }

        int from = Math.Max(0, Array.FindIndex(drawing.Series, s => s.Arm == TrainingArm.FineTuned));
        double start = drawing.Shifted(e.Labels, from), end = e.Beyond ? drawing.High : Math.Min(drawing.High, e.ScratchLabels);
        yield return new Curve
        {
            X = [start, end],
            Y = [e.Value, e.Value],
            Width = 1.2,
            ArrowAtEnd = true,
            Legend = $"{(e.Beyond ? ">" : "=")} {NumberText.Plain(e.ScratchLabels, 2)} from scratch",
        };
    }

    private static Panel Lower(Axis x, SeededDrawing drawing, SeedSpread[][] differences)
    {
        double[] ends = [.. differences.SelectMany(d => d).SelectMany(d => double.IsFinite(d.Error) ? (double[])[d.Mean - d.Error, d.Mean + d.Error] : [d.Mean]), 0];
        double margin = Math.Max(0.1 * (ends.Max() - ends.Min()), 0.002);
        return new()
        {
            X = x,
            Y = new Axis { Title = "Δ to scratch", Low = ends.Min() - margin, High = ends.Max() + margin },
            Marks =
            [
                new Hairline { At = 0, Vertical = false, Colour = SeriesColour.C5, Line = LineStyle.Dashed, Width = 1.8 },
                .. differences.Select((d, i) => (d, i)).Where(t => t.d.Length > 0).SelectMany(t => (Mark[])
                [
                    new Curve { X = [.. t.d.Select(m => drawing.Shifted(m.X, t.i))], Y = [.. t.d.Select(m => m.Mean)], Colour = SeededDrawing.Colour(drawing.Series[t.i].Arm), Line = SeededDrawing.Line(drawing.Series[t.i].Arm), Width = 1.2 },
                    drawing.Means(t.d, t.i, errors: true) with { Radius = 2.8 },
                ]),
            ],
        };
    }

    private static string Answer(SeededDrawing drawing, SeedSpread[][] differences, string name, LabelEquivalence? equivalence)
    {
        string what = name.Length > 1 && char.IsLower(name[1]) ? char.ToLowerInvariant(name[0]) + name[1..] : name;
        if (equivalence is { } e)
        {
            string pretrained = drawing.Series.FirstOrDefault(s => s.Arm == TrainingArm.FineTuned)?.Name ?? "the pre-trained network";
            return Markup.ToPlain($"With {NumberText.Plain(e.Labels)} labels, {Markup.Escape(pretrained)} reaches the {Markup.Escape(what)} ({NumberText.Plain(e.Value, 3)}) for which a network from scratch needs {e.Needed}.");
        }

        (SeedSpread At, int Index)[] all = [.. differences.SelectMany((d, i) => d.Select(at => (at, i))).Where(d => drawing.Series[d.i].Arm is TrainingArm.FineTuned or TrainingArm.Frozen)];
        if (all.Length > 0)
        {
            (SeedSpread at, int index) = all.MaxBy(d => Math.Abs(d.At.Mean));
            return Markup.ToPlain($"Pre-training changes the {Markup.Escape(what)} most with {NumberText.Plain(at.X)} labels: {Markup.Escape(drawing.Series[index].Name)} lies {NumberText.WithError(Math.Abs(at.Mean), at.Error)} {(at.Mean < 0 ? "below" : "above")} the training from scratch.");
        }

        SeedSpread[] first = [.. drawing.Series.Select(SeedSpread.Of).FirstOrDefault(m => m.Length > 0) ?? []];
        return first.Length == 0 ? "No training has a result."
            : Markup.ToPlain($"The {Markup.Escape(what)} with {NumberText.Plain(first[^1].X)} labels ({Markup.Escape(drawing.Series.First(s => s.Points.Count > 0).Name)}) is {NumberText.WithError(first[^1].Mean, first[^1].Deviation)}.");
    }

    private static FigureTable Table(FigureHeader header, string name, SeededDrawing drawing, SeedSpread[][] differences, IReadOnlyList<ReferenceLevel> references, LabelEquivalence? equivalence)
    {
        IEnumerable<IReadOnlyList<TableCell>> Rows(SeededSeries series, int index)
        {
            foreach (SeedSpread mean in SeedSpread.Of(series))
            {
                SeedSpread difference = differences[index].FirstOrDefault(d => d.X == mean.X, new(mean.X, 0, double.NaN, double.NaN));
                yield return [series.Name, mean.X, "mean", mean.Mean, mean.Mean - mean.Deviation, mean.Mean + mean.Deviation, difference.Mean, difference.Error];
                foreach (SeededPoint p in series.Points.Where(p => p.X == mean.X))
                {
                    yield return [series.Name, p.X, p.Seed, p.Value, double.NaN, double.NaN, series.Arm == TrainingArm.Scratch ? double.NaN : Difference(drawing, p), double.NaN];
                }
            }
        }

        return new()
        {
            Comments = header.Comments(
            [
                ("quantity", name), ("bounds", "mean ± sample standard deviation over seeds"), ("difference", "to the training from scratch with the same labels and seed; error of the mean"),
                .. references.Select(r => ($"reference, {r.Name}", NumberText.Exact(r.Value))),
                .. equivalence is { } e ? [("label_equivalence", $"{NumberText.Exact(e.Labels)} labels = {(e.Beyond ? "more than " : string.Empty)}{NumberText.Exact(e.ScratchLabels)} from scratch")] : ((string, string)[])[],
            ]),
            Columns = ["series", "labels", "seed", "value", "lower_sd", "upper_sd", "difference", "difference_error"],
            Rows = [.. drawing.Series.SelectMany(Rows)],
        };
    }
}
