using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Tests.Figures;

/// <summary>Every figure of the catalogue, drawn from fixed synthetic data.</summary>
internal static class CatalogueFigures
{
    public static IReadOnlyList<Figure> All { get; } =
    [
        Roc(), RocRatio(), Loss(), Metric(), Rate(), Score(), Reliability(), RejectionVsPt(), EfficiencyVsMass(), MassSculpting(), Confusion(), ConfusionOfTen(), Symmetry(), Jets(), Ablation(), Spectrum(), Wide(), Small(), Correlation(),
        .. AnomalyFigures.All, .. PretrainingFigures.All, .. UncertaintyFigures.All,
    ];

    public static Figure Named(string id) => All.Single(f => f.Id == id);

    private static RocSeries[] Series()
    {
        var random = new SyntheticSample(1);
        double[] background = random.Normals(8000, 0, 1);
        RocSeries network = SyntheticSample.Roc("LorentzNet", random.Normals(8000, 3.1, 1.1), background);
        RocSeries mass = SyntheticSample.Roc("jet-mass window", random.Normals(8000, 1.9, 1.15), background, "|*m* − 173 GeV|");
        return [network, mass];
    }

    private static ReferencePoint[] References() =>
    [
        new("boosted trees, 8 variables (measured)", 0.3, new(720, 560, 940, 0.6827, "Clopper-Pearson")),
        new("boosted trees, 8 variables (measured)", 0.5, new(276, 240, 318, 0.6827, "Clopper-Pearson")),
    ];

    private static Figure Roc() => RocFigure.Build(SyntheticSample.Header("LorentzNet"), Series(), References());

    private static Figure RocRatio() => RocFigure.BuildWithRatio(SyntheticSample.Header("LorentzNet"), Series(), 1, []);

    private static TrainingHistory History()
    {
        var random = new SyntheticSample(2);
        const int steps = 6000, perEpoch = 500;
        double Loss(double step) => 0.09 + (0.6 * Math.Exp(-step / 350)) + (0.12 * Math.Exp(-step / 2500));
        HistoryPoint At(double step, double value) => new(step, step / perEpoch, step * 0.31, value);
        return new()
        {
            Training = [.. Enumerable.Range(1, steps).Select(i => At(i, Loss(i) * Math.Exp(0.35 * random.Normal())))],
            Validation = [.. Enumerable.Range(1, steps / perEpoch).Select(e => At(e * perEpoch, (1.05 * Loss(e * perEpoch)) + (e > 9 ? 0.004 * (e - 9) : 0) + (0.003 * random.Normal())))],
            LearningRate = [.. Enumerable.Range(1, steps / 20).Select(i => At(i * 20, 1e-3 * (i < 25 ? i / 25.0 : Math.Max(0.002, 0.5 * (1 + Math.Cos(Math.PI * i * 20 / steps))))))],
            EpochEnds = [.. Enumerable.Range(1, steps / perEpoch).Select(e => (double)e * perEpoch)],
            BestStep = 4500,
        };
    }

    private static Figure Loss() => TrainingFigures.Loss(SyntheticSample.Header("LorentzNet"), History());

    private static Figure Metric()
    {
        TrainingHistory history = History();
        return TrainingFigures.Metric(SyntheticSample.Header("LorentzNet"), history, "AUC", [.. history.Validation.Select(v => new Interval(1 - (0.1 * v.Value), 1 - (0.1 * v.Value) - 0.0008, 1 - (0.1 * v.Value) + 0.0007, 0.6827, "DeLong"))]);
    }

    private static Figure Rate()
    {
        var random = new SyntheticSample(3);
        return TrainingFigures.Rate(SyntheticSample.Header("LorentzNet"), [.. Enumerable.Range(0, 200).Select(i => new HistoryPoint(i * 30, i / 10.0, i * 27, i is > 90 and < 104 ? double.NaN : 1830 - (i < 90 ? 0 : 260) + (40 * random.Normal())))]);
    }

    private static Figure Score()
    {
        var random = new SyntheticSample(4);
        double[] edges = [.. Enumerable.Range(0, 53).Select(i => -12 + (0.5 * i))];
        HistogramSeries Fill(string name, double[] values)
        {
            var histogram = new Histogram(edges);
            histogram.Fill(values);
            return new(name, histogram);
        }

        double[] signal = [.. random.Normals(8000, 4.2, 2.9)];
        double[] cuts = [.. signal.OrderDescending()];
        return ScoreFigure.Build(SyntheticSample.Header("LorentzNet"), "Logit difference top − QCD", Fill("QCD", random.Normals(8000, -4.5, 2.6)), Fill("top", signal), [(0.3, cuts[2399]), (0.5, cuts[3999]), (0.7, cuts[5599])]);
    }

    private static Figure Reliability()
    {
        var random = new SyntheticSample(5);
        long[] counts = [6900, 610, 240, 160, 130, 120, 150, 230, 590, 6870];
        ReliabilityBin[] Bins(long[] jets, double tilt, double end) => [.. jets.Select((n, i) =>
        {
            double confidence = i == 0 ? end : i == 9 ? 1 - end : 0.05 + (0.1 * i), share = confidence + (tilt * (0.5 - confidence));
            long k = Math.Clamp((long)Math.Round((n * share) + (Math.Sqrt(n * share * (1 - share)) * random.Normal())), 0, n);
            return new ReliabilityBin(i / 10.0, (i + 1) / 10.0, n, confidence, ClopperPearson.Of(k, n));
        })];
        double Error(ReliabilityBin[] bins) => bins.Sum(b => b.Count * Math.Abs(b.Observed.Value - b.MeanPredicted)) / bins.Sum(b => b.Count);
        ReliabilityBin[] raw = Bins(counts, 0.08, 0.008), scaled = Bins([6420, 790, 370, 260, 210, 200, 250, 360, 780, 6360], 0, 0.017);
        return ReliabilityFigure.Build(SyntheticSample.Header("LorentzNet"), raw, Error(raw), 0.0048, new(1.37, scaled, Error(scaled), 0.0052));
    }

    private static Figure RejectionVsPt()
    {
        double[] edges = [550, 562, 575, 590, 606, 626, 650];
        long[] passed = [4, 2, 1, 0, 3, 2];
        return BinnedFigure.Rejection(SyntheticSample.Header("LorentzNet"), new("pt", "pt_gev", "Jet *p*_{T}", "GeV"), 0.5, [
            new("LorentzNet", [.. passed.Select((k, i) => new EfficiencyBin(edges[i], edges[i + 1], ((edges[i] + edges[i + 1]) / 2) - 0.4, k, 1333, ClopperPearson.Of(k, 1333)))]),
            new("boosted trees", [.. passed.Select((k, i) => new EfficiencyBin(edges[i], edges[i + 1], ((edges[i] + edges[i + 1]) / 2) + 1.2, (2 * k) + 3, 1333, ClopperPearson.Of((2 * k) + 3, 1333)))])]);
    }

    private static Figure EfficiencyVsMass()
    {
        double[] edges = [0, 60, 100, 140, 160, 170, 180, 190, 210, 300];
        double[] signal = [0.02, 0.08, 0.31, 0.62, 0.79, 0.84, 0.80, 0.61, 0.22], background = [0.0004, 0.0011, 0.002, 0.004, 0.006, 0.006, 0.005, 0.003, 0.001];
        BinnedSeries Make(string name, double[] efficiency, long n) => new(name, [.. efficiency.Select((e, i) => new EfficiencyBin(edges[i], edges[i + 1], (edges[i] + edges[i + 1]) / 2, (long)(e * n), n, ClopperPearson.Of((long)(e * n), n)))]);
        return BinnedFigure.Efficiency(SyntheticSample.Header("LorentzNet"), new("mass", "mass_gev", "Jet mass *m*", "GeV"), [Make("top", signal, 900), Make("QCD", background, 900)]);
    }

    private static Figure MassSculpting()
    {
        double[] edges = [.. Enumerable.Range(0, 31).Select(i => 10.0 * i)];
        double Falling(double m) => m * Math.Exp(-m / 38);
        double[] before = [.. edges.Take(30).Select(m => Math.Round(9 * Falling(m + 5)))];
        double[] after = [.. edges.Take(30).Select((m, i) => Math.Round((before[i] * 0.004) + (14 * Math.Exp(-Math.Pow((m - 167) / 22, 2)))))];
        return MassSculptingFigure.Build(SyntheticSample.Header("LorentzNet"), new("QCD, all", SyntheticSample.Histogram(edges, before)), new("QCD, passing", SyntheticSample.Histogram(edges, after)), 0.5);
    }

    private static Figure Confusion() => ConfusionFigure.Build(SyntheticSample.Header("LorentzNet"), ["QCD", "top"], [[7642, 358], [426, 7574]]);

    private static Figure ConfusionOfTen()
    {
        string[] names = ["QCD", "H → bb", "H → cc", "H → gg", "H → 4q", "H → ℓνqq", "t → bqq", "t → bℓν", "W → qq", "Z → qq"];
        long[][] counts = [.. Enumerable.Range(0, 10).Select(r => Enumerable.Range(0, 10).Select(c => r == c ? 700L + (20 * r) : 3L + (7L * r * (c + 1) % 61)).ToArray())];
        return ConfusionFigure.Build(SyntheticSample.Header("MPM"), names, counts) with { Id = "confusion-ten" };
    }

    private static Figure Symmetry()
    {
        double[] gammas = [1.01, 1.1, 1.5, 2, 3, 5, 10, 22];
        SymmetrySeries Make(string name, double unit, bool published = false) => new(name, [.. gammas.Select(g => (g, unit * g * g * (1 + (0.2 * Math.Sin(7 * g)))))], [(0.1, unit), (1, 2 * unit), (3.14, 3 * unit)], published);
        return SymmetryFigure.Build(SyntheticSample.Header("LorentzNet"), [Make("float64 geometry", 3e-8), Make("float64 throughout", 4e-16), Make("float32 throughout", 2e-6)], [("2^{−24} × condition", 6e-7), ("2^{−53} × condition", 1.1e-15)]);
    }

    private static Figure Jets()
    {
        var random = new SyntheticSample(6);
        DrawnConstituent[] Swarm(double[][] prongs, int soft) =>
        [
            .. prongs.SelectMany(p => Enumerable.Range(0, 11).Select(i => new DrawnConstituent(p[2] * Math.Exp(-0.55 * i), p[0] + (0.025 * (1 + (0.3 * i)) * random.Normal()), p[1] + (0.025 * (1 + (0.3 * i)) * random.Normal()), (ConstituentKind)(1 + (i % 3))))),
            .. Enumerable.Range(0, soft).Select(i => new DrawnConstituent(0.6 + random.Uniform(), 0.4 * random.Normal(), 0.4 * random.Normal(), ConstituentKind.ChargedHadron, i % 3 == 0)),
        ];
        FigureHeader header = SyntheticSample.Header("top and QCD jet") with { Conditions = ["550 < *p*_{T} < 650 GeV"] };
        return JetsFigure.Build(header, "jets", new("top", "top, *m* = 174 GeV, score 0.98", Swarm([[-0.1, 0.0, 150], [0.2, 0.35, 60], [0.1, -0.4, 90]], 12), 0.8), new("qcd", "QCD, *m* = 61 GeV, score 0.02", Swarm([[0, 0, 260]], 10), 0.8), "Median score of each class.");
    }

    private static Figure Ablation() => AblationFigure.Build(SyntheticSample.Header("LorentzNet"), "AUC", new Interval(0.98956, 0.98897, 0.99015, 0.6827, "DeLong"),
        [
            new("clamp 50 as published", new Interval(-0.0004, -0.0007, -0.0001, 0.6827, "paired bootstrap")),
            new("float32 geometry", new Interval(-0.0009, -0.0013, -0.0005, 0.6827, "paired bootstrap")),
            new("pooling over the batch maximum", new Interval(0.0001, -0.0002, 0.0004, 0.6827, "paired bootstrap")),
            new("without beams", new Interval(-0.0061, -0.0069, -0.0053, 0.6827, "paired bootstrap")),
        ], "Three seeds each, paired by seed; bars: 68 % intervals.");

    /// <summary>Every mark on the canvas with three panels: points, stepped band, histograms, ratio with arrows, pulls.</summary>
    private static Figure Spectrum()
    {
        double[] edges = [0, 5.5, 8.5, 11.5, 14.5, 17.5, 20.5, 23.5, 26.5, 29.5, 33.5, 37.5, 42.5, 48.5, 55.5, 70];
        double[] truth = [90, 800, 1995, 2885, 3130, 2705, 2170, 1660, 1240, 850, 530, 300, 140, 52, 12], prior = [10, 210, 905, 1810, 2510, 2680, 2430, 2100, 1640, 1270, 920, 610, 330, 160, 50];
        double[] result = [75, 812, 2030, 2840, 3060, 2635, 2175, 1745, 1245, 862, 562, 324, 135, 58, 10], error = [8, 31, 42, 51, 45, 43, 30, 31, 20, 18, 17, 13, 6, 4, 2];
        double[] centres = [.. edges.Zip(edges.Skip(1), (a, b) => (a + b) / 2)];
        double[] Ratio(double[] a) => [.. a.Zip(truth, (x, t) => x / t)];
        var x = new Axis { Title = "Number of constituents", Low = 0, High = 70 };
        double[] pulls = [.. result.Select((r, i) => (r - truth[i]) / error[i])];
        return new Figure
        {
            Id = "spectrum", Title = "Unfolded jet multiplicity", Answer = "The unfolded spectrum follows the truth.", Canvas = CanvasKind.RatioPull,
            Label = "IBU, *k* = 3", Conditions = ["Z + jet", "√*s* = 14 TeV", "*p*_{T} > 200 GeV"],
            Panels =
            [
                new Panel
                {
                    X = x, Y = new Axis { Title = "Jets / constituent", Unit = "10^{3}" }, LegendNote = "Δ = 0.29·10^{−3} (prior 54, floor 0.12)",
                    Marks =
                    [
                        new Points { X = centres, Y = [.. result.Select(v => v / 1000)], Lower = [.. result.Select((v, i) => (v - error[i]) / 1000)], Upper = [.. result.Select((v, i) => (v + error[i]) / 1000)], Legend = "unfolded jets" },
                        new Band { X = edges, Stepped = true, Lower = [.. result.Select((v, i) => (v - (0.7 * error[i])) / 1000)], Upper = [.. result.Select((v, i) => (v + (0.7 * error[i])) / 1000)], Colour = SeriesColour.C3, Legend = "simulation statistics" },
                        new Steps { Edges = edges, Heights = [.. truth.Select(v => v / 1000)], Colour = SeriesColour.C1, Legend = "truth (alternative shower)" },
                        new Steps { Edges = edges, Heights = [.. prior.Select(v => v / 1000)], Colour = SeriesColour.C5, Line = LineStyle.Dashed, Width = 1.6, Legend = "prior (nominal shower)" },
                    ],
                },
                new Panel
                {
                    X = x, Y = new Axis { Title = "Ratio to truth", Low = 0.8, High = 1.2 },
                    Marks =
                    [
                        new Hairline { At = 1, Vertical = false, Line = LineStyle.Solid, Width = 1.8, Colour = SeriesColour.C1 },
                        new Steps { Edges = edges, Heights = Ratio(prior), ToBase = false, Colour = SeriesColour.C5, Line = LineStyle.Dashed, Width = 1.6 },
                        new Points { X = centres, Y = Ratio(result), Lower = Ratio([.. result.Select((v, i) => v - error[i])]), Upper = Ratio([.. result.Select((v, i) => v + error[i])]) },
                    ],
                },
                new Panel { X = x, Y = new Axis { Title = "Pull", Low = -3.6, High = 3.6 }, Marks = [new Band { X = [0, 70], Lower = [-1, -1], Upper = [1, 1], Colour = SeriesColour.C5 }, new Bars { Edges = edges, Heights = pulls }] },
            ],
            Table = new() { Columns = ["series", "bin_low", "bin_high", "value", "lower_68", "upper_68"], Rows = [.. result.Select((v, i) => (IReadOnlyList<TableCell>)["unfolded", edges[i], edges[i + 1], v / 1000, (v - error[i]) / 1000, (v + error[i]) / 1000])] },
            Reading = new() { Kind = "Points and histograms", X = "bin_low", XHigh = "bin_high", Y = "value", Lower = "lower_68", Upper = "upper_68" },
        };
    }

    private static Figure Wide() => Metric() with { Id = "wide", Canvas = CanvasKind.Wide };

    private static Figure Small()
    {
        Figure score = Score();
        return score with { Id = "small", Canvas = CanvasKind.Small, Conditions = [], Panels = [score.Panels[0] with { Marks = [.. score.Panels[0].Marks.OfType<Steps>()] }] };
    }

    private static Figure Correlation()
    {
        double[][] values = [.. Enumerable.Range(0, 15).Select(r => Enumerable.Range(0, 15).Select(c => Math.Exp(-Math.Abs(r - c) / 1.5) * (Math.Abs(r - c) % 2 == 0 ? 1 : -1)).ToArray())];
        Axis axis = new() { Title = "Bin of the multiplicity", Scale = AxisScale.Category, Categories = [.. Enumerable.Range(1, 15).Select(i => $"{i}")] };
        return new Figure
        {
            Id = "correlation", Title = "Correlation of the bins", Answer = "Neighbouring bins are anticorrelated.", Canvas = CanvasKind.Matrix, Label = "IBU", Conditions = ["Z + jet"],
            Panels = [new Panel { X = axis, Y = axis, Marks = [new Cells { Values = values, Signed = true, Low = -1, High = 1, BarTitle = "Correlation" }] }],
            Table = new() { Columns = ["series", "column", "correlation"], Rows = [.. values.SelectMany((row, r) => row.Select((v, c) => (IReadOnlyList<TableCell>)[$"{r}", c, v]))] },
        };
    }
}
