using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Gnnae;

/// <summary>
/// The graph network in both halves of GNNAE (arXiv:2212.07347, appendix): three steps of messages m_ij = EdgeNet(x_i ⊕ x_j ⊕ |x_i − x_j|²) between all
/// constituents of a jet, i = j included, then x_i ← NodeNet(Σ_j m_ij ⊕ x_i). Every layer is followed by a LeakyReLU.
/// </summary>
internal sealed class MessagePassing
{
    /// <summary>Width of the first step's nodes; narrower input stands for itself padded with zeros.</summary>
    public const int InputWidth = 30;

    /// <summary>Width of the nodes after the hidden layers of the last step.</summary>
    public const int LastWidth = 8;

    /// <summary>LeakyReLU's slope for negative numbers.</summary>
    public const double Slope = 0.2;

    private static readonly int[][] NodeWidths = [[InputWidth, 15], [15, 8], [LastWidth]];
    private static readonly int[][] EdgeWidths = [[50, 40, 30], [30, 30, 30], [16, 20, 30]];

    private readonly NetworkState state;
    private readonly string name;
    private readonly bool activatesOutput;

    /// <summary>Adds the layers to a state, with fresh weights from the engine's global generator.</summary>
    /// <param name="state">Where the weights live.</param>
    /// <param name="name">What their names begin with.</param>
    /// <param name="outputs">Numbers a node that the last layer gives.</param>
    /// <param name="activatesOutput">Whether the LeakyReLU follows the last layer too.</param>
    public MessagePassing(NetworkState state, string name, int outputs, bool activatesOutput)
    {
        (this.state, this.name, this.activatesOutput) = (state, name, activatesOutput);
        for (int step = 0; step < NodeWidths.Length; step++)
        {
            int[] nodes = NodeWidths[step], edges = EdgeWidths[step];
            Add(EdgeLayer(step, ""), [2 * nodes[0] + 1, .. edges]);
            Add(NodeLayer(step, ""), [edges[^1] + nodes[0], .. nodes, step + 1 < NodeWidths.Length ? NodeWidths[step + 1][0] : outputs]);
        }
    }

    /// <summary>Number of message-passing steps.</summary>
    public static int Steps => NodeWidths.Length;

    /// <summary>Node features after the last step, shape [jets, slots, outputs]; those of empty slots are of no meaning.</summary>
    /// <param name="nodes">Node features, shape [jets, slots, features], at most <see cref="InputWidth"/> features.</param>
    /// <param name="mask">1 for a node that sends messages, 0 for one that does not, shape [jets, slots]; null when all do.</param>
    public Tensor Apply(Tensor nodes, Tensor? mask)
    {
        var x = nodes;
        for (int step = 0; step < Steps; step++)
        {
            // Σ_j m_ij stands first in the concatenation, so the zeros that pad x would meet the last columns of the weights.
            var z = cat([Messages(step, x, mask), x], 2);
            var first = state[NodeLayer(step, "0.weight")];
            z = linear(z, first.narrow(1, 0, z.shape[2]), state[NodeLayer(step, "0.bias")]).LeakyReluInPlace(Slope);
            int layers = NodeWidths[step].Length + 1;
            for (int layer = 1; layer < layers; layer++)
            {
                z = linear(z, state[NodeLayer(step, $"{layer}.weight")], state[NodeLayer(step, $"{layer}.bias")]);
                if (layer + 1 < layers || step + 1 < Steps || activatesOutput) z = z.LeakyReluInPlace(Slope);
            }

            x = z;
        }

        return x;
    }

    /// <summary>Σ_j m_ij over the nodes that send messages, shape [jets, slots, width].</summary>
    internal Tensor Messages(int step, Tensor x, Tensor? mask)
    {
        long jets = x.shape[0], slots = x.shape[1];
        var z = FirstEdgeLayer(step, x).LeakyReluInPlace(Slope);
        for (int layer = 1; layer < EdgeWidths[step].Length; layer++)
            z = linear(z, state[EdgeLayer(step, $"{layer}.weight")], state[EdgeLayer(step, $"{layer}.bias")]).LeakyReluInPlace(Slope);
        if (mask is null) return z.reshape(jets, slots, slots, z.shape[1]).sum(dim: 2);
        var senders = mask.reshape(jets, 1, 1, slots).expand(jets, slots, 1, slots).reshape(jets * slots, 1, slots);
        return bmm(senders, z.reshape(jets * slots, slots, z.shape[1])).reshape(jets, slots, z.shape[1]);
    }

    /// <summary>The first layer is linear in x_i ⊕ x_j ⊕ d: its products with x are taken once a node, not once an edge. Shape [jets · slots · slots, width].</summary>
    private Tensor FirstEdgeLayer(int step, Tensor x)
    {
        long features = x.shape[2], width = NodeWidths[step][0];
        var weight = state[EdgeLayer(step, "0.weight")];
        var receiver = linear(x, weight.narrow(1, 0, features), state[EdgeLayer(step, "0.bias")]);
        var sender = linear(x, weight.narrow(1, width, features));
        var z = receiver.unsqueeze(2).Plus(sender.unsqueeze(1)).reshape(-1, weight.shape[0]);
        // From differences: the products that the engine would take from 26 nodes on lose the distance of constituents that are close to each other.
        var distance = cdist(x, x, 2, compute_mode.donot_use_mm_for_euclid_dist).Squared().reshape(-1, 1);
        return z.Plus(mm(distance, weight.narrow(1, 2 * width, 1).t()));
    }

    private string EdgeLayer(int step, string layer) => $"{name}.edge_net.{step}.{layer}";

    private string NodeLayer(int step, string layer) => $"{name}.node_net.{step}.{layer}";

    private void Add(string prefix, int[] widths)
    {
        for (int layer = 0; layer + 1 < widths.Length; layer++) state.AddLinear($"{prefix}{layer}", widths[layer], widths[layer + 1]);
    }
}
