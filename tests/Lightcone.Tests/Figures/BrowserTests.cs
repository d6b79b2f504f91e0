using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Lightcone.Figures;
using Lightcone.Figures.Reports;
using Lightcone.Tests.Evaluation;

namespace Lightcone.Tests.Figures;

/// <summary>Checks in a real browser; skipped where none is installed.</summary>
public sealed class BrowserTests
{
    private const string Probe = """
        <pre id="probe"></pre><script>
        window.addEventListener('load', function () {
          var out = [];
          document.querySelectorAll('svg text').forEach(function (t) {
            if (!t.querySelector('tspan')) { out.push('text\t' + t.getComputedTextLength() + '\t' + t.getAttribute('font-size') + '\t' + t.textContent); }
          });
          var fig = document.getElementById('fig-roc'), read = fig.querySelector('.read'), svg = fig.querySelector('svg'), box = svg.getBoundingClientRect();
          function key(k) { fig.dispatchEvent(new KeyboardEvent('keydown', { key: k, bubbles: true })); }
          svg.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + box.width * 0.7, clientY: box.top + box.height * 0.55, bubbles: true }));
          out.push('hover\t' + read.textContent);
          key('Home'); out.push('home\t' + read.textContent);
          key('ArrowRight'); out.push('right\t' + read.textContent);
          key('Escape'); out.push('escape\t' + read.textContent + fig.querySelectorAll('.cur').length);
          document.getElementById('theme').click();
          out.push('dark\t' + getComputedStyle(document.body).backgroundColor);
          document.getElementById('theme').click();
          out.push('light\t' + getComputedStyle(document.body).backgroundColor);
          document.getElementById('probe').textContent = out.join('\n');
        });
        </script></body>
        """;

    [Fact]
    public void A_browser_measures_the_texts_as_the_table_does_and_runs_the_read_out()
    {
        string? browser = ((string[])["chromium", "chromium-browser", "google-chrome"]).Select(Find).FirstOrDefault(path => path is not null);
        Assert.SkipUnless(browser is not null, "No Chromium is installed.");
        string[][] lines = [.. Run(browser!).Split('\n').Select(line => line.Split('\t'))];
        string[][] texts = [.. lines.Where(l => l[0] == "text" && l[3].Length > 3)];
        Assert.NotEmpty(texts);
        string[] rejection = Assert.Single(lines, l => l[0] == "hover");
        Assert.Matches(@"^LorentzNet · signal efficiency 0\.\d+ · threshold .* · background rejection \d.* \[.*\]$", rejection[1]);
        Assert.StartsWith("LorentzNet · ", lines.Single(l => l[0] == "home")[1], StringComparison.Ordinal);
        Assert.NotEqual(lines.Single(l => l[0] == "home")[1], lines.Single(l => l[0] == "right")[1]);
        Assert.Equal("0", lines.Single(l => l[0] == "escape")[1]);
        Assert.Equal("rgb(20, 23, 28)", lines.Single(l => l[0] == "dark")[1]);
        Assert.Equal("rgb(255, 255, 255)", lines.Single(l => l[0] == "light")[1]);
        double[] ratios = [.. texts.Select(l => double.Parse(l[1], CultureInfo.InvariantCulture) / TextWidth.OfPlain(l[3], double.Parse(l[2], CultureInfo.InvariantCulture))).Order()];
        Assert.SkipUnless(ratios[ratios.Length / 2] < 1.03, "The browser has no font of Helvetica's widths.");
        Assert.All(texts, l =>
        {
            double table = TextWidth.OfPlain(l[3], double.Parse(l[2], CultureInfo.InvariantCulture)), measured = double.Parse(l[1], CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(measured - table) <= (0.03 * table) + 0.5, $"'{l[3]}': table {table:F1}, browser {measured:F1}");
        });
    }

    private static string Run(string browser)
    {
        using var folder = new TemporaryFolder();
        ReportContent content = new() { Evaluation = EvaluationDocumentTests.Sample(), Figures = [FigureDrawing.Draw(CatalogueFigures.Named("roc")), FigureDrawing.Draw(CatalogueFigures.Named("ablation")), FigureDrawing.Draw(CatalogueFigures.Named("confusion"))] };
        File.WriteAllText(folder["page.html"], ReportWriter.ToHtml(content).Replace("</body>", Probe, StringComparison.Ordinal));
        string[] arguments = ["--headless", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + folder["profile"], "--virtual-time-budget=3000", "--dump-dom", "file://" + folder["page.html"]];
        using Process process = Process.Start(new ProcessStartInfo(browser, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, StandardOutputEncoding = Encoding.UTF8 })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string dom = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return WebUtility.HtmlDecode(Regex.Match(dom, "<pre id=\"probe\">(.*?)</pre>", RegexOptions.Singleline).Groups[1].Value);
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
