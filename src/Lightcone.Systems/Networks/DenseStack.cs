using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Networks;

/// <summary>What stands between the layers of a dense stack.</summary>
internal enum Activation
{
    /// <summary>max(x, 0).</summary>
    Relu,

    /// <summary>x above 0, 0.3 x below.</summary>
    LeakyRelu,

    /// <summary>x above 0, eˣ − 1 below.</summary>
    Elu,

    /// <summary>x σ(x).</summary>
    Silu,
}

/// <summary>Dense layers one after another: activations between them, none after the last. Weights begin uniform in ±gain/√inputs, offsets at 0.</summary>
internal sealed class DenseStack
{
    /// <summary>Gain of small first weights: what is learned begins smooth. Larger ones make a rough likelihood, whose curvature comes out too small (docs/results/calibration.md).</summary>
    public const double Smooth = 1;

    /// <summary>Gain √6 that keeps the size of signals from layer to layer (arXiv:1502.01852).</summary>
    public static readonly double Kept = Math.Sqrt(6);

    private const double LeakySlope = 0.3;

    private readonly NetworkState state;
    private readonly string name;
    private readonly int layers;
    private readonly Activation activation;

    /// <summary>Adds the weights <c>name.0</c>, <c>name.1</c>, … to a state.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">Name of the stack.</param>
    /// <param name="sizes">Numbers before the first layer, between layers and after the last.</param>
    /// <param name="activation">What stands between layers.</param>
    /// <param name="gain">Size of the first weights, times √inputs.</param>
    public DenseStack(NetworkState state, string name, IReadOnlyList<int> sizes, Activation activation, double gain = Smooth)
    {
        (this.state, this.name, layers, this.activation) = (state, name, sizes.Count - 1, activation);
        for (int l = 0; l < layers; l++)
        {
            state.AddParameter($"{name}.{l}.weight", NetworkState.Uniform([sizes[l + 1], sizes[l]], gain / Math.Sqrt(sizes[l])));
            state.AddParameter($"{name}.{l}.bias", zeros(sizes[l + 1]), decays: false);
        }
    }

    /// <summary>The stack applied to rows, shape [rows, last size].</summary>
    public Tensor Apply(Tensor x) => From(0, state.Layer($"{name}.0", x));

    /// <summary>The stack with its weights held fixed: gradients reach <paramref name="x"/> alone.</summary>
    public Tensor ApplyFixed(Tensor x)
    {
        for (int l = 0; l < layers; l++) x = linear(l == 0 ? x : Activate(x), state[$"{name}.{l}.weight"].detach(), state[$"{name}.{l}.bias"].detach());
        return x;
    }

    /// <summary>The stack with hidden numbers left out at random, each with a probability, and the others made larger for it (arXiv:1506.02142).</summary>
    public Tensor ApplyDropped(Tensor x, double probability)
    {
        for (int l = 0; l < layers; l++) x = state.Layer($"{name}.{l}", l == 0 ? x : dropout(Activate(x), probability, training: true));
        return x;
    }

    /// <summary>
    /// The stack on pairs [first | second] of rows: the first layer is linear, so its product with <paramref name="first"/> is taken once even where it meets several <paramref name="second"/>.
    /// </summary>
    /// <param name="first">Rows [n, a].</param>
    /// <param name="second">For each meeting, rows [n, b]; a + b is the stack's first size.</param>
    /// <returns>One result a meeting, stacked: shape [meetings · n, last size].</returns>
    public Tensor ApplyToPairs(Tensor first, IReadOnlyList<Tensor> second)
    {
        var weight = state[$"{name}.0.weight"];
        long width = first.shape[1];
        var shared = linear(first, weight.narrow(1, 0, width), state[$"{name}.0.bias"]);
        var own = linear(second.Count == 1 ? second[0] : cat([.. second], 0), weight.narrow(1, width, weight.shape[1] - width));
        return From(0, own.Plus(second.Count == 1 ? shared : shared.repeat(second.Count, 1)));
    }

    /// <summary>The last hidden layer, shape [rows, next to last size].</summary>
    public Tensor Hidden(Tensor x)
    {
        for (int l = 0; l < layers - 1; l++) x = Activate(state.Layer($"{name}.{l}", x));
        return x;
    }

    private Tensor From(int layer, Tensor x)
    {
        for (int l = layer + 1; l < layers; l++) x = state.Layer($"{name}.{l}", Activate(x));
        return x;
    }

    private Tensor Activate(Tensor x) => activation switch
    {
        Activation.Relu => relu(x),
        Activation.LeakyRelu => leaky_relu(x, LeakySlope),
        Activation.Elu => elu(x, 1),
        _ => silu(x),
    };
}
