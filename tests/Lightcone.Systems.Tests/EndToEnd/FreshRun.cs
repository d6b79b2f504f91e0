using Lightcone.Systems.LorentzNet;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>A run of a tiny network that was never trained: enough for commands that only need weights.</summary>
internal static class FreshRun
{
    public static Run In(string folder)
    {
        var recipe = new LorentzNetRecipe { Hidden = 4, Layers = 1 };
        torch.manual_seed(1);
        using var network = new LorentzNetNetwork(recipe);
        var run = Run.Create(folder, recipe, Provenance.OfThisProcess(1, mklAnyCpu: false), "");
        Safetensors.Write(run.BestPath, network.State.ToWeights().ToList(), new Dictionary<string, string> { ["system"] = "lorentznet" });
        return run;
    }
}
