namespace Lightcone.Figures;

/// <summary>Finds places for names beside lines and for the legend where nothing is drawn.</summary>
internal static class LabelPlacement
{
    private const double Clearance = 6;
    private const double FromFrame = 12;

    /// <summary>Names of curves that have one, then of hairlines: beside the line, where the paper is free; a name that finds no place at all is left out (the caption has it).</summary>
    public static IReadOnlyList<TextShape> Names(Panel panel, PanelMap map, InkGrid ink, double size)
    {
        var placed = new List<TextShape>();
        foreach (Curve curve in panel.Marks.OfType<Curve>().Where(c => c.DirectLabel.Length > 0))
        {
            TextShape? free = Along(curve, map, size).FirstOrDefault(t => Inside(t, map.Frame) && ink.IsFree(t.Box()) && placed.TrueForAll(other => !Overlap(t.Box().Grown(2), other.Box())));
            if (free is not null)
            {
                placed.Add(free);
            }
        }

        double[] verticals = [.. panel.Marks.OfType<Hairline>().Where(h => h.Vertical && map.X.Outside(h.At) == 0).Select(h => map.X.Map(h.At))];
        foreach (Hairline h in panel.Marks.OfType<Hairline>().Where(h => h.Label.Length > 0))
        {
            if ((h.Vertical ? map.X : map.Y).Outside(h.At) != 0)
            {
                continue;
            }

            double width = TextWidth.FallbackFactor * TextWidth.Of(h.Label, size);
            TextShape[] candidates = [.. (h.Vertical ? Beside(h, map, size, width) : Above(h, map, size, width)).Where(t => Inside(t, map.Frame))];
            bool Clear(TextShape t) => placed.TrueForAll(other => !Overlap(t.Box().Grown(2), other.Box())) && !verticals.Any(v => v > t.Box().X0 && v < t.Box().X1);
            TextShape? chosen = candidates.FirstOrDefault(t => Clear(t) && ink.IsFree(Body(t))) ?? candidates.FirstOrDefault(Clear);
            if (chosen is not null)
            {
                placed.Add(chosen);
            }
        }

        return placed;
    }

    /// <summary>Upper left corner of a free box of this size; null if all four corners are taken.</summary>
    public static Pixel? Corner(Frame frame, InkGrid ink, double width, double height, bool topOnly)
    {
        double left = frame.X0 + FromFrame, right = frame.X1 - FromFrame - width, top = frame.Y0 + FromFrame, bottom = frame.Y1 - FromFrame - height;
        if (right < left - 1 || bottom < top - 1)
        {
            return null;
        }

        Pixel[] corners = topOnly ? [new(right, top), new(left, top)] : [new(right, top), new(left, top), new(right, bottom), new(left, bottom)];
        foreach (Pixel corner in corners)
        {
            if (ink.IsFree(new Frame(corner.X, corner.Y, corner.X + width, corner.Y + height).Grown(Clearance)))
            {
                return corner;
            }
        }

        return null;
    }

    /// <summary>The highest free place anywhere along the right edge, the left edge or the middle.</summary>
    public static Pixel? AnyBox(Frame frame, InkGrid ink, double width, double height)
    {
        double left = frame.X0 + FromFrame, right = frame.X1 - FromFrame - width;
        for (double y = frame.Y0 + FromFrame; right >= left - 1 && y + height <= frame.Y1 - FromFrame; y += InkGrid.Cell)
        {
            foreach (double x in (double[])[right, left, (left + right) / 2])
            {
                if (ink.IsFree(new Frame(x, y, x + width, y + height).Grown(Clearance)))
                {
                    return new(x, y);
                }
            }
        }

        return null;
    }

    public static bool Overlap(Frame a, Frame b) => a.X0 < b.X1 && b.X0 < a.X1 && a.Y0 < b.Y1 && b.Y0 < a.Y1;

    private static bool Inside(TextShape t, Frame frame)
    {
        Frame box = t.Box();
        return box.X0 >= frame.X0 && box.X1 <= frame.X1 && box.Y0 >= frame.Y0 && box.Y1 <= frame.Y1;
    }

    /// <summary>The text without the cells that its own line marked.</summary>
    private static Frame Body(TextShape t) => t.Rotation != 0 ? t.Box() : t.Box() with { Y1 = t.At.Y };

    /// <summary>Above, then below the line, from 30 % of its length to both sides.</summary>
    private static IEnumerable<TextShape> Along(Curve curve, PanelMap map, double size)
    {
        int n = curve.X.Count;
        double width = TextWidth.Of(curve.DirectLabel, size), height = size;
        foreach (double fraction in (double[])[0.3, 0.35, 0.4, 0.5, 0.6, 0.25, 0.2, 0.7, 0.8, 0.1])
        {
            int i = Math.Min(n - 1, (int)(fraction * n));
            if (n == 0 || !double.IsFinite(curve.Y[i]))
            {
                continue;
            }

            Pixel at = map.At(curve.X[i], curve.Y[i]);
            for (double gap = 5; gap < 20; gap += 3)
            {
                yield return new TextShape(new(at.X, at.Y - gap), curve.DirectLabel, size) { Colour = SeriesColour.Mute };
                yield return new TextShape(new(at.X - width, at.Y + height + gap - 5), curve.DirectLabel, size) { Colour = SeriesColour.Mute };
            }
        }
    }

    private static IEnumerable<TextShape> Beside(Hairline h, PanelMap map, double size, double width)
    {
        double x = map.X.Map(h.At);
        for (double top = map.Frame.Y0 + FromFrame; top + width < map.Frame.Y1; top += 8)
        {
            yield return new TextShape(new(x + InkGrid.Cell + (0.8 * size), top), h.Label, size) { Rotation = -90, Anchor = "end", Colour = SeriesColour.Mute };
            yield return new TextShape(new(x - InkGrid.Cell - (0.25 * size), top), h.Label, size) { Rotation = -90, Anchor = "end", Colour = SeriesColour.Mute };
        }
    }

    private static IEnumerable<TextShape> Above(Hairline h, PanelMap map, double size, double width)
    {
        double y = map.Y.Map(h.At);
        foreach (double baseline in (double[])[y - 5, y + size + 2])
        {
            for (double right = map.Frame.X1 - FromFrame; right - width > map.Frame.X0; right -= 12)
            {
                yield return new TextShape(new(right, baseline), h.Label, size) { Anchor = "end", Colour = SeriesColour.Mute };
            }
        }
    }
}
