using Lightcone.Systems.LorentzNet;
using Lightcone.Weights;

namespace Lightcone.Tests.Parity;

/// <summary>The published networks (GPL-3, read from beside the checkout, never copied into it).</summary>
internal static class PublishedWeights
{
    public static (LorentzNetNetwork Network, LorentzNetRecipe Recipe) Load(string name, Func<LorentzNetRecipe, LorentzNetRecipe> change)
    {
        string path = Path.Combine(Repository.Shared ?? "", "reference", "lorentznet", "weights", $"{name}_published.safetensors");
        Assert.SkipUnless(File.Exists(path), "The published weights are not beside this checkout.");
        var recipe = change(new LorentzNetRecipe
        {
            Inputs = name == "top" ? LorentzNetInputs.Top : LorentzNetInputs.QuarkGluon,
            CoordinateWeight = name == "top" ? 0.005 : 0.001,
            Clamp = 100,
        });
        var network = new LorentzNetNetwork(recipe);
        network.State.Load(Safetensors.ReadAll(path));
        return (network, recipe);
    }
}
