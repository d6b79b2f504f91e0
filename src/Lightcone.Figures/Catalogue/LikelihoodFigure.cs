namespace Lightcone.Figures.Catalogue;

/// <summary>Log-likelihood ratio of one jet.</summary>
/// <param name="Name">Plain name: the rule's word for it, "median".</param>
/// <param name="Truths">Candidate values z, rising.</param>
/// <param name="LogRatios">T(x, z) − T(x, ẑ) at each.</param>
/// <param name="Estimate">ẑ, where the ratio is 0.</param>
public sealed record LikelihoodScan(string Name, IReadOnlyList<double> Truths, IReadOnlyList<double> LogRatios, double Estimate)
{
    /// <summary>Profile interval at 68.27 %, where the ratio is above −0.5; several parts if it is not connected.</summary>
    public IReadOnlyList<(double Low, double High)> Profile68 { get; init; } = [];

    /// <summary>Profile interval at 95 %, where the ratio is above −1.92.</summary>
    public IReadOnlyList<(double Low, double High)> Profile95 { get; init; } = [];

    /// <summary>The true value; NaN if not known.</summary>
    public double Truth { get; init; } = double.NaN;
}

/// <summary>Learned likelihoods of single jets, <c>likelihood</c>: the log ratio against the truth, with the heights at which profile intervals are read (arXiv:2205.03413).</summary>
public static class LikelihoodFigure
{
    /// <summary>Half of the 68.27 and 95 % quantiles of χ² with one degree of freedom.</summary>
    private const double Height68 = -0.5, Height95 = -1.92;

    /// <summary>Lower end of the axis.</summary>
    private const double Floor = -4;

    /// <summary>How far the interval of a jet stands above the middle of its row and the true value below it, in heights of a row.</summary>
    private const double Above = 0.14, Below = 0.26;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="truth">Name of the truth, markup: "*z*".</param>
    /// <param name="column">Its column, with unit: "pt_true_gev".</param>
    /// <param name="unit">Its unit; empty if none.</param>
    /// <param name="jets">One to four jets.</param>
    /// <param name="rule">By which rule they were chosen, a sentence.</param>
    public static Figure Build(FigureHeader header, string truth, string column, string unit, IReadOnlyList<LikelihoodScan> jets, string rule)
    {
        Line[] lines = [.. jets.Select(Cut)];
        double[] places = [.. lines.SelectMany(l => l.X), .. jets.SelectMany(j => j.Profile68.Concat(j.Profile95)).SelectMany(i => (double[])[i.Low, i.High]), .. jets.SelectMany(j => (double[])[j.Truth, j.Estimate])];
        places = [.. places.Where(double.IsFinite)];
        double span = places.Length == 0 ? 1 : Math.Max(places.Max() - places.Min(), 1e-9);
        var x = new Axis { Title = truth, Unit = unit, Low = places.Length == 0 ? 0 : places.Min() - (0.03 * span), High = places.Length == 0 ? 1 : places.Max() + (0.03 * span) };
        return new()
        {
            Id = "likelihood",
            Title = "Log-likelihood ratio of single jets",
            Answer = Answer(jets, unit),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Canvas = CanvasKind.Ratio,
            Panels = [new Panel { X = x, Y = new Axis { Title = "*T*(*x*, *z*) − *T*(*x*, *ẑ*)", Low = Floor, High = 0.4, MayRaise = false }, Marks = [.. Heights(), .. jets.SelectMany((j, i) => Marks(j, lines[i], i))] }, Intervals(x, jets)],
            Table = new()
            {
                Comments = header.Comments([.. jets.SelectMany(Comments)]),
                Columns = ["series", column, "log_ratio"],
                Rows = [.. jets.SelectMany(j => j.Truths.Select((z, i) => (IReadOnlyList<TableCell>)[j.Name, z, j.LogRatios[i]]))],
            },
            Reading = new() { Kind = "Curves", X = column, Y = "log_ratio" },
            Notes =
            [
                rule,
                "Dotted: −0.5 and −1.92, where profile intervals of 68.27 % and 95 % are read off. Lines end at −4. Lower panel: estimates with both intervals, thick and thin"
                + (jets.Any(j => double.IsFinite(j.Truth)) ? "; hollow: true values." : "."),
            ],
        };
    }

    private sealed record Line(double[] X, double[] Y);

    /// <summary>The line down to the lower end of the axis, cut between its points.</summary>
    private static Line Cut(LikelihoodScan jet)
    {
        var (x, y) = (new List<double>(), new List<double>());
        for (int i = 0; i < jet.Truths.Count; i++)
        {
            double here = jet.LogRatios[i];
            bool inside = here >= Floor;
            if (i > 0 && double.IsFinite(here) && double.IsFinite(jet.LogRatios[i - 1]) && jet.LogRatios[i - 1] >= Floor != inside)
            {
                double before = jet.LogRatios[i - 1], part = (Floor - before) / (here - before);
                x.Add(jet.Truths[i - 1] + (part * (jet.Truths[i] - jet.Truths[i - 1])));
                y.Add(Floor);
            }

            x.Add(inside ? jet.Truths[i] : double.NaN);
            y.Add(inside ? here : double.NaN);
        }

        return new([.. x], [.. y]);
    }

    private static Hairline[] Heights() =>
    [
        new Hairline { At = Height68, Vertical = false, Colour = SeriesColour.Mute, Label = "68.27 %" },
        new Hairline { At = Height95, Vertical = false, Colour = SeriesColour.Mute, Label = "95 %" },
    ];

    /// <summary>The line with its maximum and small points where the intervals end.</summary>
    private static IEnumerable<Mark> Marks(LikelihoodScan jet, Line line, int index)
    {
        SeriesColour colour = SeriesLook.Colour(index);
        yield return new Curve { X = line.X, Y = line.Y, Colour = colour, Line = SeriesLook.Undotted(index), Width = index == 0 ? 2 : 1.8 };
        (double X, double Y)[] ends = [.. jet.Profile68.SelectMany(p => ((double, double)[])[(p.Low, Height68), (p.High, Height68)]), .. jet.Profile95.SelectMany(p => ((double, double)[])[(p.Low, Height95), (p.High, Height95)])];
        yield return new Points { X = [.. ends.Select(e => e.X)], Y = [.. ends.Select(e => e.Y)], Colour = colour, Radius = 2.2 };
        if (double.IsFinite(jet.Estimate))
        {
            yield return new Points { X = [jet.Estimate], Y = [0], Colour = colour, Marker = SeriesLook.Marker(index) };
        }
    }

    /// <summary>A row a jet: its estimate, both intervals and the true value.</summary>
    private static Panel Intervals(Axis x, IReadOnlyList<LikelihoodScan> jets) => new()
    {
        X = x,
        Y = new Axis { Title = string.Empty, Scale = AxisScale.Category, Categories = [.. jets.Select(j => Markup.Escape(j.Name))], MayRaise = false },
        Marks = [.. jets.SelectMany((j, i) => Row(j, i))],
    };

    private static IEnumerable<Mark> Row(LikelihoodScan jet, int index)
    {
        SeriesColour colour = SeriesLook.Colour(index);
        double y = index - Above;
        foreach ((IReadOnlyList<(double Low, double High)> parts, double width) in (IEnumerable<(IReadOnlyList<(double, double)>, double)>)[(jet.Profile95, 1.2), (jet.Profile68, 3.6)])
        {
            yield return new Curve { X = [.. parts.SelectMany(p => (double[])[p.Low, p.High, p.High])], Y = [.. parts.SelectMany(_ => (double[])[y, y, double.NaN])], Colour = colour, Width = width };
        }

        foreach ((double place, double height, bool hollow) in (IEnumerable<(double, double, bool)>)[(jet.Estimate, y, false), (jet.Truth, index + Below, true)])
        {
            if (double.IsFinite(place))
            {
                yield return new Points { X = [place], Y = [height], BarsAlongX = true, Colour = colour, Marker = SeriesLook.Marker(index), Hollow = hollow };
            }
        }
    }

    private static IEnumerable<(string, string)> Comments(LikelihoodScan jet)
    {
        static string Parts(IReadOnlyList<(double Low, double High)> parts) => string.Join(", ", parts.Select(p => $"{NumberText.Exact(p.Low)} to {NumberText.Exact(p.High)}"));
        yield return ($"estimate, {jet.Name}", NumberText.Exact(jet.Estimate));
        yield return ($"profile_68, {jet.Name}", Parts(jet.Profile68));
        yield return ($"profile_95, {jet.Name}", Parts(jet.Profile95));
        yield return ($"truth, {jet.Name}", NumberText.Exact(jet.Truth));
    }

    private static string Answer(IReadOnlyList<LikelihoodScan> jets, string unit)
    {
        LikelihoodScan[] known = [.. jets.Where(j => double.IsFinite(j.Truth) && j.Profile68.Count > 0)];
        string end = unit.Length > 0 ? " " + Markup.Escape(unit) : string.Empty;
        string all = string.Join("; ", jets.Where(j => j.Profile68.Count > 0).Select(j => $"{Markup.Escape(j.Name)}: {NumberText.Plain(j.Estimate, 4)} [{NumberText.Plain(j.Profile68[0].Low, 4)}, {NumberText.Plain(j.Profile68[^1].High, 4)}]{end}"));
        int held = known.Count(j => j.Profile68.Any(p => j.Truth >= p.Low && j.Truth <= p.High));
        return jets.Count == 0 ? "No jet was chosen."
            : all.Length == 0 ? "No jet has a profile interval."
            : Markup.ToPlain($"Estimates with 68 % profile intervals: {all}" + (known.Length > 0 ? $"; {held} of {known.Length} hold the truth." : "."));
    }
}
