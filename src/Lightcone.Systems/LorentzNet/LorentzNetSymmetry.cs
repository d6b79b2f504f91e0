using Lightcone.Jets;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.LorentzNet;

/// <summary>
/// How much a LorentzNet's scores change when all four-momenta, beams included, are seen from another Lorentz frame. Without clamp the change is rounding
/// only (arXiv:2201.08187, §3.1); the clamp and float32 geometry each leave a trace, and the table shows which.
/// </summary>
internal static class LorentzNetSymmetry
{
    private const double MixedLimit = 1e-5, DoubleLimit = 1e-8;

    public static SymmetryReport Check(Run run, JetBatch jets)
    {
        var frames = MovingFrame.Usual(random: 4);
        var variants = new List<SymmetryVariant>();
        LorentzNetRecipe? own = null;
        foreach (var (name, change) in Variants())
        {
            using var model = LorentzNetModel.Load(run, change);
            own ??= model.Recipe;
            variants.Add(Measure(name, model, jets, frames));
        }

        // What the symmetry promises, whatever the run's own clamp: rounding only, once the clamp is off.
        return new SymmetryReport("largest change of a logit, beams transformed with the jets", jets.JetCount,
            [.. frames.Select(f => f.Description)], variants,
        [
            Gate("no clamp, float64 geometry, float32 layers", variants, MixedLimit),
            Gate("no clamp, all float64", variants, DoubleLimit),
        ]);
    }

    private static IEnumerable<(string Name, Func<LorentzNetRecipe, LorentzNetRecipe> Change)> Variants()
    {
        yield return ("as trained", r => r);
        yield return ("no clamp, all float64", r => r with { Clamp = 0, Network = Precision.Float64, Geometry = Precision.Float64 });
        yield return ("no clamp, float64 geometry, float32 layers", r => r with { Clamp = 0, Network = Precision.Float32, Geometry = Precision.Float64 });
        yield return ("no clamp, all float32", r => r with { Clamp = 0, Network = Precision.Float32, Geometry = Precision.Float32 });
        yield return ("clamp 100, all float64", r => r with { Clamp = 100, Network = Precision.Float64, Geometry = Precision.Float64 });
        yield return ("clamp 100, all float32", r => r with { Clamp = 100, Network = Precision.Float32, Geometry = Precision.Float32 });
    }

    private static SymmetryVariant Measure(string name, LorentzNetModel model, JetBatch jets, IReadOnlyList<MovingFrame> frames)
    {
        var unmoved = model.Logits(jets);
        double scale = unmoved.Max(l => Math.Max(Math.Abs(l.Background), Math.Abs(l.Signal)));
        var changes = new List<double>();
        foreach (var frame in frames)
        {
            var moved = model.Logits(jets, frame.Transform);
            changes.Add(Enumerable.Range(0, moved.Length).Max(i =>
                Math.Max(Math.Abs(moved[i].Background - unmoved[i].Background), Math.Abs(moved[i].Signal - unmoved[i].Signal))));
        }

        return new SymmetryVariant(name, scale, changes);
    }

    private static SymmetryGate Gate(string name, List<SymmetryVariant> variants, double limit) =>
        new(name, variants.Single(v => v.Name == name).LargestChange.Max(), limit);
}
