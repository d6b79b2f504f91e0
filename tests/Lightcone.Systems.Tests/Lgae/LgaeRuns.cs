using Lightcone.Systems;
using Lightcone.Systems.Lgae;
using Lightcone.Systems.LorentzNet;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;

namespace Lightcone.Tests.Lgae;

/// <summary>Runs of small networks that were never trained.</summary>
internal static class LgaeRuns
{
    public static LgaeRecipe Small { get; } = new()
    {
        Network = Precision.Float64, EncoderChannels = new([3, 4, 3]), DecoderChannels = new([3, 4, 3]), RadialTerms = 3, LatentVectors = 3, LatentScalars = 1, Slots = 12,
    };

    /// <summary>The published network of one or two levels.</summary>
    public static LgaeRecipe Published { get; } = Small with { Mode = LgaeMode.Reference, Frame = LgaeFrame.Laboratory, MlpDepth = 2, MlpWidth = 2 };

    /// <summary>A run whose weights are fresh, times a factor.</summary>
    public static Run In(string folder, LgaeRecipe recipe, double loudness = 1)
    {
        torch.manual_seed(1);
        using var core = LgaeCore.For(recipe);
        var run = Run.Create(folder, recipe, Provenance.OfThisProcess(1, mklAnyCpu: false), "");
        Safetensors.Write(run.BestPath, core.State.ToWeights().Select(t => Times(t, t.Name.Contains("weights.", StringComparison.Ordinal) ? loudness : 1)).ToList(), new Dictionary<string, string> { ["system"] = "lgae" });
        return run;
    }

    private static WeightTensor Times(WeightTensor tensor, double factor) => WeightTensor.FromDouble(tensor.Name, tensor.Shape, [.. tensor.ToDouble().Select(v => factor * v)]);
}
