using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>A spectrum before and after reconstruction.</summary>
/// <param name="Name">Plain name of the class.</param>
/// <param name="Original">The original jets or constituents; all histograms of a figure share their edges.</param>
/// <param name="Reconstructed">The same, reconstructed.</param>
/// <param name="Colour">Colour role; by position if null.</param>
public sealed record SpectrumPair(string Name, Histogram Original, Histogram Reconstructed, SeriesColour? Colour = null);

/// <summary>Spectra of original and reconstructed jets with their ratio, <c>spectrum-…</c>.</summary>
public static class SpectrumPairFigure
{
    /// <summary>Fewest entries in both histograms of a bin for its ratio to choose the range of the lower panel and, of several classes, to be drawn.</summary>
    private const int FewEntries = 25;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="variable">The variable along the axis.</param>
    /// <param name="pairs">Up to five classes.</param>
    /// <param name="log">Whether the density is drawn logarithmically.</param>
    public static Figure Build(FigureHeader header, BinnedVariable variable, IReadOnlyList<SpectrumPair> pairs, bool log)
    {
        IReadOnlyList<double> edges = pairs[0].Original.Edges;
        Drawn[] drawn = [.. pairs.Select((p, i) => new Drawn(p, p.Colour ?? (pairs.Count == 1 ? SeriesColour.C3 : ClassLook.Colour(i, pairs.Count))))];
        double[] positive = [.. drawn.SelectMany(d => d.Before.Concat(d.After)).Where(v => v > 0)];
        var y = new Axis { Title = "Density", Unit = variable.Unit.Length > 0 ? "1/" + variable.Unit : string.Empty, Scale = log ? AxisScale.Log : AxisScale.Linear };
        y = log && positive.Length > 0 ? y with { Low = Math.Max(positive.Min() / 2, positive.Max() * 1e-7), High = positive.Max() * 2 } : y with { Low = log ? null : 0 };
        var x = new Axis { Title = variable.Title, Unit = variable.Unit, Low = edges[0], High = edges[^1] };
        (double low, double high) = LowerPanel.RatioRange(drawn.SelectMany(d => d.CertainRatio));
        bool single = pairs.Count == 1;
        return new()
        {
            Id = "spectrum-" + variable.Id,
            Title = $"{Markup.ToPlain(variable.Title)} of original and reconstructed jets",
            Answer = Answer(drawn, edges, variable),
            Canvas = CanvasKind.Ratio,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel { X = x, Y = y, Marks = [.. drawn.SelectMany(d => Main(d, edges, single))], LegendNote = single ? string.Empty : "solid: original, dashed: reconstructed" },
                new Panel
                {
                    X = x,
                    Y = new Axis { Title = "Rec. / orig.", Low = low, High = high },
                    Marks = [new Hairline { At = 1, Vertical = false, Colour = single ? SeriesColour.C1 : SeriesColour.Mute, Line = LineStyle.Solid, Width = single ? 1.8 : 1 }, .. drawn.Select(d => Ratio(d, edges, single))],
                },
            ],
            Table = Table(header, variable, edges, drawn),
            Reading = new() { Kind = "Histograms", X = variable.Column + "_low", XHigh = variable.Column + "_high", Y = "original" },
            Notes =
            [
                "Each histogram is normalised to all its entries. Lower panel: reconstructed divided by original"
                + (single ? "; bars: 68 % Garwood intervals of the reconstructed counts alone, though the jets are the same." : $", where both have at least {FewEntries} entries."),
            ],
        };
    }

    private sealed class Drawn(SpectrumPair pair, SeriesColour colour)
    {
        public SpectrumPair Pair { get; } = pair;

        public SeriesColour Colour { get; } = colour;

        public double[] Before { get; } = [.. pair.Original.Density().Select(Known)];

        public double[] After { get; } = [.. pair.Reconstructed.Density().Select(Known)];

        public double[] Ratio => field ??= [.. Before.Zip(After, (b, a) => b > 0 ? a / b : double.NaN)];

        /// <summary>The ratio where enough entries stand behind it, NaN elsewhere.</summary>
        public double[] CertainRatio => field ??= [.. Ratio.Select((r, i) => Math.Min(Pair.Original.Bins[i].SumOfWeights, Pair.Reconstructed.Bins[i].SumOfWeights) >= FewEntries ? r : double.NaN)];

        private static double Known(double density) => double.IsFinite(density) ? density : 0;
    }

    private static IEnumerable<Mark> Main(Drawn d, IReadOnlyList<double> edges, bool single)
    {
        string name = Markup.Escape(d.Pair.Name);
        yield return new Steps { Edges = edges, Heights = d.Before, Colour = single ? SeriesColour.C1 : d.Colour, Filled = single, Legend = single ? name + ", original" : name };
        yield return new Steps { Edges = edges, Heights = d.After, Colour = d.Colour, Line = single ? LineStyle.Solid : LineStyle.Dashed, Width = single ? 2 : 1.4, Legend = single ? name + ", reconstructed" : null };
    }

    private static Mark Ratio(Drawn d, IReadOnlyList<double> edges, bool single)
    {
        if (!single)
        {
            return new Curve
            {
                X = [.. edges.Zip(edges.Skip(1)).SelectMany(e => (double[])[e.First, e.Second])],
                Y = [.. d.CertainRatio.SelectMany(r => (double[])[r, r])],
                Colour = d.Colour,
                Width = 1.4,
            };
        }

        Interval[] counts = [.. d.Ratio.Select((_, i) => d.Pair.Reconstructed.Content(i))];
        double[] scale = [.. d.Ratio.Select((r, i) => counts[i].Value > 0 ? r / counts[i].Value : double.NaN)];
        return new Points
        {
            X = [.. edges.Zip(edges.Skip(1), (a, b) => (a + b) / 2)],
            Y = d.Ratio,
            Lower = [.. scale.Select((s, i) => s * counts[i].Lower)],
            Upper = [.. scale.Select((s, i) => s * counts[i].Upper)],
            Colour = d.Colour,
            Radius = 2.4,
        };
    }

    private static string Answer(Drawn[] drawn, IReadOnlyList<double> edges, BinnedVariable variable)
    {
        double Mean(Histogram h) => h.Bins.Select((b, i) => b.SumOfWeights * (edges[i] + edges[i + 1]) / 2).Sum() / h.Bins.Sum(b => b.SumOfWeights);
        string unit = variable.Unit.Length > 0 ? " " + Markup.ToPlain(variable.Unit) : string.Empty;
        string name = Markup.ToPlain(variable.Title);
        name = name.Length > 1 && char.IsLower(name[1]) ? char.ToLowerInvariant(name[0]) + name[1..] : name;
        string[] means = [.. drawn.Select(d => (d.Pair.Name, Before: Mean(d.Pair.Original), After: Mean(d.Pair.Reconstructed))).Where(m => double.IsFinite(m.Before) && double.IsFinite(m.After))
            .Select(m => $"{NumberText.Plain(m.Before, 3)} to {NumberText.Plain(m.After, 3)}{unit} ({m.Name})")];
        return means.Length == 0 ? "There are no jets to compare." : Markup.ToPlain($"Reconstruction moves the mean {name} in range from {string.Join(", from ", means)}.");
    }

    private static FigureTable Table(FigureHeader header, BinnedVariable variable, IReadOnlyList<double> edges, Drawn[] drawn) => new()
    {
        Comments = header.Comments([.. drawn.SelectMany(d => ((string, string)[])
        [
            ($"outside, {d.Pair.Name}, original", NumberText.Exact(d.Pair.Original.Underflow.SumOfWeights + d.Pair.Original.Overflow.SumOfWeights)),
            ($"outside, {d.Pair.Name}, reconstructed", NumberText.Exact(d.Pair.Reconstructed.Underflow.SumOfWeights + d.Pair.Reconstructed.Overflow.SumOfWeights)),
        ])]),
        Columns = ["series", variable.Column + "_low", variable.Column + "_high", "count_original", "count_reconstructed", "original", "reconstructed", "ratio"],
        Rows = [.. drawn.SelectMany(d => d.Before.Select((b, i) => (IReadOnlyList<TableCell>)
            [d.Pair.Name, edges[i], edges[i + 1], d.Pair.Original.Bins[i].SumOfWeights, d.Pair.Reconstructed.Bins[i].SumOfWeights, b, d.After[i], d.Ratio[i]]))],
    };
}
