using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Tagging;
using Lightcone.Tests.Training;

namespace Lightcone.Tests.Tagging;

/// <summary>Jets with logits that were chosen or drawn.</summary>
internal static class ToyClassifier
{
    /// <summary>Classes as a ten-class sample of jets names them.</summary>
    public static string[] TenClasses { get; } = ["QCD", "Hbb", "Hcc", "Hgg", "H4q", "Hqql", "Tbqq", "Tbl", "Wqq", "Zqq"];

    public static ClassifiedJets Of(int classes, double[] logits, int[] labels)
    {
        var jets = new ClassifiedJets(classes);
        jets.Add(Batch(labels), logits);
        return jets;
    }

    public static JetBatch Batch(int[]? labels, int jets = 0)
    {
        var toy = ToyJets.Make(labels?.Length ?? jets, 1);
        return new() { Rows = toy.Rows, Offsets = toy.Offsets, Momenta = toy.Momenta, Labels = labels };
    }

    /// <summary>Jets of all classes in turn; the logit of the true one is higher by one and a half deviations. Multiples of 1/256: sums of small whole numbers stay exact.</summary>
    public static (double[] Logits, int[] Labels) Draw(int jets, int classes, ulong seed)
    {
        var random = new RandomStream(seed, "toy classifier", 0, 0);
        int[] labels = [.. Enumerable.Range(0, jets).Select(i => i % classes)];
        var logits = new double[jets * classes];
        for (int i = 0; i < logits.Length; i++) logits[i] = Math.Round(256 * (random.NextGaussian() + (labels[i / classes] == i % classes ? 1.5 : 0))) / 256;
        return (logits, labels);
    }
}
