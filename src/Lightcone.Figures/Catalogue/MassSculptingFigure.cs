using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>The mass of background jets before and after a cut on the score, <c>mass-sculpting</c>: does the tagger carve a peak?</summary>
public static class MassSculptingFigure
{
    private static readonly SeriesColour[] CutColours = [SeriesColour.C3, SeriesColour.C4, SeriesColour.C2];

    /// <summary>The mass before and after one cut at a signal efficiency.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="before">Mass of background jets, GeV.</param>
    /// <param name="after">Those that pass.</param>
    /// <param name="signalEfficiency">Signal efficiency of the cut.</param>
    public static Figure Build(FigureHeader header, HistogramSeries before, HistogramSeries after, double signalEfficiency)
    {
        string at = NumberText.Plain(signalEfficiency, 3);
        Cut cut = new(before, after, $"{Markup.Escape(after.Name)}, *ε*_{{S}} = {at} ({NumberText.Plain(after.Total)} jets)", SeriesColour.C3);
        return Drawing(header, before, [cut]) with
        {
            Answer = Answer(before.Histogram.Edges, before, after, cut.Divergence),
        };
    }

    /// <summary>The mass of background jets before and after cuts that keep the same share of the background, <c>mass-sculpting-anomaly</c>.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="before">Mass of background jets, GeV.</param>
    /// <param name="after">Those beyond each cut with the share that the cut keeps (0.1, 0.01), loosest first; at most three.</param>
    /// <param name="scoreName">Name of the score, plain.</param>
    public static Figure BuildForShares(FigureHeader header, HistogramSeries before, IReadOnlyList<(HistogramSeries Jets, double Share)> after, string scoreName)
    {
        Cut[] cuts = [.. after.Select((a, i) => new Cut(before, a.Jets, $"highest {NumberText.Plain(100 * a.Share, 2)} % in score ({NumberText.Plain(a.Jets.Total)} jets)", CutColours[i % CutColours.Length]) { Index = i })];
        Figure figure = Drawing(header, before, cuts);
        Cut? tightest = cuts.LastOrDefault(c => c.After.Total > 0);
        return figure with
        {
            Id = "mass-sculpting-anomaly",
            Title = $"Mass of background jets before and after cuts on the anomaly score ({scoreName})",
            Answer = tightest is null ? "No background jet passes a cut."
                : Answer(before.Histogram.Edges, before, tightest.After, tightest.Divergence).Replace("The cut", $"The cut that keeps {NumberText.Plain(100 * after[tightest.Index].Share, 2)} % of the background", StringComparison.Ordinal),
        };
    }

    /// <summary>Background jets beyond a cut, as they are drawn.</summary>
    private sealed class Cut(HistogramSeries before, HistogramSeries after, string legend, SeriesColour colour)
    {
        public HistogramSeries After { get; } = after;

        public string Legend { get; } = legend;

        public SeriesColour Colour { get; } = colour;

        public int Index { get; init; }

        public double Divergence { get; } = JensenShannon.Divergence(before.Histogram, after.Histogram);

        public double[] Densities { get; } = MassSculptingFigure.Densities(before.Histogram.Edges, after);

        public double[] Ratio { get; } = [.. MassSculptingFigure.Densities(before.Histogram.Edges, before).Zip(MassSculptingFigure.Densities(before.Histogram.Edges, after), (x, y) => x > 0 ? y / x : double.NaN)];

        public Points Points(IReadOnlyList<double> edges)
        {
            Interval[] contents = [.. Ratio.Select((_, i) => After.Histogram.Content(i))];
            double[] scale = [.. Ratio.Select((r, i) => contents[i].Value > 0 ? r / contents[i].Value : double.NaN)];
            return new()
            {
                X = [.. edges.Zip(edges.Skip(1), (l, h) => (l + h) / 2)],
                Y = [.. Ratio.Select(r => r > 0 ? r : double.NaN)],
                Lower = [.. scale.Select((s, i) => s * Math.Max(contents[i].Lower, 1e-9))],
                Upper = [.. scale.Select((s, i) => s * contents[i].Upper)],
                Colour = Colour,
                Marker = SeriesLook.Marker(Index),
                Radius = 2.6,
            };
        }
    }

    private static Figure Drawing(FigureHeader header, HistogramSeries before, Cut[] cuts)
    {
        IReadOnlyList<double> edges = before.Histogram.Edges;
        double[] a = Densities(edges, before);
        (double low, double high) = LowerPanel.LogRange(cuts.SelectMany(c => c.Ratio));
        var main = new Panel
        {
            X = new Axis { Title = "Jet mass *m*", Unit = "GeV", Low = edges[0], High = edges[^1] },
            Y = new Axis { Title = "1/*N* d*N*/d*m*", Unit = "1/GeV", Low = 0 },
            Marks =
            [
                new Steps { Edges = edges, Heights = a, Colour = SeriesColour.C1, Filled = true, Legend = before.Legend() },
                .. cuts.Select(c => new Steps { Edges = edges, Heights = c.Densities, Colour = c.Colour, Width = 2, Line = SeriesLook.Line(c.Index), Legend = c.Legend }),
            ],
            LegendNote = $"JS divergence {string.Join(", ", cuts.Select(c => NumberText.Plain(c.Divergence, 2)))} bit",
        };
        var lower = new Panel
        {
            X = main.X,
            Y = new Axis { Title = "After / before", Scale = AxisScale.Log, Low = low, High = high },
            Marks = [new Hairline { At = 1, Vertical = false, Colour = SeriesColour.C1, Line = LineStyle.Solid, Width = 1.8 }, .. cuts.Select(c => c.Points(edges))],
        };
        return new()
        {
            Id = "mass-sculpting",
            Title = "Mass of background jets before and after the cut on the score",
            Answer = string.Empty,
            Canvas = CanvasKind.Ratio,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [main, lower],
            Table = Table(header, edges, [before, .. cuts.Select(c => c.After)], [a, .. cuts.Select(c => c.Densities)], [.. cuts.Select(c => c.Divergence)]),
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
        return Markup.ToPlain($"The cut moves the mean mass of background jets from {NumberText.Plain(Mean(before), 3)} to {NumberText.Plain(Mean(after), 3)} GeV (Jensen–Shannon divergence {NumberText.Plain(divergence, 2)} bit).");
    }

    private static FigureTable Table(FigureHeader header, IReadOnlyList<double> edges, HistogramSeries[] series, double[][] densities, double[] divergences) => new()
    {
        Comments = header.Comments([("js_divergence_bit", string.Join(' ', divergences.Select(NumberText.Exact))), .. series.Select(s => ($"outside, {s.Name}", NumberText.Exact(s.Outside)))]),
        Columns = ["series", "mass_low_gev", "mass_high_gev", "count", "density_per_gev"],
        Rows = [.. series.SelectMany((s, k) => s.Counts.Select((c, i) => (IReadOnlyList<TableCell>)[s.Name, edges[i], edges[i + 1], c, densities[k][i]]))],
    };
}
