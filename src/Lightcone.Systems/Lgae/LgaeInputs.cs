using Lightcone.Jets;
using Lightcone.Kinematics;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>
/// A batch as the network sees it: constituents of all jets one after the other, without padding, in the recipe's unit and frame. Disposing frees the tensors.
/// </summary>
internal sealed class LgaeInputs : IDisposable
{
    /// <summary>Jets lighter than this share of their energy are not boosted to rest: the boost would cost more digits than the frame is worth.</summary>
    private const double LeastMassShare = 1e-6;

    private readonly LorentzTransform[] toLaboratory;

    private LgaeInputs(int[] offsets, double[] momenta, double[] jets, LorentzTransform[] toLaboratory, double[] toLoss)
    {
        (Offsets, this.toLaboratory) = (offsets, toLaboratory);
        ToLossFrame = tensor(toLoss, [toLaboratory.Length, 4, 4]).DetachFromDisposeScope();
        long nodes = offsets[^1];
        Momenta = tensor(momenta, [nodes, 4]).DetachFromDisposeScope();
        Jets = tensor(jets, [toLaboratory.Length, 4]).DetachFromDisposeScope();
        var jetOfNode = new long[nodes];
        for (int jet = 0; jet < toLaboratory.Length; jet++) jetOfNode.AsSpan(offsets[jet], offsets[jet + 1] - offsets[jet]).Fill(jet);
        JetOfNode = tensor(jetOfNode).DetachFromDisposeScope();
    }

    /// <summary>First constituent of each jet, then the number of constituents, shape [jets + 1].</summary>
    public int[] Offsets { get; }

    /// <summary>Number of jets.</summary>
    public int JetCount => Offsets.Length - 1;

    /// <summary>Four-momenta (E, px, py, pz) in the recipe's unit and the network's frame, float64, shape [nodes, 4].</summary>
    public Tensor Momenta { get; }

    /// <summary>Four-momenta of the jets, sums over their constituents, float64, shape [jets, 4].</summary>
    public Tensor Jets { get; }

    /// <summary>Jet of each node, int64, shape [nodes].</summary>
    public Tensor JetOfNode { get; }

    /// <summary>Lorentz transformation of each jet from the network's frame to that of the loss, float64, shape [jets, 4, 4].</summary>
    public Tensor ToLossFrame { get; }

    /// <summary>Prepares jets: constituents with E = 0 are taken for padding and left out; jets with more constituents than slots keep their hardest, in the file's order.</summary>
    /// <param name="batch">The jets [GeV].</param>
    /// <param name="recipe">Unit, frame, slots, defects.</param>
    public static LgaeInputs Of(JetBatch batch, LgaeRecipe recipe)
    {
        bool padded = recipe.Mode == LgaeMode.Corrected && recipe.Defects.Has(LgaeDefect.PaddedConstituents);
        var offsets = new int[batch.JetCount + 1];
        var momenta = new List<double>(4 * batch.ConstituentCount);
        var jets = new double[4 * batch.JetCount];
        var back = new LorentzTransform[batch.JetCount];
        var toLoss = new double[16 * batch.JetCount];
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            var constituents = Hardest(batch, jet, recipe.Slots);
            var sum = constituents.Aggregate(default(FourMomentum), (a, b) => a + b);
            var (forward, backward) = Frame(sum, recipe.NetworkFrame);
            back[jet] = backward;
            Frame(sum, recipe.Frame).Forward.After(backward).Matrix.CopyTo(toLoss.AsSpan(16 * jet));
            foreach (var p in constituents)
            {
                var q = forward.Apply(p);
                foreach (double component in (ReadOnlySpan<double>)[q.E, q.Px, q.Py, q.Pz]) momenta.Add(component / recipe.MomentumUnit);
            }

            for (int extra = constituents.Count; padded && extra < recipe.Slots; extra++) momenta.AddRange([0, 0, 0, 0]);
            var axis = forward.Apply(sum);
            (jets[4 * jet], jets[4 * jet + 1], jets[4 * jet + 2], jets[4 * jet + 3]) =
                (axis.E / recipe.MomentumUnit, axis.Px / recipe.MomentumUnit, axis.Py / recipe.MomentumUnit, axis.Pz / recipe.MomentumUnit);
            offsets[jet + 1] = momenta.Count / 4;
        }

        return new LgaeInputs(offsets, [.. momenta], jets, back, toLoss);
    }

    /// <summary>Turns nodes of the network back into four-momenta as measured [GeV], in place.</summary>
    /// <param name="values">Four-momenta in the network's unit and frame, shape [nodes, 4].</param>
    /// <param name="offsets">First node of each jet, shape [jets + 1].</param>
    /// <param name="unit">The recipe's unit [GeV].</param>
    public void ToLaboratory(Span<double> values, ReadOnlySpan<int> offsets, double unit)
    {
        for (int k = 0; k < values.Length; k++) values[k] *= unit;
        for (int jet = 0; jet < JetCount; jet++) toLaboratory[jet].Apply(values[(4 * offsets[jet])..(4 * offsets[jet + 1])]);
    }

    /// <summary>Takes nodes from the network's frame to that of the loss, keeping their type and gradient, shape [nodes, 4].</summary>
    public Tensor InLossFrame(Tensor nodes) => (ToLossFrame.to(nodes.dtype).index_select(0, JetOfNode) * nodes.unsqueeze(1)).sum(dim: 2);

    /// <inheritdoc/>
    public void Dispose()
    {
        Momenta.Dispose();
        Jets.Dispose();
        JetOfNode.Dispose();
        ToLossFrame.Dispose();
    }

    private static List<FourMomentum> Hardest(JetBatch batch, int jet, int slots)
    {
        int[] order = [.. Enumerable.Range(batch.Offsets[jet], batch.Multiplicity(jet)).Where(c => batch.Momenta[4 * c] != 0)];
        if (order.Length > slots) order = [.. order.OrderByDescending(c => batch.Constituent(c).Pt2).Take(slots).Order()];
        return [.. order.Select(batch.Constituent)];
    }

    // A jet without the frame stays where it is: one along the beam, or one too light to have a rest frame in float64.
    private static (LorentzTransform Forward, LorentzTransform Backward) Frame(FourMomentum jet, LgaeFrame frame)
    {
        if (frame == LgaeFrame.Rest && jet.Mass > LeastMassShare * jet.E)
        {
            double x = jet.Px / jet.E, y = jet.Py / jet.E, z = jet.Pz / jet.E;
            return (LorentzTransform.Boost(-x, -y, -z), LorentzTransform.Boost(x, y, z));
        }

        double beta = jet.E > 0 ? jet.Pz / jet.E : 0;
        if (frame != LgaeFrame.Transverse || !(Math.Abs(beta) < 1) || jet.Pt2 == 0) return (LorentzTransform.Identity, LorentzTransform.Identity);
        double azimuth = jet.Azimuth;
        return (LorentzTransform.Rotation(0, 0, 1, -azimuth).After(LorentzTransform.Boost(0, 0, -beta)),
            LorentzTransform.Boost(0, 0, beta).After(LorentzTransform.Rotation(0, 0, 1, azimuth)));
    }
}
