using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.Targets;

/// <summary>
/// The density of a hidden particle's features, by conditional flow matching (arXiv:2210.02747, as in arXiv:2409.12589): along x_t = (1 − t) x₀ + t x₁ from data x₀ to
/// noise x₁ a network learns the velocity x₁ − x₀. Times are t = σ(u), u ~ N(0, 1). Displacements that a particle does not have count nothing.
/// </summary>
internal sealed class FlowTarget : ITarget
{
    private const string Head = "heads.flow";
    private const int Context = 64, Hidden = 128, Layers = 2, TimeCode = 16, GuessSteps = 10;
    private const ulong GuessSeed = 1;

    private readonly NetworkState state;
    private readonly int features;

    /// <summary>Adds its weights to a state.</summary>
    public FlowTarget(NetworkState state, int width, int features)
    {
        (this.state, this.features) = (state, features);
        state.AddLayer($"{Head}.context", width, Context);
        for (int layer = 0; layer < Layers; layer++)
        {
            state.AddLayer($"{Head}.{layer}", layer == 0 ? features + Context + TimeCode : Hidden, Hidden);
            state.AddNorm($"{Head}.norm{layer}", Hidden);
        }

        state.AddLayer($"{Head}.velocity", Hidden, features);
    }

    /// <inheritdoc/>
    public string Name => "velocity";

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, HiddenTruth truth, bool training)
    {
        var time = (truth.Noise?.narrow(1, 0, 1) ?? randn(truth.Count, 1, outputs.dtype)).sigmoid();
        var noise = truth.Noise?.narrow(1, 1, features) ?? randn_like(truth.Features);
        var along = noise - truth.Features;
        var at = truth.Features.Plus(time.mul(along));
        var miss = (Velocity(at, time, Spoken(outputs)) - along).Squared();
        return miss.mul(truth.Weights).sum(dim: 1).div(truth.Weights.sum(dim: 1));
    }

    /// <summary>One sample a particle; the same ones in every call.</summary>
    public Tensor? Guess(Tensor outputs)
    {
        using var random = new Generator(GuessSeed);
        return Sample(outputs, GuessSteps, random);
    }

    /// <summary>Draws features from the learned density: from noise at t = 1 back to t = 0 by the midpoint rule. Shape [hidden, features].</summary>
    public Tensor Sample(Tensor outputs, int steps, Generator? random = null)
    {
        var context = Spoken(outputs);
        var x = randn([outputs.shape[0], features], dtype: outputs.dtype, generator: random);
        double h = 1.0 / steps;
        for (int k = 0; k < steps; k++)
        {
            double t = 1 - k * h;
            var half = x.Plus(Velocity(x, Constant(x, t), context).Times(-h / 2));
            x = x.Plus(Velocity(half, Constant(x, t - h / 2), context).Times(-h));
        }

        return x;
    }

    private Tensor Spoken(Tensor outputs) => state.Layer($"{Head}.context", outputs);

    private Tensor Velocity(Tensor x, Tensor time, Tensor context)
    {
        var code = Frequencies(x.dtype).mul(time).cos();
        var h = cat([x, context, code], 1);
        for (int layer = 0; layer < Layers; layer++) h = state.Norm($"{Head}.norm{layer}", silu(state.Layer($"{Head}.{layer}", h)));
        return state.Layer($"{Head}.velocity", h);
    }

    // jπ for j = 0, 1, …
    private static Tensor Frequencies(ScalarType type)
    {
        var frequencies = new double[TimeCode];
        for (int j = 0; j < TimeCode; j++) frequencies[j] = j * Math.PI;
        return tensor(frequencies, [1, TimeCode]).to(type);
    }

    private static Tensor Constant(Tensor like, double value) => ones(like.shape[0], 1, like.dtype).TimesInPlace(value);
}
