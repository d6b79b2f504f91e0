using System.Globalization;
using System.Xml.Linq;
using Lightcone.Figures;

namespace Lightcone.Tests.Figures;

/// <summary>A text of a drawn figure, measured from the picture alone with the width table.</summary>
internal sealed record DrawnText(string Text, double X0, double Y0, double X1, double Y1)
{
    public static XDocument Parse(string svg) => XDocument.Parse(svg, LoadOptions.PreserveWhitespace);

    /// <summary>All texts of a figure; <paramref name="stretch"/> is how much wider a fall-back font is.</summary>
    public static DrawnText[] Of(XDocument svg, double stretch) =>
        [.. svg.Descendants().Where(e => e.Name.LocalName == "text").Select(e => Measure(e, stretch))];

    public bool Overlaps(DrawnText other) => X0 < other.X1 && other.X0 < X1 && Y0 < other.Y1 && other.Y0 < Y1;

    private static DrawnText Measure(XElement text, double stretch)
    {
        double x = Number(text, "x"), y = Number(text, "y"), size = Number(text, "font-size");
        double width = stretch * text.Nodes().Sum(n => n is XElement span
            ? Value(span, "dx") + TextWidth.OfPlain(span.Value, span.Attribute("font-size") is null ? size : Number(span, "font-size"), (string?)span.Attribute("font-weight") == "bold")
            : TextWidth.OfPlain(((XText)n).Value, size));
        double start = (string?)text.Attribute("text-anchor") switch { "middle" => -width / 2, "end" => -width, _ => 0 };
        // Cap height and a little descent: what two lines of text must not share.
        double up = 0.72 * size, down = 0.05 * size;
        return text.Attribute("transform") is null
            ? new(text.Value, x + start, y - up, x + start + width, y + down)
            : new(text.Value, x - up, y - start - width, x + down, y - start);
    }

    private static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static double Value(XElement element, string name) => element.Attribute(name) is null ? 0 : Number(element, name);
}
