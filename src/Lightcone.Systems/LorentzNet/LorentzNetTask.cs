using Lightcone.Jets;

using Lightcone.Statistics;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.LorentzNet;

/// <summary>LorentzNet's training: cross entropy over two classes, best epoch by validation accuracy (arXiv:2201.08187, §4.1).</summary>
public sealed class LorentzNetTask(LorentzNetRecipe recipe) : ITrainingTask
{
    private readonly LorentzNetNetwork network = new(recipe);

    /// <inheritdoc/>
    public NetworkState Network => network.State;

    /// <inheritdoc/>
    public string Criterion => "accuracy";

    /// <inheritdoc/>
    public bool LargerIsBetter => true;

    /// <inheritdoc/>
    public Tensor Loss(JetBatch batch)
    {
        using var graph = JetGraph.Of(batch, recipe);
        return nn.functional.cross_entropy(network.Logits(graph, training: true), Labels(batch));
    }

    /// <inheritdoc/>
    public void AfterBackward() => network.AfterBackward();

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches)
    {
        var scores = new List<double>();
        var labels = new List<int>();
        double loss = 0;
        foreach (var batch in batches)
        {
            foreach (var (background, signal) in LorentzNetScoring.Logits(network, recipe, batch)) scores.Add(signal - background);
            labels.AddRange(LabelsOf(batch));
        }

        int right = 0;
        for (int i = 0; i < scores.Count; i++)
        {
            double towardsTruth = labels[i] == 1 ? scores[i] : -scores[i];
            loss += towardsTruth > 0 ? double.LogP1(Math.Exp(-towardsTruth)) : double.LogP1(Math.Exp(towardsTruth)) - towardsTruth;
            if (towardsTruth > 0) right++;
        }

        return new Dictionary<string, double>
        {
            ["loss"] = loss / scores.Count,
            ["accuracy"] = (double)right / scores.Count,
            ["auc"] = RocCurve.From(scores.ToArray(), labels.ToArray()).Auc().Value,
        };
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    private static Tensor Labels(JetBatch batch) => tensor(Array.ConvertAll(LabelsOf(batch), label => (long)label));

    private static int[] LabelsOf(JetBatch batch)
    {
        int[] labels = batch.Labels ?? throw new InputDataException(
            "The jets have no labels.", "the training or validation file", "A file of data, or one that was stripped.", "Train on a labelled file.");
        for (int i = 0; i < labels.Length; i++)
            if (labels[i] is not (0 or 1))
                throw new InputDataException($"Jet {batch.Rows[i]} has label {labels[i]}; a tagger of two classes knows 0 and 1.", "the training or validation file",
                    "A file of more than two classes.", "Choose two classes, or say which are signal: --set signals=NAMES (docs/reference/recipe.md).");
        return labels;
    }
}
