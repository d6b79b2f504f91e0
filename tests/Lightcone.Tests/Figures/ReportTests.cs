using System.Text.RegularExpressions;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Reports;
using Lightcone.Statistics;
using Lightcone.Tests.Evaluation;

namespace Lightcone.Tests.Figures;

public sealed class ReportTests
{
    [Fact]
    public void A_report_is_one_file_that_asks_for_nothing_outside_itself()
    {
        string html = ReportWriter.ToHtml(Content());
        if (Golden.Rewrite)
        {
            File.WriteAllText(Path.Combine(Repository.Root, "artifacts", "report-sample.html"), html);
        }

        Assert.DoesNotMatch(new Regex(@"(src|href)\s*=\s*[""']?\s*(https?:|//|blob:|file:)", RegexOptions.IgnoreCase), html);
        Assert.DoesNotMatch(new Regex(@"url\((?!#lc-)|@import|<iframe|<link|<img|type=""module""", RegexOptions.IgnoreCase), html);
        Assert.Contains("default-src 'none'", html, StringComparison.Ordinal);
        string[] ids = [.. Regex.Matches(html, @"\sid=""([^""]+)""").Select(m => m.Groups[1].Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.Single(Regex.Matches(html, "<h1>"));
        Assert.InRange(html.Length, 50_000, SizeLimits.Page);
    }

    [Fact]
    public void The_same_content_gives_the_same_bytes() => Assert.Equal(ReportWriter.ToHtml(Content()), ReportWriter.ToHtml(Content()));

    [Fact]
    public void The_page_says_the_answer_the_numbers_and_the_limit_of_a_rejection_without_jets()
    {
        string html = ReportWriter.ToHtml(Content());
        Assert.Contains("<h1>LorentzNet rejects 670 background jets per accepted one at 50 % signal efficiency.</h1>", html, StringComparison.Ordinal);
        Assert.Contains("<dd>670 [480, 930]</dd>", html, StringComparison.Ordinal);
        Assert.Contains("<dd>&gt; 4300</dd>", html, StringComparison.Ordinal);
        Assert.Contains("68 %, Clopper–Pearson, 12 of 8000 jets", html, StringComparison.Ordinal);
        Assert.Contains("boosted trees, 8 variables: 275.9 (same jets; data/README.md)", html, StringComparison.Ordinal);
        Assert.Contains("– not run", html, StringComparison.Ordinal);
        Assert.Contains("70116e76ab00</td>", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_names_stay_text()
    {
        const string evil = "</script><script>alert('x')</script><img src=x onerror=alert(1)>\" onload=\"y";
        EvaluationDocument document = EvaluationDocumentTests.Sample();
        document = document with
        {
            Run = evil, Answer = evil, System = evil, Question = evil, Statement = evil,
            Sample = document.Sample with { Name = evil, Selection = evil, Classes = [new(evil, 1)], Files = [new(evil, evil, 1, 1)], Checks = [new(evil, GateResult.Fail)] },
            Model = new() { Inputs = evil, KnownLimits = evil },
            Numbers = [EvaluationNumber.From(evil, evil, new Interval(1, 0.5, 1.5, 0.68, evil), key: true, unit: evil)],
            References = [new() { Number = evil, Name = evil, Value = 1, Source = evil }],
            Gates = [new() { Id = evil, Measured = 1, Limit = 2, Relation = evil, Result = GateResult.Fail }],
            Warnings = [new() { Id = evil, Text = evil }],
            Provenance = new() { Command = evil, Version = evil },
        };
        DrawnFigure figure = FigureDrawing.Draw(CatalogueFigures.Named("metric") with { Title = evil, Answer = evil, Label = Markup.Escape(evil) });
        string html = ReportWriter.ToHtml(new ReportContent
        {
            Evaluation = document, Figures = [figure with { Id = evil, Caption = evil, Csv = evil }], Commands = [evil], Recipe = evil, RecipeDifferences = evil, Provenance = evil, BibTex = evil, FigureFolder = evil,
        });
        Assert.Single(Regex.Matches(html, "<script>"));
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"<[^>]*\sonload=""y"), html);
        string compared = ReportWriter.ToHtml(new ComparisonContent { Runs = [document, document], RecipeFields = [(evil, [evil, evil])], Command = evil });
        Assert.Single(Regex.Matches(compared, "<script>"));
        Assert.DoesNotContain("<img", compared, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("<rect", "<script>alert(1)</script><rect")]
    [InlineData("<rect", "<image href=\"x.png\"/><rect")]
    [InlineData("<rect", "<rect onclick=\"alert(1)\"")]
    [InlineData("<rect", "<rect style=\"fill:red\"")]
    [InlineData("url(#lc-", "url(http://example.org/#lc-")]
    [InlineData("<svg ", "<!DOCTYPE svg [<!ENTITY a \"b\">]><svg ")]
    [InlineData("</svg>", "")]
    public void A_picture_that_was_tampered_with_does_not_enter_a_report(string from, string to)
    {
        DrawnFigure figure = FigureDrawing.Draw(CatalogueFigures.Named("metric"));
        int at = figure.Svg.IndexOf(from, StringComparison.Ordinal);
        string svg = figure.Svg[..at] + to + figure.Svg[(at + from.Length)..];
        InputDataException error = Assert.Throws<InputDataException>(() => ReportWriter.ToHtml(Content() with { Figures = [figure with { Svg = svg }] }));
        Assert.Contains("metric", error.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void Forty_large_figures_stay_below_the_size_limit_and_the_page_says_what_it_left_out()
    {
        DrawnFigure roc = FigureDrawing.Draw(CatalogueFigures.Named("roc"));
        string csv = "series,x,y\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"LorentzNet,{i},{i * 0.5}\n"));
        DrawnFigure[] figures = [.. Enumerable.Range(0, 43).Select(i => roc with { Id = (i % 8 == 4 ? "masked-jets-" : i % 8 == 0 ? "jets-" : "roc-") + i, Svg = roc.Svg.Replace("lc-roc", "lc-roc" + i, StringComparison.Ordinal), Csv = csv })];
        string html = ReportWriter.ToHtml(Content() with { Figures = figures });
        Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(html), 100_000, SizeLimits.Page);
        Assert.Contains("3 figures beyond the first 40", html, StringComparison.Ordinal);
        Assert.Contains("Figure jets-32 did not fit into the page", html, StringComparison.Ordinal);
        Assert.Contains("Figure masked-jets-36 did not fit into the page", html, StringComparison.Ordinal);
        Assert.DoesNotContain("Figure roc-", html, StringComparison.Ordinal);
        string first = Regex.Match(html, "data:text/csv;base64,([^\"]+)").Groups[1].Value;
        FigureTable thinned = FigureTable.Parse(System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(first)));
        Assert.Contains(thinned.Comments, c => c.Key == "thinned" && c.Value.Contains("figures/", StringComparison.Ordinal));
        Assert.Equal(19_999, thinned.Rows[^1][1].Number);
    }

    [Fact]
    public void Figures_of_a_run_come_back_from_its_folder_and_a_changed_picture_is_noticed()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"];
        DrawnFigure[] drawn = [.. CatalogueFigures.All.Take(3).Select(FigureDrawing.Draw)];
        IReadOnlyList<EvaluationFigure> entries = RunFigures.Write(run, drawn);
        Assert.Equal(drawn, RunFigures.Read(run, entries));
        File.AppendAllText(Path.Combine(run, entries[0].Svg), " ");
        Assert.Contains("SHA-256", Assert.Throws<InputDataException>(() => RunFigures.Read(run, entries)).Message, StringComparison.Ordinal);
        Assert.Throws<InputDataException>(() => RunFigures.Read(run, [entries[1] with { Csv = "../../etc/passwd" }]));
        Assert.Throws<InputDataException>(() => RunFigures.Read(run, [entries[1] with { Svg = "figures/none.svg" }]));
    }

    [Fact]
    public void A_report_is_written_whole()
    {
        using var folder = new TemporaryFolder();
        ReportWriter.Write(Content(), folder["report.html"]);
        Assert.EndsWith("</html>\n", File.ReadAllText(folder["report.html"]), StringComparison.Ordinal);
        Assert.False(File.Exists(folder["report.html.tmp"]));
    }

    [Fact]
    public void Runs_on_different_files_are_shown_but_not_compared()
    {
        EvaluationDocument first = EvaluationDocumentTests.Sample(), other = Better(first) with { Sample = first.Sample with { Files = [first.Sample.Files[0] with { Sha256 = "other" }] } };
        string html = ReportWriter.ToHtml(new ComparisonContent { Runs = [first, other], Figures = [FigureDrawing.Draw(CatalogueFigures.Named("roc"))] });
        Assert.Contains("different files", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<figure", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>1500", html, StringComparison.Ordinal);
    }

    [Fact]
    public void The_best_value_is_bold_only_where_its_interval_excludes_the_others()
    {
        EvaluationDocument first = EvaluationDocumentTests.Sample();
        string html = ReportWriter.ToHtml(new ComparisonContent { Runs = [first, Better(first)] });
        Assert.Contains("<b>1500 [1100, 2100]</b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<b>0.3", html, StringComparison.Ordinal);
        Assert.Contains("<h1>better is best: 1/ε_B at ε_S = 0.5 1500 [1100, 2100].</h1>", html, StringComparison.Ordinal);
    }

    private static DrawnFigure[] Drawn { get; } = [.. CatalogueFigures.All.Select(FigureDrawing.Draw)];

    private static ReportContent Content() => new()
    {
        Evaluation = EvaluationDocumentTests.Sample(),
        Figures = Drawn,
        Commands = ["lightcone train top-lorentznet --data top --out runs/top-lorentznet", "lightcone evaluate runs/top-lorentznet --data top/test.h5", "lightcone report runs/top-lorentznet"],
        RecipeDifferences = "clamp: none (default: 50)\nepochs: 12 (default: 35)",
        Recipe = "system: lorentznet\nclamp: none\nepochs: 12\n",
        Provenance = "{\n  \"version\": \"0.1.0\"\n}\n",
        BibTex = "@article{Gong:2022lye,\n  title = {An efficient Lorentz equivariant graph neural network for jet tagging},\n  eprint = {2201.08187},\n}\n",
    };

    private static EvaluationDocument Better(EvaluationDocument document) => document with
    {
        Run = "better",
        Numbers = [document.Numbers[0], document.Numbers[1] with { Value = 1500, Lower = 1100, Upper = 2100 }, document.Numbers[2]],
    };
}
