using Lightcone.Jets;
using Lightcone.Systems.Mpm.Kernels;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>Training of a classifier: cross entropy with smoothed labels. A pre-trained encoder rests first, then catches up (arXiv:2409.12589).</summary>
internal sealed class FineTuneTask(FineTuneRecipe recipe, Preprocessing preprocessing, ClassifierNetwork network, int classes) : ITrainingTask
{
    private bool encoderMoves = recipe.EncoderRate(0) > 0;

    /// <inheritdoc/>
    public NetworkState Network => network.State;

    /// <summary>The network with its head.</summary>
    internal ClassifierNetwork Model => network;

    /// <inheritdoc/>
    public string Criterion => "accuracy";

    /// <inheritdoc/>
    public bool LargerIsBetter => true;

    /// <inheritdoc/>
    public IReadOnlyList<double>? RateShares(double progress)
    {
        double rate = recipe.EncoderRate(progress);
        encoderMoves = rate > 0;
        return rate == 1 ? null : [.. network.State.Parameters.Select(p => p.Name.StartsWith(Encoder.Prefix, StringComparison.Ordinal) ? rate : 1)];
    }

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch)
    {
        using var scope = NewDisposeScope();
        var labels = Labels(batch);
        network.Count(labels);
        var logits = network.Logits(preprocessing.Apply(batch), training: true, encoderMoves);
        return cross_entropy(logits, labels, label_smoothing: recipe.LabelSmoothing).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void AfterBackward() => PackedAttention.ThrowIfBackwardFailed();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches)
    {
        using var noGrad = no_grad();
        double loss = 0;
        long right = 0, jets = 0;
        foreach (var batch in batches)
        {
            using var scope = NewDisposeScope();
            var labels = Labels(batch);
            var logits = network.Logits(preprocessing.Apply(batch), training: false);
            loss += cross_entropy(logits, labels, reduction: nn.Reduction.Sum).to(ScalarType.Float64).item<double>();
            right += logits.argmax(1).eq(labels).sum().item<long>();
            jets += batch.JetCount;
        }

        return new Dictionary<string, double> { ["loss"] = loss / jets, ["accuracy"] = (double)right / jets };
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    /// <summary>Labels that are all there and those of so many classes.</summary>
    /// <exception cref="InputDataException">They are not.</exception>
    internal static int[] LabelsOf(JetBatch batch, int classes)
    {
        int[] labels = batch.Labels ?? throw new InputDataException("The jets have no labels.", "the training or validation file", "A file of data, or one that was stripped.", "Train on a labelled file.");
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] < 0 || labels[i] >= classes)
                throw new InputDataException($"Jet {batch.Rows[i]} has label {labels[i]}; there are {classes} classes.", "the training or validation file", "The class names belong to another set.", "Name all classes where the file is made.");
        return labels;
    }

    private Tensor Labels(JetBatch batch) => tensor(Array.ConvertAll(LabelsOf(batch, classes), l => (long)l));
}
