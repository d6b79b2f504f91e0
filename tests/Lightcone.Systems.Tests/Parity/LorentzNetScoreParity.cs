using Lightcone.Systems;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.LorentzNet;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Parity;

/// <summary>Scores and inner layers of the published networks against vectors of the published code.</summary>
public sealed class LorentzNetScoreParity
{
    private const int All = 12, FirstSix = 6;

    [Theory]
    [InlineData("top")]
    [InlineData("top_massive")]
    [InlineData("qg")]
    public void Scores_in_float64_follow_the_published_code_for_every_pooling(string group)
    {
        using var reference = ReferenceFile.Open("lorentznet/eval.h5");
        foreach (var (pooling, dataset, jets) in Poolings(group))
        {
            double[] expected = reference.Doubles($"{group}/f64/{dataset}");
            double tolerance = group == "top_massive" ? 1e-9 * expected.Max(Math.Abs) : 1e-9;
            Closeness.Absolute(expected, Scores(reference, group, jets, pooling, Precision.Float64, Precision.Float64), tolerance, dataset);
        }
    }

    [Theory]
    [InlineData("top", 5e-3)]
    [InlineData("qg", 1e-3)]
    public void Scores_in_float32_stay_within_the_published_codes_own_rounding(string group, double tolerance)
    {
        using var reference = ReferenceFile.Open("lorentznet/eval.h5");
        foreach (var (pooling, dataset, jets) in Poolings(group))
            Closeness.Absolute(reference.Doubles($"{group}/f64/{dataset}"), Scores(reference, group, jets, pooling, Precision.Float32, Precision.Float32), tolerance, dataset);
    }

    [Theory]
    [InlineData("top")]
    [InlineData("qg")]
    public void Float64_geometry_brings_float32_layers_within_1e_5_of_float64(string group)
    {
        using var reference = ReferenceFile.Open("lorentznet/eval.h5");
        foreach (var (pooling, dataset, jets) in Poolings(group))
            Closeness.Absolute(reference.Doubles($"{group}/f64/{dataset}"), Scores(reference, group, jets, pooling, Precision.Float32, Precision.Float64), 1e-5, dataset);
    }

    [Theory]
    [InlineData("top")]
    [InlineData("qg")]
    public void Every_block_in_float64_follows_the_published_code(string group)
    {
        using var reference = ReferenceFile.Open("lorentznet/eval.h5");
        var (network, recipe) = PublishedWeights.Load(group, r => r with { Network = Precision.Float64, Pooling = new(PoolingKind.BatchMax) });
        using var owned = network;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var graph = JetGraph.Of(Jets(reference, group, 12).Select([2, 3, 4]), recipe);
        int[] mask = reference.Integers($"{group}/blocks/node_mask");
        Tensor? last = null, previous = graph.Momenta;
        var logits = network.Logits(graph, training: false, (block, h, x) =>
        {
            string name = $"{group}/blocks/f64/";
            Closeness.Relative(RealRows(reference.Doubles(name + (block < 0 ? "h_embed" : $"h{block}")), mask), Values(h), 1e-10, $"h after block {block}");
            if (block >= 0)
            {
                var (_, norm, dot) = EagerEdgeBlock.Invariants(previous, graph);
                Closeness.Relative(reference.Doubles($"{name}norm{block}"), Values(norm), 1e-10, $"norms of block {block}");
                Closeness.Relative(reference.Doubles($"{name}dot{block}"), Values(dot), 1e-10, $"products of block {block}");
                Closeness.Relative(RealRows(reference.Doubles($"{name}x{block}"), mask), Values(x), 1e-10, $"four-vectors after block {block}");
            }

            (last, previous) = (h, x);
        });
        Closeness.Relative(reference.Doubles($"{group}/blocks/f64/pooled"), Values(network.Pool(last!, graph)), 1e-10, "pooled features");
        Closeness.Relative(reference.Doubles($"{group}/blocks/f64/logits"), Values(logits), 1e-10, "logits");
    }

    [Fact]
    public void The_scalars_of_a_float64_network_are_those_of_the_published_code()
    {
        using var reference = ReferenceFile.Open("lorentznet/eval.h5");
        var recipe = new LorentzNetRecipe { Network = Precision.Float64 };
        using var graph = JetGraph.Of(Jets(reference, "top", All), recipe);
        double[] padded = reference.Doubles("top/scalars_after_psi_f64");
        var expected = Enumerable.Range(0, All).SelectMany(jet => padded[(jet * 244)..(jet * 244 + 2 * (graph.Offsets[jet + 1] - graph.Offsets[jet]))]).ToArray();
        Closeness.Absolute(expected, Values(graph.Scalars), 1e-15, "scalars");
    }

    [Theory]
    [InlineData("top_beams_transformed_clamp", "top", 100.0)]
    [InlineData("top_beams_transformed_noclamp", "top", 0.0)]
    [InlineData("qg__clamp", "qg", 100.0)]
    [InlineData("qg__noclamp", "qg", 0.0)]
    public void Scores_of_boosted_and_rotated_jets_follow_the_published_code(string group, string weights, double clamp)
    {
        using var vectors = ReferenceFile.Open("lorentznet/eval.h5");
        using var reference = ReferenceFile.Open("lorentznet/symmetry.h5");
        var (network, recipe) = PublishedWeights.Load(weights, r => r with { Network = Precision.Float64, Clamp = clamp, Pooling = new(PoolingKind.BatchMax) });
        using var owned = network;
        var jets = Jets(vectors, weights, All).Select(reference.Integers("jets"));
        double[] matrices = reference.Doubles("matrices"), expected = reference.Doubles($"{group}/logits_f64");
        for (int c = 0; c < 12; c++)
        {
            var frame = LorentzTransform.FromMatrix(matrices.AsSpan(16 * c, 16));
            double[] actual = LorentzNetScoring.Logits(network, recipe, jets, frame).SelectMany(l => new[] { l.Background, l.Signal }).ToArray();
            Closeness.Absolute(expected[(4 * c)..(4 * c + 4)], actual, 1e-8, $"{group}, case {c}");
        }
    }

    internal static JetBatch Jets(ReferenceFile file, string group, int count)
    {
        int[] offsets = file.Integers("jets/offset")[..(count + 1)];
        double[] momenta = file.Doubles(group == "top" ? "jets/p4_massless" : "jets/p4_massive")[..(4 * offsets[^1])];
        return new JetBatch
        {
            Rows = Enumerable.Range(0, count).Select(i => (long)i).ToArray(),
            Offsets = offsets,
            Momenta = momenta,
            Labels = file.Integers("jets/label")[..count],
            ConstituentColumns = new Dictionary<string, float[]> { ["pid"] = Array.ConvertAll(file.Integers("jets/pid")[..offsets[^1]], p => (float)p) },
        };
    }

    private static IEnumerable<(Pooling Pooling, string Dataset, int Jets)> Poolings(string group) =>
    [
        (new(PoolingKind.BatchMax), "logits_batchmax", All),
        (new(PoolingKind.BatchMax), "logits_batchmax_first6", FirstSix),
        (new(PoolingKind.Fixed, group == "qg" ? 139 : 202), "logits_fixed", All),
        (new(PoolingKind.Own), "logits_own", All),
    ];

    private static double[] Scores(ReferenceFile file, string group, int jets, Pooling pooling, Precision layers, Precision geometry)
    {
        var (network, recipe) = PublishedWeights.Load(group == "qg" ? "qg" : "top", r => r with { Network = layers, Geometry = geometry, Pooling = pooling });
        using var owned = network;
        return LorentzNetScoring.Logits(network, recipe, Jets(file, group, jets)).SelectMany(l => new[] { l.Background, l.Signal }).ToArray();
    }

    private static double[] RealRows(double[] padded, int[] mask)
    {
        int width = padded.Length / mask.Length;
        return Enumerable.Range(0, mask.Length).Where(r => mask[r] != 0).SelectMany(r => padded[(r * width)..((r + 1) * width)]).ToArray();
    }

    private static double[] Values(Tensor t) => t.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
}
