using System.Globalization;
using System.Text;
using Lightcone.Evaluation;

namespace Lightcone.Figures.Reports;

/// <summary>Parts that all pages share.</summary>
internal static class PageParts
{
    public static void Open(HtmlText html, string title)
    {
        html.Raw("<!DOCTYPE html>").Raw("<html lang=\"en\">").Raw("<head>").Raw("<meta charset=\"utf-8\">")
            .Raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
            .Raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:\">")
            .Add($"<title>{title}</title>").Raw("<style>" + Resource("report.css") + "</style>").Raw("</head>").Raw("<body>");
    }

    public static void Top(HtmlText html, string line) =>
        html.Add($"<div class=\"top\"><p>{line}</p><button id=\"theme\" type=\"button\" hidden>Dark</button></div>");

    public static void Close(HtmlText html, string footer) =>
        html.Add($"<footer>{footer}</footer>").Raw("<script>" + Resource("report.js") + "</script>").Raw("</body>").Raw("</html>");

    public static void Warnings(HtmlText html, IReadOnlyList<EvaluationWarning> warnings)
    {
        if (warnings.Count == 0)
        {
            return;
        }

        html.Raw("<section aria-labelledby=\"h-warnings\">").Raw("<h2 id=\"h-warnings\">Warnings</h2>").Raw("<ul class=\"warnings\">");
        foreach (EvaluationWarning w in warnings.OrderByDescending(w => w.Severity))
        {
            string word = w.Severity switch { WarningSeverity.Error => "error", WarningSeverity.Warn => "warning", _ => "note" };
            string style = w.Severity switch { WarningSeverity.Error => "error", WarningSeverity.Warn => "warn", _ => "note" };
            html.Add($"<li class=\"{style}\"><b>{word}:</b> {w.Text}</li>");
        }

        html.Raw("</ul>").Raw("</section>");
    }

    public static void Figures(HtmlText html, IReadOnlyList<PlacedFigure> figures, string command)
    {
        if (figures.Count == 0)
        {
            return;
        }

        html.Raw("<section aria-labelledby=\"h-figures\">").Raw("<h2 id=\"h-figures\">Figures</h2>");
        if (figures.Count >= 12)
        {
            html.Raw("<ul class=\"toc\">");
            foreach (PlacedFigure f in figures)
            {
                html.Add($"<li><a href=\"#fig-{f.Figure.Id}\">{f.Figure.Title}</a></li>");
            }

            html.Raw("</ul>");
        }

        html.Raw("<div class=\"figs\">");
        foreach (PlacedFigure f in figures)
        {
            Figure(html, f, f.Figure.Command.Length > 0 ? f.Figure.Command : command);
        }

        html.Raw("</div>").Raw("</section>");
    }

    public static string Time(DateTime utc) => utc.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + " UTC";

    private static void Figure(HtmlText html, PlacedFigure placed, string command)
    {
        DrawnFigure f = placed.Figure;
        SvgGuard.Check(f.Svg, f.Id);
        string wide = f.Svg.Contains(" width=\"976\"", StringComparison.Ordinal) ? " class=\"wide\"" : string.Empty;
        html.Add($"<figure id=\"fig-{f.Id}\" tabindex=\"0\" aria-label=\"{f.Title}\"{new Safe(wide)}>").Raw(f.Svg.TrimEnd());
        html.Raw("<p class=\"read\" aria-live=\"polite\"></p>").Raw("<figcaption>").Add($"<p class=\"answer\">{f.Answer}</p>");
        if (f.Caption.Length > 0)
        {
            html.Add($"<p class=\"cap\">{Safe.Markup(f.Caption)}</p>");
        }

        string id = HtmlText.Encode(f.Id);
        var links = new StringBuilder($"<a class=\"svg\" hidden href=\"#fig-{id}\" download=\"{id}.svg\">SVG</a>");
        if (placed.Csv.Length > 0)
        {
            links.Append($"<a class=\"csv\" download=\"{id}.csv\" href=\"data:text/csv;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(placed.Csv))}\">CSV</a>");
        }

        html.Add($"<p class=\"links\">{new Safe(links.ToString())}</p>");
        if (command.Length > 0)
        {
            html.Add($"<details class=\"links\"><summary>command</summary><code>{command}</code></details>");
        }

        html.Raw("</figcaption>").Raw("</figure>");
    }

    private static string Resource(string name)
    {
        using Stream stream = typeof(PageParts).Assembly.GetManifestResourceStream(name) ?? throw new InvalidOperationException($"The assembly lacks its resource {name}.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n").Trim();
    }
}
