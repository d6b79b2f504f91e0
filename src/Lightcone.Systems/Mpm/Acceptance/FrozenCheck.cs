using Lightcone.Evaluation;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.Probing;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>E3: heads on the frozen pre-trained encoder against heads on frozen random ones.</summary>
internal static class FrozenCheck
{
    private const string Gated = "attention";

    /// <summary>Least mean difference for a number of labels.</summary>
    private static readonly Dictionary<int, double> Least = new() { [1000] = 0.06, [10_000] = 0.02 };

    /// <summary>Probes and compares.</summary>
    public static MpmCheckPart Run(MpmProbeRequest request, Action<string> say, CancellationToken stop)
    {
        var results = MpmProbe.Run(request, say, stop);
        var gates = new List<EvaluationGate>();
        var numbers = new List<MpmCheckNumber>();
        foreach (var r in results) numbers.Add(new($"{r.Encoder}, {r.Head} head, {r.Labels} labels: accuracy, standard deviation over seeds", r.Mean, double.IsNaN(r.Deviation) ? null : r.Deviation));
        foreach (var random in results.Where(r => r.Encoder == MpmProbe.Random))
        {
            var trained = results.Single(r => r.Encoder == MpmProbe.Pretrained && r.Head == random.Head && r.Labels == random.Labels);
            double[] differences = [.. trained.Accuracies.Zip(random.Accuracies, (a, b) => a - b)];
            double mean = differences.Average(), error = SampleDeviation.Of(differences) / Math.Sqrt(differences.Length);
            string name = $"{random.Head} head, {random.Labels} labels: pre-trained − random";
            numbers.Add(new($"{name}, standard error", mean, double.IsNaN(error) ? null : error));
            string id = $"E3/{random.Head}/{random.Labels}";
            gates.Add(EvaluationGate.AtLeast(id, mean, random.Head == Gated ? Least.GetValueOrDefault(random.Labels) : 0, name));
            if (random.Labels >= 1000 && random.Head == Gated) gates.Add(MpmCheck.OverSeeds($"{id}/significance", mean / error, 2, $"{name}, in standard errors"));
        }

        return new("E3", "frozen probe", gates, numbers)
        {
            LabelSeries = [.. ((string[])[MpmProbe.Pretrained, MpmProbe.Random]).Select(encoder => new SeededSeries(
                encoder == MpmProbe.Pretrained ? "frozen" : "random, frozen", encoder == MpmProbe.Pretrained ? TrainingArm.Frozen : TrainingArm.RandomFrozen,
                [.. results.Where(r => r.Encoder == encoder && r.Head == Gated).SelectMany(r => r.Accuracies.Select((a, s) => new SeededPoint(r.Labels, s + 1, a)))]))],
        };
    }
}
