namespace Lightcone.Figures;

/// <summary>Frame, ticks on all four sides, tick labels and titles of the axes of one panel.</summary>
internal sealed class FrameDrawing(FigureLayout layout, int panel)
{
    /// <summary>Longer names of columns are cut, px.</summary>
    private const double LongestTurned = 130;

    private readonly Figure figure = layout.Figure;
    private readonly PanelMap map = layout.Panels[panel];
    private readonly AxisTicks xTicks = layout.XTicks[panel];
    private readonly AxisTicks yTicks = layout.YTicks[panel];

    private Panel Panel => figure.Panels[panel];

    private Axis XAxis => layout.SideBySide ? Panel.X : figure.Panels[0].X;

    private bool HasXLabels => layout.IsBottom(panel);

    private bool HasYLabels => layout.IsLeft(panel);

    /// <summary>Frame and ticks; drawn after the marks, over everything.</summary>
    public void Lines(SvgText svg)
    {
        Frame f = map.Frame;
        bool small = Math.Min(f.Width, f.Height) < 200;
        string ink = Palette.LightShade(SeriesColour.Ink);
        Ticks(svg, Marks(small ? 6 : 8, major: true), 1.2, ink);
        Ticks(svg, Marks(small ? 3 : 4, major: false), 0.8, ink);
        svg.Raw($"<rect class=\"s-ink\" x=\"{SvgText.Number(f.X0)}\" y=\"{SvgText.Number(f.Y0)}\" width=\"{SvgText.Number(f.Width)}\" height=\"{SvgText.Number(f.Height)}\" fill=\"none\" stroke=\"{ink}\" stroke-width=\"1.2\"/>");
    }

    public IEnumerable<TextShape> Texts()
    {
        if (HasXLabels)
        {
            foreach (TextShape text in XTexts())
            {
                yield return text;
            }
        }

        if (HasYLabels)
        {
            foreach (TextShape text in YTexts())
            {
                yield return text;
            }
        }

        if (Panel.Heading.Length > 0)
        {
            yield return new TextShape(new(map.Frame.X0, map.Frame.Y0 - 8), Panel.Heading, layout.Sizes.Right);
        }
    }

    private static void Ticks(SvgText svg, string path, double width, string colour)
    {
        if (path.Length > 0)
        {
            svg.Raw($"<path class=\"s-ink\" d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{SvgText.Number(width)}\"/>");
        }
    }

    private string Marks(double length, bool major)
    {
        Frame f = map.Frame;
        var path = new System.Text.StringBuilder();
        string n = SvgText.Number(length), y0 = SvgText.Number(f.Y0), y1 = SvgText.Number(f.Y1), x0 = SvgText.Number(f.X0), x1 = SvgText.Number(f.X1);
        bool ownTop = XAxis.OppositeTicks.Count > 0 && panel == 0;
        foreach (double value in major ? xTicks.Major.Select(t => t.Value) : xTicks.Minor)
        {
            string x = SvgText.Number(map.X.Map(value));
            path.Append($"M{x} {y1}v-{n}");
            path.Append(ownTop ? string.Empty : $"M{x} {y0}v{n}");
        }

        foreach (double value in major && ownTop ? XAxis.OppositeTicks.Where(v => map.X.Outside(v) == 0) : [])
        {
            path.Append($"M{SvgText.Number(map.X.Map(value))} {y0}v{n}");
        }

        foreach (double value in major ? yTicks.Major.Select(t => t.Value) : yTicks.Minor)
        {
            string y = SvgText.Number(map.Y.Map(value));
            path.Append($"M{x0} {y}h{n}M{x1} {y}h-{n}");
        }

        return path.ToString();
    }

    private IEnumerable<TextShape> XTexts()
    {
        Frame f = map.Frame;
        double size = layout.Sizes.Tick, drop = figure.Canvas == CanvasKind.Small ? 15 : 18, titleDrop = figure.Canvas == CanvasKind.Small ? 32 : 39;
        if (XAxis.Scale == AxisScale.Category)
        {
            double longest = TurnedLength(XAxis, f.Width, size);
            bool turned = longest > 0;
            for (int i = 0; i < XAxis.Categories.Count; i++)
            {
                double x = map.X.Map(i);
                yield return turned
                    ? new TextShape(new(x + (0.35 * size), f.Y1 + 7), Fitted(XAxis.Categories[i], size, LongestTurned), size) { Anchor = "end", Rotation = -90 }
                    : new TextShape(new(x, f.Y1 + drop), XAxis.Categories[i], size) { Anchor = "middle" };
            }

            titleDrop += turned ? longest - 8 : 0;
        }

        foreach (Tick tick in xTicks.Major)
        {
            yield return new TextShape(new(map.X.Map(tick.Value), f.Y1 + drop), tick.Label, size) { Anchor = "middle" };
        }

        string title = Titled(XAxis, xTicks.Bracket);
        if (title.Length > 0)
        {
            yield return new TextShape(new(f.X1, f.Y1 + titleDrop), Fitted(title, layout.Sizes.Title, f.Width + 40), layout.Sizes.Title) { Anchor = "end" };
        }
    }

    private IEnumerable<TextShape> YTexts()
    {
        Frame f = map.Frame;
        double size = layout.Sizes.Tick, right = f.X0 - (figure.Canvas == CanvasKind.Small ? 5 : 7);
        for (int i = 0; i < Panel.Y.Categories.Count && Panel.Y.Scale == AxisScale.Category; i++)
        {
            yield return new TextShape(new(right, map.Y.Map(i) + (0.35 * size)), Fitted(Panel.Y.Categories[i], size, f.X0 - 15), size) { Anchor = "end" };
        }

        foreach (Tick tick in yTicks.Major)
        {
            double y = map.Y.Map(tick.Value);
            if (panel == 0 || layout.SideBySide || y > f.Y0 + 6)
            {
                yield return new TextShape(new(right, y + (0.3546 * size)), tick.Label, size) { Anchor = "end" };
            }
        }

        string title = Titled(Panel.Y, yTicks.Bracket);
        if (title.Length == 0)
        {
            yield break;
        }

        double x = figure.Canvas == CanvasKind.Small ? 12 : 18;
        bool lower = f.Height < 110 && figure.Canvas is CanvasKind.Ratio or CanvasKind.RatioPull && panel > 0;
        yield return lower
            ? new TextShape(new(x, (f.Y0 + f.Y1) / 2), Fitted(title, 13, f.Height + 6), 13) { Anchor = "middle", Rotation = -90 }
            : new TextShape(new(x, f.Y0), Fitted(title, layout.Sizes.Title, f.Height), layout.Sizes.Title) { Anchor = "end", Rotation = -90 };
    }

    /// <summary>Room that names of columns take when they are too wide for their cells and read upwards, px; 0 if they stand side by side.</summary>
    internal static double TurnedLength(Axis x, double width, double size)
    {
        double widest = x.Scale == AxisScale.Category ? x.Categories.Select(c => TextWidth.Of(c, size)).DefaultIfEmpty(0).Max() : 0;
        return widest * TextWidth.FallbackFactor > (width / Math.Max(1, x.Categories.Count)) - 4 ? Math.Min(widest, LongestTurned) : 0;
    }

    private static string Titled(Axis axis, string bracket)
    {
        string inside = string.Join(' ', new[] { bracket, axis.Unit }.Where(s => s.Length > 0));
        return inside.Length == 0 ? axis.Title : axis.Title.Length == 0 ? $"[{inside}]" : $"{axis.Title} [{inside}]";
    }

    /// <summary>The text cut at the end, with an ellipsis, until it fits.</summary>
    internal static string Fitted(string markup, double size, double room, bool bold = false)
    {
        if (TextWidth.Of(markup, size, bold) * TextWidth.FallbackFactor <= Math.Max(room, size * 2))
        {
            return markup;
        }

        string plain = Markup.ToPlain(markup);
        int keep = plain.Length;
        while (keep > 1 && TextWidth.OfPlain(plain[..keep] + "…", size, bold) * TextWidth.FallbackFactor > room)
        {
            keep--;
        }

        return Markup.Escape(plain[..keep].TrimEnd()) + "…";
    }
}
