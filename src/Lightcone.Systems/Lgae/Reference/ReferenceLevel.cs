using Lightcone.Training;
using Lightcone.Training.Engine;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Sees intermediate features, for tests: a name such as <c>level1_agg</c>, the irrep, the tensor [channels, 2, d, M].</summary>
internal delegate void FeatureProbe(string name, Irrep irrep, Tensor features);

/// <summary>
/// One message-passing level of either half (arXiv:2212.07347, §3.1, eqs. 3–5): the products of neighbours with edges, the features themselves and their products with
/// themselves are mixed into the next features; a perceptron acts on the scalars.
/// </summary>
internal sealed class ReferenceLevel(NetworkState state, ReferenceProducts products, LgaeReferenceSettings settings, string half, int level)
{
    private const double LeakySlope = 0.01;

    /// <summary>
    /// Momenta [..., N] less their mean over the slots. Edges are differences, which the mean does not change, but sums of products with them lose fewer digits. No gradient
    /// flows through the mean, for by that token its gradient is zero.
    /// </summary>
    public static Tensor Centred(Tensor momenta) => momenta - momenta.detach().mean([-1], keepdim: true);

    /// <summary>The next features.</summary>
    /// <param name="features">Features that enter.</param>
    /// <param name="momenta">Four-momenta whose differences are the edges, at every level: <see cref="Centred"/> input momenta, [1, 1 or 2, 4, M].</param>
    /// <param name="filters">Radial functions.</param>
    /// <param name="wanted">Irreps to compute; the last level's others lead nowhere.</param>
    /// <param name="probe">Sees everything on the way.</param>
    public Features Apply(Features features, Tensor momenta, IFilters filters, IReadOnlyList<Irrep> wanted, FeatureProbe? probe)
    {
        using var scope = NewDisposeScope();
        var aggregated = Aggregate(features, momenta, filters, wanted);
        var (self, pairs) = SelfProducts(features, wanted);
        if (probe is not null) Report(features, aggregated, self, probe, wanted);
        var next = new Features();
        foreach (var c in Irreps.OfLevel(level + 1, settings.MaxDim).Where(wanted.Contains))
        {
            List<Tensor> columns = [.. aggregated[c]];
            if (features.Contains(c)) columns.Add(features[c]);
            int plain = columns.Count;
            columns.AddRange(pairs.Where(p => p.Result == c).Select(p => self[p]));
            var mixed = ComplexPlanes.Mix(Weight(c, plain, features.Order, pairs), cat(columns, 0));
            probe?.Invoke($"level{level + 1}_premlp", c, mixed);
            next.Add(c, (c == Irrep.Scalar ? Perceptron(mixed) : mixed).MoveToOuterDisposeScope());
            probe?.Invoke($"level{level + 1}", c, next[c]);
        }

        return next;
    }

    /// <summary>
    /// Σ_j F_j ⊗ edge_ij. Edges p_i − p_j are never formed: by linearity Σ_j f_ij F_j ⊗ (p_i − p_j) = (Σ_j f_ij F_j) ⊗ p_i − Σ_j f_ij (F_j ⊗ p_j), whose products are
    /// taken once a slot.
    /// </summary>
    private Dictionary<Irrep, List<Tensor>> Aggregate(Features features, Tensor momenta, IFilters filters, IReadOnlyList<Irrep> wanted)
    {
        var withVector = features.Order.Select(a => (Left: a, Results: products.Results(a, Irrep.Vector, wanted))).Where(p => p.Results.Count > 0).ToList();
        var scalarRows = new RowStack();
        foreach (var a in features.Order.Where(wanted.Contains)) scalarRows.Add(features[a]);
        var vectorRows = new RowStack();
        foreach (var (a, _) in withVector) vectorRows.Add(features[a]);
        foreach (var (a, results) in withVector)
            foreach (var product in products.Multiply(a, features[a], Irrep.Vector, momenta, results)) vectorRows.Add(product);

        var (byScalars, byVectors) = filters.Sum(scalarRows.Stacked(), vectorRows.Stacked());
        var first = withVector.ToDictionary(p => p.Left, _ => vectorRows.Take(byVectors));
        var aggregated = wanted.ToDictionary(c => c, _ => new List<Tensor>());
        foreach (var a in features.Order)
        {
            if (wanted.Contains(a)) aggregated[a].Add(scalarRows.Take(byScalars));
            if (!first.TryGetValue(a, out var sum)) continue;
            var results = products.Results(a, Irrep.Vector, wanted);
            var atNode = products.Multiply(a, sum, Irrep.Vector, momenta, results);
            for (int r = 0; r < results.Count; r++) aggregated[results[r]].Add(atNode[r] - vectorRows.Take(byVectors));
        }

        return aggregated;
    }

    /// <summary>F ⊗ F without what vanishes and with one of every two equal products.</summary>
    private (Dictionary<(Irrep Left, Irrep Right, Irrep Result), Tensor> Products, IReadOnlyList<(Irrep Left, Irrep Right, Irrep Result)> Pairs) SelfProducts(
        Features features, IReadOnlyList<Irrep> wanted)
    {
        var found = new Dictionary<(Irrep, Irrep, Irrep), Tensor>();
        var pairs = new List<(Irrep, Irrep, Irrep)>();
        for (int a = 0; a < features.Order.Count; a++)
        {
            for (int b = a; b < features.Order.Count; b++)
            {
                Irrep left = features.Order[a], right = features.Order[b];
                Irrep[] results = [.. products.Results(left, right, wanted).Where(c => a != b || CartesianProduct.Of(left, left, c).Symmetry > 0)];
                var values = products.Multiply(left, features[left], right, features[right], results);
                for (int r = 0; r < results.Length; r++)
                {
                    found.Add((left, right, results[r]), values[r]);
                    pairs.Add((left, right, results[r]));
                }
            }
        }

        return (found, pairs);
    }

    /// <summary>The mixing weight with the columns of equal products added.</summary>
    private Tensor Weight(Irrep c, int plain, IReadOnlyList<Irrep> order, IReadOnlyList<(Irrep Left, Irrep Right, Irrep Result)> pairs)
    {
        var weight = state[$"{half}lgn_cg.node_levels.{level}.cat_mix.mix_reps.weights.{c.Key()}"];
        var published = PublishedPairs(order, c).ToList();
        long channels = weight.shape[2] / (plain + published.Count);
        List<Tensor> parts = [weight.narrow(2, 0, plain * channels)];
        foreach (var pair in pairs.Where(p => p.Result == c))
        {
            var part = Block(pair.Left, pair.Right);
            if (pair.Left != pair.Right)
            {
                var mirror = Block(pair.Right, pair.Left);
                part = CartesianProduct.Of(pair.Left, pair.Right, c).Symmetry > 0 ? part.Plus(mirror) : part - mirror;
            }

            parts.Add(part);
        }

        return cat(parts, 2);

        Tensor Block(Irrep left, Irrep right) => weight.narrow(2, (plain + published.IndexOf((left, right))) * channels, channels);
    }

    /// <summary>Linear layers with leaky rectifiers between them on the 2C real numbers of a slot's scalars; no activation at the end.</summary>
    private Tensor Perceptron(Tensor scalars)
    {
        var x = scalars.view(-1, scalars.shape[3]);
        for (int m = 0; m <= settings.MlpDepth; m++)
        {
            string name = $"{half}lgn_cg.mlp_levels.{level}.linear.{m}";
            x = addmm(state[$"{name}.bias"].unsqueeze(1), state[$"{name}.weight"], x, beta: 1, alpha: 1);
            if (m < settings.MlpDepth) x = leaky_relu(x, LeakySlope);
        }

        return x.view(scalars.shape);
    }

    /// <summary>All ordered pairs of irreps whose product holds c, in the order of the published columns.</summary>
    private IEnumerable<(Irrep Left, Irrep Right)> PublishedPairs(IReadOnlyList<Irrep> order, Irrep c) =>
        from a in order from b in order where Irreps.InProduct(a, b, settings.MaxDim).Contains(c) select (a, b);

    private void Report(
        Features features, Dictionary<Irrep, List<Tensor>> aggregated, Dictionary<(Irrep, Irrep, Irrep), Tensor> self, FeatureProbe probe, IReadOnlyList<Irrep> wanted)
    {
        foreach (var c in wanted)
        {
            if (aggregated[c].Count > 0) probe($"level{level + 1}_agg", c, cat(aggregated[c], 0));
            var published = PublishedPairs(features.Order, c).Select(pair =>
                self.TryGetValue((pair.Left, pair.Right, c), out var value) ? value
                : self.TryGetValue((pair.Right, pair.Left, c), out var mirror) ? mirror.Times(CartesianProduct.Of(pair.Left, pair.Right, c).Symmetry)
                : zeros_like(features[Irrep.Scalar]).expand(-1, -1, c.Dimension(), -1)).ToList();
            if (published.Count > 0) probe($"level{level + 1}_self", c, cat(published, 0));
        }
    }

    /// <summary>Features put one below the other along the component axis, and taken apart again in the same order.</summary>
    private sealed class RowStack
    {
        private readonly List<Tensor> parts = [];
        private readonly Queue<(long Start, long Count)> rows = [];
        private long used;

        public void Add(Tensor part)
        {
            parts.Add(part);
            rows.Enqueue((used, part.shape[2]));
            used += part.shape[2];
        }

        public Tensor Stacked() => parts.Count == 1 ? parts[0] : cat(parts, 2);

        public Tensor Take(Tensor stacked)
        {
            var (start, count) = rows.Dequeue();
            return stacked.narrow(2, start, count);
        }
    }
}
