using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>Whether codes and rebuilt features follow their particles when these stand in another order: nothing tells the network where a particle stands.</summary>
internal static class TokenizerSymmetry
{
    /// <summary>Rounding of float64 sums over a few hundred tokens, kept as float32.</summary>
    private const double OrderLimit = 1e-5;

    /// <summary>Measures it on some jets.</summary>
    public static SymmetryReport Check(Run run, JetBatch jets)
    {
        using var model = VqModel.Load(run);
        var table = model.Preprocessing.Apply(jets);
        var (order, backwards) = Backwards(table);
        CodedJets here = model.Network.Code(table), there = model.Network.Code(backwards);
        double change = 0, largest = 0;
        int others = 0;
        for (int p = 0; p < order.Length; p++)
        {
            if (here.Ids[order[p]] != there.Ids[p]) others++;
            for (int f = 0; f < table.Width; f++)
            {
                change = Math.Max(change, Math.Abs(here.Rebuilt[order[p] * table.Width + f] - there.Rebuilt[p * table.Width + f]));
                largest = Math.Max(largest, Math.Abs(there.Rebuilt[p * table.Width + f]));
            }
        }

        return new SymmetryReport("largest change of a rebuilt feature, in units of its spread", jets.JetCount, [], [new SymmetryVariant("as trained", largest, [])],
            [new SymmetryGate("features under another order of the particles", change, OrderLimit), new SymmetryGate("share of codes that change with the order", (double)others / Math.Max(1, order.Length), 0)]);
    }

    // Every jet's particles from the last to the first, and where each stood.
    private static (int[] Order, ParticleTable Table) Backwards(ParticleTable table)
    {
        var order = new int[table.ParticleCount];
        for (int jet = 0; jet < table.JetCount; jet++)
            for (int k = 0; k < table.Multiplicity(jet); k++)
                order[table.Offsets[jet] + k] = table.Offsets[jet + 1] - 1 - k;
        return (order, table.Rearranged(order));
    }
}
