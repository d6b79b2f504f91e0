using Lightcone.Systems.LorentzNet.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Tests.Kernels;

/// <summary>The edge part of a block as the paper writes it: one row an edge, automatic differentiation. The slow twin of the kernels.</summary>
internal static class EagerEdgeBlock
{
    /// <summary>Receivers and senders of all ordered pairs of different nodes of each jet.</summary>
    public static (Tensor Receivers, Tensor Senders) Edges(int[] offsets)
    {
        var receivers = new List<long>();
        var senders = new List<long>();
        for (int jet = 0; jet + 1 < offsets.Length; jet++)
        {
            for (int i = offsets[jet]; i < offsets[jet + 1]; i++)
            {
                for (int j = offsets[jet]; j < offsets[jet + 1]; j++)
                {
                    if (i == j) continue;
                    receivers.Add(i);
                    senders.Add(j);
                }
            }
        }

        return (tensor(receivers.ToArray()), tensor(senders.ToArray()));
    }

    /// <summary>The network runs in the type of the parameters, the geometry in the type of the four-momenta.</summary>
    public static (Tensor Aggregate, Tensor Moved) Apply(
        EdgeBlockSettings settings, Tensor receivers, Tensor senders, Tensor inverseDegree, Tensor a, Tensor b, Tensor x, EdgeBlockParameters p)
    {
        var (d, norm, product) = Invariants(receivers, senders, x, a.dtype);
        var z = a.index_select(0, receivers) + b.index_select(0, senders)
            + norm * p.NormWeight.reshape(1, -1) + product * p.ProductWeight.reshape(1, -1);
        return AfterFirstLayer(settings, receivers, inverseDegree, z, d, a, x, p);
    }

    /// <summary>As the published code has it: the first layer acts on every edge's row (h_i, h_j, norm, product).</summary>
    public static (Tensor Aggregate, Tensor Moved) ApplyToRows(
        EdgeBlockSettings settings, Tensor receivers, Tensor senders, Tensor inverseDegree, Tensor h, Tensor firstLayer, Tensor x, EdgeBlockParameters p)
    {
        var (d, norm, product) = Invariants(receivers, senders, x, h.dtype);
        var z = F.linear(cat([h.index_select(0, receivers), h.index_select(0, senders), norm, product], 1), firstLayer);
        return AfterFirstLayer(settings, receivers, inverseDegree, z, d, h, x, p);
    }

    private static (Tensor Difference, Tensor Norm, Tensor Product) Invariants(Tensor receivers, Tensor senders, Tensor x, ScalarType type)
    {
        Tensor xi = x.index_select(0, receivers), xj = x.index_select(0, senders), d = xi - xj;
        using var metric = tensor(new[] { 1.0, -1.0, -1.0, -1.0 }, dtype: x.dtype);
        return (d, Psi((d * d * metric).sum(1, keepdim: true)).to_type(type), Psi((xi * xj * metric).sum(1, keepdim: true)).to_type(type));
    }

    private static (Tensor Aggregate, Tensor Moved) AfterFirstLayer(
        EdgeBlockSettings settings, Tensor receivers, Tensor inverseDegree, Tensor z, Tensor d, Tensor nodes, Tensor x, EdgeBlockParameters p)
    {
        if (receivers.shape[0] > 0)
        {
            z = F.batch_norm(
                z, p.RunningMean, p.RunningVariance, p.NormalisationWeight, p.NormalisationBias, settings.BatchStatistics,
                settings.Momentum, settings.Epsilon);
        }

        var m = F.linear(z.relu(), p.MessageWeight, p.MessageBias).relu();
        var gate = F.linear(m, p.GateWeight.reshape(1, -1), p.GateBias).sigmoid();
        m = m * gate;
        var aggregate = zeros_like(nodes).index_add(0, receivers, m, 1);
        if (!settings.MovesNodes) return (aggregate, x.clone());
        var s = F.linear(F.linear(m, p.PositionWeight!, p.PositionBias!).relu(), p.PositionOutput!.reshape(1, -1));
        var t = d * s.to_type(x.dtype);
        if (!double.IsInfinity(settings.Clamp)) t = t.clamp(-settings.Clamp, settings.Clamp);
        var moved = x + zeros_like(x).index_add(0, receivers, t, 1) * inverseDegree.unsqueeze(1) * settings.PositionStep;
        return (aggregate, moved);
    }

    /// <summary>1 / max(1, partners) of each node.</summary>
    public static Tensor InverseDegrees(int[] offsets)
    {
        var values = new double[offsets[^1]];
        for (int jet = 0; jet + 1 < offsets.Length; jet++)
            values.AsSpan(offsets[jet], offsets[jet + 1] - offsets[jet]).Fill(1.0 / Math.Max(1, offsets[jet + 1] - offsets[jet] - 1));
        return tensor(values);
    }

    private static Tensor Psi(Tensor p) => p.sign() * (p.abs() + 1).log();
}
