using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>The mass of background jets before and after a cut on the score, <c>mass-sculpting</c>: does the tagger carve a peak?</summary>
public static class MassSculptingFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="before">Mass of background jets, GeV.</param>
    /// <param name="after">Those that pass.</param>
    /// <param name="signalEfficiency">Signal efficiency of the cut.</param>
    public static Figure Build(FigureHeader header, HistogramSeries before, HistogramSeries after, double signalEfficiency)
    {
        IReadOnlyList<double> edges = before.Histogram.Edges;
        double[] a = Densities(edges, before), b = Densities(edges, after);
        double divergence = JensenShannon.Divergence(before.Histogram, after.Histogram);
        string at = NumberText.Plain(signalEfficiency, 3);
        double[] ratio = [.. a.Zip(b, (x, y) => x > 0 ? y / x : double.NaN)];
        double[] centres = [.. edges.Zip(edges.Skip(1), (l, h) => (l + h) / 2)];
        Interval[] contents = [.. ratio.Select((_, i) => after.Histogram.Content(i))];
        double[] scale = [.. ratio.Select((r, i) => contents[i].Value > 0 ? r / contents[i].Value : double.NaN)];
        (double low, double high) = LowerPanel.LogRange(ratio);
        string afterName = $"{Markup.Escape(after.Name)}, *ε*_{{S}} = {at} ({NumberText.Plain(after.Total)} jets)";
        var main = new Panel
        {
            X = new Axis { Title = "Jet mass *m*", Unit = "GeV", Low = edges[0], High = edges[^1] },
            Y = new Axis { Title = "1/*N* d*N*/d*m*", Unit = "1/GeV", Low = 0 },
            Marks =
            [
                new Steps { Edges = edges, Heights = a, Colour = SeriesColour.C1, Filled = true, Legend = before.Legend() },
                new Steps { Edges = edges, Heights = b, Colour = SeriesColour.C3, Width = 2, Legend = afterName },
            ],
            LegendNote = $"JS divergence {NumberText.Plain(divergence, 2)} bit",
        };
        var lower = new Panel
        {
            X = main.X,
            Y = new Axis { Title = "After / before", Scale = AxisScale.Log, Low = low, High = high },
            Marks =
            [
                new Hairline { At = 1, Vertical = false, Colour = SeriesColour.C1, Line = LineStyle.Solid, Width = 1.8 },
                new Points
                {
                    X = centres, Y = [.. ratio.Select(r => r > 0 ? r : double.NaN)], Lower = [.. scale.Select((s, i) => s * Math.Max(contents[i].Lower, 1e-9))],
                    Upper = [.. scale.Select((s, i) => s * contents[i].Upper)], Colour = SeriesColour.C3, Radius = 2.6,
                },
            ],
        };
        return new()
        {
            Id = "mass-sculpting",
            Title = "Mass of background jets before and after the cut on the score",
            Answer = Answer(edges, before, after, divergence),
            Canvas = CanvasKind.Ratio,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [main, lower],
            Table = Table(header, edges, [before, after], [a, b], divergence),
            Reading = new() { Kind = "Histograms", X = "mass_low_gev", XHigh = "mass_high_gev", Y = "density_per_gev" },
            Notes = ["Background jets only, each histogram normalised to 1. Lower panel: ratio; bars: 68 % Garwood intervals of the jets that pass."],
        };
    }

    private static double[] Densities(IReadOnlyList<double> edges, HistogramSeries series) =>
        [.. series.Fractions.Select((f, i) => f / (edges[i + 1] - edges[i]))];

    private static string Answer(IReadOnlyList<double> edges, HistogramSeries before, HistogramSeries after, double divergence)
    {
        if (after.Total <= 0)
        {
            return "No background jet passes the cut.";
        }

        double Mean(HistogramSeries s) => s.Counts.Select((c, i) => c * (edges[i] + edges[i + 1]) / 2).Sum() / Math.Max(s.Counts.Sum(), 1);
        return $"The cut moves the mean mass of background jets from {NumberText.Plain(Mean(before), 3)} to {NumberText.Plain(Mean(after), 3)} GeV (Jensen–Shannon divergence {NumberText.Plain(divergence, 2)} bit).";
    }

    private static FigureTable Table(FigureHeader header, IReadOnlyList<double> edges, HistogramSeries[] series, double[][] densities, double divergence) => new()
    {
        Comments = header.Comments([("js_divergence_bit", NumberText.Exact(divergence)), .. series.Select(s => ($"outside, {s.Name}", NumberText.Exact(s.Outside)))]),
        Columns = ["series", "mass_low_gev", "mass_high_gev", "count", "density_per_gev"],
        Rows = [.. series.SelectMany((s, k) => s.Counts.Select((c, i) => (IReadOnlyList<TableCell>)[s.Name, edges[i], edges[i + 1], c, densities[k][i]]))],
    };
}
