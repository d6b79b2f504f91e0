using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>Class attention (arXiv:2103.17239): one learned query gathers what it needs from all tokens of a jet, in a few layers of cross-attention and a gated feed-forward part.</summary>
internal sealed class AttentionPooling
{
    private readonly NetworkState state;
    private readonly int width, layers, heads;
    private readonly double dropout;

    /// <summary>Adds its weights to a state.</summary>
    public AttentionPooling(NetworkState state, FineTuneRecipe recipe)
    {
        (this.state, width, layers, heads, dropout) = (state, recipe.HeadWidth, recipe.HeadLayers, recipe.HeadHeads, recipe.HeadDropout);
        state.AddLayer("head.project", recipe.Width, width);
        state.AddTokens("head.query", 1, width);
        for (int l = 0; l < layers; l++)
        {
            state.AddNorm($"head.{l}.norm_query", width);
            state.AddNorm($"head.{l}.norm_tokens", width);
            state.AddLayer($"head.{l}.q", width, width);
            state.AddLayer($"head.{l}.kv", width, 2 * width);
            state.AddLayer($"head.{l}.out", width, width);
            state.AddNorm($"head.{l}.norm", width);
            state.AddLayer($"head.{l}.up", width, 2 * width);
            state.AddLayer($"head.{l}.down", width, width);
        }
    }

    /// <summary>One vector a jet, shape [jets, width].</summary>
    public Tensor Pool(EncodedJets encoded, bool training)
    {
        var tokens = silu(state.Layer("head.project", encoded.Tokens));
        long jets = encoded.Counts.Length;
        var query = state["head.query"].expand(jets, width);
        for (int l = 0; l < layers; l++)
        {
            query = query.Plus(Dropped(Attended(l, query, tokens, encoded.Sequences, jets), training));
            var halves = state.Layer($"head.{l}.up", state.Norm($"head.{l}.norm", query)).chunk(2, 1);
            query = query.Plus(Dropped(state.Layer($"head.{l}.down", silu(halves[0]).mul(halves[1])), training));
        }

        return query;
    }

    private Tensor Attended(int l, Tensor query, Tensor tokens, Sequences sequences, long jets)
    {
        var (slots, mask) = sequences.Slots(state.Layer($"head.{l}.kv", state.Norm($"head.{l}.norm_tokens", tokens)));
        var parts = slots.view(jets, -1, 2, heads, width / heads).permute(2, 0, 3, 1, 4).unbind(0);
        var q = state.Layer($"head.{l}.q", state.Norm($"head.{l}.norm_query", query)).view(jets, heads, 1, width / heads);
        return state.Layer($"head.{l}.out", scaled_dot_product_attention(q, parts[0], parts[1], mask).reshape(jets, width));
    }

    private Tensor Dropped(Tensor x, bool training) => dropout > 0 && training ? nn.functional.dropout(x, dropout, training: true) : x;
}
