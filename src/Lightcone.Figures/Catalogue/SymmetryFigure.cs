namespace Lightcone.Figures.Catalogue;

/// <summary>How much an output moves under a transformation that should not move it.</summary>
/// <param name="Name">Plain name of the precision or variant.</param>
/// <param name="Boosts">Lorentz factor γ and the largest change relative to the largest output.</param>
/// <param name="Rotations">Rotation angle, rad, and the same.</param>
/// <param name="Published">Whether the values are published ones, drawn hollow.</param>
public sealed record SymmetrySeries(string Name, IReadOnlyList<(double Gamma, double Change)> Boosts, IReadOnlyList<(double Angle, double Change)> Rotations, bool Published = false)
{
    /// <summary>Name of the measured series that published values belong to: they share its colour and marker, and have no entry of their own in the legend.</summary>
    public string? Counterpart { get; init; }
}

/// <summary>Equivariance against the size of the transformation, <c>symmetry</c>.</summary>
public static class SymmetryFigure
{
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One per precision.</param>
    /// <param name="limits">Horizontal limits with their names (markup): rounding bounds.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<SymmetrySeries> series, IReadOnlyList<(string Name, double Change)> limits)
    {
        double[] changes = [.. series.SelectMany(s => s.Boosts.Select(b => b.Change).Concat(s.Rotations.Select(r => r.Change))).Concat(limits.Select(l => l.Change)).Where(c => double.IsFinite(c) && c > 0)];
        double low = Math.Pow(10, Math.Floor(Math.Log10(changes.DefaultIfEmpty(1e-16).Min() / 1.5))), high = Math.Pow(10, Math.Ceiling(Math.Log10(changes.DefaultIfEmpty(1).Max() * 2)));
        double gamma = series.SelectMany(s => s.Boosts).Select(b => b.Gamma).DefaultIfEmpty(10).Max();
        var main = new Panel
        {
            X = new Axis { Title = "Lorentz factor *γ* of the boost", Scale = AxisScale.Log, Low = 1, High = Math.Max(10, gamma * 1.1) },
            Y = new Axis { Title = "Largest relative change", Scale = AxisScale.Log, Low = low, High = high },
            Marks =
            [
                .. series.SelectMany((s, i) => Marks(s, Look(series, i))),
                .. limits.Select(l => new Hairline { At = l.Change, Vertical = false, Label = l.Name, Colour = SeriesColour.Mute }),
            ],
        };
        return new()
        {
            Id = "symmetry",
            Title = "Largest relative change of the output under boosts",
            Answer = Answer(series),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels = [main],
            Table = new()
            {
                Comments = header.Comments([.. limits.Select(l => ($"limit, {Markup.ToPlain(l.Name)}", NumberText.Exact(l.Change)))]),
                Columns = ["series", "gamma", "angle_rad", "relative_change"],
                Rows =
                [
                    .. series.SelectMany(s => s.Boosts.Select(b => (IReadOnlyList<TableCell>)[s.Name, b.Gamma, double.NaN, b.Change])),
                    .. series.SelectMany(s => s.Rotations.Select(r => (IReadOnlyList<TableCell>)[s.Name, double.NaN, r.Angle, r.Change])),
                ],
            },
            Reading = new() { Kind = "Curves", X = "gamma", Y = "relative_change" },
            Notes = [$"Largest change over jets and outputs, relative to the largest output.{Rotations(series)} Dotted: rounding bounds."],
        };
    }

    /// <summary>Position that a series takes colour and marker from: its own or that of its counterpart.</summary>
    private static int Look(IReadOnlyList<SymmetrySeries> series, int index) =>
        series[index].Counterpart is { } name && series.ToList().FindIndex(s => !s.Published && s.Name == name) is var found and >= 0 ? found : index;

    private static IEnumerable<Mark> Marks(SymmetrySeries series, int index)
    {
        double[] x = [.. series.Boosts.Select(b => b.Gamma)], y = [.. series.Boosts.Select(b => b.Change > 0 ? b.Change : double.NaN)];
        SeriesColour colour = SeriesLook.Colour(index);
        string? legend = series is { Published: true, Counterpart: not null } ? null : Markup.Escape(series.Name);
        if (!series.Published)
        {
            yield return new Curve { X = x, Y = y, Colour = colour, Line = SeriesLook.Line(index), Legend = legend };
        }

        yield return new Points { X = x, Y = y, Colour = colour, Hollow = series.Published, Marker = SeriesLook.Marker(index), Legend = legend, Rank = series.Published ? LegendRank.Reference : LegendRank.Result };
    }

    internal static string Rotations(IReadOnlyList<SymmetrySeries> series)
    {
        var worst = series.Where(s => s.Rotations.Count > 0).Select(s => $"{Markup.Escape(s.Name)} {NumberText.Plain(s.Rotations.Max(r => r.Change), 2)}");
        string list = string.Join(", ", worst);
        return list.Length == 0 ? string.Empty : $" Under rotations at most: {list}.";
    }

    private static string Answer(IReadOnlyList<SymmetrySeries> series)
    {
        SymmetrySeries first = series[0];
        if (first.Boosts.Count == 0)
        {
            return "No boost was tried.";
        }

        (double gamma, double change) = first.Boosts.MaxBy(b => b.Change);
        return $"With {first.Name} no output moves by more than {Markup.ToPlain(NumberText.Plain(change, 2))} of the largest one under boosts up to γ = {NumberText.Plain(first.Boosts.Max(b => b.Gamma), 3)}"
            + (gamma == first.Boosts.Max(b => b.Gamma) ? "." : $" (worst at γ = {NumberText.Plain(gamma, 3)}).");
    }
}
