using System.Globalization;
using Lightcone.Formats;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.FineTuning;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>One arm of a study of label efficiency: what the encoder begins with.</summary>
/// <param name="Name">Name in folders and tables.</param>
/// <param name="Backbone">Run of the pre-training; empty for none.</param>
internal sealed record Arm(string Name, string Backbone);

/// <summary>Learning rate and length that an arm was given for a number of labels, chosen on validation jets with the first seed.</summary>
/// <param name="Rate">Learning rate.</param>
/// <param name="Times">Length, in units of the recipe's epochs.</param>
/// <param name="ValidationAccuracy">What it reached there.</param>
internal sealed record ArmChoice(double Rate, int Times, double ValidationAccuracy);

/// <summary>
/// Fine-tuned against from scratch, at several numbers of labels (specification E4): each arm with its own searched rate and length, the same nested label subsets, the same test jets, differences in pairs.
/// </summary>
internal sealed class LabelEfficiency(StudyRuns runs, ulong seeds)
{
    /// <summary>Rates that are searched (arXiv:2409.12589 uses one).</summary>
    public static IReadOnlyList<double> Rates { get; } = [3e-4, 1e-3, 3e-3];

    /// <summary>Lengths that are searched once the rate is chosen.</summary>
    public static IReadOnlyList<int> Lengths { get; } = [1, 3];

    /// <summary>The training of an arm.</summary>
    public static StudyRun RunOf(Arm arm, int labels, ulong seed, double rate, int times)
    {
        var recipe = (labels > 0 ? new FineTuneRecipe().For(labels) : new FineTuneRecipe()) with { Backbone = arm.Backbone, Seed = seed, LearningRate = rate };
        string name = string.Create(CultureInfo.InvariantCulture, $"{arm.Name}-{(labels > 0 ? labels : "all")}-seed{seed}-rate{rate}-x{times}");
        return new(name, new ClassifierSystem(), recipe with { Epochs = recipe.Epochs * times });
    }

    /// <summary>Chooses rate, then length, by accuracy on all validation jets with seed 1.</summary>
    public ArmChoice Choose(Arm arm, int labels, IReadOnlyList<int> lengths)
    {
        var byRate = Rates.Select(r => RunOf(arm, labels, 1, r, 1)).ToList();
        runs.Make(byRate);
        int best = Enumerable.Range(0, byRate.Count).MaxBy(i => OnValidation(byRate[i]));
        var byLength = lengths.Select(k => RunOf(arm, labels, 1, Rates[best], k)).ToList();
        runs.Make(byLength);
        int length = Enumerable.Range(0, byLength.Count).MaxBy(i => OnValidation(byLength[i]));
        return new(Rates[best], lengths[length], OnValidation(byLength[length]));
    }

    /// <summary>Test scores of an arm, one for each seed.</summary>
    public IReadOnlyList<StudyScore> Test(Arm arm, int labels, ArmChoice choice)
    {
        var wanted = Enumerable.Range(1, (int)seeds).Select(s => RunOf(arm, labels, (ulong)s, choice.Rate, choice.Times)).ToList();
        runs.Make(wanted);
        return [.. wanted.Select(w => runs.Score(w.Name, DataSplit.Test))];
    }

    private double OnValidation(StudyRun run) => runs.Score(run.Name, DataSplit.Validation).Accuracy;
}

/// <summary>Differences of two arms that were trained in pairs.</summary>
/// <param name="Mean">Mean difference of the accuracies.</param>
/// <param name="StandardError">Sample standard deviation over the seeds divided by the root of their number; NaN for one seed.</param>
/// <param name="OverJets">The difference of the seed-averaged correctness with its 95 % interval from a paired bootstrap over test jets.</param>
internal sealed record PairedDifference(double Mean, double StandardError, Interval OverJets)
{
    private const int Draws = 1000;
    private const ulong DrawSeed = 20240912;

    /// <summary>Compares scores seed by seed.</summary>
    public static PairedDifference Of(IReadOnlyList<StudyScore> first, IReadOnlyList<StudyScore> second)
    {
        double[] differences = [.. first.Zip(second, (a, b) => a.Accuracy - b.Accuracy)];
        return new(differences.Average(), SampleDeviation.Of(differences) / Math.Sqrt(differences.Length), PairedAccuracy.Difference(Averaged(first), Averaged(second), Draws, DrawSeed, 0.95));
    }

    private static double[] Averaged(IReadOnlyList<StudyScore> scores) =>
        [.. Enumerable.Range(0, scores[0].Correct.Length).Select(jet => scores.Average(s => s.Correct[jet]))];
}
