using Lightcone.Randomness;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Networks;

/// <summary>Trains small networks on rows that are held in memory: toys, heads, pilots. Adam with a cosine to zero; every draw is keyed by (seed, epoch, step).</summary>
internal sealed record TableTraining
{
    /// <summary>Number of rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Passes over the rows.</summary>
    public required int Epochs { get; init; }

    /// <summary>Rows of a step; those that do not fill the last step of an epoch are left out of it.</summary>
    public int BatchSize { get; init; } = 512;

    /// <summary>Learning rate at the beginning.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Whether the rate falls to zero along a cosine, or stays.</summary>
    public bool Cosine { get; init; } = true;

    /// <summary>Largest norm of the gradient; 0 for no limit.</summary>
    public double ClipGradient { get; init; } = 1;

    /// <summary>Decoupled weight decay.</summary>
    public double WeightDecay { get; init; }

    /// <summary>Seed of the order and of what the loss draws.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop { get; init; }

    /// <summary>Seeds the engine's global generator for the initial weights of a network that is about to be created.</summary>
    public static void SeedWeights(ulong seed) => manual_seed((long)(new RandomStream(seed, "initial weights", 0, 0).NextUInt64() >> 1));

    /// <summary>Trains.</summary>
    /// <param name="network">The weights.</param>
    /// <param name="loss">Loss of some rows, after a share of all steps; it may draw from the engine's global generator.</param>
    /// <returns>Mean loss of each epoch.</returns>
    /// <exception cref="InputDataException">A loss is not a number.</exception>
    public double[] Run(NetworkState network, Func<int[], double, Tensor> loss)
    {
        int size = Math.Min(BatchSize, Rows), batches = Rows / size;
        if (batches == 0) throw new InputDataException("There are no rows to train on.", "the training table", "An empty sample.", "Give at least one row.");
        using var optimiser = new AdamW(network, 0.9, 0.999, 1e-8, WeightDecay);
        int[] order = [.. Enumerable.Range(0, Rows)];
        var history = new double[Epochs];
        long steps = (long)batches * Epochs;
        for (long step = 0; step < steps; step++)
        {
            Stop.ThrowIfCancellationRequested();
            int epoch = (int)(step / batches), batch = (int)(step % batches);
            if (batch == 0) new RandomStream(Seed, "shuffle", epoch, 0).Shuffle(order.AsSpan());
            manual_seed((long)(new RandomStream(Seed, "step", epoch, batch).NextUInt64() >> 1));
            optimiser.ZeroGradients();
            using var scope = NewDisposeScope();
            var term = loss(order.AsSpan(batch * size, size).ToArray(), (double)step / steps);
            double value = term.detach().to(ScalarType.Float64).item<double>();
            if (!double.IsFinite(value)) throw Diverged(epoch, batch);
            term.backward();
            if (!double.IsFinite(optimiser.ClipGradients(ClipGradient))) throw Diverged(epoch, batch);
            optimiser.Step(Cosine ? LearningRate * 0.5 * (1 + Math.Cos(Math.PI * step / steps)) : LearningRate);
            history[epoch] += value / batches;
        }

        return history;
    }

    private static InputDataException Diverged(int epoch, int batch) => new(
        "The loss or its gradient is not a number.", $"epoch {epoch + 1}, step {batch + 1}", "Rows that are not finite, or a learning rate that is too high.", "Check the rows; lower the learning rate.");
}
