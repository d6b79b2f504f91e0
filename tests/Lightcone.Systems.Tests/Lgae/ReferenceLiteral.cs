using Lightcone.Systems.Lgae.Reference;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace Lightcone.Tests.Lgae;

/// <summary>
/// The published LGAE as its code computes it: canonical basis, complex features as two planes, an explicit Kronecker product of every pair of slots, Clebsch–Gordan
/// matrices, everything in the graph. Slow on purpose: it is what the network in src is compared with. Features are [2, B, N, C, d], edges [2, B, N, N, C, d].
/// </summary>
internal sealed class ReferenceLiteral(NetworkState state, LgaeReferenceSettings settings) : IDisposable
{
    private static readonly double R = Math.Sqrt(0.5);
    private static readonly double[,] ToCanonicalRe = { { 1, 0, 0, 0 }, { 0, R, 0, 0 }, { 0, 0, 0, 1 }, { 0, -R, 0, 0 } };
    private static readonly double[,] ToCanonicalIm = { { 0, 0, 0, 0 }, { 0, 0, -R, 0 }, { 0, 0, 0, 0 }, { 0, 0, -R, 0 } };

    private readonly Tensor basisRe = tensor(ToCanonicalRe).to(state.DType).DetachFromDisposeScope(), basisIm = tensor(ToCanonicalIm).to(state.DType).DetachFromDisposeScope();
    private readonly Dictionary<(Irrep, Irrep), Tensor> matrices = [];

    public void Dispose()
    {
        foreach (var t in matrices.Values.Append(basisRe).Append(basisIm)) t.Dispose();
    }

    /// <summary>Latents: scalars [2, B, 1, τ, 1] and Cartesian vectors [2, B, 1, τ, 4].</summary>
    public (Tensor Scalars, Tensor Vectors) Encode(Tensor momenta, Tensor mask)
    {
        var square = momenta.Squared();
        var scalar = (square.select(2, 0).Times(2) - square.sum(dim: 2)).abs().sqrt();
        var nodes = new Dictionary<Irrep, Tensor>
        {
            [Irrep.Vector] = Canonical(stack([momenta, zeros_like(momenta)], 0)).unsqueeze(3),
            [Irrep.Scalar] = stack([scalar, zeros_like(scalar)], 0).unsqueeze(3).unsqueeze(4),
        };
        Tensor difference = momenta.unsqueeze(2) - momenta.unsqueeze(1), norm = SignedNorm(difference), edgeMask = mask.unsqueeze(2) * mask.unsqueeze(1) * norm.ne(zeros(1)).to(state.DType);
        var edge = Canonical(stack([difference, zeros_like(difference)], 0));
        var features = Levels("encoder.", settings.EncoderChannels.Count - 1, nodes, edge, (level, kind) =>
        {
            var f = Radial("encoder.", level, kind, norm, edgeMask);
            return f.view([.. f.shape[..^1], -1, 2]).movedim([-1], [0]);
        });
        return (Latent(Irrep.Scalar), Latent(Irrep.Vector));

        Tensor Latent(Irrep irrep)
        {
            var x = features[irrep];
            if (settings.Pooling == ReferencePooling.Mix) x = x.reshape(2, x.shape[1], 1, -1, x.shape[4]);
            x = Mixed($"encoder.mix_reps.weights.{irrep.Key()}", x);
            return Pooled(irrep == Irrep.Vector ? Cartesian(x) : x);
        }
    }

    /// <summary>Complex reconstruction, [2, B, N, 4].</summary>
    public Tensor Decode(Tensor vectors)
    {
        var p = Mixed($"decoder.latent_to_graph.weights.{Irrep.Vector.Key()}", vectors).select(2, 0);
        var nodes = new Dictionary<Irrep, Tensor> { [Irrep.Vector] = Canonical(p).unsqueeze(3), [Irrep.Scalar] = ones([2, p.shape[1], p.shape[2], 1, 1], state.DType) };
        Tensor difference = p.unsqueeze(3) - p.unsqueeze(2), norm = SignedNorm(difference), edgeMask = zeros_like(norm);
        var features = Levels("decoder.", settings.DecoderChannels.Count - 1, nodes, Canonical(difference), (level, kind) => Radial("decoder.", level, kind, norm, edgeMask));
        return Cartesian(Mixed($"decoder.mix_to_output.weights.{Irrep.Vector.Key()}", features[Irrep.Vector])).select(3, 0);
    }

    /// <summary>Reconstructed momenta, [B, N, 4].</summary>
    public Tensor Reconstruct(Tensor momenta, Tensor mask) => Decode(Encode(momenta.to(state.DType), mask.to(state.DType)).Vectors).sum(dim: 0);

    /// <summary>Chamfer loss over all pairs, with the nearest found inside the graph.</summary>
    public static Tensor Chamfer(Tensor x, Tensor y)
    {
        var distances = (x.unsqueeze(2) - y.unsqueeze(1)).Squared().sum(dim: 3);
        return distances.min(2).values.sum().Plus(distances.min(1).values.sum()).Times(0.5);
    }

    // ±√|d_ij| of differences [..., 4].
    private static Tensor SignedNorm(Tensor difference)
    {
        var square = difference.Squared();
        var d = (square.select(-1, 0).Times(2) - square.sum(-1)).Plus(1e-16);
        return d / d.abs().sqrt();
    }

    // W (mask · bells) + β, [..., outputs].
    private Tensor Radial(string half, int level, int kind, Tensor norm, Tensor edgeMask)
    {
        using var scope = NewDisposeScope();
        string name = $"{half}rad_funcs.rad_funcs.{level}";
        Tensor a = state[$"{name}.a"].view(-1), b = state[$"{name}.b"].view(-1), c = state[$"{name}.c"].view(-1);
        var bells = (b / (c * norm.unsqueeze(-1)).Squared().Plus(1 + 1e-16)).Plus(a) * edgeMask.unsqueeze(-1);
        return F.linear(bells, state[$"{name}.linear.{kind}.weight"], state[$"{name}.linear.{kind}.bias"]).MoveToOuterDisposeScope();
    }

    private Dictionary<Irrep, Tensor> Levels(string half, int count, Dictionary<Irrep, Tensor> nodes, Tensor edge, Func<int, int, Tensor> radial)
    {
        var features = Irreps.OfLevel(0, settings.MaxDim).ToDictionary(c => c, c => Mixed($"{half}input_func_node.weights.{c.Key()}", nodes[c]));
        for (int level = 0; level < count; level++)
        {
            var order = Irreps.OfLevel(level, settings.MaxDim);
            Tensor onePlusI = ones([2, 1, 1, 1, 1, 1], state.DType), f0 = radial(level, 0).unsqueeze(-1), f1 = radial(level, 1).unsqueeze(-1);
            var edges = new Dictionary<Irrep, Tensor> { [Irrep.Scalar] = Times(f0, onePlusI), [Irrep.Vector] = Times(f1, edge.unsqueeze(4)) };
            var columns = Irreps.OfLevel(level + 1, settings.MaxDim).ToDictionary(c => c, _ => new List<Tensor>());
            foreach (var left in order)
                foreach (var right in (Irrep[])[Irrep.Scalar, Irrep.Vector]) Products(left, features[left].unsqueeze(2), right, edges[right], sumOver: 3, columns);
            foreach (var c in order) columns[c].Add(features[c]);
            foreach (var left in order)
                foreach (var right in order) Products(left, features[left], right, features[right], sumOver: null, columns);
            features = columns.ToDictionary(c => c.Key, c => Mixed($"{half}lgn_cg.node_levels.{level}.cat_mix.mix_reps.weights.{c.Key.Key()}", cat(c.Value, 3)));
            features[Irrep.Scalar] = Perceptron($"{half}lgn_cg.mlp_levels.{level}", features[Irrep.Scalar]);
        }

        return features;
    }

    // Kronecker product of all four combinations of planes, summed over neighbours, then one matrix for all irreps it holds.
    private void Products(Irrep a, Tensor x, Irrep b, Tensor y, int? sumOver, Dictionary<Irrep, List<Tensor>> columns)
    {
        using var scope = NewDisposeScope();
        var kronecker = Kronecker(x, y, sumOver);
        var planes = stack([kronecker[0] - kronecker[3], kronecker[1].Plus(kronecker[2])], 0);
        Irrep[] results = [.. Irreps.InProduct(a, b, settings.MaxDim).Where(columns.ContainsKey)];
        var all = Guarded.MatMul(planes, MatrixOf(a, b, results));
        long start = 0;
        foreach (var c in results)
        {
            columns[c].Add(all.narrow(-1, start, c.Dimension()).MoveToOuterDisposeScope());
            start += c.Dimension();
        }
    }

    private static Tensor Kronecker(Tensor x, Tensor y, int? sumOver)
    {
        // What the graph does not keep is freed at once, as the published code's reference counts do.
        using var scope = NewDisposeScope();
        var all = x.unsqueeze(1).unsqueeze(-1) * y.unsqueeze(0).unsqueeze(-2);
        long[] shape = all.shape;
        var flat = all.reshape([4, .. shape[2..^2], shape[^1] * shape[^2]]);
        return (sumOver is { } axis ? flat.sum(axis) : flat).MoveToOuterDisposeScope();
    }

    private Tensor MatrixOf(Irrep a, Irrep b, Irrep[] results)
    {
        if (!matrices.TryGetValue((a, b), out var matrix))
        {
            using var scope = NewDisposeScope();
            matrix = cat([.. results.Select(c => tensor(ReferenceClebschGordan.Matrix(a.Spins(), b.Spins(), c.Spins())).to(state.DType))], 0).transpose(0, 1).contiguous();
            matrices[(a, b)] = matrix.DetachFromDisposeScope();
        }

        return matrix;
    }

    // Σ_c W_oc x_c over the channels [2, B, N, C, d].
    private Tensor Mixed(string name, Tensor x)
    {
        Tensor re = state[name].select(0, 0), im = state[name].select(0, 1);
        return stack([Guarded.MatMul(re, x[0]) - Guarded.MatMul(im, x[1]), Guarded.MatMul(re, x[1]).Plus(Guarded.MatMul(im, x[0]))], 0);
    }

    private Tensor Perceptron(string name, Tensor scalars)
    {
        var x = scalars.squeeze(4).movedim([0], [-1]).reshape(scalars.shape[1], scalars.shape[2], -1);
        for (int m = 0; m <= settings.MlpDepth; m++)
        {
            x = F.linear(x, state[$"{name}.linear.{m}.weight"], state[$"{name}.linear.{m}.bias"]);
            if (m < settings.MlpDepth) x = F.leaky_relu(x, 0.01);
        }

        return x.view(scalars.shape[1], scalars.shape[2], -1, 2).movedim([-1], [0]).unsqueeze(4).contiguous();
    }

    // Latents of slots [2, B, N, τ, d] to [2, B, 1, τ', d].
    private Tensor Pooled(Tensor x) => settings.Pooling switch
    {
        ReferencePooling.Mean => x.mean([2], keepdim: true),
        ReferencePooling.Mix => x,
        ReferencePooling.Min => Extreme(x, largest: false),
        ReferencePooling.Max => Extreme(x, largest: true),
        ReferencePooling.MinBesideMax => cat([Extreme(x, largest: false), Extreme(x, largest: true)], 3),
        _ => Extreme(x, largest: false).Plus(Extreme(x, largest: true)).Times(0.5),
    };

    private static Tensor Extreme(Tensor x, bool largest)
    {
        var values = x.shape[4] == 1 ? (largest ? x.Squared() : x).squeeze(4) : x.select(4, 0).Squared() - x.narrow(4, 1, 3).Squared().sum(dim: 4).sqrt().Squared();
        var index = largest ? values.argmax(2, keepdim: true) : values.argmin(2, keepdim: true);
        return x.gather(2, index.unsqueeze(4).expand(-1, -1, -1, -1, x.shape[4]));
    }

    private Tensor Canonical(Tensor x) => Transformed(x, basisRe, basisIm);

    private Tensor Cartesian(Tensor x) => Transformed(x, basisRe.transpose(0, 1), basisIm.transpose(0, 1).neg());

    // (re + i im) x on the last axis.
    private static Tensor Transformed(Tensor x, Tensor re, Tensor im) =>
        stack([Guarded.MatMul(x[0], re.t()) - Guarded.MatMul(x[1], im.t()), Guarded.MatMul(x[1], re.t()).Plus(Guarded.MatMul(x[0], im.t()))], 0);

    private static Tensor Times(Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        return stack([x[0] * y[0] - x[1] * y[1], (x[0] * y[1]).Plus(x[1] * y[0])], 0).MoveToOuterDisposeScope();
    }
}
