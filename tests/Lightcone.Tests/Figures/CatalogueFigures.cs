using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Tests.Figures;

/// <summary>Every figure of the catalogue, drawn from fixed synthetic data.</summary>
internal static class CatalogueFigures
{
    public static IReadOnlyList<Figure> All { get; } = [Roc(), RocRatio()];

    public static Figure Named(string id) => All.Single(f => f.Id == id);

    private static RocSeries[] Series()
    {
        var random = new SyntheticSample(1);
        double[] background = random.Normals(8000, 0, 1);
        RocSeries network = SyntheticSample.Roc("LorentzNet", random.Normals(8000, 3.1, 1.1), background);
        RocSeries mass = SyntheticSample.Roc("jet-mass window", random.Normals(8000, 1.9, 1.15), background, "|*m* − 173 GeV|");
        return
        [
            network with { AreaUnderCurve = new Interval(0.98955989, 0.98896988, 0.9901499, 0.6827, "DeLong") },
            mass with { AreaUnderCurve = new Interval(0.9489502578, 0.9471934, 0.9507071, 0.6827, "DeLong") },
        ];
    }

    private static ReferencePoint[] References() =>
    [
        new("boosted trees, 8 variables (measured)", 0.3, new(720, 560, 940, 0.6827, "Clopper-Pearson")),
        new("boosted trees, 8 variables (measured)", 0.5, new(276, 240, 318, 0.6827, "Clopper-Pearson")),
    ];

    private static Figure Roc() => RocFigure.Build(SyntheticSample.Header("LorentzNet"), Series(), References());

    private static Figure RocRatio() => RocFigure.BuildWithRatio(SyntheticSample.Header("LorentzNet"), Series(), 1, []);
}
