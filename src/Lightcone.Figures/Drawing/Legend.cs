namespace Lightcone.Figures;

/// <summary>One line of a legend: the marks whose samples are shown together, and the text.</summary>
internal sealed record LegendEntry(IReadOnlyList<Mark> Samples, string Text)
{
    /// <summary>Whether the sample is the dotted part of a curve.</summary>
    public bool FewEvents { get; init; }
}

/// <summary>Gathers the entries of a panel in the fixed order: results, curves as they end at the right edge, references, bands, the free line.</summary>
internal static class Legend
{
    public const double LineHeight = 19;
    public const double SampleWidth = 24;
    public const double TextOffset = 32;
    public const int MostEntries = 6;

    public static IReadOnlyList<LegendEntry> Of(Panel panel, PanelMap map)
    {
        var groups = panel.Marks.Where(m => !string.IsNullOrEmpty(m.Legend)).GroupBy(m => m.Legend!)
            .Select((g, i) => (Marks: g.ToArray(), Text: g.Key, Rank: Rank(g), Edge: RightEdge(g, map), Order: i))
            .OrderBy(g => g.Rank).ThenBy(g => g.Rank == LegendRank.Curve ? g.Edge : 0).ThenBy(g => g.Order).ToList();
        if (groups.Count > MostEntries)
        {
            throw new ArgumentException($"A panel has at most {MostEntries} series, this one has {groups.Count}; use small multiples.");
        }

        var entries = new List<LegendEntry>();
        bool fewShown = false;
        foreach (var group in groups)
        {
            entries.Add(new(group.Marks, group.Text));
            Curve? dotted = group.Marks.OfType<Curve>().FirstOrDefault(c => c.FewEventsLegend is not null && c.FewEvents.Contains(true));
            if (dotted is not null && !fewShown)
            {
                entries.Add(new([dotted], dotted.FewEventsLegend!) { FewEvents = true });
                fewShown = true;
            }
        }

        if (panel.LegendNote.Length > 0)
        {
            entries.Add(new([], panel.LegendNote));
        }

        return entries;
    }

    /// <summary>Samples and texts with the upper left corner of the box at (x, y).</summary>
    public static IEnumerable<Shape> Shapes(IReadOnlyList<LegendEntry> entries, double x, double y, double size)
    {
        for (int i = 0; i < entries.Count; i++)
        {
            double baseline = y + 12 + (i * LineHeight), middle = baseline - 4.5;
            foreach (Mark mark in entries[i].Samples.OrderBy(MarkShapes.Layer))
            {
                foreach (Shape shape in Sample(mark, entries[i].FewEvents, x, middle))
                {
                    yield return shape;
                }
            }

            yield return new TextShape(new(x + (entries[i].Samples.Count == 0 ? 0 : TextOffset), baseline), entries[i].Text, size);
        }
    }

    /// <summary>Width of the box, with room for a wider fall-back font.</summary>
    public static double Width(IReadOnlyList<LegendEntry> entries, double size) =>
        entries.Max(e => (e.Samples.Count == 0 ? 0 : TextOffset) + (TextWidth.FallbackFactor * TextWidth.Of(e.Text, size)));

    private static LegendRank Rank(IEnumerable<Mark> group)
    {
        Mark[] marks = [.. group];
        return marks.Any(m => m is Curve or Steps or Hairline) ? LegendRank.Curve : marks.Min(m => m.Rank);
    }

    private static double RightEdge(IEnumerable<Mark> group, PanelMap map)
    {
        foreach (Mark mark in group)
        {
            double y = mark switch
            {
                Curve c => c.Y.LastOrDefault(double.IsFinite, double.NaN),
                Steps s => s.Heights.LastOrDefault(double.IsFinite, double.NaN),
                Hairline { Vertical: false } h => h.At,
                _ => double.NaN,
            };
            if (double.IsFinite(y))
            {
                return Math.Round(map.Y.Map(y), 2);
            }
        }

        return double.MaxValue;
    }

    private static IEnumerable<Shape> Sample(Mark mark, bool fewEvents, double x, double middle)
    {
        var box = new Frame(x, middle - 5.5, x + SampleWidth, middle + 5.5);
        Pixel[] line = [new(x, middle), new(x + SampleWidth, middle)];
        Pixel[] corners = [new(box.X0, box.Y0), new(box.X1, box.Y0), new(box.X1, box.Y1), new(box.X0, box.Y1)];
        var centre = new Pixel(x + (SampleWidth / 2), middle);
        switch (mark)
        {
            case Band band:
                yield return new PathShape(corners) { Closed = true, Fill = new Filling(band.Colour, band.Opacity) };
                break;
            case Bars bars:
                yield return new PathShape(corners) { Closed = true, Fill = new Filling(bars.Colour, 0.75) };
                break;
            case Steps { Filled: true } steps:
                yield return new PathShape(corners) { Closed = true, Fill = new Filling(steps.Colour, 0.20), Line = new(steps.Colour, steps.Width, MarkShapes.Dash(steps.Line)) };
                break;
            case Steps steps:
                yield return new PathShape(line) { Line = new(steps.Colour, steps.Width, MarkShapes.Dash(steps.Line)) };
                break;
            case Curve curve:
                yield return new PathShape(line) { Line = new(curve.Colour, curve.Width, fewEvents ? "1.5 3" : MarkShapes.Dash(curve.Line)) };
                if (curve.ArrowAtEnd)
                {
                    yield return MarkerShapes.Head(line[0], line[1], curve.Colour);
                }

                break;
            case Hairline h:
                yield return new PathShape(line) { Line = new(h.Colour, h.Width, MarkShapes.Dash(h.Line)) };
                break;
            case Points points:
                if (points.Lower.Count > 0)
                {
                    (double dx, double dy) = points.BarsAlongX ? (9.0, 0.0) : (0.0, 7.0);
                    yield return new PathShape([new(centre.X - dx, centre.Y - dy), new(centre.X + dx, centre.Y + dy)]) { Line = new(points.Colour, 1.3) };
                }

                yield return MarkerShapes.Marker(points.Marker, centre, points.Radius, points.Colour, points.Hollow);
                break;
        }
    }
}
