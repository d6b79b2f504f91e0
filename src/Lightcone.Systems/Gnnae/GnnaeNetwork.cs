using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Gnnae;

/// <summary>
/// GNNAE (arXiv:2212.07347, appendix): a graph network turns constituents into latent numbers, of the jet or of each constituent, and a second one turns
/// them back. It has no Lorentz symmetry; it is what the LGAE is compared with.
/// </summary>
internal sealed class GnnaeNetwork : IDisposable
{
    private readonly GnnaeRecipe recipe;
    private readonly MessagePassing encoder, decoder;

    /// <summary>Creates the network with fresh weights from the engine's global generator.</summary>
    public GnnaeNetwork(GnnaeRecipe recipe)
    {
        this.recipe = recipe;
        State = new NetworkState(recipe.Network.ToScalarType());
        bool jet = recipe.Level == GnnaeLevel.Jet, reference = recipe.Mode == GnnaeMode.Reference;
        // At particle level a linear layer follows, so that the encoder's last layer is a hidden one.
        encoder = new MessagePassing(State, "encoder", jet ? recipe.Latent : MessagePassing.LastWidth, activatesOutput: reference || !jet);
        if (!jet) State.AddLinear("encoder.mix_layer", MessagePassing.LastWidth, recipe.Latent);
        State.AddLinear("decoder.linear", recipe.Latent, jet ? MessagePassing.InputWidth * recipe.Slots : MessagePassing.InputWidth);
        decoder = new MessagePassing(State, "decoder", GnnaeInputs.Features, activatesOutput: reference);
    }

    /// <summary>The weights.</summary>
    public NetworkState State { get; }

    /// <summary>Latent numbers, shape [jets, latent] or, at particle level, [jets, slots, latent]; zero for an empty jet or slot in corrected mode.</summary>
    /// <param name="nodes">Constituents, shape [jets, slots, 3].</param>
    /// <param name="mask">1 for a constituent, 0 for an empty slot, shape [jets, slots]; null when none is empty.</param>
    public Tensor Encode(Tensor nodes, Tensor? mask)
    {
        var x = encoder.Apply(nodes, mask);
        if (recipe.Level == GnnaeLevel.Particle) return Masked(linear(x, State["encoder.mix_layer.weight"], State["encoder.mix_layer.bias"]), mask);
        if (mask is null) return x.mean([1]);
        return Masked(x, mask).sum(dim: 1) / mask.sum(dim: 1, keepdim: true).clamp_min(Arithmetic.One);
    }

    /// <summary>Constituents from latent numbers, shape [jets, slots, 3]; zero for an empty slot.</summary>
    /// <param name="latents">What <see cref="Encode"/> gives.</param>
    /// <param name="slots">Constituents to make, at most the recipe's.</param>
    /// <param name="mask">As for <see cref="Encode"/>.</param>
    public Tensor Decode(Tensor latents, long slots, Tensor? mask)
    {
        Tensor weight = State["decoder.linear.weight"], bias = State["decoder.linear.bias"];
        long rows = recipe.Level == GnnaeLevel.Jet ? MessagePassing.InputWidth * slots : MessagePassing.InputWidth;
        var x = linear(latents, weight.narrow(0, 0, rows), bias.narrow(0, 0, rows)).reshape(latents.shape[0], slots, MessagePassing.InputWidth);
        return Masked(decoder.Apply(x, mask), mask);
    }

    /// <inheritdoc/>
    public void Dispose() => State.Dispose();

    private static Tensor Masked(Tensor values, Tensor? mask) => mask is null ? values : values * mask.unsqueeze(2);
}
