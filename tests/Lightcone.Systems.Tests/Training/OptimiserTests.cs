using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Training;

public sealed class OptimiserTests
{
    private static readonly double[] Start = [0.9, -0.7, 0.25, 0.01], Curvature = [1, 3, 0.1, 20], Minimum = [0.1, 0.2, -0.3, 0];

    [Theory]
    [InlineData(0.01)]
    [InlineData(0)]
    public void Three_steps_of_AdamW_follow_the_paper_in_double_precision(double decay)
    {
        const double Rate = 1e-2, Beta1 = 0.9, Beta2 = 0.999, Epsilon = 1e-8;
        using var network = Parameter(ScalarType.Float64);
        using var optimiser = new AdamW(network, Beta1, Beta2, Epsilon, decay);
        double[] p = [.. Start], first = new double[4], second = new double[4];
        for (int t = 1; t <= 3; t++)
        {
            Backward(network);
            optimiser.Step(Rate);
            for (int i = 0; i < p.Length; i++)
            {
                double gradient = Curvature[i] * (p[i] - Minimum[i]);
                first[i] = Beta1 * first[i] + (1 - Beta1) * gradient;
                second[i] = Beta2 * second[i] + (1 - Beta2) * gradient * gradient;
                double unbiasedFirst = first[i] / (1 - Math.Pow(Beta1, t)), unbiasedSecond = second[i] / (1 - Math.Pow(Beta2, t));
                p[i] = p[i] * (1 - Rate * decay) - Rate * unbiasedFirst / (Math.Sqrt(unbiasedSecond) + Epsilon);
            }

            double[] actual = Values(network["p"]);
            for (int i = 0; i < p.Length; i++) Assert.True(Math.Abs(actual[i] - p[i]) <= 1e-15, $"step {t}, parameter {i}: {actual[i]:R} instead of {p[i]:R}");
        }

        Assert.Equal(3, optimiser.Steps);
    }

    [Fact]
    public void A_parameter_without_a_gradient_stays_as_it_is()
    {
        using var network = Parameter(ScalarType.Float64);
        network.AddParameter("unused", ones(2, ScalarType.Float64));
        using var optimiser = new AdamW(network, 0.9, 0.999, 1e-8, 0.1);
        Backward(network);
        optimiser.Step(0.1);
        Assert.Equal([1.0, 1.0], Values(network["unused"]));
        Assert.NotEqual(Start, Values(network["p"]));
    }

    [Fact]
    public void An_optimiser_that_was_saved_and_loaded_goes_on_to_the_same_bits()
    {
        using NetworkState one = Parameter(ScalarType.Float32), two = Parameter(ScalarType.Float32);
        using AdamW original = new(one, 0.9, 0.999, 1e-8, 0.01), restored = new(two, 0.9, 0.999, 1e-8, 0.01);
        Backward(one);
        original.Step(0.01);
        two.CopyFrom(one);
        restored.Load(new WeightSet(original.ToWeights("o/"), "memory"), "o/", original.Steps);
        for (int t = 0; t < 3; t++)
        {
            foreach (var (network, optimiser) in new[] { (one, original), (two, restored) })
            {
                Backward(network);
                optimiser.Step(0.01);
            }
        }

        Assert.Equal(Values(one["p"]), Values(two["p"]));
    }

    [Fact]
    public void Moments_of_another_shape_are_refused_instead_of_spread_over_the_parameter()
    {
        using var network = Parameter(ScalarType.Float32);
        using var optimiser = new AdamW(network, 0.9, 0.999, 1e-8, 0.01);
        var weights = new WeightSet([WeightTensor.FromSingle("p.first", [1], [1]), WeightTensor.FromSingle("p.second", [4], [1, 1, 1, 1])], "state.safetensors");
        var error = Assert.Throws<InputDataException>(() => optimiser.Load(weights, "", 1));
        Assert.Contains("p.first", error.Message);
    }

    [Fact]
    public void A_long_gradient_is_scaled_to_the_limit_and_keeps_its_direction()
    {
        using var network = Parameter(ScalarType.Float64);
        network.AddParameter("q", ones(3, ScalarType.Float64));
        using var optimiser = new AdamW(network, 0.9, 0.999, 1e-8, 0);
        Backward(network);
        double[] before = Gradients(network);
        double norm = Norm(before);
        double reported = optimiser.ClipGradients(0.5);
        double[] after = Gradients(network);
        Assert.Equal(norm, reported, norm * 1e-15);
        Assert.Equal(0.5, Norm(after), 1e-15);
        for (int i = 0; i < before.Length; i++) Assert.Equal(before[i] * 0.5 / norm, after[i], 1e-15);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1e6)]
    public void A_gradient_within_the_limit_or_without_one_is_not_touched(double limit)
    {
        using var network = Parameter(ScalarType.Float64);
        using var optimiser = new AdamW(network, 0.9, 0.999, 1e-8, 0);
        Backward(network);
        double[] before = Gradients(network);
        optimiser.ClipGradients(limit);
        Assert.Equal(before, Gradients(network));
    }

    [Fact]
    public void Zeroed_gradients_do_not_add_up()
    {
        using var network = Parameter(ScalarType.Float64);
        using var optimiser = new AdamW(network, 0.9, 0.999, 1e-8, 0);
        Backward(network);
        double[] once = Gradients(network);
        optimiser.ZeroGradients();
        Assert.Empty(Gradients(network));
        Backward(network);
        Assert.Equal(once, Gradients(network));
    }

    private static NetworkState Parameter(ScalarType type)
    {
        var network = new NetworkState(type);
        network.AddParameter("p", tensor(Start, type));
        return network;
    }

    /// <summary>Gradient of ½ Σ a (p − c)² into p.</summary>
    private static void Backward(NetworkState network)
    {
        using var scope = NewDisposeScope();
        var p = network["p"];
        p.grad = null;
        var way = p - tensor(Minimum, p.dtype);
        (way * way * tensor(Curvature, p.dtype)).sum().mul(tensor(0.5, p.dtype)).backward();
        Assert.NotNull(p.grad);
    }

    private static double[] Values(Tensor t)
    {
        using var scope = NewDisposeScope();
        return t.detach().to(ScalarType.Float64).data<double>().ToArray();
    }

    private static double[] Gradients(NetworkState network) => [.. network.Parameters.Select(p => p.Tensor.grad).OfType<Tensor>().SelectMany(Values)];

    private static double Norm(double[] values) => Math.Sqrt(values.Sum(v => v * v));
}
