using Lightcone.Training;
using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>The published encoder (arXiv:2212.07347, §3.2).</summary>
internal sealed class ReferenceEncoder(NetworkState state, ReferenceProducts products, LgaeReferenceSettings settings)
{
    /// <summary>Prefix of the encoder's parameters.</summary>
    public const string Half = "encoder.";

    /// <summary>What the published code adds to d_ij; it makes a slot its own neighbour.</summary>
    private const double IntervalFloor = 1e-16;

    private readonly int levels = settings.EncoderChannels.Count - 1;

    /// <summary>Latents: scalars [τ_s, 2, 1, B], absent unless <paramref name="complete"/>, and vectors [τ_v, 2, 4, B].</summary>
    /// <param name="momenta">[B, N, 4], float64.</param>
    /// <param name="mask">[B, N], 1 for real particles.</param>
    /// <param name="complete">Also what no loss depends on: scalars of the last level.</param>
    /// <param name="probe">Sees everything on the way; needs <paramref name="complete"/>.</param>
    public (Tensor? Scalars, Tensor Vectors) Encode(Tensor momenta, Tensor mask, bool complete, FeatureProbe? probe = null)
    {
        var p = momenta.permute(2, 0, 1).contiguous();
        var (distances, particles) = (Intervals(p).abs().view(-1).to(state.DType), mask.ne(zeros(1, mask.dtype)).to(ScalarType.Byte).view(-1));
        var p4 = p.to(state.DType).view(1, 1, 4, -1);
        var edges = ReferenceLevel.Centred(p).to(state.DType).view(1, 1, 4, -1);
        var features = new Features();
        features.Add(Irrep.Vector, Input(Irrep.Vector, p4));
        features.Add(Irrep.Scalar, Input(Irrep.Scalar, MassScale(p).to(state.DType).view(1, 1, 1, -1)));
        if (probe is not null)
            foreach (var c in features.Order) probe("level0", c, features[c]);
        for (int l = 0; l < levels; l++)
        {
            var filters = new BellFilters(state, $"{Half}rad_funcs.rad_funcs.{l}", distances, particles, settings.Slots);
            bool all = complete || l < levels - 1;
            features = new ReferenceLevel(state, products, settings, Half, l).Apply(features, edges, filters, all ? Irreps.OfLevel(l + 1, settings.MaxDim) : [Irrep.Vector], probe);
        }

        return (complete ? Latent(features, Irrep.Scalar, probe) : null, Latent(features, Irrep.Vector, probe));
    }

    /// <summary>d_ij = 2 ΔE² − (ΔE² + Δp²) + 10⁻¹⁶ with Δ = p_i − p_j, in this order of operations; p is [4, B, N], the result [B, N, N].</summary>
    public static Tensor Intervals(Tensor p)
    {
        var squares = (p.unsqueeze(3) - p.unsqueeze(2)).Squared();
        return (squares[0].Times(2) - (squares[0].Plus(squares[1]).Plus(squares[2]).Plus(squares[3]))).Plus(IntervalFloor);
    }

    /// <summary>√|p²| of each particle, in the published order of operations, which decides how its rounding looks for nearly massless particles; [B, N].</summary>
    private static Tensor MassScale(Tensor p)
    {
        var squares = p.Squared();
        return (squares[0].Times(2) - (squares[0].Plus(squares[1]).Plus(squares[2]).Plus(squares[3]))).abs().sqrt();
    }

    private Tensor Input(Irrep irrep, Tensor values) => ComplexPlanes.Mix(state[$"{Half}input_func_node.weights.{irrep.Key()}"], values);

    private Tensor Latent(Features features, Irrep irrep, FeatureProbe? probe)
    {
        var weight = state[$"{Half}mix_reps.weights.{irrep.Key()}"];
        var x = features[irrep];
        int d = irrep.Dimension();
        if (settings.Pooling == ReferencePooling.Mix)
        {
            // Slots become channels, the slot slow.
            var flat = x.view(x.shape[0], 2, d, -1, settings.Slots).permute(4, 0, 1, 2, 3).reshape(settings.Slots * x.shape[0], 2, d, -1);
            var mixed = ComplexPlanes.Mix(weight, flat);
            probe?.Invoke("latent_nodes", irrep, mixed);
            return mixed;
        }

        var slots = ComplexPlanes.Mix(weight, x);
        probe?.Invoke("latent_nodes", irrep, slots);
        return LatentPooling.Pool(settings.Pooling, slots.view(slots.shape[0], 2, d, -1, settings.Slots));
    }
}
