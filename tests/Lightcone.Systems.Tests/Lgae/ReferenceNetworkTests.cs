using Lightcone.Systems.Lgae.Reference;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Engine;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Lgae;

/// <summary>The published LGAE: its size, its defects, its files.</summary>
public sealed class ReferenceNetworkTests
{
    private static readonly LgaeReferenceSettings Small = new()
    {
        EncoderChannels = [2, 3, 2], DecoderChannels = [2, 2, 3], Slots = 6, BasisFunctions = 3, MlpDepth = 1, MlpWidth = 2, LatentVectors = 2,
    };

    /// <summary>Measured with the published code: pooling, latent vectors, then encoder and decoder at maxdim 2 and 3.</summary>
    public static TheoryData<string, int, int, int, int, int> Counts => new()
    {
        { "MinBesideMax", 2, 34098, 28622, 36750, 30722 },
        { "MinBesideMax", 4, 34114, 28862, 36766, 30962 },
        { "MinBesideMax", 7, 34138, 29222, 36790, 31322 },
        { "Mix", 2, 34794, 28442, 38142, 30542 },
        { "Mix", 4, 35274, 28562, 38622, 30662 },
        { "Mix", 7, 35994, 28742, 39342, 30842 },
        { "Mix", 9, 36474, 28862, 39822, 30962 },
        { "Mix", 13, 37434, 29102, 40782, 31202 },
        { "Mean", 4, 34114, 28562, 36766, 30662 },
    };

    [Theory]
    [MemberData(nameof(Counts))]
    public void Both_halves_have_as_many_parameters_as_published(string pooling, int vectors, int encoder, int decoder, int largeEncoder, int largeDecoder)
    {
        foreach (var (maxDim, first, second) in new[] { (2, encoder, decoder), (3, largeEncoder, largeDecoder) })
        {
            using var network = new LgaeReferenceNetwork(new LgaeReferenceSettings { MaxDim = maxDim, Pooling = Enum.Parse<ReferencePooling>(pooling), LatentVectors = vectors });
            Assert.Equal((first, second), (Count(network, "encoder."), Count(network, "decoder.")));
        }

        static int Count(LgaeReferenceNetwork network, string half) =>
            (int)network.State.Parameters.Where(p => p.Name.StartsWith(half, StringComparison.Ordinal)).Sum(p => p.Tensor.numel());
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void The_decoder_has_radial_functions_that_never_learn(int maxDim)
    {
        using var scope = NewDisposeScope();
        using var network = Loud(Small with { MaxDim = maxDim }, seed: 3);
        var (momenta, mask) = Jets(4, 6, seed: 4);
        ReferenceLosses.Chamfer(network.Reconstruct(momenta, mask), momenta).Plus(Regularisation.AbsoluteSum(network.State).Times(0)).backward();
        var dead = network.State.Parameters.Where(p => p.Name.StartsWith("decoder.rad_funcs.", StringComparison.Ordinal) && !p.Name.EndsWith(".bias", StringComparison.Ordinal)).ToList();
        Assert.Equal(2 * 5, dead.Count);
        Assert.All(dead, p => Assert.Equal(0, p.Tensor.grad!.abs().max().item<double>()));
        Assert.All(network.State.Parameters.Where(p => p.Name.StartsWith("encoder.rad_funcs.", StringComparison.Ordinal)), p => Assert.NotEqual(0, p.Tensor.grad!.abs().max().item<double>()));
    }

    [Fact]
    public void A_reconstruction_does_not_respond_to_latent_scalars()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = Loud(Small, seed: 3);
        var (momenta, mask) = Jets(4, 6, seed: 4);
        var latent = network.Encode(momenta, mask);
        Assert.Equal([2L, 4, 1, 2, 1], latent.Scalars.shape);
        Tensor one = network.Decode(latent), other = network.Decode(latent with { Scalars = latent.Scalars.Times(-100).Plus(7) });
        Assert.Equal(0, (one - other).abs().max().item<double>());
        Assert.NotEqual(0, (one - network.Decode(latent with { Vectors = latent.Vectors.Times(1.5) })).abs().max().item<double>());
    }

    [Theory]
    [InlineData("MinBesideMax")]
    [InlineData("Mean")]
    public void Twice_the_padding_changes_the_latents_of_the_published_network(string pooling)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var settings = Small with { Pooling = Enum.Parse<ReferencePooling>(pooling) };
        using var network = Loud(settings, seed: 3);
        using var longer = new LgaeReferenceNetwork(settings with { Slots = 12 });
        // Only the decoder's first mixing knows the number of slots.
        foreach (var (name, parameter) in longer.State.Parameters.Where(p => p.Name.StartsWith("encoder.", StringComparison.Ordinal))) parameter.copy_(network.State[name]);
        var (momenta, mask) = Jets(4, 6, seed: 4);
        double slots = pooling == "Mean" ? 2 : 1;
        Tensor vectors = network.Encode(momenta, mask).Vectors, padded = longer.Encode(Padded(momenta), Padded(mask)).Vectors.Times(slots);
        double change = (padded - vectors).abs().max().item<double>() / vectors.abs().max().item<double>();
        TestContext.Current.TestOutputHelper?.WriteLine($"{pooling}: latents change by {change:P1}");
        Assert.True(change > 1e-3, $"The latents change by {change:E1} only.");

        static Tensor Padded(Tensor t) => cat([t, zeros_like(t)], 1);
    }

    [Fact]
    public void Only_the_mixed_pooling_depends_on_the_order_of_the_particles()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var (momenta, mask) = Jets(4, 6, seed: 4);
        var order = tensor(new long[] { 5, 2, 0, 1, 4, 3 });
        foreach (var pooling in Enum.GetValues<ReferencePooling>())
        {
            using var network = Loud(Small with { Pooling = pooling }, seed: 3);
            Tensor vectors = network.Encode(momenta, mask).Vectors, permuted = network.Encode(momenta.index_select(1, order), mask.index_select(1, order)).Vectors;
            double change = (permuted - vectors).abs().max().item<double>() / vectors.abs().max().item<double>();
            if (pooling == ReferencePooling.Mix) Assert.True(change > 1e-2, $"{pooling}: {change:E1}");
            else Assert.True(change < 1e-12, $"{pooling}: {change:E1}");
        }
    }

    [Fact]
    public void Maximum_of_scalars_is_that_of_their_squares_and_the_minimum_is_not()
    {
        using var scope = NewDisposeScope();
        var scalars = tensor(new[] { -5.0, 1, 2 }).view(1, 1, 1, 1, 3);
        Assert.Equal(-5, LatentPooling.Pool(ReferencePooling.Min, scalars).item<double>());
        Assert.Equal(-5, LatentPooling.Pool(ReferencePooling.Max, scalars).item<double>());
        Assert.Equal(-5, LatentPooling.Pool(ReferencePooling.MinPlusMax, scalars).item<double>());
        Assert.Equal(-2.0 / 3, LatentPooling.Pool(ReferencePooling.Mean, scalars).item<double>(), 1e-15);
    }

    [Fact]
    public void Poolings_of_vectors_copy_those_of_smallest_and_largest_mass()
    {
        using var scope = NewDisposeScope();
        // m² = 3, 0, −8: the columns are slots.
        var vectors = tensor(new double[,] { { 2, 5, 1 }, { 0, 3, 0 }, { 1, 0, 0 }, { 0, 4, 3 } }).view(1, 1, 4, 1, 3);
        Assert.Equal([1.0, 0, 0, 3], LatentPooling.Pool(ReferencePooling.Min, vectors).data<double>().ToArray());
        Assert.Equal([2.0, 0, 1, 0], LatentPooling.Pool(ReferencePooling.Max, vectors).data<double>().ToArray());
        Assert.Equal([1.0, 0, 0, 3, 2, 0, 1, 0], LatentPooling.Pool(ReferencePooling.MinBesideMax, vectors).data<double>().ToArray());
        Assert.Equal([1.5, 0, 0.5, 1.5], LatentPooling.Pool(ReferencePooling.MinPlusMax, vectors).data<double>().ToArray());
    }

    [Fact]
    public void Weights_survive_a_file_under_the_published_names()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var folder = new TemporaryFolder();
        using LgaeReferenceNetwork one = Loud(Small with { MaxDim = 3 }, seed: 3), other = Loud(Small with { MaxDim = 3 }, seed: 5);
        Assert.Contains("encoder.lgn_cg.node_levels.1.cat_mix.mix_reps.weights.(2, 0)", one.State.Parameters.Select(p => p.Name));
        string path = folder["lgae.safetensors"];
        Safetensors.Write(path, one.State.ToWeights());
        other.State.Load(Safetensors.ReadAll(path));
        var (momenta, mask) = Jets(2, 6, seed: 4);
        Assert.Equal(0, (one.Reconstruct(momenta, mask) - other.Reconstruct(momenta, mask)).abs().max().item<double>());
    }

    [Fact]
    public void Fresh_networks_return_next_to_nothing_as_published()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        using var network = new LgaeReferenceNetwork(new LgaeReferenceSettings());
        var (momenta, mask) = Jets(4, 30, seed: 4);
        double largest = network.Reconstruct(momenta, mask).abs().max().item<double>();
        Assert.InRange(largest, 1e-12, 1e-4);
    }

    [Fact]
    public void Jets_of_another_padding_are_refused()
    {
        using var scope = NewDisposeScope();
        using var network = new LgaeReferenceNetwork(Small);
        var (momenta, mask) = Jets(4, 7, seed: 4);
        Assert.Throws<UsageException>(() => network.Encode(momenta, mask));
        Assert.Throws<UsageException>(() => network.Reconstruct(momenta.narrow(1, 0, 6), mask));
        Assert.Throws<UsageException>(() => network.Decode(new ReferenceLatent(zeros(1), zeros([2, 4, 1, 2, 4]))));
        Assert.Throws<UsageException>(() => new LgaeReferenceNetwork(Small with { MaxDim = 4 }));
    }

    /// <summary>A network whose mixing weights are large enough for every feature to matter.</summary>
    internal static LgaeReferenceNetwork Loud(LgaeReferenceSettings settings, int seed, ScalarType type = ScalarType.Float64)
    {
        var network = new LgaeReferenceNetwork(settings, type);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        using var generator = new Generator((ulong)seed, CPU);
        foreach (var (name, parameter) in network.State.Parameters)
        {
            double size = name.Contains("weights.", StringComparison.Ordinal) ? 1.2 / Math.Sqrt(2 * parameter.shape[2]) : name.Contains("linear", StringComparison.Ordinal) ? 0.4 : 1;
            parameter.copy_(randn(parameter.shape, ScalarType.Float64, generator: generator).Times(size));
        }

        return network;
    }

    /// <summary>Random jets of two particles and more, masses of some percent of the energies, zeros behind them: [jets, slots, 4] and [jets, slots].</summary>
    internal static (Tensor Momenta, Tensor Mask) Jets(int jets, int slots, int seed)
    {
        var random = new Random(seed);
        double[] momenta = new double[jets * slots * 4], mask = new double[jets * slots];
        for (int jet = 0; jet < jets; jet++)
        {
            int particles = jet == 0 ? slots : random.Next(2, slots);
            for (int n = jet * slots; n < jet * slots + particles; n++)
            {
                double size = 0.05 + random.NextDouble(), x = 1, y = 0.3 * (random.NextDouble() - 0.5), z = 0.3 * (random.NextDouble() - 0.5), m = 0.01 + 0.04 * random.NextDouble();
                (momenta[4 * n + 1], momenta[4 * n + 2], momenta[4 * n + 3]) = (size * x, size * y, size * z);
                momenta[4 * n] = size * Math.Sqrt(x * x + y * y + z * z + m * m);
                mask[n] = 1;
            }
        }

        return (tensor(momenta, [jets, slots, 4]), tensor(mask, [jets, slots]));
    }
}
