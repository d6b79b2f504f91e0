using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>
/// The vector-quantised autoencoder of a jet's particles (arXiv:2401.13537): an encoder that sees the whole jet, a code for each particle, a decoder that sees all codes of the jet. It
/// rebuilds features; a particle's type is told to the encoder alone.
/// </summary>
internal sealed class VqNetwork : IDisposable
{
    private const string ToCode = "to_code", FromCode = "decoder.code", Norm = "decoder.norm", ToFeatures = "decoder.features";

    private readonly TokenizerRecipe recipe;
    private readonly Encoder encoder;
    private readonly TransformerBlock[] decoder;

    /// <summary>A network with fresh weights from the engine's global generator.</summary>
    public VqNetwork(TokenizerRecipe recipe)
    {
        this.recipe = recipe;
        recipe.Size.Check("--set heads");
        State = new NetworkState(recipe.Network.ToScalarType());
        encoder = new Encoder(State, recipe.Size, recipe.Dropout);
        State.AddLayer(ToCode, recipe.Width, recipe.CodeWidth);
        Quantiser = new Quantiser(State, recipe);
        State.AddLayer(FromCode, recipe.CodeWidth, recipe.Width);
        decoder =
        [
            .. Enumerable.Range(0, recipe.Layers).Select(l => new TransformerBlock(State, $"decoder.blocks.{l}", recipe.Width, recipe.Heads, recipe.HeadNorm, recipe.LayerScale, recipe.Dropout)),
        ];
        State.AddNorm(Norm, recipe.Width);
        State.AddLayer(ToFeatures, recipe.Width, Preprocessing.FeatureNames(recipe.Inputs).Length);
    }

    /// <summary>The weights and the codes.</summary>
    public NetworkState State { get; }

    /// <summary>The codes.</summary>
    public Quantiser Quantiser { get; }

    /// <summary>What the encoder makes of each particle of whole jets, shape [particles, code width].</summary>
    public Tensor Encode(ParticleTable table, bool training)
    {
        int[] all = Enumerable.Range(0, table.ParticleCount).ToArray();
        var encoded = encoder.Encode(encoder.Embed(ParticleTensors.Of(table, all, State.DType)), MpmNetwork.Counts(table), recipe.TokenLayout, training);
        using var sequences = encoded.Sequences;
        return State.Layer(ToCode, encoded.Particles());
    }

    /// <summary>Features of each particle from the codes of all particles of its jet, shape [particles, features].</summary>
    /// <param name="codes">One jet after the other, shape [particles, code width].</param>
    /// <param name="counts">Particles of each jet.</param>
    /// <param name="training">Whether dropout is on.</param>
    public Tensor Decode(Tensor codes, int[] counts, bool training)
    {
        using var sequences = Sequences.Of(counts, recipe.TokenLayout, State.DType);
        var starts = Encoder.Starts(counts);
        var source = codes.shape[0] > 0 ? State.Layer(FromCode, codes) : zeros(1, recipe.Width, State.DType);
        var tokens = RowCopies.Of(sequences.Gather((jet, k) => starts[jet] + k), source);
        foreach (var block in decoder) tokens = block.Apply(tokens, sequences, training);
        var particles = new EncodedJets(tokens, sequences, counts, 0).Particles();
        return State.Layer(ToFeatures, State.Norm(Norm, particles));
    }

    /// <summary>Codes of whole jets and what is rebuilt from them, without gradients or random numbers.</summary>
    public CodedJets Code(ParticleTable table)
    {
        if (table.ParticleCount == 0) return new([], [], []);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var vectors = Encode(table, training: false);
        var quantised = Quantiser.Apply(vectors, training: false);
        var distances = (vectors - quantised.Codes).Squared().mean([1]);
        var rebuilt = Decode(quantised.Codes, MpmNetwork.Counts(table), training: false);
        return new(Ids(quantised.Ids), Floats(rebuilt), Floats(distances));
    }

    /// <summary>Codes of whole jets.</summary>
    public int[] Ids(ParticleTable table)
    {
        if (table.ParticleCount == 0) return [];
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        return Ids(Quantiser.Nearest(Encode(table, training: false), Quantiser.Codes()));
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    private static int[] Ids(Tensor ids) => Array.ConvertAll(ids.contiguous().data<long>().ToArray(), id => (int)id);

    private static float[] Floats(Tensor t) => t.to(ScalarType.Float32).contiguous().data<float>().ToArray();
}

/// <summary>Particles of some jets as codes, and rebuilt from them.</summary>
/// <param name="Ids">Code of each particle.</param>
/// <param name="Rebuilt">Transformed features, row-major, shape [particles, features].</param>
/// <param name="Distances">Mean squared distance a number between what the encoder gave and the code, shape [particles]; empty where there is no encoder.</param>
internal sealed record CodedJets(int[] Ids, float[] Rebuilt, float[] Distances);
