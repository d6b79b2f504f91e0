using Lightcone.Training;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>
/// The published decoder (arXiv:2212.07347, §3.3). Every slot starts from the scalar 1 + i, whatever the latent scalars are, and the filters are constants, so that a
/// level costs as much as its slots, not its pairs.
/// </summary>
internal sealed class ReferenceDecoder(NetworkState state, ReferenceProducts products, LgaeReferenceSettings settings)
{
    /// <summary>Prefix of the decoder's parameters.</summary>
    public const string Half = "decoder.";

    private readonly int levels = settings.DecoderChannels.Count - 1;

    /// <summary>Complex momenta of all slots, [2, B, N, 4].</summary>
    /// <param name="vectors">Latent vectors, [τ, 2, 4, B].</param>
    /// <param name="complete">Also what no loss depends on; for <paramref name="probe"/>.</param>
    /// <param name="probe">Sees everything on the way.</param>
    public Tensor Decode(Tensor vectors, bool complete = false, FeatureProbe? probe = null)
    {
        long jets = vectors.shape[3];
        var graph = ComplexPlanes.Mix(state[$"{Half}latent_to_graph.weights.{Irrep.Vector.Key()}"], vectors);
        Tensor slots = graph.permute(1, 2, 3, 0), p = slots.reshape(1, 2, 4, -1), edges = ReferenceLevel.Centred(slots).reshape(1, 2, 4, -1);
        var onePlusI = ones([1, 2, 1, p.shape[3]], state.DType);
        var features = new Features();
        features.Add(Irrep.Vector, Input(Irrep.Vector, p, probe));
        features.Add(Irrep.Scalar, Input(Irrep.Scalar, onePlusI, probe));
        for (int l = 0; l < levels; l++)
        {
            var filters = new ConstantFilters(state, $"{Half}rad_funcs.rad_funcs.{l}", settings.Slots);
            bool all = complete || l < levels - 1;
            features = new ReferenceLevel(state, products, settings, Half, l).Apply(features, edges, filters, all ? Irreps.OfLevel(l + 1, settings.MaxDim) : [Irrep.Vector], probe);
        }

        var output = ComplexPlanes.Mix(state[$"{Half}mix_to_output.weights.{Irrep.Vector.Key()}"], features[Irrep.Vector]);
        return output.view(2, 4, jets, settings.Slots).permute(0, 2, 3, 1);
    }

    private Tensor Input(Irrep irrep, Tensor values, FeatureProbe? probe)
    {
        var mixed = ComplexPlanes.Mix(state[$"{Half}input_func_node.weights.{irrep.Key()}"], values);
        probe?.Invoke("input_nodes", irrep, values);
        probe?.Invoke("level0", irrep, mixed);
        return mixed;
    }
}
