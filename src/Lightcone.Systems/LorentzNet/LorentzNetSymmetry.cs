using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;
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
        var frames = Frames();
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
            frames.Select(f => new SymmetryFrame(f.Name, f.Transform.Matrix[0], f.Angle, f.Group)).ToList(), variants,
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

    private static SymmetryVariant Measure(string name, LorentzNetModel model, JetBatch jets, IReadOnlyList<Frame> frames)
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

    private static List<Frame> Frames()
    {
        var frames = new List<Frame>();
        foreach (double angle in (ReadOnlySpan<double>)[0.1, 1, 3])
        {
            frames.Add(new($"rotation x, {angle} rad", LorentzTransform.Rotation(1, 0, 0, angle), "rotation", angle));
            frames.Add(new($"rotation z, {angle} rad", LorentzTransform.Rotation(0, 0, 1, angle), "rotation", angle));
        }

        foreach (double beta in (ReadOnlySpan<double>)[0.1, 0.5, 0.9, 0.99, 0.999])
        {
            string group = beta is 0.5 or 0.99 or 0.999 ? $"boost {beta}" : "";
            frames.Add(new($"boost x {beta}", LorentzTransform.Boost(beta, 0, 0), group));
            frames.Add(new($"boost z {beta}", LorentzTransform.Boost(0, 0, beta), group));
        }

        var random = new RandomStream(1, "symmetry frames", 0, 0);
        for (int k = 0; k < 4; k++)
        {
            var turn = LorentzTransform.Rotation(random.NextGaussian(), random.NextGaussian(), random.NextGaussian(), 2 * Math.PI * random.NextDouble());
            frames.Add(new($"random rotation, boost 0.9 ({k + 1})", turn.After(LorentzTransform.Boost(0.9, 0, 0)).After(turn), "random"));
        }

        return frames;
    }

    private readonly record struct Frame(string Name, LorentzTransform Transform, string Group, double Angle = 0);
}
