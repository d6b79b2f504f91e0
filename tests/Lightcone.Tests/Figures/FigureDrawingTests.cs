using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Lightcone.Figures;

namespace Lightcone.Tests.Figures;

public sealed class FigureDrawingTests
{
    private static readonly string[] Elements = ["svg", "title", "desc", "rect", "path", "circle", "g", "clipPath", "text", "tspan"];

    public static TheoryData<string> Ids => [.. CatalogueFigures.All.Select(f => f.Id)];

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_catalogue_figure_is_drawn_byte_for_byte_as_checked_in(string id)
    {
        string drawn = Draw(id).Svg;
        string path = Path.Combine(Golden.Folder, id + ".svg");
        if (Golden.Rewrite)
        {
            File.WriteAllText(path, drawn);
        }

        Assert.True(File.Exists(path), $"Look at the new figure '{id}', then check it in: set LIGHTCONE_REWRITE_GOLDEN=1 and run this test.");
        Assert.Equal(File.ReadAllText(path), drawn);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_colour_has_a_class_beside_it(string id)
    {
        string[] fixedColours = ["f-map", "t-map"];
        foreach (XElement element in DrawnText.Parse(Draw(id).Svg).Descendants())
        {
            string[] classes = ((string?)element.Attribute("class") ?? string.Empty).Split(' ');
            foreach (string paint in (string[])["fill", "stroke"])
            {
                string? colour = (string?)element.Attribute(paint);
                if (colour is null or "none")
                {
                    continue;
                }

                string prefix = paint == "stroke" ? "s-" : element.Name.LocalName == "text" ? "t-" : "f-";
                bool named = classes.Any(c => fixedColours.Contains(c) || (c.StartsWith(prefix, StringComparison.Ordinal) && Matches(c, colour)) || (c == "p-paper" && paint == "fill" && colour == Palette.PaperLight));
                Assert.True(named, $"{element} has the colour {colour} without a class");
            }
        }

        static bool Matches(string name, string colour) => name[2..] == "paper"
            ? colour == Palette.PaperLight
            : colour == Palette.Light[Enumerable.Range(0, 8).Single(i => Palette.Name((SeriesColour)i) == name[2..])];
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_figure_holds_nothing_but_drawing(string id)
    {
        XDocument svg = DrawnText.Parse(Draw(id).Svg);
        Assert.All(svg.Descendants(), e => Assert.Contains(e.Name.LocalName, Elements));
        Assert.All(svg.Descendants().Attributes(), a =>
        {
            Assert.False(a.Name.LocalName.StartsWith("on", StringComparison.Ordinal) || a.Name.LocalName is "href" or "style", a.ToString());
            Assert.DoesNotContain("var(", a.Value, StringComparison.Ordinal);
            Assert.DoesNotMatch(@"url\((?!#lc-)", a.Value);
        });
        string[] ids = [.. svg.Descendants().Attributes("id").Select(a => a.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(ids, i => Assert.StartsWith("lc-" + id, i, StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void No_text_leaves_the_canvas_even_in_a_wider_font(string id)
    {
        XDocument svg = DrawnText.Parse(Draw(id).Svg);
        double width = double.Parse(svg.Root!.Attribute("width")!.Value, CultureInfo.InvariantCulture), height = double.Parse(svg.Root.Attribute("height")!.Value, CultureInfo.InvariantCulture);
        Assert.All(DrawnText.Of(svg, TextWidth.FallbackFactor), t => Assert.True(t.X0 >= 0 && t.Y0 >= 0 && t.X1 <= width && t.Y1 <= height, $"{t} leaves {width} × {height}"));
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void No_two_texts_overlap(string id)
    {
        DrawnText[] texts = DrawnText.Of(DrawnText.Parse(Draw(id).Svg), 1);
        for (int i = 0; i < texts.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                Assert.False(texts[i].Overlaps(texts[j]), $"{texts[i]} overlaps {texts[j]}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_legend_stands_where_nothing_is_drawn(string id)
    {
        FigureLayout layout = FigureLayout.Of(CatalogueFigures.Named(id));
        if (layout.LegendBox is not { } box)
        {
            return;
        }

        var ink = new InkGrid();
        ink.Add(layout.Shapes[0], layout.Panels[0].Frame);
        ink.Add(layout.Labels[0], layout.Panels[0].Frame);
        Assert.True(ink.IsFree(box.Grown(6)));
        Assert.True(box.X0 >= layout.Panels[0].Frame.X0 && box.X1 <= layout.Panels[0].Frame.X1);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_table_reads_back_exactly_and_gives_the_same_description(string id)
    {
        Figure figure = CatalogueFigures.Named(id);
        DrawnFigure drawn = FigureDrawing.Draw(figure);
        FigureTable read = FigureTable.Parse(drawn.Csv);
        Assert.Equal(figure.Table.Columns, read.Columns);
        Assert.Equal(figure.Table.Comments, read.Comments);
        Assert.Equal(figure.Table.Rows.Count, read.Rows.Count);
        Assert.All(figure.Table.Rows.Zip(read.Rows), pair => Assert.Equal(pair.First, pair.Second));
        Assert.Equal(drawn.Svg, FigureDrawing.Draw(figure with { Table = read }).Svg);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_figure_is_small_and_uses_short_coordinates(string id)
    {
        string svg = Draw(id).Svg;
        Assert.InRange(svg.Length, 500, 60_000);
        Assert.DoesNotMatch(new Regex(@"[ ""MLHV]-0[ ""LHVZ]"), svg);
        Assert.DoesNotMatch(new Regex(@" d=""[^""]*\.\d\d\d"), svg);
        Assert.DoesNotContain("NaN", svg, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', svg);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void The_command_line_renderer_draws_it_without_a_message(string id)
    {
        string? renderer = Executable("rsvg-convert");
        Assert.SkipUnless(renderer is not null, "rsvg-convert is not installed.");
        using var folder = new TemporaryFolder();
        using Process process = Process.Start(new ProcessStartInfo(renderer!, ["--output", folder["figure.png"]]) { RedirectStandardInput = true, RedirectStandardError = true })!;
        process.StandardInput.Write(Draw(id).Svg);
        process.StandardInput.Close();
        string messages = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal((0, string.Empty), (process.ExitCode, messages));
    }

    [Fact]
    public void Hostile_names_stay_text()
    {
        Figure figure = CatalogueFigures.Named("roc");
        const string name = "</text><script>alert(1)</script>&\"'*_{x}\u0001\uD800";
        string svg = FigureDrawing.Draw(figure with { Title = name, Answer = name, Label = Markup.Escape(name), Statement = name, Conditions = [Markup.Escape(name)] }).Svg;
        XDocument parsed = DrawnText.Parse(svg);
        Assert.DoesNotContain(parsed.Descendants(), e => e.Name.LocalName == "script");
        Assert.Contains(parsed.Descendants(), e => e.Name.LocalName == "title" && e.Value.Contains("<script>alert(1)</script>", StringComparison.Ordinal));
    }

    [Fact]
    public void A_condition_without_room_moves_to_the_caption()
    {
        Figure figure = CatalogueFigures.Named("metric");
        DrawnFigure drawn = FigureDrawing.Draw(figure with { Conditions = [.. figure.Conditions, "a selection with a rather long description", "one more"] });
        Assert.Contains("a selection with a rather long description, one more.", drawn.Caption, StringComparison.Ordinal);
        Assert.DoesNotContain("rather long", drawn.Svg, StringComparison.Ordinal);
    }

    [Fact]
    public void Seven_series_in_one_panel_are_refused()
    {
        Figure figure = CatalogueFigures.Named("metric");
        Mark[] seven = [.. Enumerable.Range(0, 7).Select(i => new Curve { X = [0, 1], Y = [i, i], Legend = "series " + i })];
        Assert.Throws<ArgumentException>(() => FigureDrawing.Draw(figure with { Panels = [figure.Panels[0] with { Marks = seven }] }));
    }

    [Fact]
    public void A_line_with_a_point_per_jet_is_thinned_without_moving_it()
    {
        Pixel[] line = [.. Enumerable.Range(0, 20_000).Select(i => new Pixel(i * 0.02, 100 + (60 * Math.Sin(i * 0.002))))];
        IReadOnlyList<Pixel> thin = LineThinning.Thin(line);
        Assert.InRange(thin.Count, 10, LineThinning.MostPoints);
        Assert.All(line, p => Assert.InRange(Distance(p, thin), 0, 0.25 + 1e-9));

        static double Distance(Pixel p, IReadOnlyList<Pixel> line)
        {
            int i = 1;
            while (i < line.Count - 1 && line[i].X < p.X)
            {
                i++;
            }

            double slope = (line[i].Y - line[i - 1].Y) / (line[i].X - line[i - 1].X);
            return Math.Abs(p.Y - line[i - 1].Y - (slope * (p.X - line[i - 1].X))) / Math.Sqrt(1 + (slope * slope));
        }
    }

    private static DrawnFigure Draw(string id) => FigureDrawing.Draw(CatalogueFigures.Named(id));

    private static string? Executable(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
