using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Trainings of one model on shares of the training jets.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Points">Share of the training jets (0 to 1) and the result of each seed; NaN for a training that failed.</param>
public sealed record DataEfficiencySeries(string Name, IReadOnlyList<(double Fraction, IReadOnlyList<double> Seeds)> Points);

/// <summary>How much of the training data a model needs, <c>data-efficiency</c>: single seeds as small hollow points, a line through their medians.</summary>
public static class DataEfficiencyFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="quantity">What is measured, markup: "Median |relative mass error|".</param>
    /// <param name="series">Models; the first is what the figure is about.</param>
    public static Figure Build(FigureHeader header, string quantity, IReadOnlyList<DataEfficiencySeries> series)
    {
        DataEfficiencySeries[] sorted = [.. series.Select(s => s with { Points = [.. s.Points.Where(p => p.Fraction > 0).OrderBy(p => p.Fraction)] })];
        double[] fractions = [.. sorted.SelectMany(s => s.Points).Select(p => p.Fraction)], values = [.. sorted.SelectMany(s => s.Points).SelectMany(p => p.Seeds).Where(v => double.IsFinite(v) && v > 0)];
        bool log = values.Length > 0 && values.Max() / values.Min() > Math.Pow(10, 1.5);
        double low = fractions.DefaultIfEmpty(0.01).Min(), high = fractions.DefaultIfEmpty(1).Max();
        string name = Markup.ToPlain(quantity);
        return new()
        {
            Id = "data-efficiency",
            Title = $"{name} against the share of the training jets",
            Answer = Answer(sorted, name),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Share of the training jets", Scale = AxisScale.Log, Low = low / 1.4, High = high * 1.4 },
                    Y = new Axis { Title = quantity, Scale = log ? AxisScale.Log : AxisScale.Linear, Low = log ? null : 0 },
                    Marks = [.. sorted.SelectMany((s, i) => Marks(s, i))],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("quantity", name)),
                Columns = ["series", "fraction", "seed", "value"],
                Rows = [.. sorted.SelectMany(s => s.Points.SelectMany(p => p.Seeds.Select((v, k) => (IReadOnlyList<TableCell>)[s.Name, p.Fraction, k + 1, v]).Append([s.Name, p.Fraction, "median", Median(p.Seeds)])))],
            },
            Reading = new() { Kind = "Curves", X = "fraction", Y = "value" },
            Notes = [$"Hollow points: single trainings{Seeds(sorted)}; lines join the medians." + Failed(sorted)],
        };
    }

    private static IEnumerable<Mark> Marks(DataEfficiencySeries series, int index)
    {
        SeriesColour colour = SeriesLook.Colour(index);
        string legend = Markup.Escape(series.Name);
        yield return new Curve
        {
            X = [.. series.Points.Select(p => p.Fraction)],
            Y = [.. series.Points.Select(p => Median(p.Seeds))],
            Colour = colour,
            Line = SeriesLook.Line(index),
            Width = index == 0 ? 2 : 1.8,
            Legend = legend,
        };
        yield return new Points
        {
            X = [.. series.Points.SelectMany(p => p.Seeds.Select(_ => p.Fraction))],
            Y = [.. series.Points.SelectMany(p => p.Seeds)],
            Colour = colour,
            Marker = SeriesLook.Marker(index),
            Hollow = true,
            Radius = 2.6,
            Legend = legend,
        };
    }

    private static double Median(IReadOnlyList<double> seeds) => Quantile.Of([.. seeds.Where(double.IsFinite)], 0.5);

    private static string Seeds(DataEfficiencySeries[] series)
    {
        int[] counts = [.. series.SelectMany(s => s.Points).Select(p => p.Seeds.Count).Distinct()];
        return counts.Length == 1 ? $" ({counts[0]} seeds each)" : string.Empty;
    }

    private static string Failed(DataEfficiencySeries[] series)
    {
        int failed = series.SelectMany(s => s.Points).SelectMany(p => p.Seeds).Count(v => !double.IsFinite(v));
        return failed == 0 ? string.Empty : $" {failed} trainings without a result are left out.";
    }

    private static string Answer(DataEfficiencySeries[] series, string name)
    {
        (double Fraction, double Value)[] medians = [.. series.Take(1).SelectMany(s => s.Points).Select(p => (p.Fraction, Median(p.Seeds))).Where(m => double.IsFinite(m.Item2))];
        string what = char.ToLowerInvariant(name[0]) + name[1..];
        string At((double Fraction, double Value) m) => $"{NumberText.Plain(m.Value, 2)} with {NumberText.Plain(100 * m.Fraction, 2)} % of the training jets";
        return medians.Length switch
        {
            0 => "No training has a result.",
            1 => Markup.ToPlain($"{Markup.Escape(series[0].Name)} reaches a {Markup.Escape(what)} of {At(medians[0])}."),
            _ => Markup.ToPlain($"{Markup.Escape(series[0].Name)} reaches a {Markup.Escape(what)} of {At(medians[^1])} and {At(medians[0])}."),
        };
    }
}
