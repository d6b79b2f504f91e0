using CsCheck;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Figures.Reports;
using Lightcone.Statistics;

namespace Lightcone.Tests.Figures;

/// <summary>What the figures of autoencoders and anomaly scores say, and that they are drawn from whatever a small sample gives.</summary>
public sealed class AnomalyFigureTests
{
    private static readonly FigureHeader Header = SyntheticSample.Header("LGAE");

    [Fact]
    public void A_residual_outside_the_axis_or_without_meaning_is_counted_and_said()
    {
        double[] values = [-0.1, -0.1, 0, 0, 0.1, 0.1, 7, double.NaN, double.PositiveInfinity];
        DrawnFigure drawn = FigureDrawing.Draw(ResidualFigure.Build(Header, new("mass", "mass_gev", "jet mass"), [new("LGAE", values)], []));
        FigureTable table = FigureTable.Parse(drawn.Csv);
        Assert.Contains(("outside, LGAE", "1"), table.Comments);
        Assert.Contains(("values, LGAE", "7"), table.Comments);
        Assert.Contains(("median, LGAE", "0"), table.Comments);
        Assert.Equal(6, table.Rows.Sum(r => r[3].Number));
        // The density integrates to the share of the finite values inside the axis.
        Assert.Equal(6.0 / 7, table.Rows.Sum(r => r[4].Number * (r[2].Number - r[1].Number)), 12);
        Assert.Contains("LGAE 14 %", drawn.Caption, StringComparison.Ordinal);
        Assert.Contains("2 values without meaning are left out", drawn.Caption, StringComparison.Ordinal);
    }

    [Fact]
    public void The_axis_of_residuals_is_five_spreads_wide_and_two_at_most()
    {
        (double, double) Range(double spread)
        {
            FigureTable table = ResidualFigure.Build(Header, new("pt", "pt_gev", "jet"), [new("a", [-spread, -spread / 2, 0, spread / 2, spread])], []).Table;
            return (table.Rows[0][1].Number, table.Rows[^1][2].Number);
        }

        Assert.Equal((-0.5, 0.5), Range(0.1));
        Assert.Equal((-2, 2), Range(40));
    }

    [Fact]
    public void Signal_efficiency_at_a_background_efficiency_is_read_between_the_points()
    {
        // One background jet in ten lies at 9, above it three signal jets of four; the next signal jet shares its score with the second background jet.
        double[] background = [9, 5, 4, 4, 4, 3, 3, 2, 1, 0], signal = [12, 11, 10, 5];
        Figure figure = AnomalyRocFigure.Build(Header, "distance", [SyntheticSample.Roc("t", signal, background)], []);
        Assert.Contains(("signal_efficiency@0.1, t", "0.75 (1 background jets)"), figure.Table.Comments);
        // ε_B = 0.01 lies between nothing (ε_S = 0.75 with no background jet) and the first background jet.
        Assert.Contains(("signal_efficiency@0.01, t", "0.75 (0 background jets)"), figure.Table.Comments);
        Assert.Equal(1e5, figure.Panels[0].Y.High);
    }

    [Fact]
    public void The_maximum_of_the_significance_gain_has_ten_background_jets_behind_it()
    {
        // Half of the signal lies above all background jets but one: the largest gain rests on one jet and is not the one that is quoted.
        double[] background = [.. Enumerable.Range(0, 1000).Select(i => (double)i)], signal = [998.5, 998.5, 998.5, 998.5, 500, 500, 500, 500];
        Figure figure = SicFigure.Build(Header, [SyntheticSample.Roc("t", signal, background)]);
        FigureTable table = figure.Table;
        double certain = table.Rows.Where(r => r[3].Number >= 10).Max(r => r[4].Number), all = table.Rows.Max(r => r[4].Number);
        Assert.True(all > certain);
        Assert.Contains(("maximum, t", NumberText.Exact(certain)), table.Comments);
        Assert.All(table.Rows, r => Assert.Equal(r[1].Number / Math.Sqrt(r[3].Number / 1000), r[4].Number, 1e-9 * r[4].Number));
    }

    [Fact]
    public void A_density_holds_every_jet_once()
    {
        var random = new SyntheticSample(31);
        double[] x = random.Normals(3000, 5, 1), y = [.. x.Select(v => (2 * v) + random.Normal())];
        y[0] = double.NaN;
        FigureTable table = LatentMassFigure.Build(Header, new("x", "*x*", "", x), new("y", "*y*", "", y)).Table;
        double Comment(string key) => double.Parse(table.Comments.Single(c => c.Key == key).Value, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(1, Comment("undefined"));
        Assert.Equal(2999, table.Rows.Sum(r => r[5].Number) + Comment("outside"));
        // r of y = 2x + noise of unit width over x of unit width is 2/√5; its error over 3000 jets is (1 − r²)/√3000 = 0.004.
        Assert.Equal(2 / Math.Sqrt(5), Comment("pearson_r"), 0.02);
    }

    [Fact]
    public void Padding_and_undefined_constituents_are_not_drawn()
    {
        DrawnConstituent[] jet = [new(10, 0, 0), new(0, 0, 0), new(double.NaN, 0, 0), new(5, double.NaN, 0)];
        Figure figure = ReconstructedJetsFigure.Build(Header, "jets-reconstructed", [new("a", "a", jet, jet)], "First of the file.");
        Assert.Equal(["original", "reconstructed"], figure.Table.Rows.Select(r => r[7].Text));
        Assert.Contains("100 % (a)", figure.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_many_latent_components_the_strongest_are_drawn_and_all_are_written()
    {
        double[][] r = [.. Enumerable.Range(0, 40).Select(i => (double[])[-i / 40.0, double.NaN])];
        Figure figure = CorrelationFigure.Build(Header, [.. Enumerable.Range(0, 40).Select(i => $"v{i}")], ["*E*", "*n*"], r);
        Assert.Equal(CorrelationFigure.MostRows, figure.Panels[0].Y.Categories.Count);
        Assert.Equal("v39", figure.Panels[0].Y.Categories[^1]);
        Assert.Equal(80, figure.Table.Rows.Count);
        RequireDrawing(figure);
    }

    [Fact]
    public void Any_handful_of_residuals_jets_and_scores_is_drawn() =>
        Gen.Select(Gen.OneOf(Gen.Double[-3, 3], Gen.Const(0.0), Gen.Const(double.NaN), Gen.Const(1e300)).Array[0, 6], Gen.OneOf(Gen.Double[0, 300], Gen.Const(double.NaN), Gen.Const(-1.0)).Array[0, 6]).Sample((a, b) =>
        {
            RequireDrawing(ResidualFigure.Build(Header, new("mass", "mass_gev", "jet mass *m*", "GeV"), [new("a", a), new("b", b)], [new("published", 0.1, 0.2)]));
            double[] pairs = [.. a.Zip(b, (_, y) => y)];
            foreach (AxisScale scale in (AxisScale[])[AxisScale.Linear, AxisScale.Log])
            {
                RequireDrawing(LatentMassFigure.Build(Header, new("x", "*x*", "", [.. a.Take(pairs.Length)], scale), new("y", "*y*", "", pairs, scale)));
            }

            Histogram first = Histogram.Uniform(0, 300, 20), second = Histogram.Uniform(0, 300, 20);
            first.Fill(a);
            second.Fill(b);
            RequireDrawing(SpectrumPairFigure.Build(Header, new("mass", "mass_gev", "Jet mass *m*", "GeV"), [new("q", first, second)], log: a.Length % 2 == 0));
            RequireDrawing(SpectrumPairFigure.Build(Header, new("mass", "mass_gev", "Jet mass *m*", "GeV"), [new("q", first, second), new("t", second, first)], log: a.Length % 2 == 0));
            RequireDrawing(ScoreFigure.BuildClasses(Header, "distance", "GeV", [new("g", first), new("q", second), new("t", first), new("W", second), new("Z", first)], [(0.01, 20)], AxisScale.Linear));
            RequireDrawing(MassSculptingFigure.BuildForShares(Header, new("all", first), [(new("10 %", second), 0.1), (new("1 %", second), 0.01)], "distance"));
            RequireDrawing(DataEfficiencyFigure.Build(Header, "error", [new("a", [(0.01, a), (1, b)]), new("b", [])]));
            Interval[] auc = [.. a.Select(v => new Interval(v, v - 0.1, v + 0.1, 0.6827, "DeLong"))];
            RequireDrawing(AnomalyAucFigure.Build(Header, ["t"], [.. auc.Where(i => Math.Abs(i.Value) < 10).Select((i, k) => new AnomalyScoreRow($"score {k}", [i], k > 2))], "Scores."));
            RequireDrawing(CompressionFigure.Build(Header, "jet mass", 90, [new("a", [.. auc.Select((i, k) => new CompressionPoint(10 * k, i, i))]), new("b", [], Published: true)]));
            RequireDrawing(EquivarianceFigure.Build(Header, [new("float64", [.. a.Select((v, k) => (1.0 + k, v))], []), new("published", [(10, 1e-9)], [], Published: true) { Counterpart = "float64" }], []));
        }, iter: 100);

    [Fact]
    public void An_anomaly_score_of_a_handful_of_jets_is_drawn() =>
        Gen.Select(Gen.Int[0, 4].Array[1, 12], Gen.Int[0, 4].Array[1, 12]).Sample((signal, background) =>
        {
            RocSeries series = SyntheticSample.Roc("a", [.. signal.Select(s => (double)s)], [.. background.Select(b => (double)b)]);
            RequireDrawing(SicFigure.Build(Header, [series]));
            RequireDrawing(AnomalyRocFigure.Build(Header, "distance", [series, series with { Name = "b" }], [AnomalyRocFigure.Published("published", 0.1, 0.01)]));
        }, iter: 100);

    [Fact]
    public void Up_to_five_jets_of_any_content_are_drawn_side_by_side() =>
        Gen.Select(Gen.Int[1, 5], Gen.Select(Gen.Double[-5, 900], Gen.Double[-1, 1], Gen.Double[-1, 1]).Array[0, 8]).Sample((count, constituents) =>
        {
            DrawnConstituent[] drawn = [.. constituents.Select(c => new DrawnConstituent(c.Item1, c.Item2, c.Item3))];
            ReconstructedJet[] jets = [.. Enumerable.Range(0, count).Select(i => new ReconstructedJet($"jet {i}", $"jet {i} with a heading longer than its frame is wide", i % 2 == 0 ? drawn : [], drawn, 0.8))];
            RequireDrawing(ReconstructedJetsFigure.Build(Header, "jets-reconstructed", jets, "First of the file."));
            RequireDrawing(ReconstructedJetsFigure.Interpolation(Header, "jets-interpolation", jets, "First of the file."));
        }, iter: 40);

    [Fact]
    public void Runs_on_one_sample_share_a_frame_with_the_ratio_to_the_first()
    {
        var random = new SyntheticSample(41);
        double[] background = random.Normals(2000, 0, 1);
        DrawnFigure Roc(double shift) => FigureDrawing.Draw(RocFigure.Build(Header, [SyntheticSample.Roc($"shift {shift}", random.Normals(1000, shift, 1), background)], []));
        IReadOnlyList<DrawnFigure> overlaid = OverlayFigures.Of([new("a", "Simulation", [Roc(1)]), new("b", "Simulation", [Roc(2)]), new("a", "Simulation", [Roc(1.5)]), new("c", "Simulation", [])]);
        DrawnFigure figure = Assert.Single(overlaid);
        Assert.Equal("compare-roc", figure.Id);
        FigureTable table = FigureTable.Parse(figure.Csv);
        Assert.Equal(["a", "b", "a (2)"], table.Rows.Select(r => r[0].Text).Distinct());
        Assert.All(table.Rows.Where(r => r[0].Text == "a"), r => Assert.Equal(1, r[5].Number));
        Assert.Matches("is .*b.*, .*a \\(2\\).*, .*a", figure.Answer);
        Assert.Empty(OverlayFigures.Of([new("a", "Simulation", [Roc(1)]), new("b", "Simulation", [])]));
    }

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
