using System.Text.RegularExpressions;

namespace Lightcone.Figures;

/// <summary>Draws figures as SVG. The same figure gives the same bytes on every machine.</summary>
public static partial class FigureDrawing
{
    private const string Fonts = "&quot;TeX Gyre Heros&quot;, Helvetica, Arial, &quot;Liberation Sans&quot;, &quot;Nimbus Sans&quot;, sans-serif";

    /// <summary>Draws a figure and writes its table.</summary>
    /// <exception cref="ArgumentException">The figure contradicts itself: an unusable id, too many panels or series, a table without the columns it is read by.</exception>
    public static DrawnFigure Draw(Figure figure)
    {
        if (!IdPattern().IsMatch(figure.Id))
        {
            throw new ArgumentException($"'{figure.Id}' cannot name a figure: use lower-case letters, digits and hyphens.");
        }

        FigureLayout layout = FigureLayout.Of(figure);
        (IReadOnlyList<Shape> below, double height) = JetLegend.Of(layout);
        var svg = new SvgText();
        Open(svg, layout, height);
        for (int i = 0; i < layout.Panels.Count; i++)
        {
            DrawPanel(svg, layout, i);
        }

        IReadOnlyList<string> dropped = DrawHeader(svg, layout);
        svg.Add(ColourBar.Of(layout));
        svg.Add(layout.LegendShapes);
        svg.Add(below);
        svg.Raw("</svg>");
        string caption = string.Join(' ', figure.Notes.Concat(dropped.Count > 0 ? [string.Join(", ", dropped) + "."] : []));
        return new(figure.Id, figure.Title, figure.Answer, caption, svg.ToString(), figure.Table.ToCsv());
    }

    private static void Open(SvgText svg, FigureLayout layout, double height)
    {
        Figure figure = layout.Figure;
        string id = "lc-" + figure.Id, w = SvgText.Number(layout.Width), h = SvgText.Number(height);
        svg.Raw($"<svg xmlns=\"http://www.w3.org/2000/svg\" xml:space=\"preserve\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {w} {h}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\"{ReadOut(layout)} font-family=\"{Fonts}\" font-size=\"13\">");
        svg.Raw($"<title id=\"{id}-t\">{SvgText.Escape(Clean(figure.Title))}</title>");
        svg.Raw($"<desc id=\"{id}-d\">{SvgText.Escape(Clean(Describe(layout)))}</desc>");
        svg.Raw($"<rect class=\"p-paper\" width=\"{w}\" height=\"{h}\" fill=\"{Palette.PaperLight}\"/>");
    }

    private static string Describe(FigureLayout layout)
    {
        Figure figure = layout.Figure;
        PanelMap map = layout.Panels[0];
        Panel panel = figure.Panels[0];
        string axes = FigureDescription.Axes(figure.Reading?.Kind ?? "Drawing", panel.X, map.X, panel.Y, map.Y);
        return FigureDescription.Write(figure.Reading, axes, figure.Table, figure.Answer);
    }

    /// <summary>What the page's read-out needs: pixel and value ends of the axes, and the columns that the point is found by.</summary>
    private static string ReadOut(FigureLayout layout)
    {
        if (layout.Figure.Reading is not { } reading)
        {
            return string.Empty;
        }

        FigureTable table = layout.Figure.Table;
        string x = table.IndexOf(reading.X).ToString(System.Globalization.CultureInfo.InvariantCulture);
        x += reading.XHigh is { } high ? "+" + table.IndexOf(high).ToString(System.Globalization.CultureInfo.InvariantCulture) : string.Empty;
        PanelMap map = layout.Panels[0];
        return $" data-x=\"{Ends(map.X)}\" data-y=\"{Ends(map.Y)}\" data-cols=\"{x} {table.IndexOf(reading.Y)}\"";
    }

    private static string Ends(AxisMap map) =>
        $"{SvgText.Number(map.PixelLow)} {SvgText.Number(map.PixelHigh)} {End(map.Low)} {End(map.High)} {(map.Scale == AxisScale.Log ? "log" : "lin")}";

    // Nine digits are more than a pixel needs, and the same on every processor.
    private static string End(double value) => value.ToString("G9", System.Globalization.CultureInfo.InvariantCulture);

    private static void DrawPanel(SvgText svg, FigureLayout layout, int panel)
    {
        Frame f = layout.Panels[panel].Frame;
        string clip = $"lc-{layout.Figure.Id}-c{panel}";
        Shape[] clipped = [.. layout.Shapes[panel].Where(s => s.Clipped || s is MapCell)], free = [.. layout.Shapes[panel].Where(s => !s.Clipped && s is not MapCell)];
        if (clipped.Length > 0)
        {
            svg.Raw($"<clipPath id=\"{clip}\"><rect x=\"{SvgText.Number(f.X0)}\" y=\"{SvgText.Number(f.Y0)}\" width=\"{SvgText.Number(f.Width)}\" height=\"{SvgText.Number(f.Height)}\"/></clipPath>");
            svg.Raw($"<g clip-path=\"url(#{clip})\">");
            svg.Add(clipped);
            svg.Raw("</g>");
        }

        var frame = new FrameDrawing(layout, panel);
        svg.Add(free.Where(s => s is not TextShape));
        frame.Lines(svg);
        svg.Add(free.Where(s => s is TextShape));
        svg.Add(frame.Texts());
        svg.Add(layout.Labels[panel]);
    }

    /// <summary>The line above the frame; returns the conditions that found no room.</summary>
    private static IReadOnlyList<string> DrawHeader(SvgText svg, FigureLayout layout)
    {
        Figure figure = layout.Figure;
        Frame first = layout.Panels[0].Frame, last = layout.Panels[^1].Frame;
        double baseline = first.Y0 - (layout.SideBySide ? 30 : figure.Canvas == CanvasKind.Small ? 8 : 10);
        double right = figure.Canvas is CanvasKind.Matrix or CanvasKind.Plane ? layout.Width - 16 : last.X1, width = right - first.X0;
        double statement = TextWidth.OfPlain(figure.Statement, layout.Sizes.Header);
        string label = FrameDrawing.Fitted(figure.Label, layout.Sizes.Header, width - (TextWidth.FallbackFactor * statement) - 8, bold: true);
        double left = TextWidth.Of(label, layout.Sizes.Header, bold: true) + 8 + statement;
        svg.Header(new(first.X0, baseline), label, figure.Statement, layout.Sizes.Header);
        var kept = figure.Conditions.ToList();
        while (kept.Count > 0 && (TextWidth.FallbackFactor * (left + TextWidth.Of(string.Join(", ", kept), layout.Sizes.Right))) + 16 > width)
        {
            kept.RemoveAt(kept.Count - 1);
        }

        if (kept.Count > 0)
        {
            svg.Add(new TextShape(new(right, baseline), string.Join(", ", kept), layout.Sizes.Right) { Anchor = "end" });
        }

        return [.. figure.Conditions.Skip(kept.Count)];
    }

    private static string Clean(string text) => Markup.ToPlain(Markup.Escape(text));

    [GeneratedRegex("^[a-z0-9]+(-[a-z0-9]+)*$")]
    private static partial Regex IdPattern();
}
