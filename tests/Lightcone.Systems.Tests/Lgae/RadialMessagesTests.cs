using System.Runtime.InteropServices;
using Lightcone.Systems.Lgae.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Lgae;

public sealed class RadialMessagesTests
{
    /// <summary>
    /// x and the logarithm under it carry about 3e-7 after rounding; f multiplies that by its slope, c ≤ 5 times weights of size 1, and sums of n or of
    /// pairs add √n·6e-8: up to a few 1e-6 of the largest entry.
    /// </summary>
    private const double Tolerance = 4e-6;

    /// <summary>A parameter of one entry has no larger entry beside it: its sum over pairs of either sign may cancel tenfold and more.</summary>
    private const double ToleranceOfOne = 2e-5;

    private static readonly string[] NodeResults = ["Y0", "Y1", "d Momenta", "d X0", "d X1"];

    public static TheoryData<string, int, int, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int, int, int>();
        foreach (string jets in (string[])["0,1,2,3,31", "2", "30,7,0,16,1,33,5"])
            foreach (int channels in (int[])[1, 3, 4, 5, 8, 11, 16])
                cases.Add(jets, channels, channels + (jets.Length % 6), (channels % 5) + 1, (channels * 7 % 13) + 1);
        foreach (int terms in (int[])[1, 2, 8, 12, 16, 17]) cases.Add("9,30,4", 8, terms, 5, 10);
        foreach (int depth in (int[])[0, 1, 2, 3, 4, 6, 9]) cases.Add("8,3", 8, 5, depth, 9 - depth);
        cases.Add("200", 8, 12, 5, 10);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_agree_with_the_slow_twin_in_every_result_and_gradient(string jets, int channels, int terms, int depth0, int depth1)
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create(Parse(jets), new(channels, terms, depth0, depth1));
        AssertClose(data.Eager(), data.Fused());
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Every_register_width_agrees_too(int bits)
    {
        using var scope = NewDisposeScope();
        foreach (int channels in (int[])[3, 8, 16, 20])
        {
            using var data = RadialMessagesCase.Create([3, 31, 2, 18], new(channels, 10, 5, 7), seed: 7);
            AssertClose(data.Eager(), data.Fused(bits: bits));
        }
    }

    [Fact]
    public void Slow_twin_computes_the_sums_of_the_definition()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([4, 1, 0, 3], new(3, 2, 2, 4));
        var results = data.Eager();
        var v = data.Values.ToDictionary(pair => pair.Key, pair => pair.Value.data<double>().ToArray());
        double F(int i, int j, int o)
        {
            double d = 0;
            for (int m = 0; m < 4; m++) d += (m == 0 ? 1 : -1) * Math.Pow(v["Momenta"][(4 * i) + m] - v["Momenta"][(4 * j) + m], 2);
            double x = Math.Sign(d) * Math.Log(1 + (Math.Abs(d) / data.IntervalScale)) / 8;
            return v["Bias"][o] + Enumerable.Range(0, 2).Sum(k => v["Weight"][(2 * o) + k] / (1 + Math.Pow(v["Rates"][k] * (x - v["Centres"][k]), 2)));
        }

        int[] jetOfNode = [0, 0, 0, 0, 1, 3, 3, 3];
        foreach (var (y, x, depth, first) in ((string, string, int, int)[])[("Y0", "X0", 2, 0), ("Y1", "X1", 4, 3)])
        {
            double[] actual = results[y].data<double>().ToArray();
            for (int i = 0; i < 8; i++)
                for (int a = 0; a < depth; a++)
                    for (int c = 0; c < 3; c++)
                    {
                        double expected = Enumerable.Range(0, 8).Where(j => j != i && jetOfNode[j] == jetOfNode[i]).Sum(j => F(i, j, first + c) * v[x][(((j * depth) + a) * 3) + c]);
                        Assert.Equal(expected, actual[(((i * depth) + a) * 3) + c], 1e-12);
                    }
        }
    }

    [Theory]
    [InlineData("Momenta")]
    [InlineData("Rates")]
    [InlineData("Centres")]
    [InlineData("Weight")]
    [InlineData("Bias")]
    [InlineData("X0")]
    [InlineData("X1")]
    public void Gradients_of_the_slow_twin_are_central_differences(string name)
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([5, 1, 3, 0, 2], new(3, 4, 2, 3));
        double expected = Slope(data, name, 1e-5, out var direction), actual = (data.Eager()["d " + name] * direction).sum().item<double>();

        // Third derivatives of size 10³ times h² = 1e-10, and rounding of size 1e-14 over h.
        Assert.Equal(expected, actual, 1e-6 * Math.Max(1, Math.Abs(expected)));
    }

    [Fact]
    public void A_pair_on_the_light_cone_keeps_its_slope()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([2], new(4, 3, 2, 3));
        data.Values["Momenta"].copy_(tensor([3.0, 1, 2, 0, 2, 1, 1, 0], [2, 4]));

        // The second derivative jumps there: the difference is first-order only.
        double expected = Slope(data, "Momenta", 1e-7, out var direction);
        Assert.True(Math.Abs(expected) > 0.01);
        Assert.Equal(1, (data.Eager()["d Momenta"] * direction).sum().item<double>() / expected, 1e-5);
        AssertClose(data.Eager(), data.Fused());
    }

    [Fact]
    public void Two_equal_four_vectors_give_finite_gradients()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([3], new(4, 3, 2, 3));
        data.Values["Momenta"][1].copy_(data.Values["Momenta"][0]);
        var fused = data.Fused();
        Assert.All(fused.Values, value => Assert.True(value.isfinite().all().item<bool>()));
        AssertClose(data.Eager(), fused);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    public void Order_of_jets_and_neighbours_change_no_bit_of_a_jet(int channels)
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([17, 2, 0, 30, 1, 23], new(channels, 12, 5, 10));
        int[] order = [5, 3, 2, 0];
        using var some = data.Jets(order);
        var expected = data.Fused();
        var rows = tensor(data.Rows(order));
        foreach (string name in NodeResults) expected[name] = expected[name].index_select(0, rows);
        AssertEqualBits(expected, some.Fused(), NodeResults);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(5)]
    public void A_jet_of_no_numbers_leaves_its_neighbours_alone(int channels)
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([6, 9, 7], new(channels, 4, 5, 6));
        var expected = data.Fused();
        foreach (string name in (string[])["Momenta", "X0", "X1"]) data.Values[name][TensorIndex.Slice(6, 15)] = double.NaN;
        var actual = data.Fused();
        Assert.True(actual["Y0"][TensorIndex.Slice(6, 15)].isnan().all().item<bool>());
        var rows = tensor(data.Rows(0, 2));
        foreach (string name in NodeResults) (expected[name], actual[name]) = (expected[name].index_select(0, rows), actual[name].index_select(0, rows));
        AssertEqualBits(expected, actual, NodeResults);
    }

    [Fact]
    public void Number_of_threads_changes_no_bit()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([.. Enumerable.Range(0, 40).Select(jet => jet * 7 % 31)], new(8, 12, 5, 10));
        var expected = data.Fused();
        foreach (int threads in (int[])[2, 3]) AssertEqualBits(expected, data.Fused(threads), expected.Keys);
    }

    [Fact]
    public void One_engine_serves_steps_of_other_shapes_in_turn()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([12, 30, 3], new(5, 12, 5, 10));
        using var other = RadialMessagesCase.Create([40, 1, 25], new(16, 3, 9, 2), seed: 5);
        using var messages = new FusedRadialMessages(1);
        var first = data.Run(messages, ScalarType.Float32);
        _ = other.Run(messages, ScalarType.Float32);
        AssertEqualBits(first, data.Run(messages, ScalarType.Float32), first.Keys);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("1,1,0,1")]
    public void Without_a_pair_everything_is_zero(string jets)
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create(Parse(jets), new(4, 3, 2, 3));
        Dictionary<string, Tensor> fused = data.Fused();
        foreach (var (name, value) in fused) Assert.True(value.abs().sum().item<double>() == 0, name);
        using var eager = RadialMessages.For(fused: false);
        var (y0, y1) = eager.Apply(data.Inputs(data.Leaves(ScalarType.Float32)));
        Assert.Equal(fused["Y0"].shape, y0.shape);
        Assert.Equal(0f, (y0.abs().sum() + y1.abs().sum()).item<float>());
    }

    [Fact]
    public void Four_momenta_that_ask_for_no_gradient_get_none_and_change_no_other()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([12, 5], new(8, 12, 5, 10));
        using var messages = new FusedRadialMessages(1);
        var without = data.Run(messages, ScalarType.Float32, momenta: false);
        Assert.DoesNotContain("d Momenta", without.Keys);
        AssertEqualBits(data.Fused(), without, without.Keys);
    }

    [Fact]
    public void A_loss_of_one_filter_alone_has_its_gradients()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([12, 5], new(8, 12, 5, 10));
        using var messages = new FusedRadialMessages(1);
        data.Values["G0"].zero_();
        var leaves = data.Leaves(ScalarType.Float32);
        var (_, y1) = messages.Apply(data.Inputs(leaves));
        autograd.backward([y1], [data.Values["G1"].to_type(ScalarType.Float32)]);
        messages.AfterBackward();
        Assert.True(data.Fused()["d Weight"].equal(leaves["Weight"].grad!.to_type(ScalarType.Float64)).all().item<bool>());
    }

    [Fact]
    public void Views_and_strides_change_nothing()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([12, 5], new(8, 12, 5, 10));
        using var messages = new FusedRadialMessages(1);
        var leaves = data.Leaves(ScalarType.Float32);
        var (expected, _) = messages.Apply(data.Inputs(leaves));
        var strided = leaves.ToDictionary(pair => pair.Key, pair => pair.Value.dim() == 3 ? pair.Value.transpose(1, 2).contiguous().transpose(1, 2) : pair.Value);
        var (actual, _) = messages.Apply(data.Inputs(strided));
        Assert.False(strided["X0"].is_contiguous());
        Assert.True(expected.equal(actual).all().item<bool>());
    }

    [Fact]
    public void Nothing_is_left_behind_by_a_step()
    {
        using var data = RadialMessagesCase.Create([5, 6], new(5, 3, 2, 3));
        using var messages = new FusedRadialMessages(1);
        Step();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int k = 0; k < 3; k++) Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            _ = data.Run(messages, ScalarType.Float32);
        }
    }

    [Fact]
    public void A_failing_backward_pass_gives_zeros_and_is_reported_afterwards()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([5, 6], new(8, 3, 2, 3));
        using var messages = new FusedRadialMessages(1);
        var leaves = data.Leaves(ScalarType.Float32);
        int[] offsets = [.. data.Offsets];
        var (y0, y1) = messages.Apply(data.Inputs(leaves) with { Offsets = offsets });
        offsets[1] = 100;
        (y0.sum() + y1.sum()).backward();
        Assert.IsType<UsageException>(Assert.Throws<InvalidOperationException>(messages.AfterBackward).InnerException);
        Assert.Equal(0f, leaves["Weight"].grad!.abs().sum().item<float>());
        messages.AfterBackward();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Hostile_arguments_are_refused(bool fused)
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([5, 6], new(8, 3, 2, 3));
        using var messages = RadialMessages.For(fused);
        var good = data.Inputs(data.Leaves(ScalarType.Float32));
        var gone = zeros(3);
        gone.Dispose();
        foreach (var bad in (RadialInputs[])[
            good with { Offsets = null! }, good with { Offsets = [] }, good with { Offsets = [0, 7, 6, 11] }, good with { Offsets = [1, 11] },
            good with { Offsets = [0, int.MaxValue] }, good with { Offsets = [0, 5] }, good with { Offsets = [0, -3, 11] },
            good with { IntervalScale = 0 }, good with { IntervalScale = double.NaN }, good with { IntervalScale = -1 },
            good with { Momenta = good.Momenta.to_type(ScalarType.Float32) }, good with { Momenta = zeros(11, 3, dtype: ScalarType.Float64) },
            good with { Rates = gone }, good with { Rates = zeros(4) }, good with { Centres = null! }, good with { Centres = zeros(3, 1) },
            good with { Weight = zeros(16, 0), Rates = zeros(0), Centres = zeros(0) }, good with { Weight = zeros(8, 3) }, good with { Bias = zeros(8) },
            good with { X0 = zeros(11, 2, 4) }, good with { X0 = zeros(11, 16) }, good with { X0 = zeros(11, 2, 0) }, good with { X1 = zeros(10, 3, 8) },
            good with { X1 = zeros(11, 3, 8, dtype: ScalarType.Float64) }, good with { X0 = zeros(11, 2, 8, dtype: ScalarType.Int64) }])
            Assert.Throws<UsageException>(() => messages.Apply(bad));
    }

    [Fact]
    public void Kernels_refuse_float64_networks()
    {
        using var scope = NewDisposeScope();
        using var data = RadialMessagesCase.Create([5, 6], new(8, 3, 2, 3));
        using var messages = new FusedRadialMessages(1);
        Assert.Throws<UsageException>(() => messages.Apply(data.Inputs(data.Leaves(ScalarType.Float64))));
    }

    // Slope of Σ Y·G along a random direction of one input.
    private static double Slope(RadialMessagesCase data, string name, double h, out Tensor direction)
    {
        using var random = new Generator(11);
        direction = randn(data.Values[name].shape, ScalarType.Float64, generator: random);
        double Loss(Tensor value)
        {
            using var messages = RadialMessages.For(fused: false);
            var leaves = data.Leaves(ScalarType.Float64);
            leaves[name] = value;
            var (y0, y1) = messages.Apply(data.Inputs(leaves));
            return ((y0 * data.Values["G0"]).sum() + (y1 * data.Values["G1"]).sum()).item<double>();
        }

        return (Loss(data.Values[name] + (direction * h)) - Loss(data.Values[name] - (direction * h))) / (2 * h);
    }

    private static int[] Parse(string jets) => [.. jets.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static void AssertClose(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual)
    {
        var wrong = new List<string>();
        foreach (var (name, value) in expected)
        {
            Assert.Equal(value.shape, actual[name].shape);
            if (value.numel() == 0) continue;
            double size = value.abs().max().item<double>(), error = (actual[name] - value).abs().max().item<double>();
            if (!(error <= (value.numel() == 1 ? ToleranceOfOne : Tolerance) * size)) wrong.Add($"{name}: {error:e1} of {size:e1} ({error / size:e1})");
        }

        Assert.True(wrong.Count == 0, string.Join("; ", wrong));
    }

    private static void AssertEqualBits(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, IEnumerable<string> names)
    {
        foreach (string name in names)
            Assert.True(MemoryMarshal.AsBytes(expected[name].data<double>().ToArray().AsSpan()).SequenceEqual(
                MemoryMarshal.AsBytes(actual[name].data<double>().ToArray().AsSpan())), name);
    }
}
