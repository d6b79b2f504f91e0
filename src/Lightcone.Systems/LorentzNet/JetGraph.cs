using Lightcone.Jets;
using Lightcone.Kinematics;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.LorentzNet;

/// <summary>
/// The network's view of a batch of jets: nodes packed jet after jet (beams first, where there are beams), every ordered pair of different nodes of a jet an edge.
/// There is no padding; <see cref="PaddedLength"/> says only how long the published code would have padded. Disposing frees the tensors.
/// </summary>
public sealed class JetGraph : IDisposable
{
    private static readonly int[] Identities = [11, 13, 22, 130, 211, 321, 2112, 2212];

    private (Tensor I, Tensor J)? edges;

    private JetGraph(int[] offsets, double[] momenta, double[] scalars, int scalarsPerNode, Precision network, Precision geometry)
    {
        Offsets = offsets;
        long nodes = offsets[^1];
        Momenta = tensor(momenta, [nodes, 4], dtype: ScalarType.Float64, device: CPU).to(geometry.ToScalarType()).DetachFromDisposeScope();
        Scalars = tensor(scalars, [nodes, scalarsPerNode], dtype: ScalarType.Float64, device: CPU).to(network.ToScalarType()).DetachFromDisposeScope();
        var jetOfNode = new long[nodes];
        var degree = new double[nodes];
        for (int jet = 0; jet < JetCount; jet++)
            for (int n = offsets[jet]; n < offsets[jet + 1]; n++)
                (jetOfNode[n], degree[n]) = (jet, Math.Max(1, offsets[jet + 1] - offsets[jet] - 1));
        JetOfNode = tensor(jetOfNode).DetachFromDisposeScope();
        Degree = tensor(degree, [nodes, 1]).to(geometry.ToScalarType()).DetachFromDisposeScope();
    }

    /// <summary>First node of each jet, then the number of nodes, shape [jets + 1].</summary>
    public int[] Offsets { get; }

    /// <summary>Number of jets.</summary>
    public int JetCount => Offsets.Length - 1;

    /// <summary>Number of nodes.</summary>
    public int NodeCount => Offsets[^1];

    /// <summary>Nodes of the longest jet: the length to which the published code pads the batch.</summary>
    public int PaddedLength => JetCount == 0 ? 0 : Enumerable.Range(0, JetCount).Max(j => Offsets[j + 1] - Offsets[j]);

    /// <summary>Four-momenta (E, px, py, pz) [GeV], shape [nodes, 4], in the geometry's precision; those of constituents rounded to float32 first, as the published networks read them.</summary>
    public Tensor Momenta { get; }

    /// <summary>Scalars of the nodes, shape [nodes, 2 or 8], in the network's precision.</summary>
    public Tensor Scalars { get; }

    /// <summary>Jet of each node, int64, shape [nodes].</summary>
    public Tensor JetOfNode { get; }

    /// <summary>Edges that start at a node, at least 1, shape [nodes, 1], in the geometry's precision.</summary>
    public Tensor Degree { get; }

    /// <summary>Edges (i, j), i ≠ j in one jet, sorted by i then j: two int64 tensors of shape [edges], made on first use.</summary>
    public (Tensor I, Tensor J) Edges => edges ??= ListEdges();

    /// <summary>Builds the graph of a batch. Constituents with E = 0 (quark-gluon: pid = 0) are taken for padding and left out.</summary>
    /// <param name="jets">The jets.</param>
    /// <param name="recipe">Which inputs, which precisions.</param>
    /// <param name="frame">A Lorentz transformation of all four-momenta, beams included, after the scalars were taken; null for none.</param>
    /// <exception cref="InputDataException">Quark-gluon inputs without a <c>pid</c> column.</exception>
    public static JetGraph Of(JetBatch jets, LorentzNetRecipe recipe, LorentzTransform? frame = null)
    {
        bool beams = recipe.Inputs == LorentzNetInputs.Top;
        float[]? pid = beams ? null : jets.ConstituentColumns.GetValueOrDefault("pid") ?? throw new InputDataException(
            "The jets have no particle identities.", "column pid", "Quark-gluon inputs need PDG codes, and this file has none.", "Use a file with pid, or --set inputs=Top.");
        var offsets = new int[jets.JetCount + 1];
        var momenta = new List<double>(4 * (jets.ConstituentCount + 2 * jets.JetCount));
        var scalars = new List<double>(recipe.Scalars * (jets.ConstituentCount + 2 * jets.JetCount));
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            if (beams) AddBeams(momenta, scalars, recipe.Network);
            for (int c = jets.Offsets[jet]; c < jets.Offsets[jet + 1]; c++)
            {
                var p = jets.Constituent(c).RoundedToSingle();
                if (pid is null ? p.E == 0 : pid[c] == 0) continue;
                Add(momenta, p);
                if (pid is null) AddMass(scalars, p, recipe.Network);
                else foreach (int identity in Identities) scalars.Add(Math.Abs((int)pid[c]) == identity ? 1 : 0);
            }

            offsets[jet + 1] = momenta.Count / 4;
        }

        double[] values = [.. momenta];
        frame?.Apply(values);
        return new JetGraph(offsets, values, [.. scalars], recipe.Scalars, recipe.Network, recipe.Geometry);
    }

    /// <summary>A graph from its nodes as they stand: the input of reference vectors.</summary>
    /// <param name="offsets">First node of each jet, then the number of nodes, shape [jets + 1].</param>
    /// <param name="momenta">Four-momenta [GeV], shape [nodes, 4].</param>
    /// <param name="scalars">Scalars after ψ, shape [nodes, scalars].</param>
    /// <param name="recipe">Which precisions, how many scalars.</param>
    internal static JetGraph FromNodes(int[] offsets, double[] momenta, double[] scalars, LorentzNetRecipe recipe) =>
        new(offsets, momenta, scalars, recipe.Scalars, recipe.Network, recipe.Geometry);

    /// <inheritdoc/>
    public void Dispose()
    {
        Momenta.Dispose();
        Scalars.Dispose();
        JetOfNode.Dispose();
        Degree.Dispose();
        edges?.I.Dispose();
        edges?.J.Dispose();
    }

    private static void AddBeams(List<double> momenta, List<double> scalars, Precision network)
    {
        foreach (int direction in (ReadOnlySpan<int>)[1, -1])
        {
            var beam = new FourMomentum(Math.Sqrt(2), 0, 0, direction);
            Add(momenta, beam);
            scalars.Add(0);
            scalars.Add(Psi(Minkowski.MassScalar(beam), network));
        }
    }

    private static void AddMass(List<double> scalars, FourMomentum p, Precision network)
    {
        scalars.Add(Psi(Minkowski.MassScalar(p), network));
        scalars.Add(0);
    }

    // The published code rounds the mass to float32 before psi; a float64 network keeps it.
    private static double Psi(double mass, Precision network) => network == Precision.Float32 ? MathF.Log(MathF.Abs((float)mass) + 1) : Minkowski.Psi(mass);

    private static void Add(List<double> momenta, FourMomentum p)
    {
        momenta.Add(p.E);
        momenta.Add(p.Px);
        momenta.Add(p.Py);
        momenta.Add(p.Pz);
    }

    private (Tensor I, Tensor J) ListEdges()
    {
        long count = 0;
        for (int jet = 0; jet < JetCount; jet++)
        {
            long n = Offsets[jet + 1] - Offsets[jet];
            count += n * Math.Max(0, n - 1);
        }

        var from = new long[count];
        var to = new long[count];
        long e = 0;
        for (int jet = 0; jet < JetCount; jet++)
            for (int i = Offsets[jet]; i < Offsets[jet + 1]; i++)
                for (int j = Offsets[jet]; j < Offsets[jet + 1]; j++)
                    if (i != j)
                        (from[e], to[e++]) = (i, j);
        return (tensor(from).DetachFromDisposeScope(), tensor(to).DetachFromDisposeScope());
    }
}
