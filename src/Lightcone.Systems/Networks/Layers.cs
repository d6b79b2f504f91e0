using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Networks;

/// <summary>Layers whose weights have names in a state.</summary>
internal static class Layers
{
    /// <summary>Adds a linear layer whose offsets do not decay.</summary>
    public static void AddLayer(this NetworkState state, string name, int inputs, int outputs)
    {
        double bound = 1 / Math.Sqrt(inputs);
        state.AddParameter($"{name}.weight", NetworkState.Uniform([outputs, inputs], bound));
        state.AddParameter($"{name}.bias", NetworkState.Uniform([outputs], 0), decays: false);
    }

    /// <summary>Adds a layer norm.</summary>
    public static void AddNorm(this NetworkState state, string name, int width)
    {
        state.AddParameter($"{name}.weight", ones(width), decays: false);
        state.AddParameter($"{name}.bias", zeros(width), decays: false);
    }

    /// <summary>Adds learned tokens, normal with standard deviation 0.02.</summary>
    public static void AddTokens(this NetworkState state, string name, int count, int width)
    {
        using var _ = no_grad();
        state.AddParameter(name, randn(count, width).TimesInPlace(0.02), decays: false);
    }

    /// <summary>Applies a linear layer.</summary>
    public static Tensor Layer(this NetworkState state, string name, Tensor x) => linear(x, state[$"{name}.weight"], state[$"{name}.bias"]);

    /// <summary>Applies a layer norm over the last axis.</summary>
    public static Tensor Norm(this NetworkState state, string name, Tensor x)
    {
        var weight = state[$"{name}.weight"];
        return layer_norm(x, weight.shape, weight, state[$"{name}.bias"]);
    }
}
