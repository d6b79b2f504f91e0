using System.Text.Json;
using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Tagging;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>A training that a study wants.</summary>
/// <param name="Name">Name of its folder; equal names mean equal recipes.</param>
/// <param name="System">The system.</param>
/// <param name="Recipe">The recipe.</param>
internal sealed record StudyRun(string Name, ISystem System, TrainingRecipe Recipe);

/// <summary>How well a classifier did on some jets.</summary>
/// <param name="Accuracy">Share of jets whose class was found.</param>
/// <param name="MacroAuc">Mean AUC, one against rest.</param>
/// <param name="Loss">Mean cross entropy [nats].</param>
/// <param name="Correct">For each jet, 1 where its class was found and 0 where not.</param>
internal sealed record StudyScore(double Accuracy, double MacroAuc, double Loss, double[] Correct);

/// <summary>
/// The trainings of a study in one folder. Those that are finished are not made again, one that was stopped goes on, and one that another process works on is left to it, so several
/// processes may share a study.
/// </summary>
internal sealed class StudyRuns(string folder, string data, int threads, string command, Action<string> say, CancellationToken stop)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>Folder of a training.</summary>
    public string PathOf(string name) => Path.Combine(folder, name);

    /// <summary>Makes all trainings that are missing.</summary>
    public void Make(IEnumerable<StudyRun> wanted)
    {
        var left = new Queue<StudyRun>(wanted.DistinctBy(w => w.Name).Where(w => !IsFinished(w)));
        int busy = 0;
        while (left.TryDequeue(out var run))
        {
            stop.ThrowIfCancellationRequested();
            if (IsFinished(run)) continue;
            if (Train(run))
            {
                busy = 0;
                continue;
            }

            left.Enqueue(run);
            if (++busy < left.Count) continue;
            if (stop.WaitHandle.WaitOne(Pause)) stop.ThrowIfCancellationRequested();
            busy = 0;
        }
    }

    /// <summary>What a finished classifier does on a split; kept beside it, so that it is computed once.</summary>
    public StudyScore Score(string name, DataSplit split)
    {
        string path = Path.Combine(PathOf(name), $"study-{split.ToString().ToLowerInvariant()}.json");
        if (File.Exists(path) && JsonSerializer.Deserialize<StudyScore>(File.ReadAllText(path)) is { } kept) return kept;
        using var model = ClassifierModel.Load(Run.Open(PathOf(name)));
        using var jets = SplitFolder.Open(data, split, model.Recipe.Classes);
        var numbers = new ClassifierNumbers(name, ClassifierEvaluation.Scored(model, jets.Jets, null).Jets, model.Recipe.Classes.Names);
        var score = new StudyScore(numbers.Accuracy.Value, numbers.MacroAuc.Value, numbers.CrossEntropy.Value, [.. numbers.Correct]);
        AtomicFile.WriteText(path, JsonSerializer.Serialize(score));
        return score;
    }

    private bool IsFinished(StudyRun wanted)
    {
        string last = Path.Combine(PathOf(wanted.Name), "checkpoints", "last", "state.safetensors");
        return File.Exists(last) && Safetensors.ReadAll(last).Metadata.GetValueOrDefault("epoch") == wanted.Recipe.Epochs.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    // False where another process works on it.
    private bool Train(StudyRun wanted)
    {
        string path = PathOf(wanted.Name);
        var request = new TrainingRequest { Run = path, Data = data, Threads = threads, Command = command };
        try
        {
            using (RunLock.Take(path))
            {
            }
        }
        catch (UsageException)
        {
            return false;
        }

        say($"training {wanted.Name}");
        var outcome = File.Exists(Path.Combine(path, "recipe.yaml"))
            ? TrainingSession.Resume(request, new Silent(), stop)
            : TrainingSession.Start(wanted.System, wanted.Recipe, request, new Silent(), stop);
        if (outcome == TrainingOutcome.Stopped) stop.ThrowIfCancellationRequested();
        return true;
    }

    private sealed class Silent : ITrainingObserver
    {
        public void Step(StepReport step)
        {
        }

        public void Epoch(EpochReport epoch)
        {
        }

        public void Checkpoint(int epoch, long step)
        {
        }
    }
}
