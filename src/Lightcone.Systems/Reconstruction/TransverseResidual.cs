using Lightcone.Kinematics;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// How far matched constituents miss each other across the jet's axis, Σ|Δp_⊥|² [GeV²], where the original jet lies at rapidity 0. What is missed along
/// the axis, the sharing of the momentum, differs from jet to jet even among ordinary ones and would drown the rest.
/// A workspace: one thread uses it at a time.
/// </summary>
internal sealed class TransverseResidual
{
    private readonly ConstituentMatching matching = new();
    private double[] first = [], second = [];

    /// <summary>The residual of one jet.</summary>
    /// <param name="original">Four-momenta of the jet, shape [n, 4].</param>
    /// <param name="reconstructed">Four-momenta of its reconstruction, shape [m, 4].</param>
    /// <param name="jet">Four-momentum of the original jet.</param>
    public double Of(ReadOnlySpan<double> original, ReadOnlySpan<double> reconstructed, FourMomentum jet)
    {
        if (jet.Pt == 0 || !(Math.Abs(jet.Pz) < jet.E)) return 0;
        var x = Around(jet, original, ref first);
        var y = Around(jet, reconstructed, ref second);
        matching.MeanSquare(x, y, 3);
        var partner = matching.Partner;
        double sum = 0;
        var taken = new bool[y.Length / 3];
        for (int a = 0; a < partner.Length; a++)
        {
            int b = partner[a];
            if (b >= 0) taken[b] = true;
            for (int k = 1; k < 3; k++)
            {
                double d = x[3 * a + k] - (b < 0 ? 0 : y[3 * b + k]);
                sum += d * d;
            }
        }

        for (int b = 0; b < taken.Length; b++)
            if (!taken[b]) sum += y[3 * b + 1] * y[3 * b + 1] + y[3 * b + 2] * y[3 * b + 2];
        return sum;
    }

    // (along the axis, across in the transverse plane, along the beam) of every constituent once the jet is boosted along the beam to rapidity 0.
    private static Span<double> Around(FourMomentum jet, ReadOnlySpan<double> momenta, ref double[] memory)
    {
        if (memory.Length < momenta.Length) memory = new double[momenta.Length];
        double beta = jet.Pz / jet.E, gamma = 1 / Math.Sqrt((1 - beta) * (1 + beta)), cosine = jet.Px / jet.Pt, sine = jet.Py / jet.Pt;
        var around = memory.AsSpan(0, momenta.Length / 4 * 3);
        for (int i = 0; 4 * i < momenta.Length; i++)
        {
            double e = momenta[4 * i], px = momenta[4 * i + 1], py = momenta[4 * i + 2], pz = momenta[4 * i + 3];
            (around[3 * i], around[3 * i + 1], around[3 * i + 2]) = (cosine * px + sine * py, cosine * py - sine * px, gamma * (pz - beta * e));
        }

        return around;
    }
}
