using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Relative residuals of one model.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Values">(reconstructed − true)/true, a value a jet or constituent; NaN where it has no meaning.</param>
/// <param name="Colour">Colour role; by position if null.</param>
public sealed record ResidualSeries(string Name, IReadOnlyList<double> Values, SeriesColour? Colour = null);

/// <summary>A published median and inter-quartile range, drawn hollow above the histograms.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Median">Published median.</param>
/// <param name="InterquartileRange">Published distance from the 25 to the 75 % quantile.</param>
public sealed record ResidualReference(string Name, double Median, double InterquartileRange);

/// <summary>How well a quantity is reconstructed, <c>residual-…</c>: step histograms of the relative residual, median and inter-quartile range in the legend.</summary>
public static class ResidualFigure
{
    /// <summary>No residual is drawn farther out than this.</summary>
    private const double Farthest = 2;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="variable">The quantity: id "mass", title "jet mass"; its column and unit are not used.</param>
    /// <param name="series">Models; the first is what the figure is about.</param>
    /// <param name="references">Published values; with the series at most six.</param>
    public static Figure Build(FigureHeader header, BinnedVariable variable, IReadOnlyList<ResidualSeries> series, IReadOnlyList<ResidualReference> references)
    {
        Measured[] measured = [.. series.Select((s, i) => new Measured(s, i))];
        double[] edges = Edges(measured);
        foreach (Measured m in measured)
        {
            m.Fill(edges);
        }

        double[] ranges = [.. measured.Select(m => m.InterquartileRange).Where(r => r > 0)], positive = [.. measured.SelectMany(m => m.Densities).Where(d => d > 0)];
        bool log = ranges.Length > 1 && ranges.Max() > 4 * ranges.Min() && positive.Length > 0;
        double peak = positive.DefaultIfEmpty(1).Max(), low = log ? Math.Max(peak * 1e-5, positive.Min() / 2) : 0;
        double high = log ? low * Math.Pow(peak / low, references.Count > 0 ? 1.25 : 1.08) : peak * (1.06 + (0.07 * references.Count));
        string name = Markup.ToPlain(variable.Title);
        return new()
        {
            Id = "residual-" + variable.Id,
            Title = $"Relative residuals of the {name}",
            Answer = Answer(measured, name),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = $"(Reconstructed − true) / true, {variable.Title}", Low = edges[0], High = edges[^1] },
                    Y = new Axis { Title = "Density", Scale = log ? AxisScale.Log : AxisScale.Linear, Low = low, High = high },
                    Marks =
                    [
                        new Hairline { At = 0, Colour = SeriesColour.Mute },
                        .. measured.Select(m => m.Drawing(edges)),
                        .. references.Select((r, i) => Reference(r, i, Height(i, references.Count, low, peak, high, log))),
                    ],
                },
            ],
            Table = Table(header, edges, measured, references),
            Reading = new() { Kind = "Histograms", X = "bin_low", XHigh = "bin_high", Y = "density" },
            Notes = [Note(measured, references, edges[^1])],
        };
    }

    /// <summary>A series with its quantiles and, once filled, its histogram.</summary>
    private sealed class Measured
    {
        public Measured(ResidualSeries series, int index)
        {
            (Series, Index) = (series, index);
            Finite = [.. series.Values.Where(double.IsFinite).Order()];
            Median = Finite.Length > 0 ? Quantile.WithInterval(Finite, 0.5) : new(double.NaN, double.NaN, double.NaN, Interval.OneSigma, string.Empty);
            InterquartileRange = Quantile.Of(Finite, 0.75) - Quantile.Of(Finite, 0.25);
        }

        public ResidualSeries Series { get; }

        public int Index { get; }

        public double[] Finite { get; }

        public Interval Median { get; }

        public double InterquartileRange { get; }

        public double[] Counts { get; private set; } = [];

        public double[] Densities { get; private set; } = [];

        public double Outside => Finite.Length - Counts.Sum();

        public void Fill(double[] edges)
        {
            var histogram = new Histogram(edges);
            histogram.Fill(Finite);
            Counts = [.. histogram.Bins.Select(b => b.SumOfWeights)];
            Densities = [.. Counts.Select((c, i) => Finite.Length > 0 ? c / Finite.Length / (edges[i + 1] - edges[i]) : 0)];
        }

        public Steps Drawing(double[] edges) => new()
        {
            Edges = edges,
            Heights = Densities,
            Colour = Series.Colour ?? SeriesLook.Colour(Index),
            Line = SeriesLook.Line(Index),
            Width = Index == 0 ? 2 : 1.8,
            Legend = Markup.Escape(Series.Name) + ": " + Summary(Median.Value, InterquartileRange),
        };
    }

    /// <summary>Bins over ±min(5 IQR, 2) of the widest series, as many as the first series fills.</summary>
    private static double[] Edges(Measured[] measured)
    {
        double widest = measured.Select(m => m.InterquartileRange).Where(r => r > 0 && double.IsFinite(r)).DefaultIfEmpty(Farthest / 5).Max();
        double half = Math.Min(5 * widest, Farthest), unit = Math.Pow(10, Math.Floor(Math.Log10(half)) - 1);
        half = Math.Min(Math.Ceiling(half / unit) * unit, Farthest);
        // Freedman and Diaconis: bins of width 2 IQR / ∛n over 10 IQR.
        int bins = 2 * Math.Clamp((int)(2.5 * Math.Cbrt(measured.Length > 0 ? measured[0].Finite.Length : 0)), 10, 40);
        return [.. Histogram.Uniform(-half, half, bins).Edges];
    }

    /// <summary>References stand above one another between the highest bin and the upper end.</summary>
    private static double Height(int index, int count, double low, double peak, double high, bool log)
    {
        double part = (index + 0.7) / (count + 0.4);
        return log ? peak * Math.Pow(high / peak, part) : peak + ((high - peak) * part);
    }

    private static Points Reference(ResidualReference r, int index, double height) => new()
    {
        X = [r.Median],
        Y = [height],
        Lower = [r.Median - (r.InterquartileRange / 2)],
        Upper = [r.Median + (r.InterquartileRange / 2)],
        BarsAlongX = true,
        Marker = (MarkerShape)(((int)MarkerShape.Triangle + index) % 4),
        Hollow = true,
        Colour = SeriesColour.Ink,
        Legend = Markup.Escape(r.Name) + ": " + Summary(r.Median, r.InterquartileRange),
        Rank = LegendRank.Reference,
    };

    private static string Summary(double median, double interquartileRange) => double.IsFinite(median)
        ? $"median {NumberText.Plain(median, 2)}, IQR {NumberText.Plain(interquartileRange, 2)}"
        : "no values";

    private static string Note(Measured[] measured, IReadOnlyList<ResidualReference> references, double half)
    {
        string outside = string.Join(", ", measured.Where(m => m.Outside > 0).Select(m => $"{Markup.Escape(m.Series.Name)} {NumberText.Plain(100 * m.Outside / m.Finite.Length, 2)} %"));
        int undefined = measured.Sum(m => m.Series.Values.Count - m.Finite.Length);
        return "Each histogram is normalised to all its finite values; IQR: distance from the 25 to the 75 % quantile."
            + (outside.Length > 0 ? $" Outside ±{NumberText.Plain(half, 3)}: {outside}." : " Nothing lies outside the axis.")
            + (undefined > 0 ? $" {NumberText.Count(undefined)} values without meaning are left out." : string.Empty)
            + (references.Count > 0 ? " Hollow symbols above: published medians; their bars span the published IQR." : string.Empty);
    }

    private static string Answer(Measured[] measured, string name)
    {
        Measured? first = measured.FirstOrDefault(m => m.Finite.Length > 0);
        if (first is null)
        {
            return $"There are no residuals of the {name}.";
        }

        string others = string.Join("; ", measured.Where(m => m != first && m.Finite.Length > 0).Select(m => $"{Markup.Escape(m.Series.Name)}: {Summary(m.Median.Value, m.InterquartileRange)}"));
        return Markup.ToPlain($"{Markup.Escape(first.Series.Name)} reconstructs the {name} with a median residual of {NumberText.WithInterval(first.Median)} and an inter-quartile range of {NumberText.Plain(first.InterquartileRange, 2)}"
            + (others.Length > 0 ? $" ({others})." : "."));
    }

    private static FigureTable Table(FigureHeader header, double[] edges, Measured[] measured, IReadOnlyList<ResidualReference> references)
    {
        string Cell(double value) => NumberText.Exact(value);
        return new()
        {
            Comments = header.Comments(
            [
                .. measured.SelectMany(m => ((string, string)[])
                [
                    ($"median, {m.Series.Name}", Cell(m.Median.Value)), ($"median_lower_68, {m.Series.Name}", Cell(m.Median.Lower)), ($"median_upper_68, {m.Series.Name}", Cell(m.Median.Upper)),
                    ($"iqr, {m.Series.Name}", Cell(m.InterquartileRange)), ($"values, {m.Series.Name}", Cell(m.Finite.Length)), ($"outside, {m.Series.Name}", Cell(m.Outside)),
                ]),
                .. references.SelectMany(r => ((string, string)[])[($"published median, {r.Name}", Cell(r.Median)), ($"published iqr, {r.Name}", Cell(r.InterquartileRange))]),
            ]),
            Columns = ["series", "bin_low", "bin_high", "count", "density"],
            Rows = [.. measured.SelectMany(m => m.Counts.Select((c, i) => (IReadOnlyList<TableCell>)[m.Series.Name, edges[i], edges[i + 1], c, m.Densities[i]]))],
        };
    }
}
