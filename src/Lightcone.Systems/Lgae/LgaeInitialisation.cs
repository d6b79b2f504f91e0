using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Lgae;

/// <summary>How weights begin: each sum of products keeps the size of what enters it.</summary>
internal static class LgaeInitialisation
{
    /// <summary>Normal numbers of mean 0, float32, from the engine's global generator.</summary>
    public static Tensor Normal(long[] shape, double deviation) => randn(shape).TimesInPlace(deviation);

    /// <summary>A mixing weight [outputs, inputs]: variance 1/inputs; with the published initialisation its gain instead, which shrinks with the representation.</summary>
    public static Tensor Mixing(LgaeRecipe recipe, int outputs, int inputs, int spin) => Normal([outputs, inputs],
        recipe.Defects.Has(LgaeDefect.PublishedInitialisation)
            ? 1.0 / Math.Max(2, Math.Max(outputs, inputs)) / Math.Pow(10, spin)
            : 1 / Math.Sqrt(inputs));
}
