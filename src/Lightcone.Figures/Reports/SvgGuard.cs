using System.Xml;

namespace Lightcone.Figures.Reports;

/// <summary>
/// A picture read from a run's folder enters the page only if it holds nothing but drawing: known elements, known attributes, no script, no style,
/// no reference to anything outside itself.
/// </summary>
internal static class SvgGuard
{
    private static readonly HashSet<string> Elements = ["svg", "title", "desc", "rect", "path", "circle", "g", "clipPath", "text", "tspan"];

    private static readonly HashSet<string> Attributes =
    [
        "xmlns", "xml:space", "width", "height", "viewBox", "role", "aria-labelledby", "data-x", "data-y", "data-cols", "font-family", "font-size", "font-style", "font-weight",
        "id", "class", "x", "y", "dx", "dy", "cx", "cy", "r", "d", "fill", "fill-opacity", "stroke", "stroke-width", "stroke-dasharray", "stroke-linejoin", "text-anchor",
        "transform", "clip-path",
    ];

    /// <exception cref="InputDataException">The picture is not well-formed or holds something else than drawing.</exception>
    public static void Check(string svg, string id)
    {
        try
        {
            using var reader = XmlReader.Create(new StringReader(svg), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 4 << 20 });
            while (reader.Read())
            {
                if (reader.NodeType == XmlNodeType.ProcessingInstruction)
                {
                    throw Refused(id, $"a processing instruction '{reader.Name}'");
                }

                if (reader.NodeType == XmlNodeType.Element)
                {
                    CheckElement(reader, id);
                }
            }
        }
        catch (XmlException e)
        {
            throw Refused(id, $"no well-formed XML: {e.Message}", e);
        }
    }

    private static void CheckElement(XmlReader reader, string id)
    {
        if (!Elements.Contains(reader.Name))
        {
            throw Refused(id, $"an element <{reader.Name}>");
        }

        while (reader.MoveToNextAttribute())
        {
            bool known = Attributes.Contains(reader.Name) && !reader.Value.Contains("javascript:", StringComparison.OrdinalIgnoreCase);
            bool local = !reader.Value.Contains("url(", StringComparison.OrdinalIgnoreCase) || (reader.Name == "clip-path" && reader.Value.StartsWith("url(#lc-", StringComparison.Ordinal));
            if (!known || !local)
            {
                throw Refused(id, $"an attribute {reader.Name}=\"{reader.Value}\"");
            }
        }
    }

    private static InputDataException Refused(string id, string what, Exception? inner = null) => new(
        $"The picture of figure '{id}' cannot enter a report: it holds {what}.", $"figures/{id}.svg", "The file was edited or exchanged after it was drawn.", "Run `lightcone evaluate` again to draw it anew.", inner);
}
