using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>
/// One pre-norm block on tokens (arXiv:2409.12589): x + g₁ · O(MHA(LN x)), then x + g₂ · W₂(silu(A) ⊙ B) with [A|B] = W₁ LN x (SwiGLU, arXiv:2002.05202, hidden width 2d).
/// </summary>
internal sealed class TransformerBlock
{
    private readonly NetworkState state;
    private readonly string name;
    private readonly int width, heads;
    private readonly bool headNorm;
    private readonly double dropout;

    /// <summary>Adds the block's weights to a state.</summary>
    public TransformerBlock(NetworkState state, string name, int width, int heads, bool headNorm, double layerScale, double dropout)
    {
        (this.state, this.name, this.width, this.heads, this.headNorm, this.dropout) = (state, name, width, heads, headNorm, dropout);
        state.AddNorm($"{name}.norm1", width);
        state.AddLayer($"{name}.qkv", width, 3 * width);
        if (headNorm) state.AddNorm($"{name}.head_norm", width);
        state.AddLayer($"{name}.out", width, width);
        state.AddParameter($"{name}.scale1", ones(width).TimesInPlace(layerScale), decays: false);
        state.AddNorm($"{name}.norm2", width);
        state.AddLayer($"{name}.up", width, 4 * width);
        state.AddLayer($"{name}.down", 2 * width, width);
        state.AddParameter($"{name}.scale2", ones(width).TimesInPlace(layerScale), decays: false);
    }

    /// <summary>The tokens after the block, shape [rows, width].</summary>
    public Tensor Apply(Tensor tokens, Sequences sequences, bool training)
    {
        var attended = sequences.Attend(state.Layer($"{name}.qkv", state.Norm($"{name}.norm1", tokens)), heads);
        if (headNorm) attended = state.Norm($"{name}.head_norm", attended);
        tokens = Added(tokens, state.Layer($"{name}.out", attended), "scale1", training);
        var halves = state.Layer($"{name}.up", state.Norm($"{name}.norm2", tokens)).chunk(2, 1);
        return Added(tokens, state.Layer($"{name}.down", silu(halves[0]).mul(halves[1])), "scale2", training);
    }

    private Tensor Added(Tensor tokens, Tensor change, string scale, bool training)
    {
        if (dropout > 0 && training) change = nn.functional.dropout(change, dropout, training: true);
        return addcmul(tokens, change, state[$"{name}.{scale}"], Arithmetic.One);
    }
}

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
