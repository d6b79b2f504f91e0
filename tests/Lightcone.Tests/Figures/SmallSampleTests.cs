using CsCheck;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Tests.Figures;

/// <summary>A figure must be drawn whatever the sample looks like: a few jets, equal scores, empty bins, one epoch.</summary>
public sealed class SmallSampleTests
{
    private static readonly FigureHeader Header = SyntheticSample.Header("LorentzNet");

    [Fact]
    public void A_ROC_curve_of_a_handful_of_jets_is_drawn() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 12], Gen.Int[0, 4].Array[1, 12]).Sample((signal, background) =>
        {
            RocSeries series = SyntheticSample.Roc("a", [.. signal.Select(s => (double)s)], [.. background.Select(b => (double)b)]);
            RequireDrawing(RocFigure.Build(Header, [series], []));
            RequireDrawing(RocFigure.BuildWithRatio(Header, [series, series with { Name = "b" }], 1, []));
        }, iter: 200);

    [Fact]
    public void Scores_of_a_handful_of_jets_are_drawn() =>
        Gen.Select(Gen.Double[-30, 30].Array[0, 8], Gen.Double[-30, 30].Array[0, 8]).Sample((a, b) =>
        {
            Histogram first = Histogram.Uniform(-10, 10, 40), second = Histogram.Uniform(-10, 10, 40);
            first.Fill(a);
            second.Fill(b);
            RequireDrawing(ScoreFigure.Build(Header, "score", new("QCD", first), new("top", second), [.. b.Select(t => (0.5, t))]));
            RequireDrawing(MassSculptingFigure.Build(Header, new("before", first), new("after", second), 0.5));
        }, iter: 100);

    [Fact]
    public void Bins_with_few_or_no_jets_are_drawn() =>
        Gen.Select(Gen.Long[0, 5].Array[1, 6], Gen.Long[0, 5].Array[6, 6]).Sample((totals, passing) =>
        {
            EfficiencyBin[] bins = [.. totals.Select((n, i) => new EfficiencyBin(i, i + 1, n == 0 ? double.NaN : i + 0.4, Math.Min(passing[i], n), n, ClopperPearson.Of(Math.Min(passing[i], n), n)))];
            RequireDrawing(BinnedFigure.Rejection(Header, new("pt", "pt_gev", "*p*_{T}", "GeV"), 0.5, [new("a", bins)]));
            RequireDrawing(BinnedFigure.Efficiency(Header, new("pt", "pt_gev", "*p*_{T}", "GeV"), [new("a", bins), new("b", bins)]));
            ReliabilityBin[] reliability = [.. totals.Select((n, i) => new ReliabilityBin(i / 6.0, (i + 1) / 6.0, n, n == 0 ? double.NaN : (i + 0.5) / 6, ClopperPearson.Of(Math.Min(passing[i], n), n)))];
            RequireDrawing(ReliabilityFigure.Build(Header, reliability, 0.1, double.NaN));
            RequireDrawing(ReliabilityFigure.Build(Header, reliability, 0.1, 0.05, new(1.5, reliability, 0.02, double.NaN)));
        }, iter: 100);

    [Fact]
    public void A_training_of_any_length_is_drawn() =>
        Gen.Select(Gen.Int[0, 30], Gen.Int[0, 3], Gen.Bool).Sample((steps, epochs, broken) =>
        {
            HistoryPoint At(int i, double value) => new(i, i / 10.0, i, broken && i % 3 == 0 ? double.NaN : value);
            var history = new TrainingHistory
            {
                Training = [.. Enumerable.Range(1, steps).Select(i => At(i, 1.0 / i))],
                Validation = [.. Enumerable.Range(1, epochs).Select(e => At(10 * e, 1.0 / e))],
                LearningRate = [.. Enumerable.Range(1, steps).Select(i => At(i, 1e-3))],
                BestStep = epochs > 0 ? 10 : null,
            };
            RequireDrawing(TrainingFigures.Loss(Header, history));
            RequireDrawing(TrainingFigures.Metric(Header, history, "AUC", [.. history.Validation.Select(v => new Interval(0.9, 0.89, 0.91, 0.6827, "DeLong"))]));
            RequireDrawing(TrainingFigures.Rate(Header, history.Training));
        }, iter: 60);

    [Fact]
    public void A_jet_of_any_number_of_constituents_is_drawn() =>
        Gen.Select(Gen.Double[0, 900], Gen.Double[-1, 1], Gen.Double[-1, 1]).Array[0, 20].Sample(constituents =>
        {
            DrawnConstituent[] drawn = [.. constituents.Select((c, i) => new DrawnConstituent(c.Item1, c.Item2, c.Item3, (ConstituentKind)(i % 6), i % 5 == 0))];
            RequireDrawing(JetsFigure.Build(Header, "jets", new("a", "left", drawn, 0.8), new("b", "right", []), "First of the file."));
        }, iter: 60);

    private static void RequireDrawing(Figure figure)
    {
        DrawnFigure drawn = FigureDrawing.Draw(figure);
        Assert.DoesNotContain("NaN", drawn.Svg, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", drawn.Svg, StringComparison.Ordinal);
        Assert.Equal("svg", DrawnText.Parse(drawn.Svg).Root!.Name.LocalName);
        Assert.Equal(figure.Table.Rows.Count, FigureTable.Parse(drawn.Csv).Rows.Count);
    }
}
