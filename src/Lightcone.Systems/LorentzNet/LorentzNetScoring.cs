using Lightcone.Jets;
using Lightcone.Kinematics;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.LorentzNet;

/// <summary>Scores jets with a LorentzNet. With pooling Own or Fixed a jet's score does not depend on the jets beside it, so batches are cut to fit memory.</summary>
internal static class LorentzNetScoring
{
    private const int LargestEdgeCount = 1 << 17;

    /// <summary>Scores (background, signal) before the soft-max of every jet of a batch, in order.</summary>
    /// <param name="network">The network.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="batch">The jets; with pooling BatchMax exactly the batch whose longest jet counts.</param>
    /// <param name="frame">A Lorentz transformation of all four-momenta after the scalars were taken; null for none.</param>
    public static (double Background, double Signal)[] Logits(LorentzNetNetwork network, LorentzNetRecipe recipe, JetBatch batch, LorentzTransform? frame = null)
    {
        using var noGrad = no_grad();
        var logits = new List<(double, double)>(batch.JetCount);
        foreach (var part in recipe.Pooling.Kind == PoolingKind.BatchMax ? [batch] : Parts(batch))
        {
            using var scope = NewDisposeScope();
            using var graph = JetGraph.Of(part, recipe, frame);
            double[] values = network.Logits(graph, training: false).to(ScalarType.Float64).contiguous().data<double>().ToArray();
            for (int jet = 0; jet < part.JetCount; jet++) logits.Add((values[2 * jet], values[2 * jet + 1]));
        }

        return [.. logits];
    }

    private static IEnumerable<JetBatch> Parts(JetBatch batch)
    {
        int first = 0;
        long edges = 0;
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            long n = batch.Multiplicity(jet) + 2;
            if (jet > first && edges + n * n > LargestEdgeCount)
            {
                yield return batch.Select(Enumerable.Range(first, jet - first).ToArray());
                (first, edges) = (jet, 0);
            }

            edges += n * n;
        }

        if (first < batch.JetCount) yield return first == 0 ? batch : batch.Select(Enumerable.Range(first, batch.JetCount - first).ToArray());
    }
}
