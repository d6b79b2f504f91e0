using CsCheck;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using CoverageBin = Lightcone.Figures.Catalogue.CoverageBin;

namespace Lightcone.Tests.Figures;

/// <summary>What the figures of uncertainties and calibration say, and that they are drawn from whatever few jets give.</summary>
public sealed class UncertaintyFigureTests
{
    private static readonly FigureHeader Header = SyntheticSample.Header("Gaussian ansatz");
    private static readonly BinnedVariable Momentum = new("pt", "pt_gev", "*p*_{T}", "GeV");

    private static Interval Around(double value, double error) => new(value, value - error, value + error, 0.6827, "test");

    [Fact]
    public void Left_and_right_misses_add_up_to_the_difference_of_the_coverage()
    {
        CoveragePoint[] points = [new(0.5, 1000, 480, 0.46, 0.54) { MissedLeft = 300, MissedRight = 220 }, new(0.9, 1000, 930, 0.876, 0.924) { MissedLeft = 20, MissedRight = 50 }];
        Figure figure = CoverageFigure.Build(Header, [new("a", points)]);
        Curve[] lines = [.. figure.Panels[0].Marks.OfType<Curve>()];
        Points dots = Assert.Single(figure.Panels[0].Marks.OfType<Points>());
        Assert.Equal(2, lines.Length);
        // Sums of two differences of numbers below 1: a few units of the last place.
        Assert.All(Enumerable.Range(0, 2), i => Assert.Equal(dots.Y[i], lines[0].Y[i] + lines[1].Y[i], 12));
        Assert.Equal([-0.02, 0.03], dots.Y.Select(y => Math.Round(y, 12)));
        Assert.Equal("a: of the intervals that claim 90 %, 93 % hold the truth, the largest difference (3 percentage points); 1 of 2 levels lie outside the 99 % band.", figure.Answer);
    }

    [Fact]
    public void The_table_of_a_coverage_has_the_agreed_columns_and_repeats_what_is_drawn()
    {
        FigureTable table = CoverageFigure.Build(Header, [new("a", [new(0.5, 1000, 480, 0.46, 0.54)]), new("b", [new(0.5, 0, 0, 0, 1), new(0.6, 10, 6, double.NaN, double.NaN)])]).Table;
        Assert.Equal(["series", "nominal", "n", "covered", "value", "lower_68", "upper_68", "accept_low_99", "accept_high_99"], table.Columns);
        Interval observed = ClopperPearson.Of(480, 1000);
        Assert.Equal([0.5, 1000, 480, observed.Value - 0.5, observed.Lower - 0.5, observed.Upper - 0.5, 0.46 - 0.5, 0.54 - 0.5], table.Rows[0].Skip(1).Select(c => c.Number));
        // Nothing was tried at the first level of b.
        Assert.Equal([0.5, 0.6], table.Rows.Select(r => r[1].Number));
    }

    [Fact]
    public void Regions_of_a_flow_have_no_left_and_right()
    {
        Figure figure = CoverageFigure.Chi2(Header, [new("a", [new(0.5, 100, 50, 0.4, 0.6) { MissedLeft = 20, MissedRight = 30 }])]);
        Assert.Equal("chi2", figure.Id);
        Assert.Empty(figure.Panels[0].Marks.OfType<Curve>());
        Assert.Single(figure.Table.Rows);
    }

    [Fact]
    public void A_method_that_leaves_the_band_at_either_level_does_not_keep_its_coverage()
    {
        CoveragePoint Low(long covered) => new(0.6827, 1000, covered, 0.644, 0.72);
        CoveragePoint High(long covered) => new(0.95, 1000, covered, 0.931, 0.967);
        Figure figure = CoverageShiftFigure.Build(Header, "flat", "falling", [0.6827, 0.95],
            [new("MSE", [Low(683), High(950)], [Low(460), High(800)]), new("half", [Low(683), High(950)], [Low(600), High(950)]), new("ansatz", [Low(680), High(951)], [Low(685), High(948)])], "Test.");
        Assert.Equal("From the flat to the falling spectrum \"ansatz\" keeps the nominal coverage; \"MSE\" covers 80 % instead of 95 % there (95 % before).", figure.Answer);
        Assert.Equal(12, figure.Table.Rows.Count);
        // Filled before, hollow after; a colour a level.
        Assert.Equal([(SeriesColour.C3, false), (SeriesColour.C3, true), (SeriesColour.C1, false), (SeriesColour.C1, true)], figure.Panels[0].Marks.OfType<Points>().Select(p => (p.Colour, p.Hollow)));
    }

    [Fact]
    public void Bars_of_a_coverage_in_bins_widen_with_the_number_of_bins()
    {
        CoverageBin[] bins = [.. Enumerable.Range(0, 10).Select(i => new CoverageBin(i, i + 1, i + 0.5, 500, i == 7 ? 250 : 340)), new(10, 11, double.NaN, 0, 0)];
        Figure figure = CoverageByFigure.Build(Header, CoverageCondition.Truth, Momentum, [new(0.6827, bins)]);
        Points dots = Assert.Single(figure.Panels[0].Marks.OfType<Points>());
        Interval expected = ClopperPearson.Of(340, 500, 1 - 0.001);
        Assert.Equal((expected.Lower, expected.Upper), (dots.Lower[0], dots.Upper[0]));
        Assert.Equal("worst bin: 50 % at 7 to 8 GeV", figure.Panels[0].LegendNote);
        Assert.Equal(("coverage-by-pt", "Coverage at fixed truth, in bins of p_T"), (figure.Id, figure.Title));
        Assert.Contains("1 of 10 bars miss the nominal line", figure.Answer, StringComparison.Ordinal);
        Assert.Contains("at fixed prediction", CoverageByFigure.Build(Header, CoverageCondition.Prediction, Momentum, [new(0.6827, bins)]).Title, StringComparison.Ordinal);
    }

    [Fact]
    public void Pulls_outside_the_axis_count_in_every_number()
    {
        Figure figure = PullFigure.Build(Header, "*t*", [new("a", [-7, -2.5, 0, 0.5, 3.5, 5.5, double.NaN])]);
        string Comment(string key) => figure.Table.Comments.Single(c => c.Key == key).Value;
        Assert.Equal("6", Comment("values, a"));
        Assert.Equal(["0.6666666666666666", "0.5", "0.3333333333333333"], ((string[])["2", "3", "5"]).Select(b => Comment($"beyond {b}, a")));
        Assert.Equal(0, figure.Table.Rows.Sum(r => r[3].Number) - 4);
        Assert.Contains(figure.Notes, n => n.StartsWith("Without a meaning and left out: 1 of a", StringComparison.Ordinal));
    }

    [Fact]
    public void A_uniform_histogram_has_the_density_one_and_no_bin_outside_its_band()
    {
        Figure figure = PitFigure.Rank(Header, 99, [new("a", [.. Enumerable.Repeat(50L, 20)], 0.04, 0.06)]);
        Assert.Equal("rank", figure.Id);
        Assert.All(figure.Table.Rows, r => Assert.Equal(1, r[4].Number));
        Assert.Equal((0.8, 1.2), (Math.Round(figure.Table.Rows[0][5].Number, 12), Math.Round(figure.Table.Rows[0][6].Number, 12)));
        Assert.StartsWith("0 of 20 bins of a lie outside the 99 % band", figure.Answer, StringComparison.Ordinal);
    }

    [Fact]
    public void The_table_of_a_closure_has_the_agreed_columns()
    {
        ValueSeries[] series = [new("ansatz", [new(500, 600, 100, Around(1.004, 0.002)), new(600, 700, 100, Around(0.985, 0.002)), new(700, 800, 0, Around(double.NaN, 0))])];
        Figure closure = ClosureFigure.Closure(Header, median: true, series), resolution = ClosureFigure.Resolution(Header, series);
        Assert.Equal(["series", "pt_true_low_gev", "pt_true_high_gev", "n", "value", "lower_68", "upper_68"], closure.Table.Columns);
        Assert.Equal(closure.Table.Columns, resolution.Table.Columns);
        Assert.Equal(2, closure.Table.Rows.Count);
        Assert.Equal("The median response of ansatz lies within 1 % of 1 in 1 of 2 bins; it is farthest from 1 between 600 and 700 GeV, 0.9850 ± 0.0020.", closure.Answer);
    }

    [Theory]
    [InlineData(0.09, "all bins keep the gate of ±0.1 σ")]
    [InlineData(-0.11, "1 of 1 bins miss the gate of ±0.1 σ")]
    public void A_bias_beyond_the_gate_is_said(double bias, string verdict) =>
        Assert.Contains(verdict, BiasFigure.Build(Header, Momentum, [new("a", [new(500, 600, 100, Around(bias, 0.02))])]).Answer, StringComparison.Ordinal);

    [Fact]
    public void What_lies_outside_the_common_support_does_not_count_in_a_prior_audit()
    {
        Figure figure = PriorAuditFigure.Build(Header, Momentum, [0, 1, 2, 3], "flat", [new("falling", [-5, 0.05, -0.07, 9])], 0.5, 2.5, 0.03);
        Assert.Equal("Another spectrum of the training moves the estimate by at most 0.07 σ (falling) on the common support (between seeds: 0.03 σ); the gate of 0.12 σ is kept.", figure.Answer);
        Assert.Equal([0, 1, 1, 0], figure.Table.Rows.Select(r => r[3].Number));
        Assert.Equal(2, figure.Panels[0].Marks.OfType<Band>().Count());
        Assert.Equal([double.NaN, 0.05, -0.07, double.NaN], Assert.Single(figure.Panels[0].Marks.OfType<Curve>()).Y);
    }

    [Fact]
    public void The_best_set_of_features_is_named_and_a_reference_is_not()
    {
        Figure figure = InformationFigure.ByFeatures(Header, [new("exact", Around(2, 0.01), Reference: true), new("DNN", Around(1.22, 0.01)), new("PFN", Around(1.25, 0.01)), new("none", Around(double.NaN, 0))], "Test.");
        Assert.Equal("PFN tells most about the truth, 1.250 ± 0.010 nats, DNN least (1.220 ± 0.010).", figure.Answer);
    }

    [Fact]
    public void The_narrowest_honest_method_is_named_with_its_factor()
    {
        Figure figure = SharpnessFigure.Build(Header, 0.9, "GeV", [new("exact", Around(9, 0.1), 1, Reference: true), new("a", Around(12, 0.1), 1.3), new("b", Around(10, 0.1), 0.98)], "Test.");
        Assert.StartsWith("At 90 % coverage the narrowest intervals are those of b (mean width 10.00 ± 0.10 GeV, factor 0.98), the widest a", figure.Answer, StringComparison.Ordinal);
        Assert.Equal(["factor 1.00", "factor 1.30", "factor 0.98"], figure.Panels[0].Marks.OfType<Remark>().Select(r => r.Text));
    }

    [Fact]
    public void A_likelihood_is_cut_where_it_leaves_the_axis_and_says_which_intervals_hold_the_truth()
    {
        LikelihoodScan jet = new("median", [0, 1, 2, 3, 4], [-6, -2, 0, -2, -6], 2) { Profile68 = [(1.5, 2.5)], Profile95 = [(1.02, 2.98)], Truth = 2.7 };
        Figure figure = LikelihoodFigure.Build(Header, "*z*", "z", string.Empty, [jet], "Test.");
        Curve line = figure.Panels[0].Marks.OfType<Curve>().First();
        // Halfway between −6 and −2.
        Assert.Equal([double.NaN, 0.5, 1, 2, 3, 3.5, double.NaN], line.X);
        Assert.Equal([double.NaN, -4, -2, 0, -2, -4, double.NaN], line.Y);
        Assert.Equal("Estimates with 68 % profile intervals: median: 2 [1.5, 2.5]; 0 of 1 hold the truth.", figure.Answer);
    }

    [Fact]
    public void Any_handful_of_intervals_is_drawn() =>
        Gen.Select(Gen.Select(Gen.Double[0.01, 0.99], Gen.Long[0, 6], Gen.Long[0, 6], Gen.Bool).Array[0, 6], Gen.Int[0, 6]).Sample((points, count) =>
        {
            CoveragePoint[] made = [.. points.Select(p => new CoveragePoint(p.Item1, p.Item2, Math.Min(p.Item2, p.Item3), p.Item4 ? p.Item1 / 2 : double.NaN, p.Item4 ? (1 + p.Item1) / 2 : double.NaN) { MissedLeft = p.Item4 ? p.Item2 - Math.Min(p.Item2, p.Item3) : null, MissedRight = 0 })];
            CoverageSeries[] series = [.. Enumerable.Range(0, count).Select(i => new CoverageSeries($"method {i}", [.. made.Skip(i)]))];
            RequireDrawing(CoverageFigure.Build(Header, series));
            RequireDrawing(CoverageFigure.Chi2(Header, series));
            RequireDrawing(CoverageShiftFigure.Build(Header, "flat", "falling", [0.6827, 0.95], [.. series.Select((s, i) => new ShiftedCoverage(s.Name, s.Points, [.. s.Points.Skip(i % 2)]))], "Test."));
            CoverageBin[] bins = [.. points.Select((p, i) => new CoverageBin(i, i + 1, p.Item4 ? i + 0.4 : double.NaN, p.Item2, Math.Min(p.Item2, p.Item3)))];
            RequireDrawing(CoverageByFigure.Build(Header, CoverageCondition.Prediction, Momentum, [.. Enumerable.Range(0, Math.Min(count, 3)).Select(i => new CoverageLevel(0.3 * (i + 1), bins))]));
            RequireDrawing(PitFigure.Pit(Header, [.. Enumerable.Range(0, count).Select(i => new UniformSeries($"s{i}", [.. points.Select(p => p.Item2 * i)], 0.1, i == 1 ? double.NaN : 0.3, i == 2 ? 0.1 : double.NaN))]));
        }, iter: 100);

    [Fact]
    public void Any_handful_of_values_is_drawn() =>
        Gen.Select(Gen.OneOf(Gen.Double[-30, 30], Gen.Const(0.0), Gen.Const(double.NaN)).Array[0, 8], Gen.Int[0, 6]).Sample((values, count) =>
        {
            string[] names = [.. Enumerable.Range(0, count).Select(i => $"series {i}")];
            ValueSeries[] series = [.. names.Select((n, i) => new ValueSeries(n, [.. values.Skip(i).Select((v, b) => new ValueBin(Math.Pow(4, b), Math.Pow(4, b + 1), b % 3, Around(v, b % 2 == 0 ? 0.3 : double.NaN)))]))];
            RequireDrawing(ClosureFigure.Closure(Header, count % 2 == 0, series));
            RequireDrawing(ClosureFigure.Resolution(Header, series));
            RequireDrawing(BiasFigure.Build(Header, Momentum, series));
            RequireDrawing(PullFigure.Build(Header, "*t*", [.. names.Take(5).Select((n, i) => new PullSeries(n, [.. values.Skip(i)]))]));
            RequireDrawing(SharpnessFigure.Build(Header, 0.9, "GeV", [.. values.Select((v, i) => new SharpnessRow($"row {i}", Around(Math.Abs(v), 0.2), v, i % 2 == 0))], "Test."));
            RequireDrawing(InformationFigure.ByFeatures(Header, [.. values.Select((v, i) => new InformationRow($"row {i}", Around(v, 0.2), i % 2 == 0))], "Test."));
            RequireDrawing(InformationFigure.History(Header, [.. names.Select((n, i) => new InformationSeries(n, [.. values.Skip(i).Select((v, e) => new InformationPoint(e, v, e % 2 == 0 ? 0.2 : double.NaN))]))], count == 2 ? [new("Gaussian fit", 1)] : []));
            double[] places = [.. values.Select((_, i) => (double)i)];
            RequireDrawing(PriorAuditFigure.Build(Header, Momentum, places, "flat", [.. names.Select(n => new PriorAuditSeries(n, values))], 1, count * 2, count == 1 ? double.NaN : 0.02));
            RequireDrawing(LikelihoodFigure.Build(Header, "*z*", "z", "GeV", [.. names.Take(4).Select((n, i) => new LikelihoodScan(n, places, [.. values.Select(v => -Math.Abs(v))], i == 0 ? double.NaN : i) { Profile68 = i == 1 ? [] : [(i - 0.5, i + 0.5), (i + 1, i + 2)], Truth = i == 2 ? double.NaN : 1 })], "Test."));
        }, iter: 100);

    private static void RequireDrawing(Figure figure)
    {
        DrawnFigure drawn = FigureDrawing.Draw(figure);
        Assert.DoesNotContain("NaN", drawn.Svg, StringComparison.Ordinal);
        Assert.DoesNotContain("∞", drawn.Svg, StringComparison.Ordinal);
        Assert.NotEmpty(DrawnText.Of(DrawnText.Parse(drawn.Svg), 1));
        Assert.Equal(figure.Table.Rows.Count, FigureTable.Parse(drawn.Csv).Rows.Count);
    }
}
