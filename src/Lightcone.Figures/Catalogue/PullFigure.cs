using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Pulls of one method.</summary>
/// <param name="Name">Plain name: "raw", "after correction".</param>
/// <param name="Pulls">(estimate − truth)/uncertainty, a value a jet; NaN where there is none.</param>
public sealed record PullSeries(string Name, IReadOnlyList<double> Pulls);

/// <summary>Distribution of pulls against the normal one, <c>pull</c>: the axis is always −5 to 5, so that figures can be compared.</summary>
public static class PullFigure
{
    private const double Half = 5;
    private const int Bins = 50;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="definition">What is divided by what, markup: "(*ẑ* − *z*)/*σ*".</param>
    /// <param name="series">One to five; the first is what the figure is about.</param>
    public static Figure Build(FigureHeader header, string definition, IReadOnlyList<PullSeries> series)
    {
        Measured[] measured = [.. series.Select(s => new Measured(s))];
        double[] edges = [.. Histogram.Uniform(-Half, Half, Bins).Edges], x = [.. Enumerable.Range(0, 201).Select(i => -Half + (i * Half / 100))];
        var normal = new Curve { X = x, Y = [.. x.Select(v => Math.Exp(-v * v / 2) / Math.Sqrt(2 * Math.PI))], Colour = SeriesColour.C5, Width = 2, Legend = "normal: 0, 1; 4.6, 0.27, 0.00006 %", Rank = LegendRank.Reference };
        double peak = measured.SelectMany(m => m.Densities).Concat(normal.Y).Max();
        return new()
        {
            Id = "pull",
            Title = "Distribution of pulls",
            Answer = Answer(measured),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = $"Pull {definition}", Low = -Half, High = Half },
                    Y = new Axis { Title = "Density", Low = 0, High = 1.06 * peak },
                    Marks =
                    [
                        .. measured.Select((m, i) => new Steps { Edges = edges, Heights = m.Densities, Colour = SeriesLook.Colour(i), Line = SeriesLook.Undotted(i), Width = i == 0 ? 2 : 1.6, Legend = m.Legend }),
                        normal,
                    ],
                    LegendNote = "mean, sd; beyond 2, 3, 5",
                },
            ],
            Table = new()
            {
                Comments = header.Comments([.. measured.SelectMany(m => m.Comments)]),
                Columns = ["series", "bin_low", "bin_high", "count", "density", "normal"],
                Rows = [.. measured.SelectMany(m => m.Counts.Select((c, i) => (IReadOnlyList<TableCell>)[m.Series.Name, edges[i], edges[i + 1], c, m.Densities[i], NormalShare(edges[i], edges[i + 1])]))],
            },
            Reading = new() { Kind = "Histograms", X = "bin_low", XHigh = "bin_high", Y = "density" },
            Notes =
            [
                "Each histogram is normalised to all its values. Legend: mean and standard deviation of all values, then the shares beyond 2, 3 and 5 on either side. Grey: normal distribution.",
                .. measured.Where(m => m.Undefined > 0).Select(m => $"Without a meaning and left out: {NumberText.Count(m.Undefined)} of {Markup.Escape(m.Series.Name)}."),
            ],
        };
    }

    /// <summary>Mean density of the normal distribution in a bin.</summary>
    private static double NormalShare(double low, double high) => (SpecialFunctions.NormalCdf(high) - SpecialFunctions.NormalCdf(low)) / (high - low);

    private sealed class Measured
    {
        private readonly double[] finite;

        public Measured(PullSeries series)
        {
            Series = series;
            finite = [.. series.Pulls.Where(double.IsFinite)];
            Histogram histogram = Histogram.Uniform(-Half, Half, Bins);
            histogram.Fill(finite);
            Counts = [.. histogram.Bins.Select(b => b.SumOfWeights)];
            Densities = [.. Counts.Select(c => finite.Length > 0 ? c / finite.Length / (2 * Half / Bins) : 0)];
            Mean = finite.Length > 0 ? finite.Average() : double.NaN;
            Deviation = finite.Length > 1 ? Math.Sqrt(finite.Sum(p => (p - Mean) * (p - Mean)) / (finite.Length - 1)) : double.NaN;
        }

        public PullSeries Series { get; }

        public double[] Counts { get; }

        public double[] Densities { get; }

        public double Mean { get; }

        public double Deviation { get; }

        public int Count => finite.Length;

        public int Undefined => Series.Pulls.Count - finite.Length;

        public string Legend => $"{Markup.Escape(Series.Name)}: " + (Count == 0 ? "no values" : $"{Mean3}, {NumberText.Plain(Deviation, 3)}; {string.Join(", ", ((double[])[2, 3, 5]).Select(b => NumberText.Plain(100 * Beyond(b), 2)))} %");

        public (string, string)[] Comments =>
        [
            ($"mean, {Series.Name}", NumberText.Exact(Mean)), ($"sd, {Series.Name}", NumberText.Exact(Deviation)),
            .. ((double[])[2, 3, 5]).Select(b => ($"beyond {b:0}, {Series.Name}", NumberText.Exact(Beyond(b)))),
            ($"values, {Series.Name}", NumberText.Exact(Count)),
        ];

        /// <summary>A mean near 0 with the digits that its standard error allows.</summary>
        private string Mean3 => double.IsFinite(Deviation) && Deviation > 0 ? NumberText.WithError(Mean, Deviation / Math.Sqrt(Count)).Split(" ±")[0] : NumberText.Plain(Mean, 2);

        public double Beyond(double bound) => Count == 0 ? double.NaN : (double)finite.Count(p => Math.Abs(p) > bound) / Count;
    }

    private static string Answer(Measured[] measured)
    {
        Measured? first = measured.FirstOrDefault(m => m.Count > 1);
        return first is null ? "There are no pulls."
            : Markup.ToPlain($"The pulls of {Markup.Escape(first.Series.Name)} have mean {NumberText.WithError(first.Mean, first.Deviation / Math.Sqrt(first.Count))} and standard deviation {NumberText.WithError(first.Deviation, first.Deviation / Math.Sqrt(2.0 * (first.Count - 1)))}; {NumberText.Plain(100 * first.Beyond(3), 2)} % lie beyond 3 (normal: 0.27 %).");
    }
}
