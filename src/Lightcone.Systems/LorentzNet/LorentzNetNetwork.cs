using Lightcone.Systems.LorentzNet.Kernels;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.LorentzNet;

/// <summary>
/// LorentzNet (arXiv:2201.08187, §3.2): a tagger whose messages are functions of Minkowski products, and whose four-vectors move along differences of
/// four-vectors, so that it is equivariant under the Lorentz group. Tensor names are those of the published weights.
/// </summary>
public sealed class LorentzNetNetwork : IDisposable
{
    /// <summary>Momentum of the running statistics, and what is added to variances: the usual values of batch norm.</summary>
    private const double BatchNormMomentum = 0.1, BatchNormEpsilon = 1e-5;

    private readonly LorentzNetRecipe recipe;
    private readonly EdgeBlock edges;

    /// <summary>Creates the network with fresh weights from the engine's global generator, in the published order of draws.</summary>
    public LorentzNetNetwork(LorentzNetRecipe recipe)
    {
        this.recipe = recipe;
        State = new NetworkState(recipe.Network.ToScalarType());
        edges = EdgeBlock.For(recipe);
        int h = recipe.Hidden;
        State.AddLinear("embedding", recipe.Scalars, h);
        for (int l = 0; l < recipe.Layers; l++) AddBlock($"LGEBs.{l}", h, recipe.Scalars, last: l == recipe.Layers - 1);
        State.AddLinear("graph_dec.0", h, h);
        State.AddLinear("graph_dec.3", h, 2);
    }

    /// <summary>Parameters and running statistics.</summary>
    public NetworkState State { get; }

    /// <summary>Class scores of every jet before the soft-max, shape [jets, 2]; class 1 is the signal.</summary>
    /// <param name="graph">The jets.</param>
    /// <param name="training">Batch statistics and dropout (true) or running statistics and none (false).</param>
    /// <param name="probe">Sees nodes and four-vectors after the embedding (block −1) and after each block; for tests.</param>
    public Tensor Logits(JetGraph graph, bool training, Action<int, Tensor, Tensor>? probe = null) => Decode(Pooled(graph, training, probe), training);

    /// <summary>What the decoder reads: node features over each jet after the last block, shape [jets, hidden].</summary>
    internal Tensor Pooled(JetGraph graph, bool training, Action<int, Tensor, Tensor>? probe = null)
    {
        var nodes = new Nodes(linear(graph.Scalars, State["embedding.weight"], State["embedding.bias"]), PaddingRow(graph, training));
        var x = graph.Momenta;
        probe?.Invoke(-1, nodes.Features, x);
        for (int l = 0; l < recipe.Layers; l++)
        {
            var (aggregate, moved) = Messages($"LGEBs.{l}", nodes.Features, x, graph, training, last: l == recipe.Layers - 1);
            nodes = UpdateNodes($"LGEBs.{l}.phi_h", nodes, aggregate, graph, training);
            x = moved;
            probe?.Invoke(l, nodes.Features, x);
        }

        return Pool(nodes.Features, graph);
    }

    /// <summary>Sum of node features over each jet, divided as the recipe says, shape [jets, hidden].</summary>
    internal Tensor Pool(Tensor features, JetGraph graph)
    {
        var sum = zeros([graph.JetCount, recipe.Hidden], features.dtype).PlusRows(graph.JetOfNode, features);
        var divisor = new double[graph.JetCount];
        for (int jet = 0; jet < divisor.Length; jet++)
            divisor[jet] = recipe.Pooling.Kind switch
            {
                PoolingKind.Own => Math.Max(1, graph.Offsets[jet + 1] - graph.Offsets[jet]),
                PoolingKind.Fixed => recipe.Pooling.Length,
                _ => graph.PaddedLength,
            };
        return sum / tensor(divisor, [graph.JetCount, 1]).to(features.dtype);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        edges.Dispose();
    }

    /// <summary>Throws what a backward pass could not throw itself; call it after each.</summary>
    public void AfterBackward() => edges.AfterBackward();

    private void AddBlock(string name, int h, int scalars, bool last)
    {
        State.AddLinear($"{name}.phi_e.0", 2 * h + 2, h, bias: false);
        State.AddBatchNorm($"{name}.phi_e.1", h);
        State.AddLinear($"{name}.phi_e.3", h, h);
        State.AddLinear($"{name}.phi_h.0", 2 * h + scalars, h);
        State.AddBatchNorm($"{name}.phi_h.1", h);
        State.AddLinear($"{name}.phi_h.3", h, h);
        // The published code draws these in every block and throws the last block's away; drawing keeps the sequence.
        using var discarded = NetworkState.Uniform([1, h], 1 / Math.Sqrt(h));
        var smallStep = NetworkState.Uniform([1, h], 0.001 * Math.Sqrt(6.0 / (h + 1)));
        var inner = NetworkState.Uniform([h, h], 1 / Math.Sqrt(h));
        var innerBias = NetworkState.Uniform([h], 1 / Math.Sqrt(h));
        if (last)
        {
            foreach (var t in (ReadOnlySpan<Tensor>)[smallStep, inner, innerBias]) t.Dispose();
        }
        else
        {
            State.AddParameter($"{name}.phi_x.0.weight", inner);
            State.AddParameter($"{name}.phi_x.0.bias", innerBias);
            State.AddParameter($"{name}.phi_x.2.weight", smallStep);
        }

        State.AddLinear($"{name}.phi_m.0", h, 1);
    }

    /// <summary>
    /// Minkowski dot-product attention (eqs. 3.2–3.4): with e = [h_i, h_j, ψ(|x_i − x_j|²), ψ(⟨x_i, x_j⟩)] the message is m = φ_e(e), gated by φ_m; returns
    /// Σ_j m_ij and the moved four-vectors x_i + c/deg · Σ_j φ_x(m_ij)(x_i − x_j).
    /// </summary>
    private (Tensor Aggregate, Tensor Momenta) Messages(string name, Tensor h, Tensor x, JetGraph graph, bool training, bool last)
    {
        // φ_e's first layer is linear in [h_i | h_j | norm | dot]: its products with h are taken once a node, not once an edge.
        var first = State[$"{name}.phi_e.0.weight"];
        int width = recipe.Hidden;
        var settings = new EdgeBlockSettings
        {
            Channels = width,
            MovesNodes = !last,
            PositionStep = recipe.CoordinateWeight,
            Clamp = recipe.Clamp > 0 ? recipe.Clamp : double.PositiveInfinity,
            BatchStatistics = training,
            Epsilon = BatchNormEpsilon,
            Momentum = BatchNormMomentum,
        };
        var parameters = new EdgeBlockParameters
        {
            NormWeight = first.select(1, 2 * width),
            ProductWeight = first.select(1, 2 * width + 1),
            NormalisationWeight = State[$"{name}.phi_e.1.weight"],
            NormalisationBias = State[$"{name}.phi_e.1.bias"],
            RunningMean = State[$"{name}.phi_e.1.running_mean"],
            RunningVariance = State[$"{name}.phi_e.1.running_var"],
            MessageWeight = State[$"{name}.phi_e.3.weight"],
            MessageBias = State[$"{name}.phi_e.3.bias"],
            GateWeight = State[$"{name}.phi_m.0.weight"],
            GateBias = State[$"{name}.phi_m.0.bias"],
            PositionWeight = last ? null : State[$"{name}.phi_x.0.weight"],
            PositionBias = last ? null : State[$"{name}.phi_x.0.bias"],
            PositionOutput = last ? null : State[$"{name}.phi_x.2.weight"],
        };
        return edges.Messages(new EdgeInputs(settings, linear(h, first.narrow(1, 0, width)), linear(h, first.narrow(1, width, width)), x, parameters), graph);
    }

    /// <summary>h ← h + φ_h([h, Σ_j m_ij, scalars]) (eq. 3.5).</summary>
    private Nodes UpdateNodes(string name, Nodes nodes, Tensor aggregate, JetGraph graph, bool training)
    {
        var (w0, b0) = (State[$"{name}.0.weight"], State[$"{name}.0.bias"]);
        var z = linear(cat([nodes.Features, aggregate, graph.Scalars], 1), w0, b0);
        // A padded row of the published code has neither messages nor scalars; all of them are equal, so one row with a weight stands for them.
        var zPadding = nodes.Padding is null ? null : linear(nodes.Padding, w0.narrow(1, 0, recipe.Hidden), b0);
        var (y, yPadding) = Normalise($"{name}.1", z, zPadding, graph, training);
        return new Nodes(nodes.Features.Plus(Second(y)), yPadding is null ? null : nodes.Padding!.Plus(Second(yPadding)));

        Tensor Second(Tensor t) => linear(relu(t), State[$"{name}.3.weight"], State[$"{name}.3.bias"]);
    }

    private (Tensor Y, Tensor? YPadding) Normalise(string name, Tensor z, Tensor? zPadding, JetGraph graph, bool training)
    {
        Tensor mean = State[$"{name}.running_mean"], variance = State[$"{name}.running_var"];
        if (training && graph.NodeCount > 0) // without a node there is nothing to average, and the running statistics stay
        {
            double padding = zPadding is null ? 0 : (double)graph.JetCount * graph.PaddedLength - graph.NodeCount, rows = graph.NodeCount + padding;
            var batchMean = zPadding is null ? z.mean([0]) : z.sum(dim: 0).Plus(zPadding[0].Times(padding)).Times(1 / rows);
            var batchVariance = (z - batchMean).Squared().sum(dim: 0).Times(1 / rows);
            if (zPadding is not null) batchVariance = batchVariance.Plus((zPadding[0] - batchMean).Squared().Times(padding / rows));
            using (no_grad())
            {
                mean.TowardsInPlace(batchMean, BatchNormMomentum);
                if (rows > 1) variance.TowardsInPlace(batchVariance.Times(rows / (rows - 1)), BatchNormMomentum);
            }

            (mean, variance) = (batchMean, batchVariance);
        }

        var scale = State[$"{name}.weight"] * variance.Plus(BatchNormEpsilon).rsqrt();
        return (Apply(z), zPadding is null ? null : Apply(zPadding));

        Tensor Apply(Tensor t) => ((t - mean) * scale).Plus(State[$"{name}.bias"]);
    }

    private Tensor Decode(Tensor pooled, bool training)
    {
        return Layer("graph_dec.3", dropout(relu(Layer("graph_dec.0", pooled)), recipe.Dropout, training));

        Tensor Layer(string name, Tensor t) => linear(t, State[$"{name}.weight"], State[$"{name}.bias"]);
    }

    private Tensor? PaddingRow(JetGraph graph, bool training) =>
        training && recipe.BatchNormRows == BatchNormRows.All && (long)graph.JetCount * graph.PaddedLength > graph.NodeCount
            ? State["embedding.bias"].unsqueeze(0)
            : null;

    /// <summary>Features of the real nodes [nodes, hidden] and, where the recipe counts them, of a padded row [1, hidden].</summary>
    private readonly record struct Nodes(Tensor Features, Tensor? Padding);
}
