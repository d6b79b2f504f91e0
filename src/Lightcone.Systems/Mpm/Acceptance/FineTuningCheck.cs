using System.Globalization;
using Lightcone.Evaluation;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>E4: what pre-training brings to a fine-tuned classifier, against one from scratch that had the same care.</summary>
internal sealed class FineTuningCheck(StudyRuns runs, int seeds, Arm tuned, Arm scratch, Func<Arm> pool, Func<Arm> scrambled)
{
    private const int Hundred = 100, Thousand = 1000, TenThousand = 10_000;

    private readonly LabelEfficiency efficiency = new(runs, (ulong)seeds);
    private readonly Dictionary<(string Arm, int Labels), IReadOnlyList<StudyScore>> scores = [];
    private readonly Dictionary<(string Arm, int Labels), ArmChoice> choices = [];
    private readonly List<EvaluationGate> gates = [];
    private readonly List<MpmCheckNumber> numbers = [];

    /// <summary>Trains what is missing and compares.</summary>
    public MpmCheckPart Run()
    {
        foreach (int labels in (int[])[Thousand, Hundred]) Compare(labels);
        CompareOther(pool(), GateOfPool);
        Compare(TenThousand);
        CompareOther(scrambled(), GateOfScrambled);
        return new("E4", "fine-tuned against from scratch", gates, numbers)
        {
            LabelSeries = [SeriesOf(tuned, "fine-tuned", TrainingArm.FineTuned), SeriesOf(scratch, "from scratch", TrainingArm.Scratch)],
            Equivalence = Equivalence(),
        };
    }

    private void Compare(int labels)
    {
        Measure(tuned, labels, LabelEfficiency.Lengths);
        Measure(scratch, labels, LabelEfficiency.Lengths);
        var difference = PairedDifference.Of(scores[(tuned.Name, labels)], scores[(scratch.Name, labels)]);
        Add($"{tuned.Name} − {scratch.Name}, {labels} labels", difference.Mean, difference.StandardError);
        string at = labels.ToString(CultureInfo.InvariantCulture);
        if (labels == TenThousand)
        {
            gates.Add(MpmCheck.OverSeeds($"E4/{at}", difference.Mean + 2 * difference.StandardError, 0, $"{labels} labels: difference of accuracies + 2 standard errors"));
            return;
        }

        gates.Add(EvaluationGate.AtLeast($"E4/{at}/difference", difference.Mean, 0.02, $"{labels} labels: difference of accuracies"));
        gates.Add(MpmCheck.OverSeeds($"E4/{at}/significance", difference.Mean / difference.StandardError, 2, $"{labels} labels: the same in standard errors over seeds"));
        if (labels == Thousand) gates.Add(EvaluationGate.AtLeast($"E4/{at}/jets", difference.OverJets.Lower, 0, $"{labels} labels: lower end of its 95 % interval over test jets"));
    }

    // Other backbones take the rate and length of the first: what differs is the backbone alone.
    private void CompareOther(Arm other, Action<int, PairedDifference, PairedDifference> gate)
    {
        foreach (int labels in (int[])[Hundred, Thousand])
        {
            scores[(other.Name, labels)] = efficiency.Test(other, labels, choices[(tuned.Name, labels)]);
            Report(other, labels);
            var toScratch = PairedDifference.Of(scores[(other.Name, labels)], scores[(scratch.Name, labels)]);
            var toTuned = PairedDifference.Of(scores[(other.Name, labels)], scores[(tuned.Name, labels)]);
            Add($"{other.Name} − {scratch.Name}, {labels} labels", toScratch.Mean, toScratch.StandardError);
            Add($"{other.Name} − {tuned.Name}, {labels} labels", toTuned.Mean, toTuned.StandardError);
            gate(labels, toScratch, toTuned);
        }
    }

    private void GateOfPool(int labels, PairedDifference toScratch, PairedDifference toTuned) => gates.Add(MpmCheck.OverSeeds(
        $"E4/pool/{labels}", toTuned.Mean + 2 * toTuned.StandardError, 0, $"{labels} labels: larger pool against the smaller one, difference + 2 standard errors"));

    private void GateOfScrambled(int labels, PairedDifference toScratch, PairedDifference toTuned)
    {
        if (labels != Thousand) return;
        double gain = PairedDifference.Of(scores[(tuned.Name, labels)], scores[(scratch.Name, labels)]).Mean;
        gates.Add(EvaluationGate.AtMost("E4/scrambled", toScratch.Mean / gain, 0.5, "1000 labels: share of the gain that pre-training on scrambled jets brings"));
    }

    private void Measure(Arm arm, int labels, IReadOnlyList<int> lengths)
    {
        var choice = choices[(arm.Name, labels)] = efficiency.Choose(arm, labels, lengths);
        scores[(arm.Name, labels)] = efficiency.Test(arm, labels, choice);
        Add($"{arm.Name}, {labels} labels: chosen rate", choice.Rate, null);
        Add($"{arm.Name}, {labels} labels: chosen length", choice.Times, null);
        Report(arm, labels);
    }

    private void Report(Arm arm, int labels)
    {
        double[] accuracies = [.. scores[(arm.Name, labels)].Select(s => s.Accuracy)];
        for (int s = 0; s < accuracies.Length; s++) Add($"{arm.Name}, {labels} labels, seed {s + 1}: accuracy", accuracies[s], null);
        Add($"{arm.Name}, {labels} labels: mean accuracy, standard deviation over seeds", accuracies.Average(), SampleDeviation.Of(accuracies));
        Add($"{arm.Name}, {labels} labels: mean macro AUC", scores[(arm.Name, labels)].Average(s => s.MacroAuc), null);
    }

    // Labels at which training from scratch is as good as fine-tuning with 1000; between two points the accuracy is straight in the logarithm of the labels.
    private LabelEquivalence? Equivalence()
    {
        double wanted = Mean(tuned, Thousand), low = Mean(scratch, Thousand), high = Mean(scratch, TenThousand);
        if (low >= wanted) return null;
        bool beyond = high < wanted;
        double labels = beyond ? TenThousand : Thousand * Math.Pow(10, (wanted - low) / (high - low));
        Add($"labels from scratch that equal 1000 fine-tuned{(beyond ? ": more than" : "")}", labels, null);
        return new(Thousand, wanted, labels, beyond);
    }

    private SeededSeries SeriesOf(Arm arm, string name, TrainingArm look) => new(
        name, look, [.. ((int[])[Hundred, Thousand, TenThousand]).SelectMany(l => scores[(arm.Name, l)].Select((s, i) => new SeededPoint(l, i + 1, s.Accuracy)))]);

    private double Mean(Arm arm, int labels) => scores[(arm.Name, labels)].Average(s => s.Accuracy);

    private void Add(string name, double value, double? error) => numbers.Add(new(name, value, error is { } e && double.IsFinite(e) ? e : null));
}
