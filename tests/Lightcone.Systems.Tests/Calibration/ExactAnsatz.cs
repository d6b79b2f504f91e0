using Lightcone.Randomness;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Calibration.Bodies;
using Lightcone.Systems.Calibration.Toys;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>Networks whose weights are set by hand, so that what they say is known in closed form.</summary>
internal static class ExactAnsatz
{
    private const double LeastCurvature = 1e-3; // softplus(o) + this is the diagonal of L

    /// <summary>Targets as they are, with a support of five to both sides.</summary>
    public static TargetScale Plain { get; } = Scale(0, 1, -5, 5);

    public static TargetScale Scale(double mean, double unit, double low, double high) => new([mean], [unit], [low], [high], [low], [high]);

    /// <summary>The ratio of toy G1 itself, ln p(x|z)/p(x) for a standard normal truth: B = x, C = −4, D = 0, A quadratic in x. Its events come from <see cref="Events"/>.</summary>
    public static AnsatzNetwork Gaussian()
    {
        var network = new AnsatzNetwork(new AnsatzShape { Layers = 0 }, (_, _) => new SquaresBody(), ScalarType.Float64);
        Clear(network);
        Set(network, "a.head.0.weight", 0, 0.5 / (1 + GaussianToy.Noise * GaussianToy.Noise));
        Set(network, "a.head.0.bias", GaussianToy.ExactInformation);
        Set(network, "b.head.0.weight", 1, 0);
        Set(network, "c.head.0.bias", Diagonal(1 / GaussianToy.Noise));
        return network;
    }

    /// <summary>B is the event's anchor, everything else is constant: T = level + (z − B) slope − ½ l² (z − B)², or + ½ l (z − B)² for the symmetric form.</summary>
    public static AnsatzNetwork Parabola(double l, double level = 0, double slope = 0, CurvatureForm form = CurvatureForm.Cholesky)
    {
        var network = new AnsatzNetwork(new AnsatzShape { Layers = 0, Anchored = true, Curvature = form }, (_, _) => new QuantitiesBody(1), ScalarType.Float64);
        Clear(network);
        Set(network, "a.head.0.bias", level);
        Set(network, "c.head.0.bias", form == CurvatureForm.Cholesky ? Diagonal(l) : l);
        Set(network, "d.head.0.bias", slope);
        return network;
    }

    /// <summary>Weights and offsets drawn without the engine's generator.</summary>
    public static AnsatzNetwork Random(AnsatzShape shape, int width, ulong seed)
    {
        var network = new AnsatzNetwork(shape, (_, _) => new QuantitiesBody(width), ScalarType.Float64);
        foreach (var (name, tensor) in network.State.Parameters) Set(network, name, [.. Normals((int)tensor.numel(), seed, name).Select(g => 0.6 * g)]);
        return network;
    }

    public static EventTensors Events(double[] x, int width = 1, double[]? anchors = null) => new()
    {
        Count = x.Length / width,
        Quantities = tensor(x, [x.Length / width, width]),
        Anchor = anchors is null ? null : tensor(anchors, [x.Length / width, anchors.Length / (x.Length / width)]),
    };

    /// <summary>What a parabola says of events whose best targets, in units of the ansatz, are given.</summary>
    public static LearnedLikelihood Likelihood(AnsatzNetwork network, TargetScale scale, params double[] best)
    {
        using var scope = NewDisposeScope();
        return LearnedLikelihood.Of(network, scale, [Events(new double[best.Length], 1, best)]);
    }

    public static double[] Normals(int count, ulong seed, string purpose)
    {
        var random = new RandomStream(seed, purpose, 0, 0);
        var values = new double[count];
        for (int i = 0; i < count; i++) values[i] = random.NextGaussian();
        return values;
    }

    public static double[] Numbers(Tensor values) => values.to(ScalarType.Float64).contiguous().data<double>().ToArray();

    public static void Set(AnsatzNetwork network, string name, params double[] values)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        network.State[name].copy_(tensor(values).reshape(network.State[name].shape));
    }

    /// <summary>The head's number whose softplus, with the least curvature, is l.</summary>
    private static double Diagonal(double l) => Math.Log(Math.Exp(l - LeastCurvature) - 1);

    private static void Clear(AnsatzNetwork network)
    {
        foreach (var (name, tensor) in network.State.Parameters) Set(network, name, new double[tensor.numel()]);
    }

    /// <summary>x and x².</summary>
    private sealed class SquaresBody : IBody
    {
        public int Width => 2;

        public Tensor Encode(EventTensors events, bool training) => cat([events.Quantities, events.Quantities * events.Quantities], 1);
    }
}
