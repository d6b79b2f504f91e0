using Lightcone.Evaluation;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>Whether the network is the one that is described, its gradients are those of its loss, and it can learn.</summary>
internal static class BuildCheck
{
    /// <summary>Largest token loss [nats] of jets that were learned by heart.</summary>
    public const double LearnedByHeart = 0.5;

    private const double GradientLimit = 1e-6, GradientSeen = 1e-5;
    private const ulong Seed = 17;

    /// <summary>Numbers of parameters and gradients.</summary>
    /// <param name="entries">Entries of a tensor whose derivatives are compared, beside the one along a direction in all of them.</param>
    public static AcceptanceCheck Run(int entries = 1) => new("E0", "built as described", [.. Counts(), .. Gradients(entries)]);

    /// <summary>Learns toy jets by heart, the particles to guess always the same ones: 500 steps of the optimiser. Takes longer than the rest.</summary>
    /// <param name="recipe">The network; the small one as published here, unless a test wants less.</param>
    /// <param name="steps">Steps of the optimiser.</param>
    public static AcceptanceCheck Overfit(MpmRecipe? recipe = null, int steps = 500)
    {
        var own = (recipe ?? Small) with { Clusters = 8, LabelSmoothing = 0, TypeWeight = 0 };
        var preprocessing = ToyModels.Reading(own, Seed);
        using var task = ToyModels.Task(own, preprocessing, Seed);
        double loss = ToyModels.Train(task, ToyParticles.Jets(ToyParticles.Multiplicities(64, Seed, 2, 16), Seed), steps, 3e-3, _ => (long)Seed);
        return new("E0", "learns by heart", [EvaluationGate.AtMost("overfit", loss, LearnedByHeart, $"token loss [nats] of 64 jets after {steps} steps")]);
    }

    /// <summary>The recipe of the small size.</summary>
    public static MpmRecipe Small => Recipe("jetclass-mpm");

    /// <summary>The recipe of the larger size.</summary>
    public static MpmRecipe Medium => Recipe("jetclass-mpm-m");

    /// <summary>Trained numbers of a network with heads for types and features: of its encoder, and of all of it.</summary>
    public static (long Encoder, long All) Parameters(MpmRecipe recipe)
    {
        using var network = new MpmNetwork(recipe with { Target = new(TargetKind.Regression, "") }, null);
        return (network.State.Parameters.Where(p => p.Name.StartsWith(Encoder.Prefix, StringComparison.Ordinal)).Sum(p => p.Tensor.numel()), network.State.ParameterCount);
    }

    // Counted by hand: 10 d² + 15 d a block (17 d with normalised heads), and so on.
    private static IEnumerable<EvaluationGate> Counts()
    {
        foreach (var (size, recipe, encoder, all) in ((string, MpmRecipe, long, long)[])[("small", Small, 169_088, 195_215), ("medium", Medium, 2_980_224, 3_287_919)])
        {
            var counted = Parameters(recipe);
            yield return EvaluationGate.AtMost($"parameters-encoder-{size}", Math.Abs(counted.Encoder - encoder), 0, $"parameters of the encoder, {size}: distance from {encoder}");
            yield return EvaluationGate.AtMost($"parameters-{size}", Math.Abs(counted.All - all), 0, $"parameters with heads for types and features, {size}: distance from {all}");
        }
    }

    private static IEnumerable<EvaluationGate> Gradients(int entries)
    {
        foreach (var hiding in ToyModels.Layouts)
            foreach (var target in ToyModels.Targets)
                foreach (var gate in Gates($"{target}-{hiding}".ToLowerInvariant(), OfPretraining(target, hiding, entries)))
                    yield return gate;
        foreach (var head in (ClassifierHead[])[ClassifierHead.Attention, ClassifierHead.Mean])
            foreach (var gate in Gates($"classifier-{head}".ToLowerInvariant(), OfClassifier(head, entries)))
                yield return gate;
    }

    private static IEnumerable<EvaluationGate> Gates(string what, GradientAgreement found) =>
    [
        EvaluationGate.AtMost($"gradient-{what}", found.WorstError, GradientLimit, $"gradient against difference quotients, {what}: largest relative deviation ({found.WorstTensor})"),
        EvaluationGate.AtLeast($"gradient-seen-{what}", found.SmallestGradient, GradientSeen, $"largest entry of the weakest gradient, {what} ({found.WeakestTensor})"),
    ];

    /// <summary>Gradients of pre-training at width 8, over jets of all kinds of sizes.</summary>
    private static GradientAgreement OfPretraining(TargetKind target, HidingLayout hiding, int entries)
    {
        // The two layouts of tokens are compared elsewhere; here each gets half of the work.
        var recipe = ToyModels.Recipe(target, hiding, width: 8) with { TokenLayout = hiding == HidingLayout.Removed ? TokenLayout.Packed : TokenLayout.Padded, Constituents = 8 };
        var preprocessing = ToyModels.Reading(recipe, Seed);
        using var task = ToyModels.Task(recipe, preprocessing, Seed);
        ToyModels.Loosen(task.Network, Seed);
        var jets = ToyParticles.Jets([0, 1, 2, 9, 3, 6], Seed);
        return FiniteDifferences.Compare(task.Network, Loss, Seed, entries);

        Tensor Loss()
        {
            manual_seed((long)Seed);
            return task.Loss(jets);
        }
    }

    private static GradientAgreement OfClassifier(ClassifierHead head, int entries)
    {
        var recipe = ToyModels.Classifier(head, width: 8);
        manual_seed((long)Seed);
        using var network = new ClassifierNetwork(recipe, 3);
        ToyModels.Loosen(network.State, Seed);
        var table = ToyParticles.Table([0, 1, 2, 9, 3, 6], Seed);
        return FiniteDifferences.Compare(network.State, () => cross_entropy(network.Logits(table, training: true), tensor([0L, 1, 2, 0, 1, 2])), Seed, entries);
    }

    private static MpmRecipe Recipe(string name) => (MpmRecipe)new MpmSystem().Recipes.Single(r => r.Name == name).Recipe;
}
