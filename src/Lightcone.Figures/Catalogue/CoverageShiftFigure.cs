using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>Coverage of one method on two samples that differ in their spectrum of the truth.</summary>
/// <param name="Name">Plain name of the method.</param>
/// <param name="Before">On the spectrum of the training, a point a level in the order of the figure; one with no intervals tried is left out.</param>
/// <param name="After">On the other spectrum.</param>
public sealed record ShiftedCoverage(string Name, IReadOnlyList<CoveragePoint> Before, IReadOnlyList<CoveragePoint> After);

/// <summary>Which intervals survive another spectrum of the truth, <c>coverage-shift</c>: a dot plot, a row a method, filled before and hollow after the change.</summary>
public static class CoverageShiftFigure
{
    /// <summary>Share of a row's height over which the levels are spread.</summary>
    private const double Spread = 0.46;

    /// <summary>What stands after the change stands this much lower than what stands before it, in heights of a row: neither hides the other.</summary>
    private const double Drop = 0.13;

    private const int RowsOfSingle = 5;

    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="before">Plain name of the spectrum of the training: "flat".</param>
    /// <param name="after">Plain name of the other one: "falling".</param>
    /// <param name="levels">One or two nominal levels, between 0 and 1.</param>
    /// <param name="methods">Methods from top to bottom.</param>
    /// <param name="note">What was changed and what the methods saw of it, a sentence.</param>
    public static Figure Build(FigureHeader header, string before, string after, IReadOnlyList<double> levels, IReadOnlyList<ShiftedCoverage> methods, string note)
    {
        CoveragePoint[] all = [.. methods.SelectMany(m => m.Before.Concat(m.After)).Where(p => p.Count > 0)];
        double[] ends = [.. all.SelectMany(p => (double[])[p.Observed.Lower, p.Observed.Upper, p.AcceptLow99, p.AcceptHigh99]).Where(double.IsFinite), .. levels];
        double margin = 0.05 * Math.Max(ends.Max() - ends.Min(), 0.05);
        return new()
        {
            Id = "coverage-shift",
            Title = $"Coverage on a {before} and on a {after} spectrum of the truth",
            Answer = Answer(before, after, levels, methods),
            Canvas = methods.Count > RowsOfSingle ? CanvasKind.Tall : CanvasKind.Single,
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = "Observed coverage", Low = Math.Max(0, ends.Min() - margin), High = Math.Min(1.02, ends.Max() + margin) },
                    Y = new Axis { Title = string.Empty, Scale = AxisScale.Category, Categories = [.. methods.Select(m => Markup.Escape(m.Name))], MayRaise = false },
                    Marks =
                    [
                        .. Acceptance(methods, levels.Count),
                        .. levels.Select(l => new Hairline { At = l, Colour = SeriesColour.Ink, Line = LineStyle.Solid }),
                        .. Enumerable.Range(1, Math.Max(0, methods.Count - 1)).Select(i => new Hairline { At = i - 0.5, Vertical = false, Colour = SeriesColour.Mute, Width = 0.6 }),
                        .. levels.SelectMany((l, i) => Marks(methods, i, levels.Count, $"{Percent(l)}, ", before, after)),
                    ],
                    LegendBelow = true,
                },
            ],
            Table = new()
            {
                Comments = header.Comments(("before", before), ("after", after), ("level", "0.6827"), ("method", ClopperPearson.Method)),
                Columns = ["series", "sample", "nominal", "n", "covered", "value", "lower_68", "upper_68", "accept_low_99", "accept_high_99"],
                Rows = [.. methods.SelectMany(m => Rows(m.Name, before, m.Before).Concat(Rows(m.Name, after, m.After)))],
            },
            Notes = [note, "Filled: before the change of the spectrum, hollow: after it, a little lower; thin lines join the two. Lines: nominal levels. Bars: 68 % Clopper–Pearson intervals. Grey: 99 % acceptance of the binomial distribution, the wider of both samples."],
        };
    }

    private static double Shift(int level, int count) => count < 2 ? 0 : Spread * (((double)level / (count - 1)) - 0.5);

    private static string Percent(double level) => NumberText.Plain(100 * level, 4) + " %";

    private static CoveragePoint? At(IReadOnlyList<CoveragePoint> points, int level) => level < points.Count && points[level].Count > 0 ? points[level] : null;

    private static IEnumerable<Mark> Marks(IReadOnlyList<ShiftedCoverage> methods, int level, int count, string name, string before, string after)
    {
        SeriesColour colour = level == 0 ? SeriesColour.C3 : SeriesColour.C1;
        double shift = Shift(level, count);
        foreach ((CoveragePoint from, CoveragePoint to, double y) in methods.Select((m, i) => (At(m.Before, level), At(m.After, level), i + shift)).Where(p => p.Item1 is not null && p.Item2 is not null).Select(p => (p.Item1!, p.Item2!, p.Item3)))
        {
            yield return new Curve { X = [from.Observed.Value, to.Observed.Value], Y = [y - (Drop / 2), y + (Drop / 2)], Colour = colour, Width = 1 };
        }

        foreach (bool hollow in (bool[])[false, true])
        {
            (CoveragePoint Point, double Y)[] dots = [.. methods.Select((m, i) => (Point: At(hollow ? m.After : m.Before, level), Y: i + shift + (hollow ? Drop / 2 : -Drop / 2))).Where(d => d.Point is not null).Select(d => (d.Point!, d.Y))];
            if (dots.Length > 0)
            {
                yield return new Points
                {
                    X = [.. dots.Select(d => d.Point.Observed.Value)],
                    Y = [.. dots.Select(d => d.Y)],
                    Lower = [.. dots.Select(d => d.Point.Observed.Lower)],
                    Upper = [.. dots.Select(d => d.Point.Observed.Upper)],
                    BarsAlongX = true,
                    Colour = colour,
                    Marker = level == 0 ? MarkerShape.Circle : MarkerShape.Square,
                    Hollow = hollow,
                    Radius = 4,
                    Legend = name + Markup.Escape(hollow ? after : before),
                };
            }
        }
    }

    /// <summary>Grey boxes around the nominal levels, a row a method, because methods may have been tried on different numbers of jets.</summary>
    private static IEnumerable<Mark> Acceptance(IReadOnlyList<ShiftedCoverage> methods, int levels)
    {
        var (x, lower, upper) = (new List<double>(), new List<double>(), new List<double>());
        for (int level = 0; level < levels; level++)
        {
            for (int i = 0; i < methods.Count; i++)
            {
                CoveragePoint[] known = [.. ((CoveragePoint?[])[At(methods[i].Before, level), At(methods[i].After, level)]).OfType<CoveragePoint>().Where(p => double.IsFinite(p.AcceptLow99) && double.IsFinite(p.AcceptHigh99))];
                if (known.Length > 0)
                {
                    x.AddRange([known.Min(p => p.AcceptLow99), known.Max(p => p.AcceptHigh99), double.NaN]);
                    lower.AddRange([i + 0.5, i + 0.5, double.NaN]);
                    upper.AddRange([i - 0.5, i - 0.5, double.NaN]);
                }
            }
        }

        if (x.Count > 0)
        {
            yield return new Band { X = x, Lower = lower, Upper = upper, Colour = SeriesColour.C5, Opacity = 0.22, Legend = "99 % if honest" };
        }
    }

    private static IEnumerable<IReadOnlyList<TableCell>> Rows(string name, string sample, IReadOnlyList<CoveragePoint> points) => points.Where(p => p.Count > 0)
        .Select(p => (IReadOnlyList<TableCell>)[name, sample, p.Nominal, p.Count, p.Covered, p.Observed.Value, p.Observed.Lower, p.Observed.Upper, p.AcceptLow99, p.AcceptHigh99]);

    private static string Answer(string before, string after, IReadOnlyList<double> levels, IReadOnlyList<ShiftedCoverage> methods)
    {
        int last = levels.Count - 1;
        var measured = methods.Select(m => (m.Name, From: At(m.Before, last), To: At(m.After, last), Method: m)).Where(m => m.From is not null && m.To is not null).ToArray();
        if (measured.Length == 0)
        {
            return "No method was tried on both spectra.";
        }

        string[] kept = [.. measured.Where(m => !m.Method.After.Any(p => p.IsOutside)).Select(m => $"\"{Markup.Escape(m.Name)}\"")];
        var worst = measured.MaxBy(m => Math.Abs(m.To!.Observed.Value - m.To.Nominal));
        string loss = $"\"{Markup.Escape(worst.Name)}\" covers {NumberText.Plain(100 * worst.To!.Observed.Value, 3)} % instead of {Percent(levels[last])} there ({NumberText.Plain(100 * worst.From!.Observed.Value, 3)} % before)";
        return Markup.ToPlain($"From the {Markup.Escape(before)} to the {Markup.Escape(after)} spectrum {(kept.Length == 0 ? "no method keeps" : kept.Length == measured.Length ? "all methods keep" : $"{string.Join(", ", kept)} {(kept.Length == 1 ? "keeps" : "keep")}")} the nominal coverage; {loss}.");
    }
}
