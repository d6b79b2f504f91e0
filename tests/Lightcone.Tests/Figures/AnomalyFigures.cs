using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Figures.Reports;
using Lightcone.Statistics;

namespace Lightcone.Tests.Figures;

/// <summary>The figures of autoencoders and anomaly scores, drawn from fixed synthetic data.</summary>
internal static class AnomalyFigures
{
    public static IReadOnlyList<Figure> All { get; } =
    [
        Reconstructed(), Interpolation(), ResidualMass(), ResidualEta(), Compression(), AnomalyRoc(), Sic(), Distances(), LatentMass(), LatentCorrelation(),
        SpectrumMass(), SpectrumConstituents(), Equivariance(), DataEfficiency(), MassAfterCuts(), Auc(), AucOfMany(), .. Overlaid(),
    ];

    private static FigureHeader Header => new()
    {
        Label = "LGAE",
        Conditions = ["*p*_{T} ≈ 1 TeV", "30 constituents"],
        Run = "runs/lgae",
        Sample = "jetnet test",
    };

    private static DrawnConstituent[] Swarm(SyntheticSample random, double[][] prongs, int each) =>
        [.. prongs.SelectMany(p => Enumerable.Range(0, each).Select(i => new DrawnConstituent(p[2] * Math.Exp(-0.5 * i), p[0] + (0.018 * (1 + (0.4 * i)) * random.Normal()), p[1] + (0.018 * (1 + (0.4 * i)) * random.Normal()))))];

    private static DrawnConstituent[] Smeared(SyntheticSample random, DrawnConstituent[] jet, double by) =>
        [.. jet.Select(c => c with { TransverseMomentum = c.TransverseMomentum * Math.Exp(4 * by * random.Normal()), DeltaEta = c.DeltaEta + (by * random.Normal()), DeltaPhi = c.DeltaPhi + (by * random.Normal()) })];

    private static Figure Reconstructed()
    {
        var random = new SyntheticSample(11);
        DrawnConstituent[] quark = Swarm(random, [[0, 0, 420]], 18), top = Swarm(random, [[-0.1, 0.02, 260], [0.12, 0.2, 180], [0.1, -0.18, 90]], 10), wide = Swarm(random, [[0.05, 0, 200], [-0.25, 0.2, 160], [0.1, -0.3, 120]], 9);
        return ReconstructedJetsFigure.Build(Header, "jets-reconstructed",
            [
                new("best", "best: q, *m* = 41 GeV, score 0.0004", quark, Smeared(random, quark, 0.004), 0.4),
                new("median", "median: t, *m* = 171 GeV, score 0.003", top, Smeared(random, top, 0.02), 0.4),
                new("worst decile", "worst decile: t, *m* = 236 GeV, score 0.02", wide, Smeared(random, wide, 0.06), 0.4),
            ],
            "Jets with the smallest, the median and the 90 % quantile of the anomaly score in the test sample.");
    }

    private static Figure Interpolation()
    {
        var random = new SyntheticSample(12);
        DrawnConstituent[] a = Swarm(random, [[0, 0, 380]], 15), b = Swarm(random, [[-0.12, 0.05, 220], [0.12, -0.1, 200]], 8);
        ReconstructedJet Step(int i)
        {
            double t = i / 4.0;
            DrawnConstituent[] mixed = [.. a.Zip(b, (x, y) => new DrawnConstituent(((1 - t) * x.TransverseMomentum) + (t * y.TransverseMomentum), ((1 - t) * x.DeltaEta) + (t * y.DeltaEta), ((1 - t) * x.DeltaPhi) + (t * y.DeltaPhi)))];
            return new(i switch { 0 => "jet A", 4 => "jet B", _ => $"step {i}" }, i switch { 0 => "A: q, *m* = 38 GeV", 4 => "B: W, *m* = 81 GeV", _ => $"{25 * i} % of the way" }, i switch { 0 => a, 4 => b, _ => [] }, Smeared(random, mixed, 0.01), 0.4);
        }

        return ReconstructedJetsFigure.Interpolation(Header, "jets-interpolation", [.. Enumerable.Range(0, 5).Select(Step)], "A: the quark jet, B: the W jet with the median score of its class; the latent vectors in between are mixed linearly.");
    }

    private static Figure ResidualMass()
    {
        var random = new SyntheticSample(13);
        return ResidualFigure.Build(Header, new("mass", "mass_gev", "jet mass *m*", "GeV"),
            [new("LGAE", [.. random.Normals(20_000, 0.006, 0.11).Append(double.NaN)]), new("GNNAE-JL", [.. random.Normals(20_000, 0.26, 0.31)])],
            [new("published LGAE", 0.096, 0.134), new("published GNNAE-JL", 0.326, 0.667)]);
    }

    private static Figure ResidualEta()
    {
        var random = new SyntheticSample(14);
        return ResidualFigure.Build(Header, new("eta", "eta_rel", "constituent *η*_{rel}"),
            [new("LGAE, 9 latent vectors", [.. random.Normals(5000, 0.0002, 0.02)]), new("LGAE, 4 latent vectors", [.. random.Normals(5000, -0.01, 0.3)]), new("GNNAE-PL", [.. random.Normals(5000, 0.05, 0.9)])], []);
    }

    private static Figure Compression()
    {
        CompressionPoint At(double n, double spread, double auc, bool bars = true) =>
            new(n, new(spread, bars ? spread * 0.96 : double.NaN, bars ? spread * 1.05 : double.NaN, 0.6827, "bootstrap"), new(auc, bars ? auc - 0.004 : double.NaN, bars ? auc + 0.004 : double.NaN, 0.6827, "DeLong"));
        return CompressionFigure.Build(Header, "jet mass", 90,
            [
                new("LGAE, min–max", [At(18, 0.31, 0.741), At(34, 0.17, 0.768), At(58, 0.12, 0.772)]),
                new("LGAE, softmax", [At(9, 0.42, 0.751), At(17, 0.2, 0.79), At(29, 0.1, 0.797)]),
                new("GNNAE-JL", [At(10, 0.9, 0.59), At(40, 0.68, 0.664), At(80, 2.6, 0.70)]),
                new("published LGAE, min–max", [At(34, 0.134, 0.7627, false), At(58, 0.287, 0.7673, false), At(18, double.NaN, 0.7253, false)], Published: true),
            ]);
    }

    private static RocSeries[] Signals(int background = 10_000)
    {
        var random = new SyntheticSample(15);
        double[] jets = random.Normals(background, 0, 1), t = random.Normals(3000, 1.5, 1.1), w = random.Normals(3000, 0.8, 0.9), z = random.Normals(3000, 0.95, 0.9);
        return [SyntheticSample.Roc("t, W, Z together", [.. t, .. w, .. z], jets), SyntheticSample.Roc("t", t, jets), SyntheticSample.Roc("W", w, jets), SyntheticSample.Roc("Z", z, jets)];
    }

    private static Figure AnomalyRoc() => AnomalyRocFigure.Build(Header, "Chamfer distance", Signals(),
        [AnomalyRocFigure.Published("published (arXiv:2212.07347)", 0.5832, 1e-1), AnomalyRocFigure.Published("published (arXiv:2212.07347)", 0.1305, 1e-2), AnomalyRocFigure.Published("published (arXiv:2212.07347)", 0.0007, 1e-3)]);

    private static Figure Sic() => SicFigure.Build(Header, Signals());

    private static Figure Distances()
    {
        var random = new SyntheticSample(16);
        double[] edges = [.. Enumerable.Range(0, 41).Select(i => 1e-4 * Math.Pow(10, i / 10.0))];
        HistogramSeries Class(string name, int n, double centre, double width)
        {
            var histogram = new Histogram(edges);
            histogram.Fill([.. random.Normals(n, centre, width).Select(v => Math.Pow(10, v))]);
            return new(name, histogram);
        }

        return ScoreFigure.BuildClasses(Header, "Chamfer distance", "GeV^{2}", [Class("g and q", 20_000, -2.6, 0.42), Class("t", 10_000, -1.9, 0.4), Class("W", 10_000, -2.3, 0.38), Class("Z", 10_000, -2.25, 0.36)], [(0.1, 0.0087), (0.01, 0.024)], AxisScale.Log);
    }

    private static Figure LatentMass()
    {
        var random = new SyntheticSample(17);
        double[] mass = [.. Enumerable.Range(0, 12_000).Select(i => i % 3 == 0 ? 172 + (12 * random.Normal()) : 30 * Math.Exp(0.6 * Math.Abs(random.Normal())))];
        return LatentMassFigure.Build(Header, new("jet_mass_squared_gev2", "Jet *m*^{2}", "GeV^{2}", [.. mass.Select(m => m * m)], AxisScale.Log),
            new("latent_mass_squared", "*m*^{2} of the sum of latent vectors", string.Empty, [.. mass.Select(m => (i: m * m, r: random.Normal())).Select((p, k) => k % 997 == 0 ? double.NaN : 1e-6 * p.i * Math.Exp(0.35 * p.r))], AxisScale.Log));
    }

    private static Figure LatentCorrelation()
    {
        var random = new SyntheticSample(18);
        string[] columns = ["*E*", "*p*_{x}", "*p*_{y}", "*p*_{z}"];
        string[] rows = [.. Enumerable.Range(1, 4).SelectMany(a => (string[])["E", "x", "y", "z"], (a, c) => $"*v*^{{{a}}}_{{{c}}}")];
        double[][] r = [.. rows.Select((_, i) => columns.Select((_, k) => i % 4 == k ? 0.95 - (0.2 * (i / 4)) : 0.25 * random.Normal() * 0.6).ToArray())];
        r[3][0] = double.NaN;
        return CorrelationFigure.Build(Header, rows, columns, r);
    }

    private static SpectrumPair Pair(string name, double[] edges, double[] original, double[] reconstructed)
    {
        Histogram a = new(edges), b = new(edges);
        a.Fill(original);
        b.Fill(reconstructed);
        return new(name, a, b);
    }

    private static Figure SpectrumMass()
    {
        var random = new SyntheticSample(19);
        double[] edges = [.. Enumerable.Range(0, 61).Select(i => 5.0 * i)];
        SpectrumPair Class(string name, Func<double> mass)
        {
            double[] values = [.. Enumerable.Range(0, 8000).Select(_ => mass())];
            return Pair(name, edges, values, [.. values.Select(m => m * (1.01 + (0.08 * random.Normal())))]);
        }

        return SpectrumPairFigure.Build(Header, new("mass", "mass_gev", "Jet mass *m*", "GeV"),
            [Class("g", () => 60 * Math.Exp(0.4 * random.Normal())), Class("q", () => 42 * Math.Exp(0.45 * random.Normal())), Class("t", () => 170 + (16 * random.Normal())), Class("W", () => 81 + (8 * random.Normal())), Class("Z", () => 91 + (8 * random.Normal()))], log: false);
    }

    private static Figure SpectrumConstituents()
    {
        var random = new SyntheticSample(20);
        double[] edges = [.. Enumerable.Range(0, 41).Select(i => 10.0 * i)], values = [.. Enumerable.Range(0, 40_000).Select(_ => -55 * Math.Log(random.Uniform()))];
        return SpectrumPairFigure.Build(Header, new("constituent-pt", "pt_gev", "Constituent *p*_{T}", "GeV"), [Pair("g and q", edges, values, [.. values.Select(v => v * (0.97 + (0.1 * random.Normal())))])], log: true);
    }

    private static Figure Equivariance()
    {
        double[] gammas = [1.01, 1.5, 3, 10, 30, 100, 300, 1000, 3000, 11_013];
        SymmetrySeries Make(string name, double unit, double power) => new(name, [.. gammas.Select(g => (g, unit * Math.Pow(g, power) * (1 + (0.3 * Math.Sin(5 * g)))))], [(0.1, unit), (3.14, 3 * unit)]);
        SymmetrySeries Published(string name, string of, double[] values) => new(name, [.. ((double[])[1.5, 10, 100, 1000, 11_013]).Zip(values)], [], Published: true) { Counterpart = of };
        return EquivarianceFigure.Build(Header,
            [
                Make("mean, float64", 3e-15, 1.5), Make("min–max, float64", 1e-15, 1.6), Make("min–max, float32", 3e-7, 1.2),
                Published("published, mean", "mean, float64", [6.6e-11, 1e-8, 4e-7, 7e-7, 5.6e-5]), Published("published, min–max", "min–max, float64", [8.4e-12, 1.2e-9, 4.7e-8, 9e-8, 6.6e-6]),
            ],
            [("2^{−53}", Math.Pow(2, -53)), ("2^{−24}", Math.Pow(2, -24))]);
    }

    private static Figure DataEfficiency()
    {
        var random = new SyntheticSample(21);
        double[] fractions = [0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 1];
        DataEfficiencySeries Make(string name, double floor, double rise) => new(name, [.. fractions.Select(f => (f, (IReadOnlyList<double>)[.. Enumerable.Range(0, 5).Select(i => i == 4 && f < 0.01 ? double.NaN : (floor + (rise / Math.Sqrt(f))) * Math.Exp(0.12 * random.Normal()))]))]);
        return DataEfficiencyFigure.Build(Header, "Median |relative mass error|", [Make("LGAE", 0.05, 0.0006), Make("GNNAE-JL", 0.09, 0.004), Make("CNNAE", 0.06, 0.012)]);
    }

    private static Figure MassAfterCuts()
    {
        double[] edges = [.. Enumerable.Range(0, 31).Select(i => 10.0 * i)];
        double[] before = [.. edges.Take(30).Select(m => Math.Round(90 * (m + 5) * Math.Exp(-(m + 5) / 38)))];
        double[] tenth = [.. edges.Take(30).Select((m, i) => Math.Round(before[i] * 0.1 * Math.Min(2.6, m / 60)))], hundredth = [.. edges.Take(30).Select((m, i) => Math.Round(before[i] * 0.01 * Math.Min(9, Math.Pow(m / 70, 2))))];
        return MassSculptingFigure.BuildForShares(Header, new("g and q, all", SyntheticSample.Histogram(edges, before)), [(new("highest 10 %", SyntheticSample.Histogram(edges, tenth)), 0.1), (new("highest 1 %", SyntheticSample.Histogram(edges, hundredth)), 0.01)], "Chamfer distance");
    }

    private static AnomalyScoreRow Row(SyntheticSample random, string name, double level, bool reference = false) =>
        new(name, [.. Enumerable.Range(0, 4).Select(s => level + (0.05 * random.Normal()) + (s == 0 ? 0.05 : 0)).Select(v => new Interval(v, v - 0.004, v + 0.004, 0.6827, "DeLong"))], reference);

    private static Figure Auc()
    {
        var random = new SyntheticSample(22);
        return AnomalyAucFigure.Build(Header, ["t", "W", "Z", "t, W, Z"],
            [Row(random, "Chamfer", 0.76), Row(random, "Hungarian", 0.74), Row(random, "jet four-momentum", 0.6), Row(random, "jet mass, high", 0.8, true), Row(random, "multiplicity, high", 0.55, true)], "Scores are reconstruction errors of the LGAE.");
    }

    private static Figure AucOfMany()
    {
        var random = new SyntheticSample(23);
        string[] names = ["Chamfer, Cartesian", "Chamfer, polar", "Chamfer, relative polar", "Hungarian, Cartesian", "Hungarian, polar", "Hungarian, relative polar", "mean square, Cartesian", "jet four-momentum", "Lorentz Chamfer", "latent norm"];
        return AnomalyAucFigure.Build(Header, ["t", "W", "Z", "t, W, Z"],
            [.. names.Select((n, i) => Row(random, n, 0.78 - (0.02 * i))), Row(random, "jet mass, high", 0.82, true), Row(random, "jet mass, low", 0.18, true), Row(random, "multiplicity, high", 0.55, true)], "Scores are reconstruction errors of the LGAE.") with
        { Id = "anomaly-auc-many" };
    }

    private static IReadOnlyList<Figure> Overlaid()
    {
        var random = new SyntheticSample(24);
        double[] background = random.Normals(4000, 0, 1);
        OverlaidRun Run(string name, double shift)
        {
            RocSeries series = SyntheticSample.Roc("t", random.Normals(2000, shift, 1.1), background);
            return new(name, "Simulation", [FigureDrawing.Draw(AnomalyRocFigure.Build(Header, "Chamfer distance", [series], [])), FigureDrawing.Draw(SicFigure.Build(Header, [series]))]);
        }

        return OverlayFigures.Undrawn([Run("lgae", 1.6), Run("gnnae", 1.3), Run("lgae-mix", 1.75)]);
    }
}
