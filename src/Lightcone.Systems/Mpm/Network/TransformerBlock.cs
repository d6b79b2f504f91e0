using Lightcone.Systems.Networks;
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
