using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training;
using Lightcone.Training.Engine;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>Small networks on toy jets, in float64 so that rounding is far below every limit.</summary>
internal static class ToyModels
{
    /// <summary>Targets that stand alone; tokens of an autoencoder have the head of <see cref="TargetKind.KMeans"/>.</summary>
    public static readonly TargetKind[] Targets = [TargetKind.KMeans, TargetKind.Regression, TargetKind.Flow];

    /// <summary>Both layouts.</summary>
    public static readonly HidingLayout[] Layouts = [HidingLayout.Removed, HidingLayout.Replaced];

    /// <summary>A network of pre-training with everything that a large one has.</summary>
    public static MpmRecipe Recipe(TargetKind target, HidingLayout hiding, int width = 16) => new()
    {
        Target = new(target, ""), Hiding = hiding, Network = Precision.Float64, Width = width, Layers = 2, Heads = 2, Registers = 2, HeadNorm = true, DecoderWidth = width / 2, DecoderLayers = 1, DecoderHeads = 2,
        Clusters = 12,
    };

    /// <summary>A classifier with the same encoder.</summary>
    public static FineTuneRecipe Classifier(ClassifierHead head, int width = 16) => new()
    {
        Head = head, Network = Precision.Float64, Width = width, Layers = 2, Heads = 2, Registers = 2, HeadNorm = true, HeadWidth = width / 2, HeadHeads = 2, HeadDropout = 0,
    };

    /// <summary>How toy jets are read.</summary>
    public static Preprocessing Reading(MpmRecipe recipe, ulong seed)
    {
        using var jets = new InMemorySource(ToyParticles.Jets(ToyParticles.Multiplicities(100, seed), seed), ToyParticles.Schema);
        return Preprocessing.Fit(jets, recipe.Inputs, recipe.Constituents);
    }

    /// <summary>Pre-training of fresh weights, drawn by the seed. The caller disposes it.</summary>
    public static MpmTask Task(MpmRecipe recipe, Preprocessing preprocessing, ulong seed)
    {
        manual_seed((long)seed);
        if (recipe.Target.Kind != TargetKind.KMeans) return new(recipe, preprocessing, null);
        using var jets = new InMemorySource(ToyParticles.Jets(ToyParticles.Multiplicities(100, seed), seed), ToyParticles.Schema);
        return new(recipe, preprocessing, KMeansTokenizer.Fit(jets, preprocessing, recipe.Clusters, seed));
    }

    /// <summary>Moves every weight a little, so that none is at a special value such as the zeros of fresh offsets.</summary>
    public static void Loosen(NetworkState state, ulong seed)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        foreach (var (name, parameter) in state.Parameters)
        {
            var random = new RandomStream(seed, name, 0, 0);
            double[] moves = new double[parameter.numel()];
            for (int i = 0; i < moves.Length; i++) moves[i] = 0.2 * random.NextGaussian();
            parameter.PlusInPlace(tensor(moves, parameter.shape).to(parameter.dtype), 1);
        }
    }

    /// <summary>Some steps of the optimiser on one batch.</summary>
    /// <param name="task">What is trained.</param>
    /// <param name="jets">The batch.</param>
    /// <param name="steps">Number of steps.</param>
    /// <param name="rate">Learning rate; it falls to zero along a cosine.</param>
    /// <param name="seed">Of the engine's generator before a step.</param>
    /// <returns>The loss before the last step.</returns>
    public static double Train(ITrainingTask task, JetBatch jets, int steps, double rate, Func<int, long> seed)
    {
        using var optimiser = new AdamW(task.Network, 0.9, 0.95, 1e-8, 0);
        double value = double.NaN;
        for (int step = 0; step < steps; step++)
        {
            using var scope = NewDisposeScope();
            manual_seed(seed(step));
            optimiser.ZeroGradients();
            var loss = task.Loss(jets);
            loss.backward();
            task.AfterBackward();
            optimiser.ClipGradients(1);
            optimiser.Step(rate * 0.5 * (1 + Math.Cos(Math.PI * step / steps)));
            value = loss.detach().to(ScalarType.Float64).item<double>();
        }

        return value;
    }
}
