using Lightcone.Figures;
using Lightcone.Figures.Catalogue;

namespace Lightcone.Tests.Figures;

/// <summary>The figures of pre-training by hidden particles, drawn from fixed synthetic data.</summary>
internal static class PretrainingFigures
{
    private static readonly string[] Features = ["*p*_{T}", "Δ*η*", "Δ*φ*", "*d*_{0}", "*σ*(*d*_{0})", "*d*_{z}", "*σ*(*d*_{z})"];

    public static IReadOnlyList<Figure> All { get; } =
    [
        Labels(), LabelsUnreached(), MaskedLoss(), MaskedLossOfThree(), LossByRank(), Codes(), CodesCollapsed(), TokenizerR2(), TokenizerR2OfTwo(), Cwola(), .. MaskedJets(), ConfusionOfLongNames(),
    ];

    private static FigureHeader Header => new()
    {
        Label = "MPM",
        Conditions = ["10 classes", "500 < *p*_{T} < 1000 GeV"],
        Run = "runs/mpm",
        Sample = "jetclass test",
    };

    private static SeededSeries Seeded(SyntheticSample random, string name, TrainingArm arm, double[] places, double[] means, double[] spreads, int seeds = 3) =>
        new(name, arm, [.. places.SelectMany((x, i) => Enumerable.Range(0, seeds).Select(s => new SeededPoint(x, s, means[i] + (spreads[i] * random.Normal()))))]);

    private static SeededSeries[] Arms(int seeds)
    {
        var random = new SyntheticSample(51);
        double[] labels = [100, 1000, 10_000];
        return
        [
            Seeded(random, "fine-tuned", TrainingArm.FineTuned, labels, [0.33, 0.55, 0.672], [0.02, 0.008, 0.004], seeds),
            Seeded(random, "frozen encoder", TrainingArm.Frozen, labels, [0.32, 0.521, 0.618], [0.02, 0.008, 0.004], seeds),
            Seeded(random, "from scratch", TrainingArm.Scratch, labels, [0.25, 0.436, 0.63], [0.025, 0.012, 0.005], seeds),
            Seeded(random, "frozen, random encoder", TrainingArm.RandomFrozen, labels, [0.24, 0.40, 0.547], [0.02, 0.01, 0.005], seeds),
        ];
    }

    private static Figure Labels() => LabelEfficiencyFigure.Build(Header, "Accuracy", Arms(3), [new("chance", 0.1), new("boosted trees, all 20 000 labels", 0.753)], new LabelEquivalence(1000, 0.55, 3900));

    private static Figure LabelsUnreached() => LabelEfficiencyFigure.Build(Header, "Macro AUC", [.. Arms(1).Select(s => s with { Points = [.. s.Points.Select(p => p with { Value = 0.5 + ((s.Arm == TrainingArm.Scratch ? 0.5 : 0.6) * p.Value), X = p.X * (p.X > 100 ? 2 : 1) })] }).Where(s => s.Arm != TrainingArm.Frozen)],
        [new("chance", 0.5)], new LabelEquivalence(2000, 0.83, 20_000, Beyond: true)) with
    { Id = "label-efficiency-one-seed" };

    private static double Loss(double step, double floor) => floor + (1.4 * Math.Exp(-step / 250)) + (0.5 * Math.Exp(-step / 2400));

    private static HistoryPoint At(double step, double value) => new(step, step / 156, step * 0.14, value);

    private static Figure MaskedLoss()
    {
        var random = new SyntheticSample(52);
        return MaskedLossFigure.Build(Header,
            [
                new("training", [.. Enumerable.Range(1, 6000).Select(i => At(i, Loss(i, 4.33) + (0.06 * random.Normal())))], Steps: true),
                new("validation", [.. Enumerable.Range(1, 38).Select(e => At(156 * e, Loss(156 * e, 4.36) + (0.01 * random.Normal())))]),
            ], 5.93, 5.06);
    }

    private static Figure MaskedLossOfThree() => MaskedLossFigure.Build(Header,
        [.. new (string Name, double Floor)[] { ("mask 0.3", 4.31), ("mask 0.4", 4.36), ("mask 0.5", 4.43) }.Select(t => new MaskedLossSeries(t.Name, [.. Enumerable.Range(1, 120).Select(e => At(50 * e, Loss(50 * e, t.Floor)))]))]) with
    { Id = "masked-loss-three" };

    private static Figure LossByRank()
    {
        var random = new SyntheticSample(53);
        RankLoss[] Of(double level, double slope, double context) =>
            [.. Enumerable.Range(1, 26).Select(r => new RankLoss(r, level - (slope * Math.Exp(-r / 6.0)) - (context * (0.3 + (0.7 * Math.Exp(-r / 10.0)))) + (0.012 * Math.Exp(r / 14.0) * random.Normal()), 0.012 * Math.Exp(r / 14.0)))];
        return LossByRankFigure.Build(Header, [new("full model", Of(5.35, 0.7, 0.8)), new("rank and count only", Of(5.35, 0.7, 0), ContextFree: true)]);
    }

    private static long[] Uses(int codes, double slope, double bend) => [.. Enumerable.Range(1, codes).Select(k => (long)(60_000 * Math.Pow(k + 6, -slope) * Math.Exp(-k * bend)))];

    private static Figure Codes() => CodesFigure.Build(Header, [new("k-means", Uses(512, 0.35, 0.0022)), new("VQ-VAE", Uses(512, 0.15, 0.001))]);

    private static Figure CodesCollapsed() => CodesFigure.Build(Header, [new("VQ-VAE without restarts", [.. Uses(60, 1.9, 0.08).Concat(Enumerable.Repeat(0L, 452))])]) with { Id = "codes-collapsed" };

    private static Figure TokenizerR2() => TokenizerR2Figure.Build(Header, Features, [new("k-means, 512 codes", [0.93, 0.916, 0.918, 0.873, 0.886, 0.872, 0.874])], 0.82, "Validation particles, in the transformed variables.");

    private static Figure TokenizerR2OfTwo() => TokenizerR2Figure.Build(Header, Features,
        [new("k-means, 512 codes", [0.93, 0.916, 0.918, 0.873, 0.886, 0.872, 0.874]), new("VQ-VAE", [0.91, 0.88, 0.881, 0.8, 0.62, 0.79, double.NaN]), new("k-means, 64 codes", [0.74, 0.66, 0.65, 0.43, 0.52, 0.41, -0.3])], 0.82, "Validation particles, in the transformed variables.") with
    { Id = "tokenizer-r2-three" };

    private static Figure Cwola()
    {
        var random = new SyntheticSample(54);
        double[] jets = [25, 50, 100, 200, 400];
        return CwolaFigure.Build(Header, 0.02,
            [
                Seeded(random, "fine-tuned", TrainingArm.FineTuned, jets, [1.1, 1.9, 3.2, 4.4, 5.1], [0.3, 0.5, 0.4, 0.25, 0.2], 5),
                Seeded(random, "from scratch", TrainingArm.Scratch, jets, [0.95, 1.0, 1.5, 2.8, 4.2], [0.25, 0.3, 0.45, 0.5, 0.3], 5),
            ], new("trained on true labels", 5.9));
    }

    private static MaskedJet Jet(SyntheticSample random, string name, string heading, double[][] prongs, int each, double masked)
    {
        ConstituentKind[] kinds = [ConstituentKind.ChargedHadron, ConstituentKind.Photon, ConstituentKind.ChargedHadron, ConstituentKind.NeutralHadron, ConstituentKind.ChargedHadron, ConstituentKind.Photon];
        DrawnConstituent[] all = [.. prongs.SelectMany(p => Enumerable.Range(0, each).Select(i =>
        {
            double width = 0.02 * (1 + (0.55 * i));
            return new DrawnConstituent(p[2] * Math.Exp(-0.38 * i) * Math.Exp(0.3 * random.Normal()), p[0] + (width * random.Normal()), p[1] + (width * random.Normal()), random.Uniform() < 0.03 ? ConstituentKind.Electron : random.Uniform() < 0.02 ? ConstituentKind.Muon : kinds[(int)(6 * random.Uniform())], random.Uniform() < masked);
        }))];
        DrawnConstituent[] predicted = [.. all.Where(c => c.Hidden).Select(c => c with
        {
            TransverseMomentum = c.TransverseMomentum * Math.Exp(0.25 * random.Normal()),
            DeltaEta = c.DeltaEta + (0.05 * random.Normal()),
            DeltaPhi = c.DeltaPhi + (0.05 * random.Normal()),
            Kind = random.Uniform() < 0.7 ? c.Kind : kinds[(int)(6 * random.Uniform())],
        })];
        return new(name, heading, all, predicted, 0.8);
    }

    private static IReadOnlyList<Figure> MaskedJets()
    {
        var random = new SyntheticSample(55);
        return MaskedJetsFigure.Build(Header,
            [
                Jet(random, "row 12", "QCD, *p*_{T} = 612 GeV, *m* = 68 GeV", [[0, 0, 190]], 34, 0.4),
                Jet(random, "row 1601", "t → bqq′, *p*_{T} = 655 GeV, *m* = 171 GeV", [[-0.2, 0.05, 95], [0.22, 0.2, 70], [0.1, -0.3, 60]], 15, 0.4),
                Jet(random, "row 3008", "W → qq′, *p*_{T} = 540 GeV, *m* = 81 GeV", [[-0.12, 0.02, 120], [0.14, -0.05, 100]], 16, 0),
            ], "The first jet of each class in the test sample.");
    }

    private static Figure ConfusionOfLongNames()
    {
        string[] names = ["ZJetsToNuNu", "HToBB", "HToCC", "HToGG", "HToWW4Q", "HToWW2Q1L", "TTBar", "TTBarLep", "WToQQ", "ZToQQ"];
        long[][] counts = [.. Enumerable.Range(0, 10).Select(r => Enumerable.Range(0, 10).Select(c => r == c ? 420L + (30 * (r % 5)) : (r + c) % 4 == 0 ? 2L : 10L + (17L * r * (c + 1) % 71)).ToArray())];
        return ConfusionFigure.Build(Header, names, counts) with { Id = "confusion-long-names" };
    }
}
