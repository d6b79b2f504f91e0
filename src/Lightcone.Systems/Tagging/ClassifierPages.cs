using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Systems.Tagging;

/// <summary>Figures of a classifier of two or more classes, most important first.</summary>
public static class ClassifierPages
{
    private const int MostCurves = 4;

    /// <summary>Draws which classes mix, how each stands out from the reference class, and whether probabilities mean what they say.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="numbers">The judged jets.</param>
    public static IReadOnlyList<Figure> Build(FigureHeader header, ClassifierNumbers numbers)
    {
        int[] judged = [.. Enumerable.Range(0, numbers.Classes.Count).Where(c => numbers.Curve(c) is not null)];
        return
        [
            ConfusionFigure.Build(header, numbers.Classes, numbers.Confusion),
            .. Groups(judged).Select((group, i) => Rejection(header, numbers, group, i + 1)),
            Calibration(header, numbers),
            .. judged.Select(c => Scores(header, numbers, c)),
        ];
    }

    /// <summary>As few groups as hold at most four, and as equal as can be.</summary>
    private static IEnumerable<int[]> Groups(int[] classes)
    {
        int groups = (classes.Length + MostCurves - 1) / MostCurves;
        return Enumerable.Range(0, groups).Select(g => classes[(g * classes.Length / groups)..((g + 1) * classes.Length / groups)]);
    }

    private static Figure Rejection(FigureHeader header, ClassifierNumbers numbers, int[] classes, int number)
    {
        var figure = RocFigure.Build(header, [.. classes.Select(c => new RocSeries { Name = numbers.Classes[c], Curve = numbers.Curve(c)! })], []);
        string reached = string.Join(", ", classes.Select(c => $"{numbers.Classes[c]} {Markup.ToPlain(NumberText.WithInterval(numbers.Rejection(c)))}"));
        return figure with
        {
            // Not "roc", which a comparison of runs would overlay by its first curve alone.
            Id = $"class-roc-{number}",
            Title = $"Rejection of {numbers.Reference} against efficiency of {string.Join(", ", classes.Select(c => numbers.Classes[c]))}",
            Answer = $"{numbers.Reference} jets rejected per accepted one at 50 % efficiency: {reached}.",
            Notes = [.. figure.Notes, $"Signal: jets of the named class; background: {Markup.Escape(numbers.Reference)}. The score is the difference of their two logits; the AUC is of these two classes alone."],
        };
    }

    private static Figure Calibration(FigureHeader header, ClassifierNumbers numbers)
    {
        var figure = ReliabilityFigure.Build(header, numbers.Reliability.Bins, numbers.Reliability.Ece, numbers.NullCalibrationError, numbers.Calibration.Figure);
        return figure with { Notes = [.. figure.Notes, "Predicted: probability of the class with the largest logit; observed: how often it is the true one."] };
    }

    private static Figure Scores(FigureHeader header, ClassifierNumbers numbers, int label)
    {
        string own = numbers.Classes[label];
        var (scores, labels) = numbers.Against(label);
        double cut = numbers.Curve(label)!.Nearest(ClassifierNumbers.QuotedEfficiency).Threshold;
        var figure = ScoreFigure.Build(header, $"Difference of the logits, {Markup.Escape(own)} − {Markup.Escape(numbers.Reference)}",
            new HistogramSeries(numbers.Reference, TaggerPages.Filled(TaggerPages.ScoreBins(scores), scores, labels, 0)),
            new HistogramSeries(own, TaggerPages.Filled(TaggerPages.ScoreBins(scores), scores, labels, 1)),
            double.IsFinite(cut) ? [(ClassifierNumbers.QuotedEfficiency, cut)] : []);
        return figure with { Id = $"class-score-{label}", Title = $"Distribution of the score of {own} against {numbers.Reference}" };
    }
}
