using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Training;
using static TorchSharp.torch;

namespace Lightcone.Tests.LorentzNet;

[Collection(SeededGenerator.Name)]
public sealed class SymmetryTests
{
    private static readonly JetBatch Jets = ToyJets.Make(12, 21, least: 3, most: 25);

    private static readonly LorentzNetRecipe Exact = Networks.AllDouble(Networks.Small);

    public static TheoryData<string> Frames() => new(Transforms.Keys);

    private static Dictionary<string, LorentzTransform> Transforms { get; } = new()
    {
        ["boost x 0.5"] = LorentzTransform.Boost(0.5, 0, 0),
        ["boost z 0.9"] = LorentzTransform.Boost(0, 0, 0.9),
        ["boost z 0.99"] = LorentzTransform.Boost(0, 0, 0.99),
        ["rotation x"] = LorentzTransform.Rotation(1, 0, 0, 1),
        ["rotation oblique"] = LorentzTransform.Rotation(1, -2, 0.5, 2.5),
        ["rotation, boost, rotation"] = LorentzTransform.Rotation(0, 1, 1, 0.7).After(LorentzTransform.Boost(0.6, 0.5, -0.4)).After(LorentzTransform.Rotation(1, 0, 0, 2)),
    };

    [Theory]
    [MemberData(nameof(Frames))]
    public void Without_clamp_a_change_of_frame_does_not_change_float64_scores(string frame)
    {
        using var network = Networks.Loud(Exact);
        double[] here = Networks.Scores(network, Exact, Jets), there = Networks.Scores(network, Exact, Jets, Transforms[frame]);
        double change = Networks.LargestDifference(here, there);
        TestContext.Current.TestOutputHelper?.WriteLine($"{change:E2} of {here.Max(Math.Abs):E2}");
        Assert.True(change < 1e-8, $"{change:E2}");
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void With_the_published_clamp_it_does(string frame)
    {
        var clamped = Exact with { Clamp = 100 };
        using var network = Networks.Loud(clamped);
        double change = Networks.LargestDifference(Networks.Scores(network, clamped, Jets), Networks.Scores(network, clamped, Jets, Transforms[frame]));
        TestContext.Current.TestOutputHelper?.WriteLine($"{change:E2}");
        Assert.True(change > 1e-7, $"{change:E2}");
    }

    [Theory]
    [MemberData(nameof(Frames))]
    public void The_fused_kernels_keep_the_symmetry_to_float32_rounding(string frame)
    {
        using var network = Networks.Loud(Networks.Small);
        double[] here = Networks.Scores(network, Networks.Small, Jets), there = Networks.Scores(network, Networks.Small, Jets, Transforms[frame]);
        double change = Networks.LargestDifference(here, there);
        TestContext.Current.TestOutputHelper?.WriteLine($"{change:E2} of {here.Max(Math.Abs):E2}");
        Assert.True(change < 1e-5 * Math.Max(1, here.Max(Math.Abs)), $"{change:E2}");
    }

    [Fact]
    public void The_loud_network_moves_four_vectors_and_the_moves_show_in_the_scores()
    {
        using var scope = NewDisposeScope();
        using LorentzNetNetwork loud = Networks.Loud(Exact), quiet = Networks.Loud(Exact);
        using (no_grad())
            for (int l = 0; l < Exact.Layers - 1; l++) quiet.State[$"LGEBs.{l}.phi_x.2.weight"].zero_();
        using var graph = JetGraph.Of(Jets, Exact);
        double moved = 0;
        using (no_grad()) loud.Logits(graph, training: false, (_, _, x) => moved = Math.Max(moved, Networks.LargestDifference(Networks.Values(graph.Momenta), Networks.Values(x))));
        Assert.True(moved > 1, $"{moved} GeV");
        Assert.True(Networks.LargestDifference(Networks.Scores(loud, Exact, Jets), Networks.Scores(quiet, Exact, Jets)) > 0.01);
    }
}
