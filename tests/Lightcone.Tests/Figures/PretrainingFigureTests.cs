using System.Globalization;
using CsCheck;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;

namespace Lightcone.Tests.Figures;

/// <summary>What the figures of pre-training say, and that they are drawn from whatever few trainings give.</summary>
public sealed class PretrainingFigureTests
{
    private static readonly FigureHeader Header = SyntheticSample.Header("MPM");

    private static SeededSeries Series(string name, TrainingArm arm, params (double X, int Seed, double Value)[] points) => new(name, arm, [.. points.Select(p => new SeededPoint(p.X, p.Seed, p.Value))]);

    [Fact]
    public void Differences_to_scratch_pair_trainings_of_one_seed()
    {
        // Seed by seed the gain is 0.10, 0.12, 0.14; the seeds themselves differ by much more. Seed 3 has no partner.
        Figure figure = LabelEfficiencyFigure.Build(Header, "Accuracy",
            [
                Series("fine-tuned", TrainingArm.FineTuned, (1000, 0, 0.40), (1000, 1, 0.62), (1000, 2, 0.54), (1000, 3, 0.9)),
                Series("scratch", TrainingArm.Scratch, (1000, 0, 0.30), (1000, 1, 0.50), (1000, 2, 0.40)),
            ], []);
        IReadOnlyList<TableCell> mean = figure.Table.Rows.Single(r => r[0].Text == "fine-tuned" && r[2].Text == "mean");
        Assert.Equal(0.12, mean[6].Number, 12);
        // The sample standard deviation of 0.10, 0.12, 0.14 is 0.02; over three seeds its error is 0.02/√3.
        Assert.Equal(0.02 / Math.Sqrt(3), mean[7].Number, 12);
        Assert.Equal(0.615, mean[3].Number, 12);
        Assert.All(figure.Table.Rows.Where(r => r[0].Text == "scratch"), r => Assert.True(double.IsNaN(r[6].Number)));
        Assert.Contains("fine-tuned lies 0.120 ± 0.012 above the training from scratch", figure.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Bounds_are_one_sample_standard_deviation_and_missing_for_a_single_seed()
    {
        FigureTable table = CwolaFigure.Build(Header, 0.02, [Series("a", TrainingArm.FineTuned, (50, 0, 2), (50, 1, 4), (100, 0, 5))]).Table;
        IReadOnlyList<TableCell>[] means = [.. table.Rows.Where(r => r[2].Text == "mean")];
        Assert.Equal([3, 3 - Math.Sqrt(2), 3 + Math.Sqrt(2)], means[0].Skip(3).Select(c => c.Number));
        Assert.Equal(5, means[1][3].Number);
        Assert.True(double.IsNaN(means[1][4].Number) && double.IsNaN(means[1][5].Number));
    }

    [Fact]
    public void Trainings_without_a_result_or_without_a_place_are_counted_in_the_caption()
    {
        Figure figure = CwolaFigure.Build(Header, 0.02, [Series("a", TrainingArm.FineTuned, (0, 0, 1), (50, 0, double.NaN), (50, 1, 3))]);
        Assert.Equal(2, figure.Table.Rows.Count);
        Assert.Contains(figure.Notes, n => n.Contains("2 trainings without a result or a place on the axis are left out", StringComparison.Ordinal));
    }

    [Fact]
    public void A_gain_counts_only_from_where_it_never_is_lost_again()
    {
        Figure figure = CwolaFigure.Build(Header, 0.02,
            [Series("a", TrainingArm.FineTuned, (25, 0, 1.5), (25, 1, 1.5), (50, 0, 0.9), (50, 1, 1.3), (100, 0, 2), (100, 1, 2.1), (200, 0, 3), (200, 1, 3))]);
        Assert.Contains("above 1 by two standard errors: a (from 100 signal jets on)", figure.Answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(3900, false, "= 3900 from scratch")]
    [InlineData(10_000, true, "> 10\u202f000 from scratch")]
    public void The_label_equivalence_stands_in_the_figure(double needed, bool beyond, string text)
    {
        Figure figure = LabelEfficiencyFigure.Build(Header, "Accuracy", [Series("fine-tuned", TrainingArm.FineTuned, (100, 0, 0.3), (1000, 0, 0.55), (10_000, 0, 0.7))], [], new LabelEquivalence(1000, 0.55, needed, beyond));
        Curve arrow = Assert.Single(figure.Panels[0].Marks.OfType<Curve>(), c => c.ArrowAtEnd);
        Assert.Equal(text, arrow.Legend);
        Assert.Equal(beyond ? figure.Panels[0].X.High : needed, arrow.X[^1]);
        RequireDrawing(figure);
    }

    [Fact]
    public void Perplexity_of_equal_codes_is_their_number_and_unused_codes_do_not_change_it()
    {
        FigureTable table = CodesFigure.Build(Header, [new("equal", [5, 5, 5, 5]), new("half", [7, 0, 7, 0])]).Table;
        double Comment(string key) => double.Parse(table.Comments.Single(c => c.Key == key).Value, CultureInfo.InvariantCulture);
        // exp and log of numbers near 1: a few units of the last place.
        Assert.Equal(4, Comment("perplexity, equal"), 12);
        Assert.Equal(2, Comment("perplexity, half"), 12);
        Assert.Contains(("used, half", "2 of 4"), table.Comments);
        Assert.Equal([1, 1, 0, 0], table.Rows.Where(r => r[0].Text == "half").Select(r => r[4].Number * 2));
    }

    [Fact]
    public void The_context_helps_most_where_the_difference_is_largest()
    {
        Figure figure = LossByRankFigure.Build(Header,
            [new("full", [new(1, 4, 0.01), new(2, 4.5, 0.01), new(3, 4.9, 0.01)]), new("free", [new(1, 4.7, 0.01), new(2, 5.4, 0.01), new(3, 5.1, 0.01)], ContextFree: true)]);
        Assert.Equal("The particles that are seen lower the loss most at rank 2, by 0.9 nats, and least at rank 3, by 0.2.", figure.Answer);
    }

    [Fact]
    public void A_tokenizer_below_the_gate_is_named_with_the_feature()
    {
        Figure figure = TokenizerR2Figure.Build(Header, ["*p*_{T}", "*d*_{0}"], [new("k-means", [0.93, 0.61]), new("other", [double.NaN, 0.9])], 0.82, "Validation particles.");
        Assert.Contains("below 0.82: d_0", figure.Answer, StringComparison.Ordinal);
        Assert.Contains(Markup.Escape("other: p_T not measured."), figure.Notes);
        RequireDrawing(figure);
    }

    [Fact]
    public void What_was_hidden_is_missing_from_the_middle_and_hollow_on_the_right()
    {
        DrawnConstituent[] jet = [new(50, 0, 0, ConstituentKind.Photon), new(20, 0.1, 0, ConstituentKind.ChargedHadron, Hidden: true), new(10, 0, 0.1, ConstituentKind.ChargedHadron, Hidden: true), new(0, 0, 0), new(double.NaN, 0, 0)];
        DrawnConstituent[] predicted = [new(18, 0.11, 0, ConstituentKind.ChargedHadron), new(9, 0, 0.12, ConstituentKind.NeutralHadron)];
        Figure figure = Assert.Single(MaskedJetsFigure.Build(Header, [new("a", "QCD", jet, predicted)], "First of the file."));
        int Drawn(int panel, bool hidden) => figure.Panels[panel].Marks.OfType<JetSymbols>().SelectMany(j => j.Constituents).Count(c => c.Hidden == hidden);
        Assert.Equal("masked-jets", figure.Id);
        Assert.Equal((3, 0), (Drawn(0, false), Drawn(0, true)));
        Assert.Equal((1, 0), (Drawn(1, false), Drawn(1, true)));
        Assert.Equal((3, 2), (Drawn(2, false), Drawn(2, true)));
        Assert.Contains("hold 90 % of the transverse momentum of the 2 hidden ones; 50 % have the right type", figure.Answer, StringComparison.Ordinal);
        RequireDrawing(figure);
    }

    [Fact]
    public void The_longest_jets_stay_within_the_size_of_a_figure()
    {
        // Most constituents that JetClass stores of a jet, in about its mix of kinds; 120 kB is what the page takes of one figure.
        var random = new SyntheticSample(61);
        ConstituentKind Kind(int i) => i % 64 == 9 ? ConstituentKind.Electron : i % 64 == 40 ? ConstituentKind.Muon : (i % 8) switch { < 5 => ConstituentKind.ChargedHadron, < 7 => ConstituentKind.Photon, _ => ConstituentKind.NeutralHadron };
        MaskedJet Jet(string name)
        {
            DrawnConstituent[] all = [.. Enumerable.Range(0, 128).Select(i => new DrawnConstituent(120 * Math.Exp(-0.04 * i), 0.25 * random.Normal(), 0.25 * random.Normal(), Kind(i), i % 5 < 2))];
            return new(name, name, all, [.. all.Where(c => c.Hidden)], 0.8);
        }

        IReadOnlyList<Figure> figures = MaskedJetsFigure.Build(Header, [.. Enumerable.Range(0, 5).Select(i => Jet($"row {i}"))], "First of the file.");
        Assert.Equal(["masked-jets-1", "masked-jets-2", "masked-jets-3"], figures.Select(f => f.Id));
        Assert.All(figures, f => Assert.InRange(FigureDrawing.Draw(f).Svg.Length, 500, 120_000));
    }

    [Fact]
    public void Any_handful_of_trainings_codes_and_losses_is_drawn() =>
        Gen.Select(Gen.OneOf(Gen.Double[0, 1], Gen.Const(0.5), Gen.Const(double.NaN)).Array[0, 6], Gen.OneOf(Gen.Const(100.0), Gen.Const(1000.0), Gen.Const(0.0), Gen.Double[1, 1e6]).Array[0, 6], Gen.Int[0, 5]).Sample((values, places, count) =>
        {
            SeededSeries Of(TrainingArm arm, int skip) => new(arm.ToString(), arm, [.. values.Zip(places).Skip(skip).Select((p, i) => new SeededPoint(p.Second, i % 2, p.First))]);
            SeededSeries[] arms = [.. ((TrainingArm[])[TrainingArm.FineTuned, TrainingArm.Scratch, TrainingArm.Frozen, TrainingArm.RandomFrozen]).Take(count).Select(Of)];
            LabelEquivalence? equivalence = count % 2 == 0 ? null : new(1000, 0.4, 4000, values.Length > 2);
            RequireDrawing(LabelEfficiencyFigure.Build(Header, "Accuracy", arms, [new("chance", 0.1), new("boosted trees", 0.753)], equivalence));
            RequireDrawing(CwolaFigure.Build(Header, 0.02, arms, count % 2 == 0 ? null : new("true labels", 6)));
            RequireDrawing(CodesFigure.Build(Header, [.. Enumerable.Range(0, count).Select(c => new CodeUsage($"code {c}", [.. places.Skip(c).Select(p => (long)p)]))]));
            RequireDrawing(TokenizerR2Figure.Build(Header, [.. values.Select((_, i) => $"*x*_{{{i}}}")], [.. Enumerable.Range(0, count).Select(t => new TokenizerFit($"t{t}", [.. values.Select(v => v - (0.4 * t))]))], count == 3 ? null : 0.82, "Particles."));
            HistoryPoint[] history = [.. values.Select((v, i) => new HistoryPoint(10 * i, i, i, 5 + v))];
            RequireDrawing(MaskedLossFigure.Build(Header, [.. Enumerable.Range(0, count).Select(t => new MaskedLossSeries($"s{t}", history, Steps: t == 0))], count == 2 ? null : 5.9, count == 3 ? double.NaN : 5.1));
            RequireDrawing(LossByRankFigure.Build(Header, [.. Enumerable.Range(0, count).Select(t => new RankLossSeries($"r{t}", [.. values.Select((v, i) => new RankLoss(i + 1, v, i % 2 == 0 ? 0.1 : double.NaN))], t == 1))]));
        }, iter: 100);

    [Fact]
    public void Any_number_of_jets_with_anything_hidden_is_drawn() =>
        Gen.Select(Gen.Int[0, 5], Gen.Select(Gen.Double[-5, 900], Gen.Double[-1, 1], Gen.Double[-1, 1], Gen.Bool).Array[0, 8]).Sample((count, constituents) =>
        {
            DrawnConstituent[] drawn = [.. constituents.Select((c, i) => new DrawnConstituent(c.Item1, c.Item2, c.Item3, (ConstituentKind)(i % 6), c.Item4))];
            MaskedJet[] jets = [.. Enumerable.Range(0, count).Select(i => new MaskedJet($"jet {i}", $"jet {i} with a heading that is longer than its frame is wide", i % 2 == 0 ? drawn : [], i % 3 == 0 ? [] : drawn, 0.8))];
            IReadOnlyList<Figure> figures = MaskedJetsFigure.Build(Header, jets, "First of the file.");
            Assert.Equal((count + 1) / 2, figures.Count);
            Assert.All(figures, RequireDrawing);
        }, iter: 40);

    private static void RequireDrawing(Figure figure)
    {
        DrawnFigure drawn = FigureDrawing.Draw(figure);
        Assert.DoesNotContain("NaN", drawn.Svg, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", drawn.Svg, StringComparison.Ordinal);
        DrawnText[] texts = DrawnText.Of(DrawnText.Parse(drawn.Svg), 1);
        Assert.NotEmpty(texts);
        Assert.Equal(figure.Table.Rows.Count, FigureTable.Parse(drawn.Csv).Rows.Count);
    }
}
