using Lightcone.Training;
using Lightcone.Training.Engine;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae.Reference;

/// <summary>Creates the parameters of both halves under the published names, with the published distributions.</summary>
internal static class ReferenceParameters
{
    /// <summary>Adds all parameters, encoder first, drawn from the engine's global generator.</summary>
    public static void Add(NetworkState state, LgaeReferenceSettings s)
    {
        int perSlot = s.Pooling == ReferencePooling.Mix ? s.Slots : 1, last = s.EncoderChannels[^1] * perSlot;
        var final = Irreps.OfLevel(s.EncoderChannels.Count - 1, s.MaxDim);
        AddHalf(state, s, ReferenceEncoder.Half, s.EncoderChannels, planes: 2);
        foreach (var irrep in final.Order())
            AddMixing(state, $"{ReferenceEncoder.Half}mix_reps", irrep, last, irrep switch { Irrep.Scalar => s.LatentScalars, Irrep.Vector => s.LatentVectors, _ => 1 });
        AddMixing(state, $"{ReferenceDecoder.Half}latent_to_graph", Irrep.Scalar, s.LatentScalars * s.PoolingCount, s.Slots);
        AddMixing(state, $"{ReferenceDecoder.Half}latent_to_graph", Irrep.Vector, s.LatentVectors * s.PoolingCount, s.Slots);
        AddHalf(state, s, ReferenceDecoder.Half, s.DecoderChannels, planes: 1);
        foreach (var irrep in Irreps.OfLevel(s.DecoderChannels.Count - 1, s.MaxDim).Order())
            AddMixing(state, $"{ReferenceDecoder.Half}mix_to_output", irrep, s.DecoderChannels[^1], 1);
    }

    // The encoder's radial maps have one output for each plane, the decoder's one map serves both.
    private static void AddHalf(NetworkState state, LgaeReferenceSettings s, string half, IReadOnlyList<int> channels, int planes)
    {
        int bells = 2 * s.BasisFunctions;
        foreach (var irrep in (Irrep[])[Irrep.Scalar, Irrep.Vector]) AddMixing(state, $"{half}input_func_node", irrep, 1, channels[0]);
        for (int l = 0; l < channels.Count - 1; l++)
        {
            string radial = $"{half}rad_funcs.rad_funcs.{l}";
            foreach (string letter in (string[])["a", "b", "c"]) state.AddParameter($"{radial}.{letter}", randn([1, 1, 1, bells], ScalarType.Float64));
            foreach (int edge in (int[])[0, 1]) state.AddLinear($"{radial}.linear.{edge}", bells, planes * channels[l]);
            var order = Irreps.OfLevel(l, s.MaxDim);
            foreach (var irrep in Irreps.OfLevel(l + 1, s.MaxDim).Order())
                AddMixing(state, $"{half}lgn_cg.node_levels.{l}.cat_mix.mix_reps", irrep, Blocks(order, irrep, s.MaxDim) * channels[l], channels[l + 1]);
            int reals = 2 * channels[l + 1], width = s.MlpWidth * reals;
            for (int m = 0; m <= s.MlpDepth; m++)
                state.AddLinear($"{half}lgn_cg.mlp_levels.{l}.linear.{m}", m == 0 ? reals : width, m == s.MlpDepth ? reals : width);
        }
    }

    // Columns of a level's mixing in units of its channels: products with edges (a scalar and a vector), the features, products with themselves.
    private static int Blocks(IReadOnlyList<Irrep> order, Irrep c, int maxDim)
    {
        int blocks = order.Count(a => a == c);
        foreach (var a in order)
            foreach (var b in order.Concat([Irrep.Scalar, Irrep.Vector])) blocks += Irreps.InProduct(a, b, maxDim).Count(p => p == c);
        return blocks;
    }

    // Both planes normal, times 1 / max(2, outputs, inputs), a further 10⁻ᵏ for irreps (k, k): fresh networks return next to nothing, as published.
    private static void AddMixing(NetworkState state, string name, Irrep irrep, int inputs, int outputs)
    {
        var (k, n) = irrep.Spins();
        double gain = 1.0 / Math.Max(2, Math.Max(outputs, inputs)) / (k == n ? Math.Pow(10, k) : 1);
        using var drawn = randn([2, outputs, inputs], ScalarType.Float64);
        state.AddParameter($"{name}.weights.{irrep.Key()}", drawn.Times(gain));
    }
}
