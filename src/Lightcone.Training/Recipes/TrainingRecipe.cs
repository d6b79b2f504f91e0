using System.ComponentModel.DataAnnotations;
using Lightcone.Training.Optimisation;

namespace Lightcone.Training.Recipes;

/// <summary>Which weights a training leaves behind.</summary>
public enum KeptWeights
{
    /// <summary>Those of the epoch with the best validation.</summary>
    Best,

    /// <summary>Those of the last epoch: no validation label has a say.</summary>
    Last,
}

/// <summary>What every training is told, whatever it trains. A system's recipe derives from it and adds its own numbers.</summary>
public abstract record TrainingRecipe
{
    /// <summary>Name of the system this recipe is for; written first into recipe.yaml.</summary>
    public abstract string System { get; }

    /// <summary>Seed of every random draw: initial weights, order of jets, dropout.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Classes that are used, by the names the data give them, in the order of the label; empty: all.</summary>
    public ClassList Classes { get; init; }

    /// <summary>Classes that count as signal, label 1, for a tagger of two classes; all other classes used are label 0. Empty: labels as they are.</summary>
    public ClassList Signals { get; init; }

    /// <summary>Front share of the training jets of every file that is used: how much data a training needs.</summary>
    [Range(0, 1.0, MinimumIsExclusive = true)]
    public double TrainingFraction { get; init; } = 1;

    /// <summary>
    /// Labelled training jets that are used, drawn by the seed so that a smaller number is part of a larger one, equally many of each class; validation then sees a fifth as many. 0: all.
    /// </summary>
    [Range(0, int.MaxValue)]
    public int Labels { get; init; }

    /// <summary>Passes over the training jets.</summary>
    [Range(1, 1_000_000)]
    public int Epochs { get; init; } = 35;

    /// <summary>Jets in a batch.</summary>
    [Range(1, 1 << 20)]
    public int BatchSize { get; init; } = 32;

    /// <summary>Batches whose gradients are averaged into one optimiser step.</summary>
    [Range(1, 1 << 16)]
    public int Accumulate { get; init; } = 1;

    /// <summary>Learning rate at the top of the schedule.</summary>
    [Range(0, 1e3, MinimumIsExclusive = true)]
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Shape of the learning rate over the epochs.</summary>
    public LearningRateShape Schedule { get; init; } = LearningRateShape.WarmRestarts;

    /// <summary>Share of the steps over which the rate of the schedule CosineBySteps climbs.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double WarmUp { get; init; } = 0.05;

    /// <summary>AdamW: decay of the first moment.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double Beta1 { get; init; } = 0.9;

    /// <summary>AdamW: decay of the second moment.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double Beta2 { get; init; } = 0.999;

    /// <summary>AdamW: added to the root of the second moment.</summary>
    [Range(0, 1.0, MinimumIsExclusive = true)]
    public double Epsilon { get; init; } = 1e-8;

    /// <summary>AdamW: decoupled weight decay.</summary>
    [Range(0, 1e3)]
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of the gradient; a longer one is scaled down to it. 0 switches clipping off.</summary>
    [Range(0, double.MaxValue)]
    public double ClipGradient { get; init; }

    /// <summary>Decay of the moving average of the weights a step; the average is then what is validated and kept. 0 switches it off.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double Ema { get; init; }

    /// <summary>Whether the weights of the best validation are kept, or those of the last epoch.</summary>
    public KeptWeights Keep { get; init; } = KeptWeights.Best;

    /// <summary>Epochs without a better validation after which training ends. 0 never ends early.</summary>
    [Range(0, int.MaxValue)]
    public int Patience { get; init; }

    /// <summary>Jets that are in memory together for shuffling.</summary>
    [Range(1, 1 << 28)]
    public int ShuffleWindow { get; init; } = 32768;

    /// <summary>
    /// Batches that are sorted by multiplicity together before they are cut, so that jets of one batch have similar lengths; 1 leaves batches random.
    /// Batch statistics then see one length at a time: use it only where no batch norm is.
    /// </summary>
    [Range(1, 1 << 10)]
    public int Bucketing { get; init; } = 1;

    /// <summary>Minutes between checkpoints within an epoch; each epoch ends with one anyway.</summary>
    [Range(0, 1e6)]
    public double CheckpointMinutes { get; init; } = 2;
}
