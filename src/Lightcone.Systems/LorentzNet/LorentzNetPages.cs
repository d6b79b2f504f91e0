using System.Globalization;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Tagging;

namespace Lightcone.Systems.LorentzNet;

/// <summary>Figures only a LorentzNet has: its symmetry, and jets as it saw them.</summary>
internal static class LorentzNetPages
{
    /// <summary>Draws the symmetry, where it was checked, and two pairs of jets chosen by their scores.</summary>
    public static IReadOnlyList<Figure> Build(FigureHeader header, IJetSource source, TaggerNumbers numbers, (string Background, string Signal) classes, SymmetryReport? symmetry)
    {
        var figures = new List<Figure>();
        if (symmetry is not null) figures.Add(Symmetry(header, symmetry));
        var typical = (Row(numbers, 0, 0.5), Row(numbers, 1, 0.5));
        var confused = (Row(numbers, 0, 1), Row(numbers, 1, 0));
        figures.Add(Pair(header, "jets", source, typical, numbers, classes, "The jets of median score in their classes; every constituent the network saw."));
        figures.Add(Pair(header, "jets-confused", source, confused, numbers, classes, $"The most {classes.Signal}-like {classes.Background} jet and the least {classes.Signal}-like {classes.Signal} jet."));
        return figures;
    }

    private static Figure Symmetry(FigureHeader header, SymmetryReport report)
    {
        var series = report.Variants.Skip(1).Take(4).Select(v => new SymmetrySeries(v.Name,
            [.. report.Frames.Zip(v.LargestChange).Where(f => f.First.Gamma > 1 + 1e-9 && f.First.Name.StartsWith("boost x", StringComparison.Ordinal)).Select(f => (f.First.Gamma, f.Second / v.LargestOutput))],
            [.. report.Frames.Zip(v.LargestChange).Where(f => f.First.Angle > 0 && f.First.Name.StartsWith("rotation x", StringComparison.Ordinal)).Select(f => (f.First.Angle, f.Second / v.LargestOutput))]));
        return SymmetryFigure.Build(header, [.. series], [("2^{−24}", Math.Pow(2, -24)), ("2^{−53}", Math.Pow(2, -53))]);
    }

    /// <summary>Row of the jet of one class whose score stands at a quantile of that class.</summary>
    private static int Row(TaggerNumbers numbers, int label, double quantile)
    {
        double[] scores = numbers.Jets.Scores;
        int[] labels = numbers.Jets.Labels;
        int[] ordered = [.. Enumerable.Range(0, scores.Length).Where(i => labels[i] == label).OrderBy(i => scores[i])];
        return ordered[(int)Math.Round(quantile * (ordered.Length - 1))];
    }

    private static Figure Pair(
        FigureHeader header, string id, IJetSource source, (int Background, int Signal) rows, TaggerNumbers numbers, (string Background, string Signal) classes, string rule)
    {
        double[] scores = numbers.Jets.Scores;
        return JetsFigure.Build(header, id, Drawn(source, rows.Background, classes.Background), Drawn(source, rows.Signal, classes.Signal),
            $"{rule} Difference of the logits: {NumberText.Plain(scores[rows.Background], 3)} left, {NumberText.Plain(scores[rows.Signal], 3)} right. Headings: class and jet mass.");
    }

    private static double? Radius(IJetSource source) =>
        double.TryParse(source.Schema.Facts.GetValueOrDefault("jet_radius"), NumberStyles.Float, CultureInfo.InvariantCulture, out double radius) ? radius : null;

    private static DrawnJet Drawn(IJetSource source, int row, string name)
    {
        var jet = source.Read(row, 1);
        var axis = jet.Jet(0);
        double sign = axis.Pseudorapidity < 0 ? -1 : 1;
        var constituents = Enumerable.Range(0, jet.ConstituentCount).Select(jet.Constituent).Where(c => c.Pt > 0)
            .Select(c => new DrawnConstituent(c.Pt, sign * (c.Pseudorapidity - axis.Pseudorapidity), FourMomentum.DeltaPhi(c.Azimuth, axis.Azimuth)));
        return new DrawnJet($"row {row}", $"{Markup.Escape(name)}, {NumberText.Plain(axis.Mass, 3)} GeV", [.. constituents], Radius(source));
    }
}
