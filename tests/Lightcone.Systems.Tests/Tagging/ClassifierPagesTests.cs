using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Systems.Tagging;

namespace Lightcone.Tests.Tagging;

public sealed class ClassifierPagesTests
{
    private const int LargestFigure = 120_000;
    private static readonly FigureHeader Header = new() { Label = "toy" };

    private static IReadOnlyList<Figure> Pages(double[] logits, int[] labels, int classes) =>
        ClassifierPages.Build(Header, new ClassifierNumbers("toy", ToyClassifier.Of(classes, logits, labels), ToyClassifier.TenClasses[..classes]));

    [Fact]
    public void Nine_classes_against_the_reference_stand_three_a_figure()
    {
        var (logits, labels) = ToyClassifier.Draw(3000, 10, 1);
        var figures = Pages(logits, labels, 10);
        Assert.Equal(["confusion", "class-roc-1", "class-roc-2", "class-roc-3", "reliability", .. Enumerable.Range(1, 9).Select(c => $"class-score-{c}")], figures.Select(f => f.Id));
        Assert.All(figures.Skip(1).Take(3), f => Assert.Equal(3, f.Panels[0].Marks.OfType<Band>().Count()));
        Assert.Matches("^QCD jets rejected per accepted one at 50 % efficiency: Hbb .*, Hcc .*, Hgg .*\\.$", figures[1].Answer);
        Assert.All(figures, f => Assert.InRange(FigureDrawing.Draw(f).Svg.Length, 1, LargestFigure));
    }

    [Fact]
    public void Two_classes_have_one_curve_and_one_score()
    {
        var (logits, labels) = ToyClassifier.Draw(400, 2, 2);
        Assert.Equal(["confusion", "class-roc-1", "reliability", "class-score-1"], Pages(logits, labels, 2).Select(f => f.Id));
    }

    [Fact]
    public void Samples_without_a_class_or_with_equal_scores_are_drawn()
    {
        var (logits, labels) = ToyClassifier.Draw(90, 3, 3);
        foreach (var figures in new[]
        {
            Pages(logits, Array.ConvertAll(labels, l => l == 2 ? 1 : l), 3), Pages(logits, Array.ConvertAll(labels, l => l == 0 ? 1 : l), 3), Pages(new double[logits.Length], labels, 3), Pages([.. logits.Take(6)], [0, 1], 3),
        })
            foreach (var drawn in figures.Select(FigureDrawing.Draw))
            {
                Assert.DoesNotContain("NaN", drawn.Svg, StringComparison.Ordinal);
                Assert.DoesNotContain("∞", drawn.Svg, StringComparison.Ordinal);
            }

        Assert.Equal(["confusion", "reliability"], Pages(logits, Array.ConvertAll(labels, l => l == 0 ? 1 : l), 3).Select(f => f.Id));
    }
}
