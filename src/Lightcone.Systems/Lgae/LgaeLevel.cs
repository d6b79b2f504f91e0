using Lightcone.Systems.Lgae.Kernels;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Lgae;

/// <summary>
/// One level of messages (arXiv:2212.07347, eq. 3, in real Cartesian components): aggregated, own and squared features of every node are mixed within
/// each representation, then a small network acts on the scalars.
/// </summary>
internal sealed class LgaeLevel
{
    private const double LeakySlope = 0.01;

    private readonly NetworkState state;
    private readonly LgaeRecipe recipe;
    private readonly string name;
    private readonly int channels, outputs;
    private readonly bool constantFilters;
    private readonly LgaeTensorFlow tensors;

    /// <summary>Adds the level's parameters to <paramref name="state"/>, drawn from the engine's global generator.</summary>
    /// <param name="state">The network's tensors.</param>
    /// <param name="recipe">The recipe.</param>
    /// <param name="name">Prefix of the parameters.</param>
    /// <param name="channels">Channels that enter.</param>
    /// <param name="outputs">Channels that leave.</param>
    /// <param name="multiplicity">Typical number of neighbours; aggregated features begin divided by it.</param>
    /// <param name="constantFilters">Radial functions without dependence on the interval.</param>
    /// <param name="tensors">Which second-rank tensors enter and leave.</param>
    public LgaeLevel(NetworkState state, LgaeRecipe recipe, string name, int channels, int outputs, double multiplicity, bool constantFilters, LgaeTensorFlow tensors)
    {
        (this.state, this.recipe, this.name, this.channels, this.outputs, this.constantFilters, this.tensors) = (state, recipe, name, channels, outputs, constantFilters, tensors);
        int k = recipe.RadialTerms;
        state.AddParameter($"{name}.bias", zeros(2 * channels));
        if (!constantFilters)
        {
            state.AddParameter($"{name}.rates", LgaeInitialisation.Normal([k], 4));
            if (!Has(LgaeDefect.UnsignedInterval)) state.AddParameter($"{name}.centres", LgaeInitialisation.Normal([k], 0.5));
            state.AddParameter($"{name}.weight", LgaeInitialisation.Normal([2 * channels, k], 1 / Math.Sqrt(k)));
        }
        else
        {
            using var noGrad = no_grad();
            state[$"{name}.bias"].fill_(Arithmetic.One);
        }

        var groups = LgaeProducts.Groups(tensors);
        AddMixing("scalars", groups.Scalars, multiplicity, spin: 0);
        AddMixing("vectors", groups.Vectors, multiplicity, spin: 1);
        if (tensors.Leave)
        {
            AddMixing("antisymmetric", groups.Antisymmetric, multiplicity, spin: 1);
            AddMixing("symmetric", groups.Symmetric, multiplicity, spin: 2);
        }

        AddMlp();
    }

    /// <summary>The level's output features; <paramref name="momenta"/> (float64, [nodes, 4]) are the positions whose intervals the messages see.</summary>
    public LgaeFeatures Apply(LgaeFeatures features, Tensor momenta, int[] offsets, RadialMessages messages)
    {
        var positions = momenta.to(features.Scalars.dtype).unsqueeze(2);
        var aggregated = Aggregate(features, momenta, positions, offsets, messages);
        var (scalars, vectors, columns) = LgaeProducts.Columns(features, aggregated);
        var mixed = Mlp(Mix("scalars", scalars));
        return new LgaeFeatures(mixed, Mix("vectors", vectors),
            columns is { } t ? new LgaeTensors(Mix("antisymmetric", t.Antisymmetric), Mix("symmetric", t.Symmetric)) : null);
    }

    private bool Has(LgaeDefect defect) => recipe.Defects.Has(defect);

    private LgaeAggregates Aggregate(LgaeFeatures features, Tensor momenta, Tensor positions, int[] offsets, RadialMessages messages)
    {
        var type = features.Scalars.dtype;
        var (x0, x1) = LgaeProducts.Senders(features, positions, tensors);
        var inputs = new RadialInputs
        {
            Offsets = offsets,
            Momenta = momenta,
            IntervalScale = recipe.IntervalScale,
            Rates = constantFilters ? zeros(1, type) : state[$"{name}.rates"],
            Centres = constantFilters ? zeros(1, type) : Has(LgaeDefect.UnsignedInterval) ? zeros(recipe.RadialTerms, type) : state[$"{name}.centres"],
            Weight = constantFilters ? zeros([2 * channels, 1], type) : state[$"{name}.weight"],
            Bias = state[$"{name}.bias"],
            X0 = x0,
            X1 = x1,
        };
        var (y0, y1) = messages.Apply(inputs);
        if (Has(LgaeDefect.SelfMessages))
        {
            var own = Own(inputs);
            y0 = y0.Plus(x0 * own.narrow(0, 0, channels));
            y1 = y1.Plus(x1 * own.narrow(0, channels, channels));
        }

        return LgaeProducts.Receive(y0, y1, positions, tensors);
    }

    // The radial functions at interval 0, [2C]: what a node would send itself.
    private static Tensor Own(RadialInputs inputs) =>
        (inputs.Weight * (inputs.Rates * inputs.Centres).Squared().Plus(1).reciprocal()).sum(dim: 1).Plus(inputs.Bias);

    private Tensor Mix(string group, Tensor columns) => linear(columns, state[$"{name}.{group}"]);

    // Bounded scalars: without the logarithm, products of products grow from level to level.
    private Tensor Mlp(Tensor mixed)
    {
        var x = LgaeProducts.Psi(mixed);
        var hidden = x;
        for (int m = 0; m < recipe.MlpDepth; m++)
            hidden = leaky_relu(linear(hidden, state[$"{name}.mlp.{m}.weight"], state[$"{name}.mlp.{m}.bias"]), LeakySlope);
        hidden = linear(hidden, state[$"{name}.mlp.{recipe.MlpDepth}.weight"], state[$"{name}.mlp.{recipe.MlpDepth}.bias"]);
        return LgaeProducts.Psi(hidden.Plus(x));
    }

    private void AddMixing(string group, (int Aggregated, int Own) columns, double multiplicity, int spin)
    {
        int inputs = (columns.Aggregated + columns.Own) * channels;
        var weight = LgaeInitialisation.Mixing(recipe, outputs, inputs, spin);
        if (!Has(LgaeDefect.PublishedInitialisation))
        {
            using var noGrad = no_grad();
            weight.narrow(1, 0, columns.Aggregated * channels).TimesInPlace(1 / multiplicity);
        }

        state.AddParameter($"{name}.{group}", weight);
    }

    private void AddMlp()
    {
        int width = recipe.MlpWidth * outputs;
        for (int m = 0; m <= recipe.MlpDepth; m++)
        {
            int inputs = m == 0 ? outputs : width, size = m == recipe.MlpDepth ? outputs : width;
            state.AddParameter($"{name}.mlp.{m}.weight", LgaeInitialisation.Normal([size, inputs], 1 / Math.Sqrt(inputs)));
            state.AddParameter($"{name}.mlp.{m}.bias", zeros(size));
        }
    }
}
