using System.Runtime.InteropServices;
using Lightcone.Systems.Mpm.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Mpm;

public sealed class PackedAttentionTests
{
    /// <summary>
    /// Scores are sums of up to 64 products over 8 and carry a few times √64·6e-8; the exponential turns that into a relative error of a probability and adds 1e-7. Sums over keys
    /// average it; differences of gradients p(dp − Σ p dp) and products with unit numbers raise it by a small factor: a few 1e-6 of the largest entry.
    /// </summary>
    private const double Tolerance = 4e-6;

    public static TheoryData<string, int, int> Cases()
    {
        var cases = new TheoryData<string, int, int>();
        foreach (int channels in (int[])[1, 2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 25, 31, 32, 33, 48, 63, 64]) cases.Add("0,1,2,3,5,28,0,17", channels, 1 + channels % 3);
        foreach (string jets in (string[])["1", "4", "8", "15,16,17", "31,32,33", "63,64,65,68", "100,127", "255", "260,1", "516"]) cases.Add(jets, 16, 2);
        cases.Add("516,3,0", 24, 1);
        cases.Add("300,70", 64, 1);
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Kernels_agree_with_the_slow_twin_in_values_and_gradients(string jets, int channels, int heads)
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new(Parse(jets), channels, heads);
        AssertClose(data.Slow(), data.Fast());
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    [InlineData(512)]
    public void Every_register_width_agrees_too(int bits)
    {
        using var scope = NewDisposeScope();
        foreach (int channels in (int[])[3, 8, 16, 20, 24])
        {
            AttentionCase data = new([3, 31, 2, 18, 66, 0, 150], channels, 3);
            AssertClose(data.Slow(), data.Fast(bits: bits));
        }
    }

    [Fact]
    public void Slow_twin_computes_the_sums_of_the_definition()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([3, 0, 1, 4], 2, 3);
        double[] x = data.Qkv.data<double>().ToArray(), actual = data.Slow()["attended"].data<double>().ToArray();
        double Entry(int token, int part, int head, int channel) => x[token * 18 + part * 6 + head * 2 + channel];
        foreach (var (first, count) in ((int, int)[])[(0, 3), (3, 1), (4, 4)])
            for (int head = 0; head < 3; head++)
                for (int i = first; i < first + count; i++)
                {
                    double[] weight = [.. Enumerable.Range(first, count).Select(j => Math.Exp(Enumerable.Range(0, 2).Sum(c => Entry(i, 0, head, c) * Entry(j, 1, head, c)) / Math.Sqrt(2)))];
                    for (int c = 0; c < 2; c++)
                        Assert.Equal(Enumerable.Range(0, count).Sum(j => weight[j] * Entry(first + j, 2, head, c)) / weight.Sum(), actual[i * 6 + head * 2 + c], 1e-13);
                }
    }

    [Fact]
    public void Gradient_of_the_slow_twin_is_the_central_difference_of_every_entry()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([4, 1, 0, 3], 3, 2);
        double[] gradient = data.Slow()["gradient"].data<double>().ToArray(), values = data.Qkv.data<double>().ToArray();
        const double H = 1e-5;
        for (int k = 0; k < values.Length; k++)
        {
            double Loss(double shift)
            {
                double[] moved = [.. values];
                moved[k] += shift;
                return (EagerAttention.Apply(tensor(moved, data.Qkv.shape), data.Offsets, data.Heads) * data.Gradient).sum().item<double>();
            }

            // Third derivatives of size 10 times h², and rounding of size 1e-15 over h.
            Assert.Equal((Loss(H) - Loss(-H)) / (2 * H), gradient[k], 5e-9);
        }
    }

    [Fact]
    public void Large_scores_neither_overflow_nor_vanish()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([20, 7], 16, 2);
        data.Qkv.mul_(tensor(20.0)); // scores of ±1000
        var fast = data.Fast();
        Assert.All(fast.Values, v => Assert.True(v.isfinite().all().item<bool>()));

        // A score of 1000 is known to 1e-4 and so is a probability; the gradient of a score is then multiplied by a key of size 20.
        AssertClose(data.Slow(), fast, 2e-3);
    }

    [Fact]
    public void Order_of_jets_and_neighbours_change_no_bit_of_a_jet()
    {
        using var scope = NewDisposeScope();
        foreach (int channels in (int[])[5, 16, 24])
        {
            AttentionCase data = new([17, 2, 0, 30, 1, 523, 66], channels, 2);
            var all = data.Fast();
            foreach (int[] order in (int[][])[[6, 3, 2, 0], [1], [5, 6], [4, 4, 3]])
            {
                var rows = tensor(data.Rows(order));
                var some = data.Jets(order).Fast();
                foreach (var (name, value) in all) AssertEqualBits(value.index_select(0, rows), some[name], name);
            }
        }
    }

    [Fact]
    public void A_jet_of_no_numbers_leaves_its_neighbours_alone()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([6, 9, 7, 1], 5, 2);
        var expected = data.Fast();
        data.Qkv[TensorIndex.Slice(6, 15)] = double.NaN;
        var actual = data.Fast();
        var rows = tensor(data.Rows([0, 2, 3]));
        foreach (var (name, value) in expected) AssertEqualBits(value.index_select(0, rows), actual[name].index_select(0, rows), name);
        Assert.True(actual["attended"][TensorIndex.Slice(6, 15)].isnan().all().item<bool>());
    }

    [Fact]
    public void Number_of_threads_changes_no_bit()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([.. Enumerable.Range(0, 60).Select(jet => jet * 7 % 67)], 16, 4);
        var expected = data.Fast();
        foreach (int threads in (int[])[2, 3])
            foreach (var (name, value) in data.Fast(threads: threads)) AssertEqualBits(expected[name], value, name);
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("0,0,0")]
    public void Jets_without_tokens_give_nothing(string jets)
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new(Parse(jets), 4, 2);
        foreach (var results in (Dictionary<string, Tensor>[])[data.Slow(), data.Fast()])
        {
            Assert.Equal([0, 8], results["attended"].shape);
            Assert.Equal([0, 24], results["gradient"].shape);
        }
    }

    [Fact]
    public void A_single_token_attends_to_itself()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([1, 1, 1], 16, 2);
        foreach (var results in (Dictionary<string, Tensor>[])[data.Slow(), data.Fast()])
        {
            Assert.True(results["attended"].allclose(data.Qkv.narrow(1, 64, 32), 0, 0));
            Assert.True(results["gradient"].narrow(1, 64, 32).allclose(data.Gradient, 0, 0));
            Assert.Equal(0.0, results["gradient"].narrow(1, 0, 64).abs().sum().item<double>());
        }
    }

    [Fact]
    public void Views_and_strides_change_nothing()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([12, 5], 8, 2);
        var qkv = data.Qkv.to(ScalarType.Float32);
        var strided = qkv.t().contiguous().t();
        Assert.False(strided.is_contiguous());
        AssertEqualBits(PackedAttention.Apply(qkv, data.Offsets, 2).to(ScalarType.Float64), PackedAttention.Apply(strided, data.Offsets, 2).to(ScalarType.Float64), "attended");
    }

    [Fact]
    public void Nothing_is_left_behind_by_a_step()
    {
        AttentionCase data;
        using (NewDisposeScope())
        {
            data = new AttentionCase([12, 5], 8, 2);
            data.Qkv.DetachFromDisposeScope();
            data.Gradient.DetachFromDisposeScope();
        }

        Step();
        long before = DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount;
        for (int k = 0; k < 3; k++) Step();
        Assert.Equal(before, DisposeScopeManager.Statistics.TensorStatistics.ThreadTotalLiveCount);

        void Step()
        {
            using var scope = NewDisposeScope();
            _ = data.Slow();
            _ = data.Fast();
        }
    }

    [Fact]
    public void A_failing_backward_pass_gives_zeros_and_is_reported_afterwards()
    {
        using var scope = NewDisposeScope();
        AttentionCase data = new([5, 6], 8, 2);
        var qkv = data.Qkv.to(ScalarType.Float32).detach().requires_grad_();
        int[] offsets = [.. data.Offsets];
        var attended = PackedAttention.Apply(qkv, offsets, 2);
        offsets[1] = 100;
        attended.sum().backward();
        Assert.IsType<UsageException>(Assert.Throws<InvalidOperationException>(PackedAttention.ThrowIfBackwardFailed).InnerException);
        Assert.Equal(0f, qkv.grad!.abs().sum().item<float>());
        PackedAttention.ThrowIfBackwardFailed();
    }

    [Theory]
    [InlineData(ScalarType.Float32)]
    [InlineData(ScalarType.Float64)]
    public void Hostile_arguments_are_refused(ScalarType type)
    {
        using var scope = NewDisposeScope();
        var good = zeros(11, 24, dtype: type);
        var gone = zeros(11, 24, dtype: type);
        gone.Dispose();
        foreach (int[] offsets in (int[][])[null!, [], [0, 7, 6, 11], [1, 11], [0, 5], [0, -3, 11], [0, int.MaxValue]]) Assert.Throws<UsageException>(() => PackedAttention.Apply(good, offsets, 2));
        foreach (int heads in (int[])[0, -1, 3, 16]) Assert.Throws<UsageException>(() => PackedAttention.Apply(good, [0, 5, 11], heads));
        foreach (var qkv in (Tensor[])[null!, gone, zeros(11, 0, dtype: type), zeros(11, 25, dtype: type), zeros(11, 3, 8, dtype: type), zeros(10, 24, dtype: type)])
            Assert.Throws<UsageException>(() => PackedAttention.Apply(qkv, [0, 5, 11], 2));
    }

    private static int[] Parse(string jets) => [.. jets.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];

    private static void AssertClose(Dictionary<string, Tensor> expected, Dictionary<string, Tensor> actual, double tolerance = Tolerance)
    {
        foreach (var (name, value) in expected)
        {
            Assert.Equal(value.shape, actual[name].shape);
            if (value.numel() == 0) continue;
            double size = value.abs().max().item<double>(), error = (actual[name] - value).abs().max().item<double>();
            Assert.True(error <= tolerance * size, $"{name}: {error:e1} of {size:e1} ({error / size:e1})");
        }
    }

    private static void AssertEqualBits(Tensor expected, Tensor actual, string name) =>
        Assert.True(MemoryMarshal.AsBytes(expected.contiguous().data<double>().ToArray().AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(actual.contiguous().data<double>().ToArray().AsSpan())), name);
}
