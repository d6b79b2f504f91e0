using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Efficiencies of one class or working point in bins of a variable.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Bins">Bins in rising order; shared edges by all series of a figure.</param>
public sealed record BinnedSeries(string Name, IReadOnlyList<EfficiencyBin> Bins);

/// <summary>A number in a bin, as it is drawn.</summary>
internal readonly record struct DrawnBin(double Low, double High, double Mean, Interval Value, long Count);

/// <summary>The variable along the axis.</summary>
/// <param name="Id">For the figure's id: "pt", "mass", "n".</param>
/// <param name="Column">For the table, with unit: "pt_gev".</param>
/// <param name="Title">For the axis, markup: "Jet *p*_{T}".</param>
/// <param name="Unit">For the axis: "GeV"; empty if none.</param>
public sealed record BinnedVariable(string Id, string Column, string Title, string Unit = "");

/// <summary>How a number depends on a variable of the jet: <c>rejection-vs-…</c> and <c>efficiency-vs-…</c>.</summary>
public static class BinnedFigure
{
    /// <summary>Background rejection at fixed signal efficiency in bins of a variable.</summary>
    public static Figure Rejection(FigureHeader header, BinnedVariable variable, double signalEfficiency, IReadOnlyList<BinnedSeries> series)
    {
        IReadOnlyList<DrawnSeries> drawn = Drawn(series, rejection: true);
        string at = NumberText.Plain(signalEfficiency, 3);
        Figure figure = Build(header, variable, drawn, new Axis { Title = $"1/*ε*_{{B}} at *ε*_{{S}} = {at}", Scale = Span(drawn) > 4 ? AxisScale.Log : AxisScale.Linear });
        return figure with
        {
            Id = "rejection-vs-" + variable.Id,
            Title = $"Background rejection against {Markup.ToPlain(variable.Title)}",
            Answer = Answer(drawn[0], "background rejection at " + NumberText.Plain(100 * signalEfficiency, 3) + " % signal efficiency", variable),
            Notes = [.. figure.Notes, "The threshold is the same in all bins."],
        };
    }

    /// <summary>Efficiency of a fixed threshold in bins of a variable, a series a class or working point.</summary>
    public static Figure Efficiency(FigureHeader header, BinnedVariable variable, IReadOnlyList<BinnedSeries> series)
    {
        IReadOnlyList<DrawnSeries> drawn = Drawn(series, rejection: false);
        Figure figure = Build(header, variable, drawn, EfficiencyAxis(drawn));
        return figure with
        {
            Id = "efficiency-vs-" + variable.Id,
            Title = $"Efficiency against {Markup.ToPlain(variable.Title)}",
            Answer = Answer(drawn[0], $"efficiency ({series[0].Name})", variable),
        };
    }

    private sealed record DrawnSeries(string Name, IReadOnlyList<DrawnBin> Bins);

    private static IReadOnlyList<DrawnSeries> Drawn(IReadOnlyList<BinnedSeries> series, bool rejection) =>
        [.. series.Select(s => new DrawnSeries(s.Name, [.. s.Bins.Where(b => b.Total > 0).Select(b => new DrawnBin(b.Low, b.High, b.MeanValue, rejection ? b.Efficiency.Reciprocal() : b.Efficiency, b.Total))]))];

    private static Figure Build(FigureHeader header, BinnedVariable variable, IReadOnlyList<DrawnSeries> series, Axis y)
    {
        DrawnBin[] all = [.. series.SelectMany(s => s.Bins)];
        string method = all.Length > 0 ? all[0].Value.Method : string.Empty;
        return new()
        {
            Id = variable.Id,
            Title = variable.Title,
            Answer = string.Empty,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = variable.Title, Unit = variable.Unit, Low = all.Length > 0 ? all.Min(b => b.Low) : 0, High = all.Length > 0 ? all.Max(b => b.High) : 1 },
                    Y = y,
                    Marks = [.. series.SelectMany((s, i) => Marks(s, i, series.Count, y.Scale == AxisScale.Log ? double.Epsilon : double.NegativeInfinity))],
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("level", "0.6827"), ("method", method)),
                Columns = ["series", variable.Column + "_low", variable.Column + "_high", variable.Column + "_mean", "n", "value", "lower_68", "upper_68"],
                Rows = [.. series.SelectMany(s => s.Bins.Select(b => (IReadOnlyList<TableCell>)[s.Name, b.Low, b.High, b.Mean, b.Count, b.Value.Value, b.Value.Lower, b.Value.Upper]))],
            },
            Reading = new() { Kind = "Points", X = variable.Column + "_mean", Y = "value", Lower = "lower_68", Upper = "upper_68" },
            Notes = [$"Points stand at the mean of their bin, thin lines span it; bars: 68 % intervals{(method.Length > 0 ? ", " + Markup.Escape(method) : string.Empty)}."],
        };
    }

    private static IEnumerable<Mark> Marks(DrawnSeries series, int index, int count, double least)
    {
        SeriesColour colour = SeriesLook.Colour(index);
        var x = new List<double>();
        var y = new List<double>();
        foreach (DrawnBin b in series.Bins)
        {
            x.AddRange([b.Low, b.High, b.High]);
            double height = double.IsFinite(b.Value.Value) ? b.Value.Value : double.IsFinite(b.Value.Lower) ? b.Value.Lower : double.NaN;
            y.AddRange(height >= least ? [height, height, double.NaN] : [double.NaN, double.NaN, double.NaN]);
        }

        yield return new Curve { X = x, Y = y, Colour = colour, Width = 0.9 };
        yield return new Points
        {
            X = [.. series.Bins.Select(b => b.Mean)],
            Y = [.. series.Bins.Select(b => b.Value.Value)],
            Lower = [.. series.Bins.Select(b => b.Value.Lower)],
            Upper = [.. series.Bins.Select(b => b.Value.Upper)],
            Colour = colour,
            Marker = SeriesLook.Marker(index),
            Legend = count > 1 ? Markup.Escape(series.Name) : null,
        };
    }

    /// <summary>Linear from 0 to 1, unless one series would lie on the axis: then logarithmic.</summary>
    private static Axis EfficiencyAxis(IReadOnlyList<DrawnSeries> series)
    {
        double[] largest = [.. series.Select(s => s.Bins.Select(b => b.Value.Value).Where(double.IsFinite).DefaultIfEmpty(0).Max())];
        double[] positive = [.. series.SelectMany(s => s.Bins).Select(b => b.Value.Value > 0 ? b.Value.Value : b.Value.Upper).Where(v => double.IsFinite(v) && v > 0)];
        return largest.Min() > 0.1 * largest.Max() || positive.Length == 0
            ? new Axis { Title = "Efficiency", Low = 0, High = 1 }
            : new Axis { Title = "Efficiency", Scale = AxisScale.Log, Low = Math.Pow(10, Math.Floor(Math.Log10(positive.Min() / 1.5))), High = 1 };
    }

    /// <summary>Largest over smallest value.</summary>
    private static double Span(IReadOnlyList<DrawnSeries> series)
    {
        double[] values = [.. series.SelectMany(s => s.Bins).SelectMany(b => (double[])[b.Value.Value, b.Value.Lower, b.Value.Upper]).Where(v => double.IsFinite(v) && v > 0)];
        return values.Length == 0 ? 1 : values.Max() / values.Min();
    }

    private static string Answer(DrawnSeries series, string what, BinnedVariable variable)
    {
        DrawnBin[] finite = [.. series.Bins.Where(b => double.IsFinite(b.Value.Value))];
        if (finite.Length == 0)
        {
            return $"The {what} could not be measured in any bin.";
        }

        DrawnBin least = finite.MinBy(b => b.Value.Value), most = finite.MaxBy(b => b.Value.Value);
        string name = Markup.ToPlain(variable.Title), unit = variable.Unit.Length > 0 ? " " + variable.Unit : string.Empty;
        return $"The {what} runs from {Number(least)} at {name} {NumberText.Plain(least.Mean, 3)}{unit} to {Number(most)} at {NumberText.Plain(most.Mean, 3)}{unit}.";
    }

    private static string Number(DrawnBin bin) => Markup.ToPlain(NumberText.WithInterval(bin.Value));
}
