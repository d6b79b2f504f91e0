using System.Globalization;
using System.Text;

namespace Lightcone.Figures;

/// <summary>
/// Writes shapes as SVG 1.1. Every colour stands twice: as an attribute in its light shade, which any program shows, and as a class, which the
/// report's style sheet overrides. Scripts are shifted by dy, because baseline-shift has different depths in different renderers.
/// </summary>
internal sealed class SvgText
{
    private readonly StringBuilder svg = new();

    public override string ToString() => svg.ToString();

    /// <summary>A coordinate: at most two decimals, never "-0".</summary>
    public static string Number(double value)
    {
        double rounded = Math.Round(value, 2, MidpointRounding.AwayFromZero);
        return (rounded == 0 ? 0 : rounded).ToString("0.##", CultureInfo.InvariantCulture);
    }

    public static string Escape(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    public void Raw(string line) => svg.Append(line).Append('\n');

    public void Add(IEnumerable<Shape> shapes)
    {
        foreach (Shape shape in shapes)
        {
            Add(shape);
        }
    }

    public void Add(Shape shape)
    {
        switch (shape)
        {
            case PathShape path:
                Raw($"<path d=\"{PathData(path)}\"{Paint(path.Fill, path.Line, path.Halo)}/>");
                break;
            case CircleShape c:
                Raw($"<circle cx=\"{Number(c.Centre.X)}\" cy=\"{Number(c.Centre.Y)}\" r=\"{Number(c.Radius)}\"{Paint(c.Fill, c.Line, c.Halo)}/>");
                break;
            case MapCell cell:
                Frame b = cell.Box;
                Raw($"<rect class=\"f-map\" x=\"{Number(b.X0)}\" y=\"{Number(b.Y0)}\" width=\"{Number(b.Width)}\" height=\"{Number(b.Height)}\" fill=\"{cell.Colour}\"/>");
                break;
            case MapRegion region:
                Raw($"<path class=\"f-map\" d=\"{string.Concat(region.Boxes.Select(r => $"M{Number(r.X0)} {Number(r.Y0)}H{Number(r.X1)}V{Number(r.Y1)}H{Number(r.X0)}Z"))}\" fill=\"{region.Colour}\"/>");
                break;
            case TextShape text:
                Text(text);
                break;
        }
    }

    private void Text(TextShape text)
    {
        (string name, string colour) = text.OnMap ? ("t-map", text.MapColour) : ("t-" + Palette.Name(text.Colour), Palette.LightShade(text.Colour));
        string x = Number(text.At.X), y = Number(text.At.Y);
        string anchor = text.Anchor == "start" ? string.Empty : $" text-anchor=\"{text.Anchor}\"";
        string turn = text.Rotation == 0 ? string.Empty : $" transform=\"rotate({text.Rotation} {x} {y})\"";
        svg.Append($"<text class=\"{name}\" x=\"{x}\" y=\"{y}\" font-size=\"{Number(text.Size)}\" fill=\"{colour}\"{anchor}{turn}>");
        Runs(Markup.Parse(text.Text), text.Size);
        svg.Append("</text>\n");
    }

    /// <summary>The header: a bold name, a gap, an italic statement, in one text so that a wider font cannot push them into each other.</summary>
    public void Header(Pixel at, string label, string statement, double size)
    {
        svg.Append($"<text class=\"t-ink\" x=\"{Number(at.X)}\" y=\"{Number(at.Y)}\" font-size=\"{Number(size)}\" fill=\"{Palette.LightShade(SeriesColour.Ink)}\">");
        double offset = Runs([.. Markup.Parse(label).Select(run => run with { Bold = true })], size);
        svg.Append($"<tspan dx=\"8\"{(offset == 0 ? string.Empty : $" dy=\"{Number(-offset)}\"")} font-style=\"italic\">{Escape(Markup.ToPlain(statement))}</tspan></text>\n");
    }

    /// <summary>Writes the runs and returns the vertical offset at which they end.</summary>
    private double Runs(IReadOnlyList<MarkupRun> runs, double size)
    {
        double offset = 0;
        foreach (MarkupRun run in runs)
        {
            double wanted = run.Shift switch { Script.Sub => 0.22 * size, Script.Super => -0.42 * size, _ => 0 };
            string attributes = (wanted == offset ? string.Empty : $" dy=\"{Number(wanted - offset)}\"")
                + (run.Shift == Script.None ? string.Empty : $" font-size=\"{Number(size * TextWidth.ScriptScale)}\"")
                + (run.Italic ? " font-style=\"italic\"" : string.Empty) + (run.Bold ? " font-weight=\"bold\"" : string.Empty);
            offset = wanted;
            string text = Escape(run.Text);
            svg.Append(attributes.Length == 0 ? text : $"<tspan{attributes}>{text}</tspan>");
        }

        return offset;
    }

    private static string PathData(PathShape path)
    {
        var d = new StringBuilder();
        (string X, string Y) last = default;
        bool first = true;
        foreach (Pixel corner in path.Corners)
        {
            (string X, string Y) here = (Number(corner.X), Number(corner.Y));
            if (first)
            {
                d.Append('M').Append(here.X).Append(' ').Append(here.Y);
            }
            else if (here.Y == last.Y && here.X != last.X)
            {
                d.Append('H').Append(here.X);
            }
            else if (here.X == last.X && here.Y != last.Y)
            {
                d.Append('V').Append(here.Y);
            }
            else if (here != last)
            {
                d.Append('L').Append(here.X).Append(' ').Append(here.Y);
            }

            (first, last) = (false, here);
        }

        return d.Append(path.Closed ? "Z" : string.Empty).ToString();
    }

    private static string Paint(Filling? fill, Stroke? line, double halo)
    {
        var classes = new List<string>();
        var attributes = new StringBuilder();
        if (fill is { } f)
        {
            classes.Add(f.Colour is { } colour ? "f-" + Palette.Name(colour) : "p-paper");
            attributes.Append($" fill=\"{(f.Colour is { } shade ? Palette.LightShade(shade) : Palette.PaperLight)}\"");
            attributes.Append(f.Opacity < 1 ? $" fill-opacity=\"{Number(f.Opacity)}\"" : string.Empty);
        }
        else
        {
            attributes.Append(" fill=\"none\"");
        }

        if (line is { } s)
        {
            classes.Add("s-" + Palette.Name(s.Colour));
            attributes.Append($" stroke=\"{Palette.LightShade(s.Colour)}\" stroke-width=\"{Number(s.Width)}\"");
            attributes.Append(s.Dash.Length > 0 ? $" stroke-dasharray=\"{s.Dash}\"" : string.Empty);
        }
        else if (halo > 0)
        {
            classes.Add("s-paper");
            attributes.Append($" stroke=\"{Palette.PaperLight}\" stroke-width=\"{Number(halo)}\"");
        }

        return $" class=\"{string.Join(' ', classes)}\"{attributes}";
    }
}
