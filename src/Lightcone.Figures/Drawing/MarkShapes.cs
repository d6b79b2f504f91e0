namespace Lightcone.Figures;

/// <summary>Turns marks into shapes. Clipped shapes stay inside the frame; what leaves it becomes an arrow.</summary>
internal static class MarkShapes
{
    private const string FewEventsDash = "1.5 3";

    public static IReadOnlyList<Shape> Of(Mark mark, PanelMap map) => mark switch
    {
        Curve curve => [.. CurveShapes(curve, map)],
        Band band => BandShapes(band, map),
        Steps steps => [.. StepShapes(steps, map)],
        Points points => [.. PointShapes(points, map)],
        Bars bars => [.. BarShapes(bars, map)],
        Hairline hairline => HairlineShapes(hairline, map),
        Remark remark => [new TextShape(map.At(remark.X, remark.Y) with { Y = map.Y.Map(remark.Y) - 5 }, remark.Text, 12) { Colour = remark.Colour }],
        Cells cells => [.. CellShapes(cells, map)],
        HeatMap heat => HeatShapes.Of(heat, map),
        JetSymbols jet => [.. JetShapes.Of(jet, map)],
        _ => throw new InvalidOperationException($"No drawing for a mark of type {mark.GetType().Name}."),
    };

    /// <summary>Bands lie at the back, then filled histograms, lines, points; text on top.</summary>
    public static int Layer(Mark mark) => mark switch { Band => 0, Cells or HeatMap => 0, Bars => 1, Steps { Filled: true } => 1, Hairline => 2, Curve or Steps => 3, Remark => 5, _ => 4 };

    public static string Dash(LineStyle line) => line switch { LineStyle.Dashed => "7 3", LineStyle.Dotted => "2 3", LineStyle.DashDotted => "9 3 2 3", LineStyle.LongDashed => "14 4", _ => string.Empty };

    private static IEnumerable<Shape> CurveShapes(Curve curve, PanelMap map)
    {
        int start = 0;
        while (start < curve.X.Count)
        {
            if (!Finite(curve, start))
            {
                start++;
                continue;
            }

            bool few = Few(curve, start);
            int end = start + 1;
            while (end < curve.X.Count && Finite(curve, end) && Few(curve, end) == few)
            {
                end++;
            }

            // A run reaches to the first point of the next, so that the line has no gap where its style changes.
            int reach = end < curve.X.Count && Finite(curve, end) ? end + 1 : end;
            var line = new List<Pixel>();
            for (int i = start; i < reach; i++)
            {
                Pixel p = map.At(curve.X[i], curve.Y[i]);
                if (curve.Stepped && line.Count > 0)
                {
                    line.Add(new(p.X, line[^1].Y));
                }

                line.Add(p);
            }

            yield return new PathShape(LineThinning.Thin(line)) { Clipped = true, Line = new(curve.Colour, curve.Width, few ? FewEventsDash : Dash(curve.Line)) };
            start = end;
        }

        if (curve.ArrowAtEnd && curve.X.Count > 1 && Finite(curve, curve.X.Count - 1) && Finite(curve, curve.X.Count - 2))
        {
            yield return MarkerShapes.Head(map.At(curve.X[^2], curve.Y[^2]), map.At(curve.X[^1], curve.Y[^1]), curve.Colour) with { Clipped = true };
        }

        foreach (Shape arrow in ExitArrows([.. curve.X.Zip(curve.Y, (x, y) => (x, y)).Where(p => double.IsFinite(p.x) && double.IsFinite(p.y))], curve.Colour, map))
        {
            yield return arrow;
        }
    }

    /// <summary>One arrow in the middle of each stretch that runs outside.</summary>
    private static IEnumerable<Shape> ExitArrows(IReadOnlyList<(double X, double Y)> line, SeriesColour colour, PanelMap map)
    {
        int start = 0;
        while (start < line.Count)
        {
            int side = map.X.Outside(line[start].X) != 0 ? 0 : map.Y.Outside(line[start].Y);
            int end = start;
            while (end + 1 < line.Count && (map.X.Outside(line[end + 1].X) != 0 ? 0 : map.Y.Outside(line[end + 1].Y)) == side)
            {
                end++;
            }

            if (side != 0)
            {
                double x = (map.X.Map(line[start].X) + map.X.Map(line[end].X)) / 2;
                yield return MarkerShapes.Arrow(Math.Clamp(x, map.Frame.X0 + 5, map.Frame.X1 - 5), side > 0 ? map.Frame.Y0 : map.Frame.Y1, side > 0, colour);
            }

            start = end + 1;
        }
    }

    private static bool Finite(Curve c, int i) => double.IsFinite(c.X[i]) && double.IsFinite(c.Y[i]);

    private static bool Few(Curve c, int i) => i < c.FewEvents.Count && c.FewEvents[i];

    private static List<Shape> BandShapes(Band band, PanelMap map)
    {
        List<(List<Pixel> Lower, List<Pixel> Upper)> parts = [([], [])];
        for (int i = 0; i < band.Lower.Count; i++)
        {
            double low = band.Lower[i], high = band.Upper[i];
            if (double.IsNaN(low) || double.IsNaN(high))
            {
                parts.Add(([], []));
                continue;
            }

            (List<Pixel> lower, List<Pixel> upper) = parts[^1];
            lower.Add(map.At(band.X[i], low));
            upper.Add(map.At(band.X[i], high));
            if (band.Stepped)
            {
                lower.Add(map.At(band.X[i + 1], low));
                upper.Add(map.At(band.X[i + 1], high));
            }
        }

        return [.. parts.Where(p => p.Lower.Count > 1).Select(p => new PathShape([.. LineThinning.Thin(p.Upper), .. LineThinning.Thin(p.Lower).Reverse()])
        {
            Clipped = true,
            Closed = true,
            Fill = new Filling(band.Colour, band.Opacity),
        })];
    }

    private static IEnumerable<Shape> StepShapes(Steps steps, PanelMap map)
    {
        var outline = new List<Pixel>();
        double floor = map.Frame.Y1 + 2;
        for (int i = 0; i < steps.Heights.Count; i++)
        {
            double y = double.IsFinite(steps.Heights[i]) ? Math.Min(map.Y.Map(steps.Heights[i]), floor + 40) : floor;
            outline.Add(new(map.X.Map(steps.Edges[i]), y));
            outline.Add(new(map.X.Map(steps.Edges[i + 1]), y));
        }

        if (steps.ToBase && outline.Count > 0)
        {
            outline.Insert(0, outline[0] with { Y = floor });
            outline.Add(outline[^1] with { Y = floor });
        }

        if (steps.Filled)
        {
            yield return new PathShape(outline) { Clipped = true, Closed = true, Fill = new Filling(steps.Colour, 0.20) };
        }

        yield return new PathShape(outline) { Clipped = true, Line = new(steps.Colour, steps.Width, Dash(steps.Line)) };
        for (int i = 0; i < steps.Heights.Count; i++)
        {
            int side = double.IsFinite(steps.Heights[i]) ? map.Y.Outside(steps.Heights[i]) : 0;
            double centre = (map.X.Map(steps.Edges[i]) + map.X.Map(steps.Edges[i + 1])) / 2;
            bool inside = centre >= map.Frame.X0 && centre <= map.Frame.X1;
            if (inside && (side > 0 || (side < 0 && !steps.ToBase)))
            {
                yield return MarkerShapes.Arrow(centre, side > 0 ? map.Frame.Y0 : map.Frame.Y1, side > 0, steps.Colour);
            }
        }
    }

    private static IEnumerable<Shape> PointShapes(Points points, PanelMap map)
    {
        for (int i = 0; i < points.X.Count; i++)
        {
            double x = points.X[i], y = points.Y[i];
            (double low, double high) = i < points.Lower.Count ? (points.Lower[i], points.Upper[i]) : (double.NaN, double.NaN);
            if (!double.IsFinite(y))
            {
                if (double.IsFinite(low) && map.X.Outside(x) == 0 && map.Y.Outside(low) == 0)
                {
                    Pixel limit = map.At(x, low);
                    double tip = Math.Max(limit.Y - 22, map.Frame.Y0);
                    yield return MarkerShapes.Arrow(limit.X, tip - 2, true, points.Colour, points.Hollow);
                    yield return Line(limit, limit with { Y = Math.Min(limit.Y, tip + 6) }, points.Colour, 1.3);
                }

                continue;
            }

            Pixel p = map.At(x, y);
            if (points.BarsAlongX && map.X.Outside(x) is var across && across != 0)
            {
                yield return MarkerShapes.SideArrow(p.Y, across > 0 ? map.Frame.X1 : map.Frame.X0, across > 0, points.Colour);
                continue;
            }

            int side = map.Y.Outside(y);
            if (map.X.Outside(x) != 0)
            {
                continue;
            }

            if (double.IsFinite(low) && double.IsFinite(high))
            {
                yield return Bar(points, map, p, low, high);
            }

            yield return side == 0
                ? MarkerShapes.Marker(points.Marker, p, points.Radius, points.Colour, points.Hollow)
                : MarkerShapes.Arrow(p.X, side > 0 ? map.Frame.Y0 : map.Frame.Y1, side > 0, points.Colour, points.Hollow);
        }
    }

    private static PathShape Bar(Points points, PanelMap map, Pixel p, double low, double high)
    {
        (AxisMap axis, double first, double last) = points.BarsAlongX ? (map.X, map.Frame.X0, map.Frame.X1) : (map.Y, map.Frame.Y0, map.Frame.Y1);
        double a = Math.Clamp(axis.Map(low), first, last), b = Math.Clamp(axis.Map(high), first, last);
        return points.BarsAlongX ? Line(p with { X = a }, p with { X = b }, points.Colour, 1.3) : Line(p with { Y = a }, p with { Y = b }, points.Colour, 1.3);
    }

    private static PathShape Line(Pixel a, Pixel b, SeriesColour colour, double width, string dash = "") => new([a, b]) { Line = new(colour, width, dash) };

    private static IEnumerable<Shape> BarShapes(Bars bars, PanelMap map)
    {
        for (int i = 0; i < bars.Heights.Count; i++)
        {
            if (!double.IsFinite(bars.Heights[i]))
            {
                continue;
            }

            double left = map.X.Map(bars.Edges[i]) + 0.75, right = map.X.Map(bars.Edges[i + 1]) - 0.75;
            double zero = map.Y.Map(map.Y.Scale == AxisScale.Log ? map.Y.Low : 0), y = map.Y.Map(bars.Heights[i]);
            yield return new PathShape([new(left, zero), new(left, y), new(right, y), new(right, zero)]) { Clipped = true, Closed = true, Fill = new Filling(bars.Colour, 0.75) };
            int side = map.Y.Outside(bars.Heights[i]);
            if (side > 0 || (side < 0 && map.Y.Scale != AxisScale.Log))
            {
                yield return MarkerShapes.Arrow((left + right) / 2, side > 0 ? map.Frame.Y0 : map.Frame.Y1, side > 0, bars.Colour);
            }
        }
    }

    private static List<Shape> HairlineShapes(Hairline h, PanelMap map)
    {
        if ((h.Vertical ? map.X : map.Y).Outside(h.At) != 0)
        {
            return [];
        }

        double p = (h.Vertical ? map.X : map.Y).Map(h.At);
        return
        [
            h.Vertical ? Line(new(p, map.Frame.Y0), new(p, map.Frame.Y1), h.Colour, h.Width, Dash(h.Line))
                : Line(new(map.Frame.X0, p), new(map.Frame.X1, p), h.Colour, h.Width, Dash(h.Line)),
        ];
    }

    private static IEnumerable<Shape> CellShapes(Cells cells, PanelMap map)
    {
        int rows = cells.Values.Count, columns = rows == 0 ? 0 : cells.Values[0].Count;
        if (rows > 50 || columns > 50)
        {
            throw new ArgumentException($"A matrix figure has at most 50 × 50 cells, this one {rows} × {columns}; merge bins before drawing.");
        }

        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
            {
                double value = cells.Values[r][c];
                if (!double.IsFinite(value))
                {
                    continue;
                }

                string colour = Palette.Map(cells.Signed ? Palette.Signed : Palette.Sequential, (value - cells.Low) / (cells.High - cells.Low));
                var box = new Frame(map.X.Map(c - 0.5), map.Y.Map(r - 0.5), map.X.Map(c + 0.5), map.Y.Map(r + 0.5));
                yield return new MapCell(box, colour);
                if (box.Width >= 24 && box.Height >= 15)
                {
                    double size = Math.Min(Math.Min(13, box.Width / 2.6), 0.7 * box.Height);
                    yield return new TextShape(new((box.X0 + box.X1) / 2, ((box.Y0 + box.Y1) / 2) + (0.35 * size)), CellText(value, cells.Decimals), size)
                    {
                        Anchor = "middle",
                        OnMap = true,
                        MapColour = Palette.Luminance(colour) < 0.18 ? "#ffffff" : Palette.LightShade(SeriesColour.Ink),
                    };
                }
            }
        }
    }

    private static string CellText(double value, int decimals) =>
        value == 0 ? "0" : ExactDecimal.From(value).RoundTo(-decimals).ToString();
}
