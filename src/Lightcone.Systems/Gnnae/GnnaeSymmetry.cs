using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Gnnae;

/// <summary>
/// What a GNNAE does when its jets are seen from another frame or listed in another order. Only the order must not matter; that boosts and rotations do is
/// measured, for the LGAE to be compared with.
/// </summary>
internal static class GnnaeSymmetry
{
    /// <summary>Rounding of float32 sums over thirty constituents, with room for large weights.</summary>
    private const double OrderLimit = 1e-4;

    public static SymmetryReport Check(Run run, JetBatch jets)
    {
        using var model = GnnaeModel.Load(run);
        jets = GnnaeInputs.Cut(jets, model.Recipe.Slots); // a boost would change which constituents are the hardest
        var here = model.Reconstruct(jets);
        var frames = MovingFrame.Usual(random: 1);
        double[] changes = [.. frames.Select(f => Change(model, here, f.Transform))];
        return new SymmetryReport("largest deviation of a constituent, relative to the largest momentum", jets.JetCount,
            [.. frames.Select(f => f.Description)], [new SymmetryVariant("as trained", 1, changes)],
            [new SymmetryGate("another order of the constituents", ChangeOfOrder(model, here), OrderLimit)]);
    }

    /// <summary>Largest component of f(Λp) − Λf(p), in units of the largest of Λf(p), over all jets.</summary>
    internal static double Change(GnnaeModel model, ReconstructedJets here, LorentzTransform frame)
    {
        var there = model.Reconstruct(Moved(here.Original, frame)).Reconstructed.Momenta;
        return Relative(there, Moved(here.Reconstructed, frame).Momenta);
    }

    /// <summary>
    /// Largest change when the constituents of every jet are listed backwards, in units of the largest momentum: of the reconstruction, which follows the
    /// order at particle level and does not know of it at jet level.
    /// </summary>
    internal static double ChangeOfOrder(GnnaeModel model, ReconstructedJets here)
    {
        var there = model.Reconstruct(Backwards(here.Original, here.Original)).Reconstructed;
        return Relative((model.Recipe.Level == GnnaeLevel.Particle ? Backwards(there, here.Original) : there).Momenta, here.Reconstructed.Momenta);
    }

    private static double Relative(double[] there, double[] expected) =>
        expected.Length == 0 ? 0 : there.Zip(expected).Max(p => Math.Abs(p.First - p.Second)) / expected.Max(Math.Abs);

    private static JetBatch Moved(JetBatch jets, LorentzTransform frame)
    {
        double[] momenta = [.. jets.Momenta];
        frame.Apply(momenta);
        return new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta, Labels = jets.Labels };
    }

    /// <summary>The first constituents of every jet, as many as the other batch's jet has, in the opposite order; the rest, which a reference mode adds, stays.</summary>
    private static JetBatch Backwards(JetBatch jets, JetBatch lengths)
    {
        double[] momenta = [.. jets.Momenta];
        for (int jet = 0; jet < jets.JetCount; jet++)
            for (int c = 0, n = lengths.Multiplicity(jet); c < n; c++)
                jets.Momenta.AsSpan(4 * (jets.Offsets[jet] + n - 1 - c), 4).CopyTo(momenta.AsSpan(4 * (jets.Offsets[jet] + c)));
        return new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta, Labels = jets.Labels };
    }
}
