using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>
/// A small decoder that is asked for the hidden particles (arXiv:2409.12589): it sees the encoder's tokens and, for each hidden particle, a learned token that knows
/// nothing but its rank among the hidden ones of its jet by falling pT.
/// </summary>
internal sealed class MaskedDecoder
{
    private const string Prefix = "decoder.";

    private readonly NetworkState state;
    private readonly TransformerBlock[] blocks;

    /// <summary>Adds its weights to a state.</summary>
    public MaskedDecoder(NetworkState state, int encoderWidth, int width, int layers, int heads, bool headNorm, double layerScale, int ranks)
    {
        this.state = state;
        state.AddLayer($"{Prefix}project", encoderWidth, width);
        state.AddTokens($"{Prefix}hidden", ranks, width);
        blocks = [.. Enumerable.Range(0, layers).Select(l => new TransformerBlock(state, $"{Prefix}blocks.{l}", width, heads, headNorm, layerScale, dropout: 0))];
        state.AddNorm($"{Prefix}norm", width);
    }

    /// <summary>What the decoder makes of the encoder's tokens for each hidden particle, in their order, shape [hidden, width].</summary>
    /// <param name="encoded">The encoded jets; null when nothing of them is to be known but the number of hidden particles.</param>
    /// <param name="hiddenCounts">Hidden particles of each jet.</param>
    /// <param name="layout">Where the tokens lie.</param>
    /// <param name="training">Whether dropout is on.</param>
    public Tensor Decode(EncodedJets? encoded, int[] hiddenCounts, TokenLayout layout, bool training)
    {
        var ranks = state[$"{Prefix}hidden"];
        // Beyond the last token for a rank stand those of the encoder.
        if (hiddenCounts.Any(count => count > ranks.shape[0])) throw new ArgumentException($"More particles of a jet are hidden than the {ranks.shape[0]} that there are tokens for.", nameof(hiddenCounts));
        int[] seen = encoded is null ? new int[hiddenCounts.Length] : Array.ConvertAll(encoded.Counts, n => n + encoded.Registers);
        using var sequences = Sequences.Of([.. seen.Zip(hiddenCounts, (s, h) => s + h)], layout, ranks.dtype);
        var source = encoded is null ? ranks : cat([ranks, state.Layer($"{Prefix}project", encoded.Tokens)]);
        var tokens = RowCopies.Of(sequences.Gather((jet, t) => t < seen[jet] ? ranks.shape[0] + encoded!.Sequences.Starts[jet] + t : t - seen[jet]), source);
        return Outputs(tokens, sequences, hiddenCounts, (jet, k) => seen[jet] + k, training);
    }

    /// <summary>The same for a layout in which the encoder saw a placeholder for each hidden particle (arXiv:2401.13537): the rank among all particles is added here, not before.</summary>
    /// <param name="encoded">The encoded jets, hidden particles included.</param>
    /// <param name="places">For each jet, which of its particles are hidden.</param>
    /// <param name="layout">Where the tokens lie.</param>
    /// <param name="training">Whether dropout is on.</param>
    public Tensor DecodeInPlace(EncodedJets encoded, int[][] places, TokenLayout layout, bool training)
    {
        var ranks = state[$"{Prefix}hidden"];
        using var sequences = Sequences.Of(Array.ConvertAll(encoded.Counts, n => n + encoded.Registers), layout, ranks.dtype);
        var projected = state.Layer($"{Prefix}project", encoded.Tokens);
        var tokens = RowCopies.Of(sequences.Gather((jet, t) => encoded.Sequences.Starts[jet] + t), projected);
        var positions = RowCopies.Of(sequences.Gather((_, t) => Math.Max(0, t - encoded.Registers + 1)), cat([zeros(1, ranks.shape[1], ranks.dtype), ranks]));
        return Outputs(tokens.Plus(positions), sequences, Array.ConvertAll(places, p => p.Length), (jet, k) => encoded.Registers + places[jet][k], training);
    }

    private Tensor Outputs(Tensor tokens, Sequences sequences, int[] counts, Func<int, int, int> token, bool training)
    {
        foreach (var block in blocks) tokens = block.Apply(tokens, sequences, training);
        var rows = new long[counts.Sum()];
        for (int jet = 0, at = 0; jet < counts.Length; jet++)
            for (int k = 0; k < counts[jet]; k++)
                rows[at++] = sequences.Starts[jet] + token(jet, k);
        return state.Norm($"{Prefix}norm", tokens.index_select(0, tensor(rows)));
    }
}
