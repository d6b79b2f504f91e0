using Lightcone.Training.Recipes;
using Lightcone.Weights;

namespace Lightcone.Systems.LorentzNet;

/// <summary>
/// Published LorentzNet weights: safetensors, or the PyTorch archive as released, read by a restricted reader that builds tensors and nothing else.
/// The size of the network is read off the tensors; what is not stored (c, clamp) gets the published values.
/// </summary>
internal static class LorentzNetWeights
{
    private const string PublishedPrefix = "module.";

    /// <summary>Reads weights and the recipe they belong to; <paramref name="settings"/> (<c>name=value</c>) change the recipe.</summary>
    /// <exception cref="InputDataException">The file is no LorentzNet.</exception>
    public static (LorentzNetRecipe Recipe, WeightSet Weights) Read(string path, IEnumerable<string> settings)
    {
        var weights = (path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase) ? Safetensors.ReadAll(path) : TorchArchive.Read(path)).WithoutPrefix(PublishedPrefix);
        if (!weights.Contains("embedding.weight") || weights["embedding.weight"].Shape is not [var hidden and > 0 and <= 4096, var scalars and (2 or 8)])
            throw new InputDataException("These are not LorentzNet's weights: embedding.weight [hidden, 2 or 8] is missing.", path, "Weights of another network.", "Name a LorentzNet file, .pt or .safetensors.");
        int layers = weights.Select(w => w.Name).Where(n => n.StartsWith("LGEBs.", StringComparison.Ordinal)).Select(n => n.Split('.')[1]).Distinct().Count();
        if (layers is 0 or > 64)
            throw new InputDataException($"These are not LorentzNet's weights: they have {layers} blocks.", path, "Weights of another network, or a part of them.", "Name a LorentzNet file, .pt or .safetensors.");
        // A network is made only of a size that the file really fills: every block has a matrix of [hidden, hidden].
        for (int l = 0; l < layers; l++)
            if (!weights.Contains($"LGEBs.{l}.phi_e.3.weight") || !weights[$"LGEBs.{l}.phi_e.3.weight"].Shape.AsSpan().SequenceEqual([hidden, hidden]))
                throw new InputDataException($"These are not LorentzNet's weights: LGEBs.{l}.phi_e.3.weight [{hidden}, {hidden}] is missing.", path, "Weights of another network, or a part of them.", "Name a LorentzNet file, .pt or .safetensors.");
        bool top = scalars == 2;
        var recipe = new LorentzNetRecipe
        {
            Inputs = top ? LorentzNetInputs.Top : LorentzNetInputs.QuarkGluon,
            Hidden = (int)hidden,
            Layers = layers,
            CoordinateWeight = top ? 0.005 : 0.001,
            Clamp = 100,
            BatchNormRows = BatchNormRows.All,
        };
        foreach (string setting in settings) recipe = RecipeFile.Set(recipe, setting);
        return (recipe, weights);
    }
}
