using Lightcone.Jets;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Reconstruction;

/// <summary>Jets as a rectangle of tensors, for losses that compare all constituents of two jets. Padding is zero and masked; nothing that leaves a loss depends on it.</summary>
public sealed class PaddedJets : IDisposable
{
    /// <summary>Takes ownership of tensors that exist.</summary>
    /// <param name="momenta">Four-momenta (E, px, py, pz) in units of the recipe, shape [jets, slots, 4]; zero where masked.</param>
    /// <param name="mask">1 for a real constituent, 0 for padding, shape [jets, slots], same type.</param>
    public PaddedJets(Tensor momenta, Tensor mask) => (Momenta, Mask) = (momenta, mask);

    /// <summary>Four-momenta (E, px, py, pz) in units of the recipe, shape [jets, slots, 4].</summary>
    public Tensor Momenta { get; }

    /// <summary>1 for a real constituent, 0 for padding, shape [jets, slots].</summary>
    public Tensor Mask { get; }

    /// <summary>Pads a batch to its longest jet (at least one slot).</summary>
    /// <param name="jets">The jets [GeV].</param>
    /// <param name="unit">Momentum that becomes 1 [GeV].</param>
    /// <param name="type">Element type of the tensors.</param>
    public static PaddedJets Of(JetBatch jets, double unit, ScalarType type)
    {
        int slots = 1;
        for (int jet = 0; jet < jets.JetCount; jet++) slots = Math.Max(slots, jets.Multiplicity(jet));
        var momenta = new double[checked(jets.JetCount * slots * 4)];
        var mask = new double[jets.JetCount * slots];
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            int n = jets.Multiplicity(jet);
            var source = jets.Momenta.AsSpan(4 * jets.Offsets[jet], 4 * n);
            var target = momenta.AsSpan(4 * slots * jet, 4 * n);
            for (int c = 0; c < source.Length; c++) target[c] = source[c] / unit;
            mask.AsSpan(slots * jet, n).Fill(1);
        }

        return new PaddedJets(
            tensor(momenta, [jets.JetCount, slots, 4]).to(type).DetachFromDisposeScope(),
            tensor(mask, [jets.JetCount, slots]).to(type).DetachFromDisposeScope());
    }

    /// <summary>Pads ragged nodes, keeping their gradient; the caller's dispose scope owns the result's tensors.</summary>
    /// <param name="nodes">Four-momenta of all jets one after the other, shape [nodes, 4].</param>
    /// <param name="offsets">First node of each jet, then the number of nodes, shape [jets + 1].</param>
    internal static PaddedJets OfNodes(Tensor nodes, int[] offsets)
    {
        int jets = offsets.Length - 1, slots = 1;
        for (int jet = 0; jet < jets; jet++) slots = Math.Max(slots, offsets[jet + 1] - offsets[jet]);
        var place = new long[offsets[^1]];
        var mask = new float[jets * slots];
        for (int jet = 0; jet < jets; jet++)
            for (int n = offsets[jet]; n < offsets[jet + 1]; n++)
            {
                place[n] = (long)jet * slots + n - offsets[jet];
                mask[place[n]] = 1;
            }

        var padded = zeros([(long)jets * slots, 4], dtype: nodes.dtype).PlusRows(tensor(place), nodes);
        return new PaddedJets(padded.reshape(jets, slots, 4), tensor(mask, [jets, slots]).to(nodes.dtype));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Momenta.Dispose();
        Mask.Dispose();
    }
}
