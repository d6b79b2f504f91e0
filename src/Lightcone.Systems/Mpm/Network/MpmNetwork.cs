using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Network;

/// <summary>The network of pre-training: an encoder of what is visible, a decoder that is asked for what is hidden, and one head for each question.</summary>
internal sealed class MpmNetwork : IDisposable
{
    private const string Placeholder = "placeholder";

    private readonly MpmRecipe recipe;
    private readonly Encoder encoder;
    private readonly MaskedDecoder decoder;

    /// <summary>A network with fresh weights from the engine's global generator.</summary>
    /// <param name="recipe">Its numbers.</param>
    /// <param name="tokenizer">Gives tokens; null where the target needs none.</param>
    public MpmNetwork(MpmRecipe recipe, ITokenizer? tokenizer)
    {
        this.recipe = recipe;
        recipe.Size.Check("--set heads");
        if (recipe.DecoderWidth % recipe.DecoderHeads != 0)
            throw new UsageException($"{recipe.DecoderHeads} heads do not divide a width of {recipe.DecoderWidth}.", "--set decoderHeads", "Width and heads are set apart.", $"Choose a decoderWidth that is a multiple of {recipe.DecoderHeads}.");
        State = new NetworkState(recipe.Network.ToScalarType());
        encoder = new Encoder(State, recipe.Size, recipe.Dropout);
        decoder = new MaskedDecoder(State, recipe.Width, recipe.DecoderWidth, recipe.DecoderLayers, recipe.DecoderHeads, recipe.HeadNorm, recipe.LayerScale, recipe.Constituents);
        if (recipe.Hiding == HidingLayout.Replaced) State.AddTokens(Placeholder, 1, recipe.Width);
        int features = Preprocessing.FeatureNames(recipe.Inputs).Length;
        if (recipe.Inputs == ParticleInputs.Full) Type = new TypeTarget(State, recipe.DecoderWidth, recipe.LabelSmoothing);
        Target = recipe.Target.Kind switch
        {
            TargetKind.Regression => new RegressionTarget(State, recipe.DecoderWidth, features),
            TargetKind.Flow => new FlowTarget(State, recipe.DecoderWidth, features),
            _ => new TokenTarget(State, recipe.DecoderWidth, (tokenizer ?? throw new ArgumentNullException(nameof(tokenizer))).Means, features, recipe.LabelSmoothing),
        };
    }

    /// <summary>The weights.</summary>
    public NetworkState State { get; }

    /// <summary>The question for the particle's type; null where the inputs have none.</summary>
    public TypeTarget? Type { get; }

    /// <summary>The other question.</summary>
    public ITarget Target { get; }

    /// <summary>What the decoder makes of each hidden particle, in their order, shape [hidden, decoder width]. Results belong to the caller's dispose scope.</summary>
    public Tensor Decode(ParticleTable table, HiddenParticles hidden, bool training) => Decode(table, hidden, particles => ParticleTensors.Of(table, particles, State.DType), training);

    /// <summary>The same with particles from elsewhere: <paramref name="pick"/> gives those whose positions the network asks for; of the table the numbers of particles are read alone.</summary>
    internal Tensor Decode(ParticleTable table, HiddenParticles hidden, Func<int[], ParticleTensors> pick, bool training)
    {
        if (recipe.Context == MaskedContext.Nothing) return decoder.Decode(null, hidden.HiddenCounts, recipe.TokenLayout, training);
        var visible = encoder.Embed(pick(hidden.Visible));
        return recipe.Hiding == HidingLayout.Replaced ? DecodeReplaced(table, hidden, visible, training) : Decode(visible, hidden, training);
    }

    /// <summary>The same from embedded visible particles; for the layout <see cref="HidingLayout.Removed"/>.</summary>
    internal Tensor Decode(Tensor embedded, HiddenParticles hidden, bool training)
    {
        var encoded = encoder.Encode(embedded, hidden.VisibleCounts, recipe.TokenLayout, training);
        using var sequences = encoded.Sequences;
        return decoder.Decode(encoded, hidden.HiddenCounts, recipe.TokenLayout, training);
    }

    /// <summary>Encodes whole jets, nothing hidden.</summary>
    public EncodedJets Encode(ParticleTable table, bool training)
    {
        var all = Enumerable.Range(0, table.ParticleCount).ToArray();
        return encoder.Encode(encoder.Embed(ParticleTensors.Of(table, all, State.DType)), Counts(table), recipe.TokenLayout, training);
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    internal static int[] Counts(ParticleTable table)
    {
        var counts = new int[table.JetCount];
        for (int jet = 0; jet < counts.Length; jet++) counts[jet] = table.Multiplicity(jet);
        return counts;
    }

    // The placeholder takes the place of a hidden particle after the embedding, so that nothing of the particle enters any layer.
    private Tensor DecodeReplaced(ParticleTable table, HiddenParticles hidden, Tensor visible, bool training)
    {
        var rows = new long[table.ParticleCount];
        for (int i = 0; i < hidden.Visible.Length; i++) rows[hidden.Visible[i]] = i + 1;
        var all = RowCopies.Of(tensor(rows), cat([State[Placeholder], visible]));
        var encoded = encoder.Encode(all, Counts(table), recipe.TokenLayout, training);
        using var sequences = encoded.Sequences;
        var places = new int[table.JetCount][];
        for (int jet = 0, at = 0; jet < places.Length; at += hidden.HiddenCounts[jet++])
            places[jet] = Array.ConvertAll(hidden.Hidden[at..(at + hidden.HiddenCounts[jet])], p => p - table.Offsets[jet]);
        return decoder.DecodeInPlace(encoded, places, recipe.TokenLayout, training);
    }
}
