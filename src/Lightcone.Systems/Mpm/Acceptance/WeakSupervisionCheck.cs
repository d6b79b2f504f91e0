using Lightcone.Evaluation;
using Lightcone.Figures.Catalogue;
using Lightcone.Formats;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Tagging;
using Lightcone.Training.Recipes;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>E5: a search without labels (CWoLa) among QCD jets for a few top jets, fine-tuned and from scratch.</summary>
internal sealed class WeakSupervisionCheck(StudyRuns runs, string data, Arm tuned, Arm scratch)
{
    /// <summary>Share of background jets above the cut at which significance improvement is quoted: of 800 jets so many that chance is bounded.</summary>
    public const double BackgroundEfficiency = 0.02;

    // The scan is noisy.
    private const int Seeds = 5, Gated = 200;
    private const double Rate = 1e-3;

    private static readonly int[] Signals = [0, 25, 50, 100, 200, 400];

    private readonly Dictionary<(string Arm, int Signals), IReadOnlyList<Found>> results = [];
    private readonly List<EvaluationGate> gates = [];
    private readonly List<MpmCheckNumber> numbers = [];

    /// <summary>Trains what is missing and compares.</summary>
    public MpmCheckPart Run()
    {
        foreach (int signals in Signals.Append(-1))
            foreach (var arm in (Arm[])[tuned, scratch])
            {
                var wanted = Enumerable.Range(1, Seeds).Select(s => RunOf(arm, signals, (ulong)s)).ToList();
                runs.Make(wanted);
                Report(arm, signals, results[(arm.Name, signals)] = [.. wanted.Select(w => Judge(runs.PathOf(w.Name)))]);
            }

        gates.Add(EvaluationGate.AtLeast("E5/labels", results[(tuned.Name, -1)].Average(f => f.Auc), 0.9, "true labels: AUC"));
        var improvement = results[(tuned.Name, Gated)].Zip(results[(scratch.Name, Gated)], (a, b) => a.Improvement - b.Improvement).ToArray();
        gates.Add(EvaluationGate.AtLeast("E5/200", improvement.Average() / Error(improvement), 2, $"{Gated} signal jets: fine-tuned − from scratch, significance improvement, in standard errors"));
        foreach (var arm in (Arm[])[tuned, scratch])
        {
            double[] aucs = [.. results[(arm.Name, 0)].Select(f => f.Auc)];
            gates.Add(EvaluationGate.AtMost($"E5/0/{arm.Name}", Math.Abs(aucs.Average() - 0.5) / Error(aucs), 3, $"no signal jets, {arm.Name}: distance of the AUC from 0.5, in standard errors"));
        }

        return new("E5", "weak supervision", gates, numbers)
        {
            SearchSeries = [SeriesOf(tuned, "fine-tuned", TrainingArm.FineTuned), SeriesOf(scratch, "from scratch", TrainingArm.Scratch)],
            Supervised = new ReferenceLevel("true labels", results[(tuned.Name, -1)].Average(f => f.Improvement)),
        };
    }

    private static StudyRun RunOf(Arm arm, int signals, ulong seed) => new(
        $"cwola-{arm.Name}-{(signals < 0 ? "labels" : signals)}-seed{seed}", new ClassifierSystem(),
        new FineTuneRecipe { Backbone = arm.Backbone, Classes = ClassList.Of(["QCD", "Tbqq"]), MixedSignals = signals, Seed = seed, LearningRate = Rate });

    private Found Judge(string path)
    {
        using var model = ClassifierModel.Load(Lightcone.Training.Runs.Run.Open(path));
        using var jets = SplitFolder.Open(data, DataSplit.Test, model.Recipe.Classes);
        var tagged = ClassifierEvaluation.Scored(model, jets.Jets, null).Tagged!;
        var curve = RocCurve.From(tagged.Scores, tagged.Labels);
        double[] background = [.. tagged.Scores.Zip(tagged.Labels).Where(j => j.Second == 0).Select(j => j.First).OrderDescending()];
        double cut = background[(int)(BackgroundEfficiency * background.Length)]; // so many jets lie above it
        double[] scores = tagged.Scores;
        int[] labels = tagged.Labels;
        int passing = 0, signals = 0;
        for (int i = 0; i < scores.Length; i++)
        {
            if (labels[i] == 0) continue;
            signals++;
            if (scores[i] > cut) passing++;
        }

        return new(curve.Auc().Value, (double)passing / signals / Math.Sqrt(BackgroundEfficiency));
    }

    private void Report(Arm arm, int signals, IReadOnlyList<Found> found)
    {
        string name = $"{arm.Name}, {(signals < 0 ? "true labels" : $"{signals} signal jets")}";
        numbers.Add(new($"{name}: significance improvement, standard deviation over seeds", found.Average(f => f.Improvement), SampleDeviation.Of([.. found.Select(f => f.Improvement)])));
        numbers.Add(new($"{name}: AUC, standard deviation over seeds", found.Average(f => f.Auc), SampleDeviation.Of([.. found.Select(f => f.Auc)])));
    }

    private SeededSeries SeriesOf(Arm arm, string name, TrainingArm look) => new(
        name, look, [.. Signals.SelectMany(n => results[(arm.Name, n)].Select((f, s) => new SeededPoint(n, s + 1, f.Improvement)))]);

    private static double Error(double[] values) => SampleDeviation.Of(values) / Math.Sqrt(values.Length);

    /// <summary>AUC on the true labels, and significance improvement at the quoted background efficiency.</summary>
    private sealed record Found(double Auc, double Improvement);
}
