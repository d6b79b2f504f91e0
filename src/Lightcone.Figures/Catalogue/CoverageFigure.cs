using Lightcone.Statistics;

namespace Lightcone.Figures.Catalogue;

/// <summary>How often intervals of one nominal level hold the truth.</summary>
/// <param name="Nominal">The level they claim, between 0 and 1.</param>
/// <param name="Count">Intervals tried.</param>
/// <param name="Covered">Those that hold the truth.</param>
/// <param name="AcceptLow99">Lower end of the covered fraction that honest intervals stay in with a probability of at least 99 % (binomial); NaN if not computed.</param>
/// <param name="AcceptHigh99">Its upper end.</param>
public sealed record CoveragePoint(double Nominal, long Count, long Covered, double AcceptLow99, double AcceptHigh99)
{
    /// <summary>Intervals that lie above the truth: it is missed on their left; null if not counted.</summary>
    public long? MissedLeft { get; init; }

    /// <summary>Intervals that lie below the truth: it is missed on their right.</summary>
    public long? MissedRight { get; init; }

    /// <summary>Covered fraction.</summary>
    internal Interval Observed => ClopperPearson.Of(Covered, Count);

    internal bool IsOutside => Count > 0 && ((double)Covered / Count < AcceptLow99 || (double)Covered / Count > AcceptHigh99);

    /// <summary>What misses on one side take from the coverage, relative to the half that an honest central interval may miss.</summary>
    internal double Part(long? missed) => missed is { } m ? ((1 - Nominal) / 2) - ((double)m / Count) : double.NaN;
}

/// <summary>Coverage of one method at several levels.</summary>
/// <param name="Name">Plain name.</param>
/// <param name="Points">By rising level.</param>
public sealed record CoverageSeries(string Name, IReadOnlyList<CoveragePoint> Points)
{
    internal CoveragePoint[] Tried => [.. Points.Where(p => p.Count > 0)];
}

/// <summary>Observed minus nominal coverage against the nominal level, <c>coverage</c>, and the same for regions ordered in the base space of a flow, <c>chi2</c>.</summary>
public static class CoverageFigure
{
    /// <summary>The vertical axis is never shorter than this on either side of 0.</summary>
    private const double LeastHalf = 0.012;

    /// <summary>Sideways distance of two series at one level, and the most room that all of them take.</summary>
    private const double Apart = 0.009, Room = 0.032;

    /// <summary>Most entries of a legend, and most series beside which those of the misses have room.</summary>
    private const int MostEntries = 6, MostWithMisses = 3;

    private sealed record Wording(string Id, string Title, string X, string Y, string What, string Parts);

    /// <summary>Coverage of intervals.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One to six methods; the first is what the figure is about. Its misses are drawn for up to three.</param>
    public static Figure Build(FigureHeader header, IReadOnlyList<CoverageSeries> series) =>
        Build(header, series, new("coverage", "Observed minus nominal coverage", "Nominal level", "Observed − nominal", "intervals", "missed on the left, missed on the right"));

    /// <summary>Coverage of regions bounded by a constant χ² of the base-space vector that a flow maps the truth to (arXiv:2008.05825).</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="series">One to six flows or blocks of one; regions have no left and right, so misses are not drawn.</param>
    public static Figure Chi2(FigureHeader header, IReadOnlyList<CoverageSeries> series) =>
        Build(header, [.. series.Select(s => s with { Points = [.. s.Points.Select(p => p with { MissedLeft = null, MissedRight = null })] })],
            new("chi2", "Observed minus expected base-space level", "Expected *χ*^{2} level", "Observed − expected", "regions", string.Empty));

    private static Figure Build(FigureHeader header, IReadOnlyList<CoverageSeries> series, Wording words)
    {
        double[] ends = [.. series.SelectMany(s => s.Tried).SelectMany(p => (double[])[p.Observed.Lower - p.Nominal, p.Observed.Upper - p.Nominal, p.AcceptLow99 - p.Nominal, p.AcceptHigh99 - p.Nominal])
            .Concat(Lines(series).SelectMany(l => l.Y)).Where(double.IsFinite).Select(Math.Abs)];
        double half = Math.Max(LeastHalf, 1.08 * ends.DefaultIfEmpty(0).Max());
        return new()
        {
            Id = words.Id,
            Title = words.Title,
            Answer = Answer(series, words),
            Label = header.Label,
            Statement = header.Statement,
            Conditions = header.Conditions,
            Panels =
            [
                new Panel
                {
                    X = new Axis { Title = words.X, Low = 0, High = 1 },
                    Y = new Axis { Title = words.Y, Low = -half, High = half },
                    Marks =
                    [
                        .. Acceptance(series),
                        new Hairline { At = 0, Vertical = false, Colour = SeriesColour.Mute, Line = LineStyle.Solid },
                        .. Lines(series),
                        .. series.Select((s, i) => Dots(s, i, series.Count)),
                    ],
                },
            ],
            Table = Table(header, series, words),
            Reading = new() { Kind = "Points", X = "nominal", Y = "value", Lower = "lower_68", Upper = "upper_68" },
            Notes = [.. Notes(series, words)],
        };
    }

    private static Points Dots(CoverageSeries series, int index, int count)
    {
        CoveragePoint[] tried = series.Tried;
        double shift = Math.Min(Apart, Room / count) * (index - ((count - 1) / 2.0));
        return new()
        {
            X = [.. tried.Select(p => p.Nominal + shift)],
            Y = [.. tried.Select(p => p.Observed.Value - p.Nominal)],
            Lower = [.. tried.Select(p => p.Observed.Lower - p.Nominal)],
            Upper = [.. tried.Select(p => p.Observed.Upper - p.Nominal)],
            Colour = SeriesLook.Colour(index),
            Marker = SeriesLook.Marker(index),
            Radius = count > 2 ? 2.8 : 3.4,
            Legend = Markup.Escape(series.Name),
        };
    }

    /// <summary>What honest intervals stay in, for the numbers of the first series.</summary>
    private static IEnumerable<Mark> Acceptance(IReadOnlyList<CoverageSeries> series)
    {
        CoveragePoint[] known = [.. series.Take(1).SelectMany(s => s.Tried).Where(p => double.IsFinite(p.AcceptLow99) && double.IsFinite(p.AcceptHigh99))];
        if (known.Length > 1)
        {
            yield return new Band
            {
                X = [.. known.Select(p => p.Nominal)],
                Lower = [.. known.Select(p => p.AcceptLow99 - p.Nominal)],
                Upper = [.. known.Select(p => p.AcceptHigh99 - p.Nominal)],
                Colour = SeriesColour.C5,
                Opacity = 0.22,
                Legend = series.Count < MostEntries ? "99 % band if honest" : null,
            };
        }
    }

    /// <summary>The two light lines of the first series: they add up to its points.</summary>
    private static IEnumerable<Curve> Lines(IReadOnlyList<CoverageSeries> series)
    {
        CoveragePoint[] counted = [.. series.Take(1).SelectMany(s => s.Tried).Where(p => p.MissedLeft is not null && p.MissedRight is not null)];
        if (counted.Length == 0 || series.Count > MostWithMisses)
        {
            yield break;
        }

        string of = series.Count > 1 ? $", {Markup.Escape(series[0].Name)}" : string.Empty;
        double[] x = [.. counted.Select(p => p.Nominal)];
        yield return new Curve { X = x, Y = [.. counted.Select(p => p.Part(p.MissedLeft))], Colour = SeriesColour.C2, Width = 1.3, Line = LineStyle.Dashed, Legend = "left misses" + of };
        yield return new Curve { X = x, Y = [.. counted.Select(p => p.Part(p.MissedRight))], Colour = SeriesColour.C6, Width = 1.3, Line = LineStyle.DashDotted, Legend = "right misses" + of };
    }

    private static FigureTable Table(FigureHeader header, IReadOnlyList<CoverageSeries> series, Wording words)
    {
        bool misses = series.SelectMany(s => s.Points).Any(p => p.MissedLeft is not null || p.MissedRight is not null);
        (string, string)[] meaning = misses ? [("misses", $"rows \"{words.Parts}\": covered counts the misses, value is (1 - nominal)/2 minus their share")] : [];
        return new()
        {
            Comments = header.Comments([("value", "covered/n - nominal; bounds likewise"), .. meaning, ("level", "0.6827"), ("method", ClopperPearson.Method)]),
            Columns = ["series", "nominal", "n", "covered", "value", "lower_68", "upper_68", "accept_low_99", "accept_high_99"],
            Rows =
            [
                .. series.SelectMany(s => s.Tried.Select(p => (IReadOnlyList<TableCell>)
                    [s.Name, p.Nominal, p.Count, p.Covered, p.Observed.Value - p.Nominal, p.Observed.Lower - p.Nominal, p.Observed.Upper - p.Nominal, p.AcceptLow99 - p.Nominal, p.AcceptHigh99 - p.Nominal])),
                .. series.SelectMany(s => MissRows(s.Name + ", missed on the left", s, p => p.MissedLeft)),
                .. series.SelectMany(s => MissRows(s.Name + ", missed on the right", s, p => p.MissedRight)),
            ],
        };
    }

    private static IEnumerable<IReadOnlyList<TableCell>> MissRows(string name, CoverageSeries series, Func<CoveragePoint, long?> missed) => series.Tried.Where(p => missed(p) is not null)
        .Select(p => (IReadOnlyList<TableCell>)[name, p.Nominal, p.Count, (double)missed(p)!.Value, p.Part(missed(p)), double.NaN, double.NaN, double.NaN, double.NaN]);

    private static IEnumerable<string> Notes(IReadOnlyList<CoverageSeries> series, Wording words)
    {
        yield return "Bars: 68 % Clopper–Pearson intervals." + (series.Count > 1 ? " Points at one level are set apart sideways." : string.Empty);
        if (Acceptance(series).Any())
        {
            long[] counts = [.. series.SelectMany(s => s.Tried).Select(p => p.Count).Distinct()];
            string whose = counts.Length == 1 ? string.Empty : $" for the numbers of {Markup.Escape(series[0].Name)}";
            yield return $"Grey: 99 % acceptance of the binomial distribution at each level{whose}{(counts.Length == 1 ? $", *n* = {NumberText.Count(counts[0])}" : string.Empty)}; the {words.What} of one sample are the same jets at all levels, so neighbouring points move together.";
        }

        if (Lines(series).Any())
        {
            yield return "Light lines: what misses on either side take from or leave to the coverage; they add up to the points.";
        }
    }

    private static string Answer(IReadOnlyList<CoverageSeries> series, Wording words)
    {
        CoverageSeries? first = series.FirstOrDefault(s => s.Tried.Length > 0);
        if (first is null)
        {
            return $"No {words.What} were tried.";
        }

        CoveragePoint[] tried = first.Tried;
        CoveragePoint worst = tried.MaxBy(p => Math.Abs(p.Observed.Value - p.Nominal))!;
        double most = worst.Observed.Value - worst.Nominal;
        int outside = tried.Count(p => p.IsOutside);
        string verdict = !tried.Any(p => double.IsFinite(p.AcceptLow99)) ? string.Empty : outside == 0 ? "; all levels lie inside the 99 % band" : $"; {outside} of {tried.Length} levels lie outside the 99 % band";
        return Markup.ToPlain($"{Markup.Escape(first.Name)}: of the {words.What} that claim {NumberText.Plain(100 * worst.Nominal, 4)} %, {NumberText.Plain(100 * worst.Observed.Value, 3)} % hold the truth, the largest difference ({NumberText.Plain(100 * most, 2)} percentage points){verdict}.");
    }
}
