using Lightcone.Randomness;
using Lightcone.Systems;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Tests.Gnnae;
using Lightcone.Tests.Training;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Mpm.Tokens;

[Collection(SeededGenerator.Name)]
public sealed class QuantiserTests
{
    private static readonly TokenizerRecipe Recipe = new() { Codes = 6, CodeWidth = 3 };

    private static readonly TokenizerRecipe Trained = Recipe with { CodebookUpdate = CodebookUpdate.Gradient };

    [Fact]
    public void Gradients_of_the_decoder_reach_the_encoder_unchanged_and_the_codes_not_at_all()
    {
        using var scope = NewDisposeScope();
        var (state, quantiser) = Made(Trained);
        using var owner = state;
        var vectors = Numbers(20, 3, 1).requires_grad_();
        quantiser.Apply(vectors.detach(), training: true); // begins the codes
        var weights = Numbers(20, 3, 2);
        var quantised = quantiser.Apply(vectors, training: false);
        quantised.Passed.mul(weights).sum().backward();
        Assert.Equal(GnnaeCases.Values(weights), GnnaeCases.Values(vectors.grad!));
        Assert.Null(state["quantiser.codebook"].grad);
        // z + (e − z): two roundings of numbers of size 4 at most.
        Assert.All(GnnaeCases.Values(quantised.Passed).Zip(GnnaeCases.Values(quantised.Codes)), p => Assert.Equal(p.First, p.Second, 4 * 2 * 2.3e-16));
    }

    [Fact]
    public void A_synchronised_codebook_gets_the_decoders_gradient_times_its_weight_and_values_stay()
    {
        using var scope = NewDisposeScope();
        var (state, quantiser) = Made(Trained with { Synchronise = 2 });
        using var owner = state;
        var vectors = Numbers(20, 3, 1).requires_grad_();
        quantiser.Apply(vectors.detach(), training: true);
        var weights = Numbers(20, 3, 2);
        var quantised = quantiser.Apply(vectors, training: false);
        quantised.Passed.mul(weights).sum().backward();
        Assert.Equal(GnnaeCases.Values(weights), GnnaeCases.Values(vectors.grad!));
        var expected = new double[18];
        double[] w = GnnaeCases.Values(weights);
        long[] ids = quantised.Ids.data<long>().ToArray();
        for (int i = 0; i < 60; i++) expected[3 * ids[i / 3] + i % 3] += 2 * w[i];
        Assert.All(expected.Zip(GnnaeCases.Values(state["quantiser.codebook"].grad!)), p => Assert.Equal(p.First, p.Second, 1e-13)); // sums of at most 20 numbers of size 6
        Assert.All(GnnaeCases.Values(quantised.Passed).Zip(GnnaeCases.Values(quantised.Codes)), p => Assert.Equal(p.First, p.Second, 4 * 2 * 2.3e-16));
    }

    [Theory]
    [InlineData(500, 7)]
    [InlineData(33_000, 512)] // more distances than are computed at once
    public void The_nearest_code_is_that_of_a_search_through_all(int count, int codes)
    {
        using var scope = NewDisposeScope();
        Tensor vectors = Numbers(count, 2, 3), book = Numbers(codes, 2, 4);
        double[] x = GnnaeCases.Values(vectors), c = GnnaeCases.Values(book);
        long[] ids = Quantiser.Nearest(vectors, book).data<long>().ToArray();
        Assert.Equal(count, ids.Length);
        for (int i = 0; i < count; i++)
        {
            double best = double.PositiveInfinity;
            for (int k = 0; k < codes; k++) best = Math.Min(best, Distance(i, k));
            // Of codes that are equally near to the last digits either may win.
            Assert.True(Distance(i, (int)ids[i]) <= best + 1e-13, $"vector {i}");
        }

        double Distance(int i, int k) => (x[2 * i] - c[2 * k]) * (x[2 * i] - c[2 * k]) + (x[2 * i + 1] - c[2 * k + 1]) * (x[2 * i + 1] - c[2 * k + 1]);
    }

    [Fact]
    public void Codes_follow_the_moving_average_of_the_vectors_that_chose_them()
    {
        using var scope = NewDisposeScope();
        var (state, quantiser) = Made(Recipe with { Codes = 2, CodeWidth = 1 });
        using var owner = state;
        quantiser.Apply(tensor(new[] { 0.0, 10 }, [2, 1]), training: true);
        double[] first = GnnaeCases.Values(state["quantiser.codebook"]);
        int zero = Array.IndexOf(first, 0.0);
        const double begun = 0.98 * 0.125 + 0.02; // 1/8 of a mean of one use, then one use
        Assert.Equal(10 * begun / (begun + 1e-5), first[1 - zero], 1e-13);
        quantiser.Apply(tensor(new[] { 1.0, 1, 9 }, [3, 1]), training: true);
        double[] second = GnnaeCases.Values(state["quantiser.codebook"]), counts = GnnaeCases.Values(state["quantiser.counts"]);
        Assert.Equal(0.98 * begun + 0.02 * 2, counts[zero], 1e-15);
        Assert.Equal(0.98 * begun + 0.02, counts[1 - zero], 1e-15);
        Assert.Equal(0.02 * 2 / (counts[zero] + 1e-5), second[zero], 1e-13);
        Assert.Equal((0.98 * begun * 10 + 0.02 * 9) / (counts[1 - zero] + 1e-5), second[1 - zero], 1e-13);
        quantiser.Apply(tensor(new[] { 5.0 }, [1, 1]), training: false);
        Assert.Equal(second, GnnaeCases.Values(state["quantiser.codebook"])); // nothing moves when nothing is trained
    }

    [Theory]
    [InlineData(CodebookUpdate.MovingAverage)]
    [InlineData(CodebookUpdate.Gradient)]
    public void Codes_that_nobody_uses_move_to_vectors_of_a_batch(CodebookUpdate update)
    {
        Assert.All(After(0.0625), c => Assert.InRange(c, 98, 102));
        Assert.Contains(After(0), c => c < 10);

        double[] After(double share)
        {
            using var scope = NewDisposeScope();
            var (state, quantiser) = Made(Recipe with { CodeWidth = 1, CodebookUpdate = update, RevivalShare = share });
            using var owner = state;
            quantiser.Apply(tensor(new double[] { 0, 1, 2, 3, 4, 5 }, [6, 1]), training: true);
            for (int step = 0; step < 400; step++)
            {
                using var inner = NewDisposeScope();
                quantiser.Apply(rand(32, 1, ScalarType.Float64).add(tensor(99.5), Lightcone.Training.Engine.Arithmetic.One), training: true);
                // Trained codes do not move here by themselves: the one that wins everything is put where training would put it.
                if (update == CodebookUpdate.Gradient && step == 0)
                    using (no_grad()) state["quantiser.codebook"].index_copy_(0, state["quantiser.codebook"].argmax(0), tensor(new[] { 100.0 }, [1, 1]));
            }

            return GnnaeCases.Values(state["quantiser.codebook"]);
        }
    }

    [Fact]
    public void A_revived_code_lies_on_a_vector_after_the_affine_map()
    {
        using var scope = NewDisposeScope();
        var (state, quantiser) = Made(Trained with { Affine = true });
        using var owner = state;
        quantiser.Apply(Numbers(30, 3, 1), training: true);
        using (no_grad())
        {
            state["quantiser.gain"].copy_(tensor(new[] { 0.3, -0.1, 0.2 }));
            state["quantiser.shift"].copy_(tensor(new[] { 1.0, -2, 0.5 }));
            state["quantiser.counts"].copy_(tensor(new[] { 0.0, 1, 1, 1, 1, 1 }));
        }

        var vectors = Numbers(30, 3, 5);
        quantiser.Apply(vectors, training: true);
        double[] code = GnnaeCases.Values(quantiser.Codes())[..3], all = GnnaeCases.Values(vectors);
        Assert.Contains(Enumerable.Range(0, 30), i => Enumerable.Range(0, 3).All(k => Math.Abs(code[k] - all[3 * i + k]) < 1e-14)); // there and back: three roundings of numbers of size 5
    }

    [Fact]
    public void A_start_from_clusters_puts_a_code_on_each()
    {
        using var scope = NewDisposeScope();
        var (state, quantiser) = Made(Trained with { CodeWidth = 1, CodebookStart = CodebookStart.KMeans });
        using var owner = state;
        quantiser.Apply(tensor(Enumerable.Range(0, 60).Select(i => 10.0 * (i % 6) + (i % 2 == 0 ? 0.125 : -0.125)).ToArray(), [60, 1]), training: true);
        Assert.All(GnnaeCases.Values(state["quantiser.codebook"]).Order().Select((c, k) => c - 10 * k), miss => Assert.InRange(miss, -0.13, 0.13));
    }

    [Fact]
    public void The_loss_of_a_trained_codebook_pulls_from_both_sides_with_their_weights()
    {
        using var scope = NewDisposeScope();
        var (state, quantiser) = Made(Trained with { CommitWeight = 0.5, CodebookWeight = 3 });
        using var owner = state;
        quantiser.Apply(Numbers(30, 3, 1), training: true);
        var vectors = Numbers(20, 3, 6).requires_grad_();
        var quantised = quantiser.Apply(vectors, training: false);
        quantised.Loss.backward();
        double[] away = GnnaeCases.Values(vectors - quantised.Codes);
        Assert.Equal(3.5 * away.Average(a => a * a), quantised.Loss.item<double>(), 1e-13);
        Assert.All(away.Zip(GnnaeCases.Values(vectors.grad!)), p => Assert.Equal(0.5 * 2 * p.First / 60, p.Second, 1e-15));
        Assert.Equal(-3 * 2 * away.Sum() / 60, GnnaeCases.Values(state["quantiser.codebook"].grad!).Sum(), 1e-13);
    }

    [Theory]
    [InlineData(true, 0)]
    [InlineData(false, 2)]
    public void Options_that_need_gradients_are_refused_where_codes_have_none(bool affine, double synchronise) =>
        Assert.Equal(ExitCode.Usage, Assert.Throws<UsageException>(() => Made(Recipe with { Affine = affine, Synchronise = synchronise })).ExitCode);

    private static (NetworkState State, Quantiser Quantiser) Made(TokenizerRecipe recipe)
    {
        manual_seed(3);
        var state = new NetworkState(ScalarType.Float64);
        return (state, new Quantiser(state, recipe));
    }

    private static Tensor Numbers(int rows, int columns, ulong seed)
    {
        var random = new RandomStream(seed, "vectors", 0, 0);
        var values = new double[rows * columns];
        for (int i = 0; i < values.Length; i++) values[i] = random.NextGaussian();
        return tensor(values, [rows, columns]);
    }
}
