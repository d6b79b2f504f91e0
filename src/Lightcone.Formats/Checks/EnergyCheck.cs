using Lightcone.Jets;
using Lightcone.Kinematics;

namespace Lightcone.Formats.Checks;

/// <summary>All numbers finite and E ≥ |p|. Explains the rounding trap of float32 where a file falls into it or a reader could.</summary>
internal sealed class EnergyCheck : JetCheck
{
    // float64 arithmetic on stored numbers stays below this; a float32 four-momentum of a massless particle reaches a few 10⁻⁷.
    private const double Float64Noise = 1e-12;
    private const double Float32Noise = 1e-6;

    private long notFinite, spacelike, rounded;
    private (long Jet, int Constituent, double Excess) first = (-1, 0, 0);
    private (long Jet, int Constituent) firstNotFinite = (-1, 0);
    private double worst, worstSingle;

    internal override void Look(JetBatch batch)
    {
        for (int jet = 0; jet < batch.JetCount; jet++)
            for (int c = batch.Offsets[jet]; c < batch.Offsets[jet + 1]; c++)
                Look(batch.Constituent(c), batch.Rows[jet], c - batch.Offsets[jet]);
    }

    private void Look(FourMomentum p, long row, int constituent)
    {
        if (!double.IsFinite(p.E + p.Px + p.Py + p.Pz))
        {
            if (notFinite++ == 0) firstNotFinite = (row, constituent);
            return;
        }
        double excess = Excess(p);
        worst = Math.Max(worst, excess);
        if (excess > Float32Noise && spacelike++ == 0) first = (row, constituent, excess);
        else if (excess > Float64Noise) rounded++;
        worstSingle = Math.Max(worstSingle, Excess(p.RoundedToSingle()));
    }

    /// <summary>|p|²/E² − 1; infinite for an energy that is not positive while there is a momentum.</summary>
    private static double Excess(FourMomentum p)
    {
        double squared = p.Px * p.Px + p.Py * p.Py + p.Pz * p.Pz;
        return p.E > 0 ? squared / (p.E * p.E) - 1 : squared > 0 || p.E < 0 ? double.PositiveInfinity : -1;
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        if (notFinite == 0) yield return Pass("finite", "all values finite");
        else
            yield return new(FindingStatus.Fail, "finite", Text($"{notFinite} constituents have a value that is NaN or infinite"), Text($"jet {firstNotFinite.Jet}, constituent {firstNotFinite.Constituent}"),
                "a division by zero or an overflow when the file was made", "drop these jets where the file is made; one NaN stops a training");
        if (spacelike > 0)
            yield return new(FindingStatus.Fail, "energy", Text($"E < |p|: {spacelike} constituents, |p|²/E² − 1 up to {worst:0.###e+0}"), Text($"jet {first.Jet}, constituent {first.Constituent}"),
                "the columns are not in the order the layout has (E, px, py, pz), or energies and momenta have different units", "compare the first constituent with the tool that wrote the file");
        else if (rounded > 0)
            yield return new(FindingStatus.Note, "energy", Text($"E < |p| by rounding in {rounded} constituents, |p|²/E² − 1 up to {worst:0.#e+0}: four-momenta were stored as float32; clamp squared masses at zero"));
        else yield return Pass("energy", "E >= |p| in float64 for every constituent");
        if (spacelike == 0 && rounded == 0 && worstSingle > Float64Noise)
            yield return new(FindingStatus.Note, "float32", Text($"rounded to float32, |p|²/E² − 1 would reach {worstSingle:0.#e+0}: keep four-momenta in float64 until masses are formed"));
    }
}
