using Lightcone.Randomness;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Training.Engine;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.Probing;

/// <summary>Trains a head on jets that are encoded already: the training of a frozen classifier, without its encoder's passes.</summary>
internal static class HeadTraining
{
    private const int JetsAtOnce = 1000;

    /// <summary>Trains the head of a network, whose encoder's weights are not touched.</summary>
    /// <param name="network">The network.</param>
    /// <param name="recipe">Numbers of the training.</param>
    /// <param name="sample">The encoded jets.</param>
    /// <param name="rows">Which of them are trained on.</param>
    /// <param name="stop">Asked to stop.</param>
    public static void Train(ClassifierNetwork network, FineTuneRecipe recipe, EncodedSample sample, IReadOnlyList<long> rows, CancellationToken stop)
    {
        foreach (var (name, tensor) in network.State.Parameters) tensor.requires_grad = !name.StartsWith(Network.Encoder.Prefix, StringComparison.Ordinal);
        using var optimiser = new AdamW(network.State, recipe.Beta1, recipe.Beta2, recipe.Epsilon, recipe.WeightDecay);
        int batches = rows.Count / recipe.BatchSize;
        long steps = (long)batches * recipe.Epochs;
        int[] order = [.. rows.Select(r => (int)r)];
        for (long step = 0; step < steps; step++)
        {
            stop.ThrowIfCancellationRequested();
            int batch = (int)(step % batches);
            if (batch == 0) new RandomStream(recipe.Seed, "shuffle", step / batches, 0).Shuffle(order.AsSpan());
            manual_seed((long)(new RandomStream(recipe.Seed, "step", step / batches, batch).NextUInt64() >> 1));
            optimiser.ZeroGradients();
            using var scope = NewDisposeScope();
            var chosen = order.AsSpan(batch * recipe.BatchSize, recipe.BatchSize);
            var encoded = sample.Take(chosen);
            using var sequences = encoded.Sequences;
            cross_entropy(network.Classes(encoded, training: true), sample.LabelsOf(chosen), label_smoothing: recipe.LabelSmoothing).backward();
            optimiser.ClipGradients(recipe.ClipGradient);
            optimiser.Step(LearningRate.OfStep(recipe.LearningRate, recipe.WarmUp, step, steps));
        }
    }

    /// <summary>For each jet of a sample, 1 where the network finds its class and 0 where not.</summary>
    public static double[] Correct(ClassifierNetwork network, EncodedSample sample)
    {
        using var noGrad = no_grad();
        var correct = new double[sample.Labels.Count];
        for (int first = 0; first < correct.Length; first += JetsAtOnce)
        {
            using var scope = NewDisposeScope();
            int[] jets = [.. Enumerable.Range(first, Math.Min(JetsAtOnce, correct.Length - first))];
            var encoded = sample.Take(jets);
            using var sequences = encoded.Sequences;
            var found = network.Classes(encoded, training: false).argmax(1).eq(sample.LabelsOf(jets)).to(ScalarType.Float64);
            found.data<double>().CopyTo(correct.AsSpan(first, jets.Length));
        }

        return correct;
    }
}
