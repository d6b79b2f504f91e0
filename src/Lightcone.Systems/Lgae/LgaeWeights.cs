using Lightcone.Training.Recipes;
using Lightcone.Weights;

namespace Lightcone.Systems.Lgae;

/// <summary>
/// Weights of the published code: one state of encoder and decoder together, names behind <c>encoder.</c> and <c>decoder.</c>, as safetensors or as a PyTorch
/// archive, read by a restricted reader that builds tensors and nothing else. Sizes are read off the tensors.
/// </summary>
internal static class LgaeWeights
{
    private const string Scalar = "(0, 0)", Vector = "(1, 1)", Tensor = "(2, 2)";
    private const int MostLevels = 16, LargestExtent = 1 << 16;

    /// <summary>Reads weights and the recipe they belong to; <paramref name="settings"/> (<c>name=value</c>) change the recipe.</summary>
    /// <exception cref="InputDataException">The file is no published LGAE.</exception>
    public static (LgaeRecipe Recipe, WeightSet Weights) Read(string path, LgaeRecipe published, IEnumerable<string> settings)
    {
        var weights = path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? Safetensors.ReadAll(path) : TorchArchive.Read(path);
        long[] Shape(string name, int rank)
        {
            if (!weights.Contains(name) || weights[name].Shape.Length != rank || weights[name].Shape.Any(n => n is < 1 or > LargestExtent))
                throw Foreign(path, $"{name} with {rank} extents is missing.");
            return weights[name].Shape;
        }

        var up = Channels(weights, "encoder", Shape);
        var down = Channels(weights, "decoder", Shape);
        long slots = Shape($"decoder.latent_to_graph.weights.{Vector}", 3)[1], latent = Shape($"decoder.latent_to_graph.weights.{Vector}", 3)[2];
        long[] vectors = Shape($"encoder.mix_reps.weights.{Vector}", 3), scalars = Shape($"encoder.mix_reps.weights.{Scalar}", 3);
        long inner = vectors[2];
        int depth = Count(weights, "encoder.lgn_cg.mlp_levels.0.linear.{0}.weight");
        var recipe = published with
        {
            MaxDim = weights.Contains($"encoder.mix_reps.weights.{Tensor}") ? 3 : 2,
            Pooling = inner == up[^1] * slots ? LgaePooling.Mix : latent == 2 * vectors[1] ? LgaePooling.MinMax : LgaePooling.Mean,
            EncoderChannels = new(up),
            DecoderChannels = new(down),
            Slots = (int)Math.Min(slots, 1024),
            RadialTerms = (int)Shape("encoder.rad_funcs.rad_funcs.0.a", 4)[3] / 2,
            MlpDepth = depth - 1,
            MlpWidth = (int)(Shape("encoder.lgn_cg.mlp_levels.0.linear.0.weight", 2)[0] / Shape("encoder.lgn_cg.mlp_levels.0.linear.0.weight", 2)[1]),
            LatentScalars = (int)scalars[1],
            LatentVectors = (int)vectors[1],
        };
        try
        {
            LgaePublished.Settings(recipe).Validate();
        }
        catch (UsageException e)
        {
            throw Foreign(path, e.Message);
        }

        foreach (string setting in settings) recipe = RecipeFile.Set(recipe, setting);
        return (recipe, weights);
    }

    // Channels after the input mixing and after each level.
    private static List<int> Channels(WeightSet weights, string half, Func<string, int, long[]> shape)
    {
        var channels = new List<int> { (int)shape($"{half}.input_func_node.weights.{Vector}", 3)[1] };
        int levels = Count(weights, half + ".lgn_cg.node_levels.{0}.cat_mix.mix_reps.weights." + Vector);
        for (int l = 0; l < levels; l++)
        {
            // What a level mixes and what its scalars pass are the largest tensors: they are there before a network of that size is made.
            long[] mixing = shape($"{half}.lgn_cg.node_levels.{l}.cat_mix.mix_reps.weights.{Vector}", 3);
            int depth = Count(weights, $"{half}.lgn_cg.mlp_levels.{l}.linear.{{0}}.weight");
            long[] first = shape($"{half}.lgn_cg.mlp_levels.{l}.linear.0.weight", 2);
            bool fits = mixing[2] >= 2L * channels[^1] && first[1] == 2 * mixing[1];
            for (int m = 1; m < depth; m++) fits &= shape($"{half}.lgn_cg.mlp_levels.{l}.linear.{m}.weight", 2) is var s && s[1] == first[0] && s[0] == (m == depth - 1 ? first[1] : first[0]);
            if (!fits) throw new InputDataException($"Level {l} of the {half} has tensors that do not fit each other.", weights.Origin, "The file is damaged, or of another network.", "Export the weights again.");
            channels.Add((int)mixing[1]);
        }

        return channels;
    }

    private static int Count(WeightSet weights, string pattern)
    {
        int count = 0;
        while (count < MostLevels && weights.Contains(pattern.Replace("{0}", count.ToString(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal))) count++;
        return count;
    }

    private static InputDataException Foreign(string path, string why) =>
        new($"These are not a published LGAE's weights: {why}", path, "Weights of another network, or of one half only.", "Name one file with encoder.… and decoder.… tensors, .pt or .safetensors.");
}
