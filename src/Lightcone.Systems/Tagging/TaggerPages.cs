using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Systems.Tagging;

/// <summary>Figures of a tagger of two classes, most important first.</summary>
public static class TaggerPages
{
    private const int BinsAlongVariable = 6;
    private const double QuotedEfficiency = 0.5;
    private const int MostBins = 60;
    private static readonly double[] BinWidths = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50];

    /// <summary>Draws what the scored jets alone can show.</summary>
    /// <param name="header">Label, statement, conditions.</param>
    /// <param name="numbers">The judged jets.</param>
    /// <param name="classes">Names of background and signal.</param>
    /// <param name="others">Further curves on the same jets, for example a plain variable.</param>
    /// <param name="references">Numbers measured by others on the same sample, drawn hollow.</param>
    public static IReadOnlyList<Figure> Build(
        FigureHeader header, TaggerNumbers numbers, (string Background, string Signal) classes, IReadOnlyList<RocSeries> others, IReadOnlyList<ReferencePoint> references)
    {
        var jets = numbers.Jets;
        var own = new RocSeries { Name = numbers.Title, Curve = numbers.Curve };
        var figures = new List<Figure>
        {
            RocFigure.Build(header, [own, .. others], references),
            Scores(header, numbers, classes),
            ReliabilityFigure.Build(header, numbers.Reliability.Bins, numbers.Reliability.Ece, numbers.NullCalibrationError, numbers.Calibration.Figure),
            Sculpting(header, numbers, classes.Background),
        };
        var variables = new (BinnedVariable Variable, double[] Values)[]
        {
            (new("pt", "pt_gev", "Jet *p*_{T}", "GeV"), jets.Pt),
            (new("mass", "mass_gev", "Jet mass *m*", "GeV"), jets.Mass),
            (new("n", "constituents", "Constituents"), jets.Multiplicity),
        };
        foreach (var (variable, values) in variables) figures.Add(RejectionAgainst(header, numbers, variable, values));
        foreach (var (variable, values) in variables.Take(2)) figures.Add(EfficiencyAgainst(header, numbers, classes, variable, values));
        return figures;
    }

    private static Figure Scores(FigureHeader header, TaggerNumbers numbers, (string Background, string Signal) classes)
    {
        double[] scores = numbers.Jets.Scores;
        int[] labels = numbers.Jets.Labels;
        return ScoreFigure.Build(header, "Difference of the logits",
            new HistogramSeries(classes.Background, Filled(ScoreBins(scores), scores, labels, 0)),
            new HistogramSeries(classes.Signal, Filled(ScoreBins(scores), scores, labels, 1)),
            [.. TaggerNumbers.WorkingPoints.Select(e => (e, numbers.Curve.Nearest(e).Threshold))]);
    }

    private static Figure Sculpting(FigureHeader header, TaggerNumbers numbers, string background)
    {
        double cut = numbers.Curve.Nearest(QuotedEfficiency).Threshold;
        var before = Histogram.Uniform(0, 300, 30);
        var after = Histogram.Uniform(0, 300, 30);
        for (int i = 0; i < numbers.Jets.Count; i++)
        {
            if (numbers.Jets.Labels[i] != 0) continue;
            before.Fill(numbers.Jets.Mass[i]);
            if (numbers.Jets.Scores[i] >= cut) after.Fill(numbers.Jets.Mass[i]);
        }

        return MassSculptingFigure.Build(header, new HistogramSeries(background, before), new HistogramSeries($"{background} that pass", after), QuotedEfficiency);
    }

    private static Figure RejectionAgainst(FigureHeader header, TaggerNumbers numbers, BinnedVariable variable, double[] values)
    {
        double cut = numbers.Curve.Nearest(QuotedEfficiency).Threshold;
        var chosen = Enumerable.Range(0, values.Length).Where(i => numbers.Jets.Labels[i] == 0).ToArray();
        double[] own = Array.ConvertAll(chosen, i => values[i]);
        bool[] passed = Array.ConvertAll(chosen, i => numbers.Jets.Scores[i] >= cut);
        return BinnedFigure.Rejection(header, variable, QuotedEfficiency, [new BinnedSeries(numbers.Title, BinnedEfficiency.Of(own, passed, EdgesOf(own)))]);
    }

    private static Figure EfficiencyAgainst(FigureHeader header, TaggerNumbers numbers, (string Background, string Signal) classes, BinnedVariable variable, double[] values)
    {
        double cut = numbers.Curve.Nearest(QuotedEfficiency).Threshold;
        var chosen = Enumerable.Range(0, values.Length).Where(i => numbers.Jets.Labels[i] == 1).ToArray();
        double[] own = Array.ConvertAll(chosen, i => values[i]);
        bool[] passed = Array.ConvertAll(chosen, i => numbers.Jets.Scores[i] >= cut);
        return BinnedFigure.Efficiency(header, variable, [new BinnedSeries(classes.Signal, BinnedEfficiency.Of(own, passed, EdgesOf(own)))]);
    }

    private static double[] EdgesOf(double[] values) => [.. Quantile.Edges(values, BinsAlongVariable).Distinct()];

    /// <summary>Empty bins of a round width about 0 that hold 98 % of the scores.</summary>
    internal static Histogram ScoreBins(double[] scores)
    {
        double reach = Math.Max(Math.Abs(Quantile.Of(scores, 0.01)), Math.Abs(Quantile.Of(scores, 0.99)));
        double width = BinWidths.First(w => w == BinWidths[^1] || reach / w <= MostBins / 2);
        int bins = 2 * (int)Math.Max(1, Math.Ceiling(reach / width));
        double half = bins * width / 2;
        return Histogram.Uniform(-half, half, bins);
    }

    /// <summary>The histogram with the values of the jets of one label.</summary>
    internal static Histogram Filled(Histogram histogram, double[] values, int[] labels, int label)
    {
        for (int i = 0; i < values.Length; i++)
            if (labels[i] == label)
                histogram.Fill(values[i]);
        return histogram;
    }
}
