using System.Runtime.InteropServices;
using Lightcone.Systems.LorentzNet.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Kernels;

public sealed class FusedEdgeBlockTests
{
    /// <summary>
    /// A float32 sum of K products carries a relative error of about √K·6e-8; two layers and one normalisation of width 72 in sequence, and the
    /// same way back, give a few 1e-6 of the largest entry. A ReLU or a clamp that flips adds one edge's share and is absent for these seeds.
    /// </summary>
    private const double Tolerance = 1e-5;

    /// <summary>Two threads of the engine wait for each other on a busy machine far longer than they compute.</summary>
    static FusedEdgeBlockTests() => set_num_threads(1);

    public static TheoryData<int, string, bool, bool, bool> Cases()
    {
        var cases = new TheoryData<int, string, bool, bool, bool>();
        foreach (int channels in (int[])[8, 24, 72])
            foreach (string jets in (string[])["2", "3", "50", "1,2,3,17,50,16,15,1", "33,64,5"])
                foreach (bool moves in (bool[])[true, false])
                    foreach (bool batch in (bool[])[true, false])
                        foreach (bool loud in (bool[])[true, false])
                            if (moves || !loud) cases.Add(channels, jets, moves, batch, loud);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Results_and_gradients_agree_with_automatic_differentiation(int channels, string jets, bool moves, bool batch, bool loud)
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(channels, Parse(jets), moves, batch, loud);
        using var engine = new EdgeBlockEngine(channels);
        AssertClose(data.Eager(), data.Fused(engine), data.SizesBeforeNormalisation());
    }

    [Theory]
    [InlineData(512, 36)]
    [InlineData(512, 40)]
    [InlineData(512, 80)]
    [InlineData(256, 8)]
    [InlineData(256, 36)]
    [InlineData(256, 72)]
    [InlineData(128, 12)]
    [InlineData(128, 28)]
    [InlineData(128, 72)]
    public void Every_register_width_and_every_number_of_channels_agrees_too(int bits, int channels)
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(channels, [3, 21, 2, 8, 9, 34], moves: true, batch: true, loud: false, seed: 7);
        using var engine = new EdgeBlockEngine(channels, widestBits: bits);
        Assert.True(engine.RegisterBits <= bits);
        AssertClose(data.Eager(), data.Fused(engine), data.SizesBeforeNormalisation());
    }

    [Fact]
    public void Loud_weights_do_reach_the_clamp()
    {
        using var scope = NewDisposeScope();
        using var bounded = EdgeBlockCase.Create(24, [20, 30], moves: true, batch: true, loud: true);
        using var free = EdgeBlockCase.Create(24, [20, 30], moves: true, batch: true, loud: true, clamp: double.PositiveInfinity);
        using var engine = new EdgeBlockEngine(24);
        var expected = free.Eager();
        AssertClose(expected, free.Fused(engine), free.SizesBeforeNormalisation());
        double change = (bounded.Fused(engine)["Displacement"] - expected["Displacement"]).abs().max().item<double>();
        Assert.True(change > 0.1 * expected["Displacement"].abs().max().item<double>());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Number_of_threads_changes_no_bit(bool batch)
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(24, [.. Enumerable.Range(0, 40).Select(jet => (jet * 7 % 31) + 1)], moves: true, batch, loud: true);
        using var one = new EdgeBlockEngine(24);
        var expected = data.Fused(one);
        foreach (int threads in (int[])[2, 3])
        {
            using var engine = new EdgeBlockEngine(24, threads);
            AssertEqualBits(expected, data.Fused(engine));
        }
    }

    [Fact]
    public void A_second_call_repeats_every_bit_even_after_another_batch()
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(24, [12, 40, 3], moves: true, batch: true, loud: false);
        using var other = EdgeBlockCase.Create(24, [70, 1, 25, 2], moves: true, batch: true, loud: true, seed: 5);
        using var engine = new EdgeBlockEngine(24);
        var first = data.Fused(engine);
        _ = other.Fused(engine);
        AssertEqualBits(first, data.Fused(engine));
    }

    [Fact]
    public void Order_of_jets_only_reorders_the_results()
    {
        using var scope = NewDisposeScope();
        int[] jets = [17, 2, 40, 5, 23], order = [3, 0, 4, 2, 1];
        using var data = EdgeBlockCase.Create(24, jets, moves: true, batch: true, loud: false);
        using var engine = new EdgeBlockEngine(24);
        using var permuted = data.Permuted(order, out var nodes);
        Dictionary<string, Tensor> expected = data.Fused(engine), actual = permuted.Fused(engine);
        foreach (string name in (string[])["Aggregate", "Displacement", "d Receiver", "d Sender", "d Momenta"])
            expected[name] = expected[name].index_select(0, nodes);
        AssertClose(expected, actual, []);
    }

    [Fact]
    public void With_stored_statistics_a_jet_does_not_depend_on_its_neighbours()
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(24, [17, 9, 33], moves: true, batch: false, loud: false);
        using var engine = new EdgeBlockEngine(24);
        var expected = data.Fused(engine);
        data.Inputs["Receiver"][TensorIndex.Slice(17, 26)] = float.NaN;
        data.Inputs["Momenta"][TensorIndex.Slice(17, 26)] = double.NaN;
        var actual = data.Fused(engine);
        foreach (string name in (string[])["Aggregate", "Displacement", "d Receiver", "d Sender", "d Momenta"])
        {
            foreach (var (from, to) in (ReadOnlySpan<(int, int)>)[(0, 17), (26, 59)])
            {
                var slice = TensorIndex.Slice(from, to);
                Assert.True(expected[name][slice].equal(actual[name][slice]).all().item<bool>(), name);
            }
        }

        Assert.True(actual["Aggregate"][TensorIndex.Slice(17, 26)].isnan().all().item<bool>());
    }

    [Fact]
    public void Without_an_edge_nothing_moves_and_running_statistics_stay()
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(8, [1, 1, 0, 1], moves: true, batch: true, loud: false);
        using var engine = new EdgeBlockEngine(8);
        var results = data.Fused(engine);
        foreach (var (name, value) in results)
        {
            if (name.StartsWith("Running", StringComparison.Ordinal)) Assert.True(value.equal(data.Inputs[name]).all().item<bool>());
            else if (name == "d Momenta") Assert.True(value.equal(data.MovedGradient).all().item<bool>());
            else Assert.Equal(0.0, value.abs().sum().item<double>());
        }
    }

    [Fact]
    public void Results_are_the_same_with_and_without_a_backward_pass_to_come()
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(24, [17, 9, 33], moves: true, batch: true, loud: false);
        using var engine = new EdgeBlockEngine(24);
        var expected = data.Fused(engine);
        using var quiet = no_grad();
        var leaves = data.Leaves(ScalarType.Float32);
        var (aggregate, moved) = FusedEdgeBlock.Apply(
            engine, data.Settings, data.Offsets, leaves["Receiver"], leaves["Sender"], leaves["Momenta"], EdgeBlockCase.Parameters(leaves));
        Assert.False(aggregate.requires_grad);
        Assert.True(expected["Aggregate"].equal(aggregate.to_type(ScalarType.Float64)).all().item<bool>());
        Assert.True(expected["Displacement"].equal(moved - leaves["Momenta"]).all().item<bool>());
    }

    [Fact]
    public void A_failing_backward_pass_gives_zeros_and_is_reported_afterwards()
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(8, [5, 6], moves: true, batch: true, loud: false);
        using var engine = new EdgeBlockEngine(8);
        var leaves = data.Leaves(ScalarType.Float32);
        int[] offsets = [.. data.Offsets];
        var (aggregate, moved) = FusedEdgeBlock.Apply(
            engine, data.Settings, offsets, leaves["Receiver"], leaves["Sender"], leaves["Momenta"], EdgeBlockCase.Parameters(leaves));
        offsets[1] = 100;
        (aggregate.sum() + moved.sum()).backward();
        Assert.NotNull(FusedEdgeBlock.BackwardFailure);
        Assert.IsType<UsageException>(Assert.Throws<InvalidOperationException>(FusedEdgeBlock.ThrowIfBackwardFailed).InnerException);
        Assert.Equal(0f, leaves["MessageWeight"].grad!.abs().sum().item<float>());
        FusedEdgeBlock.ThrowIfBackwardFailed();
    }

    [Fact]
    public void A_step_leaves_no_tensor_behind()
    {
        using var data = EdgeBlockCase.Create(8, [5, 6], moves: true, batch: true, loud: false);
        using var engine = new EdgeBlockEngine(8);
        Step();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int k = 0; k < 3; k++) Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            _ = data.Fused(engine);
        }
    }

    [Fact]
    public void Tensors_of_another_kind_are_refused()
    {
        using var scope = NewDisposeScope();
        using var data = EdgeBlockCase.Create(8, [5, 6], moves: true, batch: true, loud: false);
        using var engine = new EdgeBlockEngine(8);
        var leaves = data.Leaves(ScalarType.Float32);
        var parameters = EdgeBlockCase.Parameters(leaves);
        (Tensor, Tensor) Apply(Tensor receiver, int[] offsets) => FusedEdgeBlock.Apply(
            engine, data.Settings, offsets, receiver, leaves["Sender"], leaves["Momenta"], parameters);
        Assert.Throws<UsageException>(() => Apply(leaves["Receiver"].to_type(ScalarType.Float64), data.Offsets));
        Assert.Throws<UsageException>(() => Apply(leaves["Receiver"][TensorIndex.Slice(0, 4)], data.Offsets));
        Assert.Throws<UsageException>(() => Apply(leaves["Receiver"], [0, 7, 6, 11]));
        Assert.Throws<UsageException>(() => new EdgeBlockEngine(10));
    }

    private static int[] Parse(string jets) => [.. jets.Split(',').Select(int.Parse)];

    private static void AssertClose(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, Dictionary<string, double> sizes)
    {
        var wrong = new List<string>();
        foreach (var (name, value) in expected)
        {
            if (value.numel() == 0) continue;
            double size = Math.Max(value.abs().max().item<double>(), sizes.GetValueOrDefault(name));
            double error = (actual[name] - value).abs().max().item<double>();
            if (!(error <= Tolerance * size)) wrong.Add($"{name}: {error:e1} of {size:e1} ({error / size:e1})");
        }

        Assert.True(wrong.Count == 0, string.Join("; ", wrong));
    }

    private static void AssertEqualBits(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        foreach (var (name, value) in expected)
            Assert.True(MemoryMarshal.AsBytes(value.data<double>().ToArray().AsSpan()).SequenceEqual(
                MemoryMarshal.AsBytes(actual[name].data<double>().ToArray().AsSpan())), name);
    }
}
