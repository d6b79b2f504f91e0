using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>A histogram of one class or selection.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Histogram">Its contents; all histograms of a figure share their edges.</param>
/// <param name="Colour">Colour role; by position if null.</param>
public sealed record HistogramSeries(string Name, Histogram Histogram, SeriesColour? Colour = null)
{
    internal double[] Counts => [.. Histogram.Bins.Select(b => b.SumOfWeights)];

    /// <summary>Entries below or above the bins.</summary>
    internal double Outside => Histogram.Underflow.SumOfWeights + Histogram.Overflow.SumOfWeights;

    /// <summary>All entries.</summary>
    internal double Total => Histogram.Total.SumOfWeights;

    /// <summary>Share of each bin in all entries; zeros if there are none.</summary>
    internal double[] Fractions => [.. Counts.Select(c => Total > 0 ? c / Total : 0)];

    internal string Legend() => Markup.Escape(Name) + (Outside > 0 ? $" ({NumberText.Plain(Outside)} {(Outside == 1 ? "jet" : "jets")} outside)" : string.Empty);
}

/// <summary>Distributions of the score by class, <c>score</c> of a tagger and <c>score-distance</c> of an anomaly score.</summary>
public static class ScoreFigure
{
    /// <summary>Step histograms of a score that does not saturate (a difference of logits), logarithmic.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="scoreName">Name of the score, markup.</param>
    /// <param name="background">Background class.</param>
    /// <param name="signal">Signal class.</param>
    /// <param name="thresholds">Signal efficiencies with their thresholds, drawn as hairlines.</param>
    public static Figure Build(
        FigureHeader header, string scoreName, HistogramSeries background, HistogramSeries signal, IReadOnlyList<(double SignalEfficiency, double Threshold)> thresholds)
    {
        IReadOnlyList<double> edges = background.Histogram.Edges;
        string width = NumberText.Plain(edges[1] - edges[0], 3);
        double[] b = background.Fractions, s = signal.Fractions;
        double least = Math.Min(1 / Math.Max(background.Total, 1), 1 / Math.Max(signal.Total, 1));
        double most = Math.Max(b.Concat(s).Max(), least);
        var marks = new List<Mark>
        {
            new Steps { Edges = edges, Heights = b, Colour = background.Colour ?? SeriesColour.C1, Filled = true, Legend = background.Legend() },
            new Steps { Edges = edges, Heights = s, Colour = signal.Colour ?? SeriesColour.C3, Width = 2, Legend = signal.Legend() },
        };
        marks.AddRange(thresholds.Select(t => new Hairline { At = t.Threshold, Label = $"*ε*_{{S}} = {NumberText.Plain(t.SignalEfficiency, 3)}", Colour = SeriesColour.Mute }));
        double overlap = b.Zip(s, Math.Min).Sum();
        return new()
        {
            Id = "score",
            Title = "Distribution of the score by class",
            Answer = $"The score distributions of {signal.Name} and {background.Name} overlap by {NumberText.Plain(100 * overlap, 2)} %.",
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = scoreName, Low = edges[0], High = edges[^1] },
                    Y = new Axis { Title = $"Fraction / {width}", Scale = AxisScale.Log, Low = least / 2, High = most * 3 },
                    Marks = marks,
                },
            ],
            Table = Table(header, edges, [background, signal]),
            Reading = new() { Kind = "Histograms", X = "bin_low", XHigh = "bin_high", Y = "fraction" },
            Notes = ["Each class is normalised to 1." + (thresholds.Count > 0 ? " Dotted: thresholds at fixed signal efficiency." : string.Empty)],
        };
    }

    /// <summary>Step histograms of an anomaly score, a distance between a jet and its reconstruction, for up to five classes; logarithmic.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="scoreName">Name of the score, markup, without its unit.</param>
    /// <param name="unit">Unit of the score: "GeV"; empty if none.</param>
    /// <param name="classes">Classes on shared edges; the first, filled, is the background that the others are compared with.</param>
    /// <param name="cuts">Shares of the background beyond a threshold with the threshold, drawn as hairlines.</param>
    /// <param name="scale">Scale of the score; on a logarithmic one the edges must be positive.</param>
    public static Figure BuildClasses(
        FigureHeader header, string scoreName, string unit, IReadOnlyList<HistogramSeries> classes, IReadOnlyList<(double BackgroundEfficiency, double Threshold)> cuts, AxisScale scale)
    {
        IReadOnlyList<double> edges = classes[0].Histogram.Edges;
        double least = classes.Min(c => 1 / Math.Max(c.Total, 1)), most = Math.Max(classes.SelectMany(c => c.Fractions).Max(), least);
        string per = scale == AxisScale.Log ? "bin" : NumberText.Plain(edges[1] - edges[0], 3) + (unit.Length > 0 ? " " + unit : string.Empty);
        var marks = classes.Select((c, i) => (Mark)new Steps
        {
            Edges = edges,
            Heights = c.Fractions,
            Colour = c.Colour ?? ClassLook.Colour(i, classes.Count),
            Filled = i == 0,
            Line = i == 0 ? LineStyle.Solid : SeriesLook.Line(i - 1),
            Legend = c.Legend(),
        }).ToList();
        marks.AddRange(cuts.Select(c => new Hairline { At = c.Threshold, Label = $"*ε*_{{B}} = {NumberText.Plain(100 * c.BackgroundEfficiency, 2)} %", Colour = SeriesColour.Mute }));
        return new()
        {
            Id = "score-distance",
            Title = "Distribution of the anomaly score by class",
            Answer = ClassesAnswer(classes),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = scoreName, Unit = unit, Scale = scale, Low = edges[0], High = edges[^1] },
                    Y = new Axis { Title = $"Fraction / {per}", Scale = AxisScale.Log, Low = least / 2, High = most * (cuts.Count > 0 ? 14 : 3) },
                    Marks = marks,
                },
            ],
            Table = Table(header, edges, classes),
            Reading = new() { Kind = "Histograms", X = "bin_low", XHigh = "bin_high", Y = "fraction" },
            Notes = ["Each class is normalised to 1." + (cuts.Count > 0 ? $" Dotted: thresholds beyond which these shares of {Markup.Escape(classes[0].Name)} jets lie." : string.Empty)],
        };
    }

    private static string ClassesAnswer(IReadOnlyList<HistogramSeries> classes)
    {
        double[] background = classes[0].Fractions;
        string[] overlaps = [.. classes.Skip(1).Where(c => c.Total > 0).Select(c => $"{c.Name} {NumberText.Plain(100 * background.Zip(c.Fractions, Math.Min).Sum(), 2)} %")];
        return overlaps.Length == 0 || classes[0].Total <= 0 ? "There are no two classes to compare."
            : $"The score distributions overlap with that of {classes[0].Name} by: {string.Join(", ", overlaps)}.";
    }

    private static FigureTable Table(FigureHeader header, IReadOnlyList<double> edges, IReadOnlyList<HistogramSeries> series) => new()
    {
        Comments = header.Comments([.. series.Select(s => ($"outside, {s.Name}", NumberText.Exact(s.Outside)))]),
        Columns = ["series", "bin_low", "bin_high", "count", "fraction"],
        Rows = [.. series.SelectMany(s => s.Counts.Select((c, i) => (IReadOnlyList<TableCell>)[s.Name, edges[i], edges[i + 1], c, s.Fractions[i]]))],
    };
}
