using Lightcone.Systems.Lgae.Kernels;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Lgae;

/// <summary>
/// The Lorentz group autoencoder (arXiv:2212.07347) in real Cartesian components: an encoder of messages between constituents, a latent
/// representation of scalars and four-vectors, and a decoder of messages between the constituents it has drawn up from them. Every output four-vector
/// is equivariant under the proper Lorentz group; nothing depends on padding, and with every pooling but Mix nothing depends on the constituents' order.
/// </summary>
internal sealed class LgaeNetwork : IDisposable
{
    /// <summary>Typical numbers of neighbours, by which aggregated features begin divided.</summary>
    private const double EncoderMultiplicity = 22, DecoderMultiplicity = 30;

    /// <summary>Scalars of a constituent that enter: a constant and its product with the jet's four-momentum.</summary>
    private const int InputScalars = 2;

    /// <summary>Four-vectors of a constituent that enter: its own and the jet's.</summary>
    private const int InputVectors = 2;

    private readonly LgaeRecipe recipe;
    private readonly List<LgaeLevel> encoder = [], decoder = [];
    private readonly LgaeLatentPooling pooling;
    private readonly RadialMessages messages;

    /// <summary>Creates the network with fresh weights from the engine's global generator.</summary>
    public LgaeNetwork(LgaeRecipe recipe)
    {
        this.recipe = recipe;
        Type = recipe.Network.ToScalarType();
        State = new NetworkState(Type);
        messages = RadialMessages.For(fused: recipe.Kernel == KernelChoice.Auto && recipe.Network == Precision.Float32);
        var (up, down) = (recipe.EncoderChannels.Values, recipe.DecoderChannels.Values);
        State.AddParameter("encoder.input.scalars", LgaeInitialisation.Mixing(recipe, up[0], InputScalars, spin: 0));
        State.AddParameter("encoder.input.vectors", LgaeInitialisation.Mixing(recipe, up[0], InputVectors, spin: 1));
        for (int l = 1; l < up.Count; l++)
            encoder.Add(new LgaeLevel(State, recipe, $"encoder.level{l}", up[l - 1], up[l], EncoderMultiplicity, constantFilters: false, Tensors(l, up)));
        pooling = new LgaeLatentPooling(State, recipe, up[^1]);
        AddDecoderInput(down[0]);
        for (int l = 1; l < down.Count; l++)
            decoder.Add(new LgaeLevel(State, recipe, $"decoder.level{l}", down[l - 1], down[l], DecoderMultiplicity, recipe.Defects.Has(LgaeDefect.ConstantDecoder), Tensors(l, down)));
        State.AddParameter("decoder.output.vectors", LgaeInitialisation.Mixing(recipe, 1, down[^1] + 1, spin: 1));
        State.AddParameter("decoder.output.gate", LgaeInitialisation.Normal([1, down[^1]], 1 / Math.Sqrt(down[^1])));
    }

    /// <summary>Parameters.</summary>
    public NetworkState State { get; }

    /// <summary>Element type of the learned layers.</summary>
    public ScalarType Type { get; }

    /// <summary>The latent representation of every jet.</summary>
    public LgaeLatent Encode(LgaeInputs jets)
    {
        var axes = jets.Jets.index_select(0, jets.JetOfNode);
        // The product with the jet is a sum of positive terms; as large minus large it can fall below zero.
        using Scalar nothing = 0.0.ToScalar();
        var product = LgaeProducts.Dot(jets.Momenta.unsqueeze(2), axes.unsqueeze(2)).clamp_min(nothing);
        var scalars = cat([ones_like(product), product.Times(1 / (10 * recipe.IntervalScale)).log1p().Times(1 / 8.0)], -1).to(Type);
        var vectors = stack([jets.Momenta, axes], -1).to(Type);
        var features = new LgaeFeatures(linear(scalars, State["encoder.input.scalars"]), linear(vectors, State["encoder.input.vectors"]));
        foreach (var level in encoder) features = level.Apply(features, jets.Momenta, jets.Offsets, messages);
        return pooling.Pool(features, jets);
    }

    /// <summary>Four-momenta of the jets' constituents in the network's unit and frame, shape [nodes, 4].</summary>
    /// <param name="latent">The latent representation.</param>
    /// <param name="offsets">First constituent of each jet, then their number, shape [jets + 1]: how many each jet is rebuilt with.</param>
    public Tensor Decode(LgaeLatent latent, int[] offsets)
    {
        var nodes = tensor(Nodes(offsets));
        int c = recipe.DecoderChannels.Values[0];
        var drawn = linear(latent.Vectors, State["decoder.input.vectors"]).transpose(1, 2).reshape(-1, 4).index_select(0, nodes); // [nodes, 4]
        var scalars = DecoderScalars(latent).reshape(-1, c).index_select(0, nodes);
        var vectors = drawn.unsqueeze(2) * State["decoder.input.channels"];
        var features = new LgaeFeatures(scalars, vectors);
        var positions = drawn.to(ScalarType.Float64);
        foreach (var level in decoder) features = level.Apply(features, positions, offsets, messages);
        // Between a half and three halves: a gate that can close is closed for good when its tanh saturates, and then nothing learns.
        var gate = linear(features.Scalars, State["decoder.output.gate"]).tanh().Times(0.5).Plus(1);
        return linear(cat([features.Vectors, drawn.unsqueeze(2)], -1), State["decoder.output.vectors"]).squeeze(2) * gate;
    }

    /// <summary>Throws what a backward pass could not throw itself; call it after each.</summary>
    public void AfterBackward() => messages.AfterBackward();

    /// <inheritdoc/>
    public void Dispose()
    {
        State.Dispose();
        messages.Dispose();
    }

    private bool UsesScalars => recipe.AllScalars > 0 && !recipe.Defects.Has(LgaeDefect.UnusedScalars);

    private int Invariants => recipe.AllVectors * (recipe.AllVectors + 1) / 2 + (UsesScalars ? recipe.AllScalars : 0);

    private void AddDecoderInput(int channels)
    {
        State.AddParameter("decoder.input.vectors", LgaeInitialisation.Mixing(recipe, recipe.Slots, recipe.AllVectors, spin: 1));
        State.AddParameter("decoder.input.channels", LgaeInitialisation.Normal([channels], 1));
        int hidden = recipe.MlpWidth * channels;
        State.AddParameter("decoder.input.mlp.0.weight", LgaeInitialisation.Normal([hidden, Invariants], 1 / Math.Sqrt(Invariants)));
        State.AddParameter("decoder.input.mlp.0.bias", zeros(hidden));
        State.AddParameter("decoder.input.mlp.1.weight", LgaeInitialisation.Normal([recipe.Slots * channels, hidden], 1 / Math.Sqrt(hidden)));
        State.AddParameter("decoder.input.mlp.1.bias", LgaeInitialisation.Normal([recipe.Slots * channels], 1));
    }

    // Scalars of all slots, [jets, slots · channels], from the latent scalars and all products of latent four-vectors.
    private Tensor DecoderScalars(LgaeLatent latent)
    {
        var v = latent.Vectors;
        var metric = tensor((double[])[1, -1, -1, -1], [1, 4, 1]).to(Type);
        var gram = bmm(v.transpose(1, 2), v * metric).flatten(1).index_select(1, tensor(UpperTriangle(recipe.AllVectors)));
        var invariants = LgaeProducts.Psi(gram.Times(1 / (10 * recipe.IntervalScale))).Times(1 / 8.0);
        if (UsesScalars) invariants = cat([latent.Scalars, invariants], 1);
        var hidden = leaky_relu(linear(invariants, State["decoder.input.mlp.0.weight"], State["decoder.input.mlp.0.bias"]), 0.01);
        return LgaeProducts.Psi(linear(hidden, State["decoder.input.mlp.1.weight"], State["decoder.input.mlp.1.bias"]));
    }

    private long[] Nodes(int[] offsets)
    {
        var nodes = new long[offsets[^1]];
        for (int jet = 0; jet + 1 < offsets.Length; jet++)
            for (int n = offsets[jet]; n < offsets[jet + 1]; n++) nodes[n] = (long)jet * recipe.Slots + n - offsets[jet];
        return nodes;
    }

    private static long[] UpperTriangle(int size) =>
        [.. Enumerable.Range(0, size).SelectMany(a => Enumerable.Range(a, size - a).Select(b => (long)a * size + b))];

    // Tensors are made by the first level and read by the last: latent space and output hold scalars and four-vectors only.
    private LgaeTensorFlow Tensors(int level, IReadOnlyList<int> channels) => new(recipe.MaxDim == 3 && level > 1, recipe.MaxDim == 3 && level < channels.Count - 1);
}
