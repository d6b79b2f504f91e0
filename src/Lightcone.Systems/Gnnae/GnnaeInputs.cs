using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Gnnae;

/// <summary>
/// Jets as the network reads them: a rectangle of at most the recipe's slots. A jet that is longer keeps its constituents of largest pT, the earlier one
/// where two are equal, in the order of the file. A jet without constituents is a row of empty slots: it sends no messages, its latent numbers are zero and
/// nothing is made of it (in reference mode it is a jet of constituents at rest). Disposing frees the tensors.
/// </summary>
internal sealed class GnnaeInputs : IDisposable
{
    /// <summary>Numbers a constituent.</summary>
    public const int Features = 3;

    /// <summary>Bound on pseudorapidities and their differences: at the edge of any detector. The network takes squares of squares, which larger numbers would bring beyond float32.</summary>
    private const double FarForward = 6;

    private GnnaeInputs(JetBatch jets, int slots, Arrays arrays, ScalarType type)
    {
        (Jets, Slots) = (jets, slots);
        Nodes = Made(arrays.Nodes, [jets.JetCount, slots, Features], type);
        Axes = Made(arrays.Axes, [jets.JetCount, Features], type);
        Truth = new PaddedJets(Made(arrays.Momenta, [jets.JetCount, slots, 4], type), Made(arrays.Mask, [jets.JetCount, slots], type));
        Mask = Array.TrueForAll(arrays.Mask, m => m == 1) ? null : Truth.Mask;
        JetAxes = arrays.Axes;
    }

    /// <summary>The jets, of at most the recipe's slots each.</summary>
    public JetBatch Jets { get; }

    /// <summary>Constituents of the longest jet, at least one; in reference mode the recipe's slots.</summary>
    public int Slots { get; }

    /// <summary>Features of the constituents, shape [jets, slots, 3]; zero where a slot is empty.</summary>
    public Tensor Nodes { get; }

    /// <summary>1 for a constituent, 0 for an empty slot, shape [jets, slots]; null when there is no empty one to leave out.</summary>
    public Tensor? Mask { get; }

    /// <summary>pT in units of the recipe, pseudorapidity and azimuth [rad] of the jets, shape [jets, 3].</summary>
    public Tensor Axes { get; }

    /// <summary>The numbers of <see cref="Axes"/>, row by row.</summary>
    public double[] JetAxes { get; }

    /// <summary>What the reconstruction is compared with.</summary>
    public PaddedJets Truth { get; }

    /// <summary>Reads a batch.</summary>
    public static GnnaeInputs Of(JetBatch jets, GnnaeRecipe recipe)
    {
        var kept = Cut(jets, recipe.Slots);
        int slots = recipe.Mode == GnnaeMode.Reference ? recipe.Slots : Math.Max(1, Enumerable.Range(0, kept.JetCount).Select(kept.Multiplicity).DefaultIfEmpty().Max());
        var arrays = new Arrays(kept.JetCount, slots);
        if (recipe.Mode == GnnaeMode.Reference) Array.Fill(arrays.Mask, 1);
        for (int jet = 0; jet < kept.JetCount; jet++) Fill(arrays, kept, jet, slots, recipe);
        return new GnnaeInputs(kept, slots, arrays, recipe.Network.ToScalarType());
    }

    /// <summary>Jets of at most so many constituents: those of largest pT, in their order.</summary>
    internal static JetBatch Cut(JetBatch jets, int most)
    {
        if (!Enumerable.Range(0, jets.JetCount).Any(jet => jets.Multiplicity(jet) > most)) return jets;
        var offsets = new int[jets.JetCount + 1];
        var kept = new List<int>();
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            var all = Enumerable.Range(jets.Offsets[jet], jets.Multiplicity(jet));
            kept.AddRange(all.OrderByDescending(c => jets.Constituent(c).Pt2).Take(most).Order());
            offsets[jet + 1] = kept.Count;
        }

        var momenta = new double[4 * kept.Count];
        for (int c = 0; c < kept.Count; c++) jets.Momenta.AsSpan(4 * kept[c], 4).CopyTo(momenta.AsSpan(4 * c));
        return new JetBatch { Rows = jets.Rows, Offsets = offsets, Momenta = momenta, Labels = jets.Labels, JetColumns = jets.JetColumns };
    }

    /// <summary>
    /// Four-momenta (E, px, py, pz) of massless constituents, E = |p|, in units of the recipe, shape [jets, slots, 4], in the type of
    /// <paramref name="nodes"/>.
    /// </summary>
    /// <param name="nodes">What the decoder made, shape [jets, slots, 3].</param>
    /// <param name="recipe">Which coordinates.</param>
    public Tensor Momenta(Tensor nodes, GnnaeRecipe recipe)
    {
        if (recipe.Coordinates == GnnaeCoordinates.Cartesian) return WithEnergy(nodes);
        var axes = Axes.to(nodes.dtype).unsqueeze(1);
        Tensor pt = nodes.select(2, 0) * axes.select(2, 0);
        Tensor eta = nodes.select(2, 1).Within(FarForward).Plus(axes.select(2, 1)), phi = nodes.select(2, 2).Plus(axes.select(2, 2));
        return WithEnergy(stack([pt * phi.cos(), pt * phi.sin(), pt * eta.sinh()], 2));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Nodes.Dispose();
        Axes.Dispose();
        Truth.Dispose();
    }

    // The number under the root is lost beside any momentum that counts; it gives a constituent at rest a gradient that is a number.
    private static Tensor WithEnergy(Tensor p) => cat([p.Squared().sum(dim: 2, keepdim: true).Plus(1e-30).sqrt(), p], 2);

    private static void Fill(Arrays arrays, JetBatch jets, int jet, int slots, GnnaeRecipe recipe)
    {
        var axis = jets.Jet(jet);
        // A jet without transverse momentum has no direction to measure from; its constituents are measured in the unit, from the origin.
        double pt = axis.Pt > 0 ? axis.Pt : recipe.MomentumUnit, eta = Math.Clamp(axis.Pseudorapidity, -FarForward, FarForward), phi = axis.Azimuth;
        (arrays.Axes[3 * jet], arrays.Axes[3 * jet + 1], arrays.Axes[3 * jet + 2]) = (pt / recipe.MomentumUnit, eta, phi);
        for (int c = 0; c < jets.Multiplicity(jet); c++)
        {
            int slot = jet * slots + c;
            var p = jets.Constituent(jets.Offsets[jet] + c);
            for (int k = 0; k < 4; k++) arrays.Momenta[4 * slot + k] = jets.Momenta[4 * (jets.Offsets[jet] + c) + k] / recipe.MomentumUnit;
            arrays.Mask[slot] = 1;
            var node = arrays.Nodes.AsSpan(3 * slot, 3);
            if (recipe.Coordinates == GnnaeCoordinates.Cartesian) arrays.Momenta.AsSpan(4 * slot + 1, 3).CopyTo(node);
            else (node[0], node[1], node[2]) = (p.Pt / pt, Math.Clamp(p.Pseudorapidity - eta, -FarForward, FarForward), FourMomentum.DeltaPhi(p.Azimuth, phi));
        }
    }

    private static Tensor Made(double[] values, long[] shape, ScalarType type)
    {
        using var scope = NewDisposeScope();
        return tensor(values, shape).to(type).DetachFromDisposeScope();
    }

    private sealed class Arrays(int jets, int slots)
    {
        public double[] Nodes { get; } = new double[checked(jets * slots * Features)];

        public double[] Axes { get; } = new double[jets * Features];

        public double[] Momenta { get; } = new double[checked(jets * slots * 4)];

        public double[] Mask { get; } = new double[jets * slots];
    }
}
