namespace Lightcone.Figures;

/// <summary>Finds places for the names of hairlines and for the legend where nothing is drawn.</summary>
internal static class LabelPlacement
{
    private const double Clearance = 6;
    private const double FromFrame = 12;

    /// <summary>Names of hairlines: beside the line, where the paper is free; a name that finds no place at all is left out (the caption has it).</summary>
    public static IReadOnlyList<TextShape> Hairlines(Panel panel, PanelMap map, InkGrid ink, double size)
    {
        var placed = new List<TextShape>();
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
    public static Pixel? Box(Frame frame, InkGrid ink, double width, double height, bool topOnly)
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

    public static bool Overlap(Frame a, Frame b) => a.X0 < b.X1 && b.X0 < a.X1 && a.Y0 < b.Y1 && b.Y0 < a.Y1;

    private static bool Inside(TextShape t, Frame frame)
    {
        Frame box = t.Box();
        return box.X0 >= frame.X0 && box.X1 <= frame.X1 && box.Y0 >= frame.Y0 && box.Y1 <= frame.Y1;
    }

    /// <summary>The text without the cells that its own line marked.</summary>
    private static Frame Body(TextShape t) => t.Rotation != 0 ? t.Box() : t.Box() with { Y1 = t.At.Y };

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
