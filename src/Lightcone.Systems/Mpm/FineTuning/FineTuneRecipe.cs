using System.ComponentModel.DataAnnotations;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>What turns an encoded jet into classes.</summary>
public enum ClassifierHead
{
    /// <summary>A learned query attends to registers and particles (class attention, arXiv:2103.17239).</summary>
    Attention,

    /// <summary>One linear layer on the mean over the particles.</summary>
    Mean,
}

/// <summary>Numbers of a classifier on an encoder, from a backbone or from scratch (arXiv:2401.13537, arXiv:2409.12589).</summary>
public sealed record FineTuneRecipe : EncoderRecipe
{
    /// <summary>A recipe with the settings of few steps.</summary>
    public FineTuneRecipe()
    {
        (Epochs, BatchSize, Bucketing, LearningRate, Schedule, WeightDecay, ClipGradient, Keep) = (10, 100, 4, 2e-3, LearningRateShape.CosineBySteps, 0.05, 1, KeptWeights.Last);
    }

    /// <inheritdoc/>
    public override string System => "mpm-classifier";

    /// <summary>Folder of the pre-training's run, or a backbone file, whose encoder training starts from; empty: from scratch.</summary>
    public string Backbone { get; init; } = "";

    /// <summary>Whether the encoder never moves: a probe of what it knows.</summary>
    public bool Frozen { get; init; }

    /// <summary>What turns an encoded jet into classes.</summary>
    public ClassifierHead Head { get; init; } = ClassifierHead.Attention;

    /// <summary>Numbers a token of the head (published: 128).</summary>
    [Range(1, MpmLimits.Width)]
    public int HeadWidth { get; init; } = 32;

    /// <summary>Layers of the head (published: 2).</summary>
    [Range(1, MpmLimits.Layers)]
    public int HeadLayers { get; init; } = 1;

    /// <summary>Heads of the head's attention; they divide its width.</summary>
    [Range(1, MpmLimits.Width)]
    public int HeadHeads { get; init; } = 4;

    /// <summary>Share of the head's outputs that is dropped in training.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double HeadDropout { get; init; } = 0.2;

    /// <summary>Share of the steps in which a pre-trained encoder stays as it is.</summary>
    [Range(0, 1.0)]
    public double FreezeShare { get; init; } = 0.4;

    /// <summary>Share of the steps after that in which its learning rate climbs.</summary>
    [Range(0, 1.0)]
    public double RampShare { get; init; } = 0.2;

    /// <summary>Learning rate of a pre-trained encoder in the end, in units of the head's.</summary>
    [Range(0, 100.0)]
    public double BackboneRate { get; init; } = 0.1;

    /// <summary>Share of a label that is spread over all classes in training.</summary>
    [Range(0, 1.0, MaximumIsExclusive = true)]
    public double LabelSmoothing { get; init; } = 0.1;

    /// <summary>
    /// Classification without labels (CWoLa, arXiv:1708.02949): this many signal jets are mixed into one half of the background jets, and the network learns to tell the halves apart; −1 trains on
    /// the true labels. Wants two classes.
    /// </summary>
    [Range(-1, int.MaxValue)]
    public int MixedSignals { get; init; } = -1;

    /// <summary>The recipe for so many labels: fewer take more passes in smaller batches.</summary>
    internal FineTuneRecipe For(int labels) => this with
    {
        Labels = labels,
        Epochs = labels <= 100 ? 60 : labels <= 1000 ? 30 : 10,
        BatchSize = Math.Clamp(labels / 10, 20, 100),
        Bucketing = Math.Clamp(labels / 100, 1, 4),
    };

    /// <summary>Share of the learning rate that the encoder gets after <paramref name="progress"/> of the steps.</summary>
    internal double EncoderRate(double progress)
    {
        if (Frozen) return 0;
        if (Backbone.Length == 0) return 1;
        if (progress < FreezeShare) return 0;
        double climbed = RampShare > 0 ? Math.Min(1, (progress - FreezeShare) / RampShare) : 1;
        return BackboneRate * climbed;
    }
}
