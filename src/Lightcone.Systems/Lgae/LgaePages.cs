using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Lgae;

/// <summary>Figures only this autoencoder has: what its latent four-vectors know of the jet (arXiv:2212.07347, §5.4), a walk between two jets, its symmetry.</summary>
internal static class LgaePages
{
    private const int InterpolationSteps = 5;

    /// <summary>Relative deviations of the published network, random weights, min-max pooling, maxdim 2 (arXiv:2212.07347's code, remeasured).</summary>
    private static readonly (double Gamma, double Change)[] Published = [(1.5, 8.4e-12), (10, 1.2e-9), (100, 4.7e-8), (1000, 9.0e-8), (11013, 6.6e-6)];

    /// <summary>Draws them.</summary>
    public static IReadOnlyList<Figure> Build(FigureHeader header, Run run, LgaeModel model, LatentSample sample)
    {
        var figures = new List<Figure>();
        if (SymmetryFile.Read(run) is { } symmetry) figures.Add(Equivariance(header, symmetry));
        if (sample.Jets.JetCount > 2)
        {
            var invariants = new LatentInvariants(model.Recipe, sample);
            figures.Add(LatentMassFigure.Build(header,
                new PlaneAxis("jet_mass_squared_gev2", "Jet *m*^{2}", "GeV^{2}", invariants.JetMassSquared, AxisScale.Log),
                new PlaneAxis("latent_mass_squared_gev2", $"|*m*^{{2}}| of {invariants.NameOfBest}", "GeV^{2}", invariants.BestMassSquared, AxisScale.Log)));
            figures.Add(CorrelationFigure.Build(header, invariants.Rows, LatentInvariants.Columns, invariants.Correlations));
        }

        if (model.Recipe.Mode == LgaeMode.Corrected && sample.Ends is { } ends) figures.Add(Interpolation(header, model, ends, sample.EndNames));
        return figures;
    }

    private static Figure Equivariance(FigureHeader header, SymmetryReport report)
    {
        var series = report.Variants.Select(v => new SymmetrySeries(v.Name,
            [.. report.Frames.Zip(v.LargestChange).Where(f => f.First.Name.StartsWith("boost x", StringComparison.Ordinal)).Select(f => (f.First.Gamma, f.Second))],
            [.. report.Frames.Zip(v.LargestChange).Where(f => f.First.Angle > 0).Select(f => (f.First.Angle, f.Second))]));
        return EquivarianceFigure.Build(header, [.. series, new SymmetrySeries("published network, float64, largest", Published, [], Published: true)], []);
    }

    private static Figure Interpolation(FigureHeader header, LgaeModel model, JetBatch ends, (string From, string To) names)
    {
        var steps = new List<ReconstructedJet>();
        var decoded = model.Interpolate(ends, InterpolationSteps);
        for (int k = 0; k < InterpolationSteps; k++)
        {
            double share = (double)k / (InterpolationSteps - 1);
            bool end = k == 0 || k == InterpolationSteps - 1;
            string name = k == 0 ? names.From : k == InterpolationSteps - 1 ? names.To : $"{NumberText.Plain(100 * share, 2)} %";
            steps.Add(new ReconstructedJet(name, Markup.Escape(name), end ? Drawn(InTransverseFrame(ends, k == 0 ? 0 : 1, model.Recipe)) : [], Drawn(decoded[k])));
        }

        return ReconstructedJetsFigure.Interpolation(header, "jets-interpolation", steps,
            "From the background jet of median score to the signal jet of median score; latent representation and number of constituents change in equal steps, each jet in its own transverse frame.");
    }

    private static List<FourMomentum> InTransverseFrame(JetBatch jets, int jet, LgaeRecipe recipe)
    {
        using var inputs = LgaeInputs.Of(jets.Select([jet]), recipe with { MomentumUnit = 1, NetworkFrame = LgaeFrame.Transverse });
        double[] values = LgaeCore.Doubles(inputs.Momenta);
        return [.. Enumerable.Range(0, values.Length / 4).Select(i => new FourMomentum(values[4 * i], values[4 * i + 1], values[4 * i + 2], values[4 * i + 3]))];
    }

    // The jet's axis is x there.
    private static List<DrawnConstituent> Drawn(IReadOnlyList<FourMomentum> constituents) =>
        [.. constituents.Where(c => c.Pt > 0).Select(c => new DrawnConstituent(c.Pt, c.Pseudorapidity, c.Azimuth))];
}
