using Lightcone.Randomness;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using TorchSharp;

namespace Lightcone.Systems;

/// <summary>What a training is started with, beside its recipe.</summary>
public sealed record TrainingRequest
{
    /// <summary>The run's folder.</summary>
    public required string Run { get; init; }

    /// <summary>Folder with the training and validation files; null on a resume takes the one the run began with.</summary>
    public string? Data { get; init; }

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Whether the opt-in for MKL on every processor is on; recorded in the run.</summary>
    public bool MklAnyCpu { get; init; }

    /// <summary>The command as typed; recorded in the run.</summary>
    public required string Command { get; init; }

    /// <summary>Time after which the training stops with a checkpoint; null for none.</summary>
    public TimeSpan? MaxTime { get; init; }
}

/// <summary>Starts and resumes trainings: data, run, lock, provenance and trainer put together, for every system alike.</summary>
public static class TrainingSession
{
    /// <summary>Starts a training in a new run.</summary>
    /// <exception cref="LightconeException">Bad data, an occupied folder, a machine that cannot.</exception>
    public static TrainingOutcome Start(ISystem system, TrainingRecipe recipe, TrainingRequest request, ITrainingObserver observer, CancellationToken stop)
    {
        string data = request.Data ?? throw new UsageException("There is no data to train on.", "--data", "The option was forgotten.", "Add --data FOLDER.");
        if (File.Exists(data) && !system.CutsOneFile) throw new UsageException("One file cannot be both training and validation data.", data, "--data names a file.", "Name a folder with train and val files.");
        if (!system.TrainsOnLabels && !recipe.Signals.IsEmpty)
            throw new UsageException($"{system.Title} is trained without labels, so no class can be its signal.", "--set signals", "The field is for taggers.", "Name what it is trained on, --set classes=NAMES, and the signals when it is evaluated: lightcone evaluate RUN --signals NAMES.");
        Run.RequireVacant(request.Run);
        using var jets = SessionJets.Open(system, recipe, data);
        recipe = system.Resolve(recipe, jets.Training.Schema);
        Trainer.StepsPerEpoch(recipe, jets.Training.Count, data);
        var provenance = (Provenance.OfThisProcess(request.Threads, request.MklAnyCpu) with
        {
            Seed = recipe.Seed,
            Data = [.. jets.Files],
        }).WithCommand(request.Command);
        using var @lock = RunLock.Take(request.Run);
        var run = Run.Create(request.Run, recipe, provenance, system.BibTex);
        return Train(system, run, recipe, jets, resume: false, request, observer, stop);
    }

    /// <summary>Goes on with a training from its last checkpoint.</summary>
    /// <exception cref="LightconeException">No such run, other data than it began with.</exception>
    public static TrainingOutcome Resume(TrainingRequest request, ITrainingObserver observer, CancellationToken stop)
    {
        var run = Run.Open(request.Run);
        var system = SystemCatalogue.Of(run);
        var recipe = RecipeFile.Load(run.RecipePath, system.DefaultRecipe);
        var provenance = Provenance.Read(run.ProvenancePath);
        string data = request.Data ?? FolderOf(system, provenance, run);
        using var @lock = RunLock.Take(request.Run);
        using var jets = SessionJets.Open(system, recipe, data);
        RequireSameData(provenance, jets.Files, data);
        provenance.WithCommand(request.Command).Write(run.ProvenancePath);
        return Train(system, run, recipe, jets, resume: true, request, observer, stop);
    }

    private static TrainingOutcome Train(
        ISystem system, Run run, TrainingRecipe recipe, SessionJets jets, bool resume, TrainingRequest request, ITrainingObserver observer, CancellationToken stop)
    {
        try
        {
            system.Prepare(run, recipe, jets.All);
        }
        catch (LightconeException) when (!resume)
        {
            Withdraw(run);
            throw;
        }

        torch.manual_seed((long)(new RandomStream(recipe.Seed, "initial weights", 0, 0).NextUInt64() >> 1));
        using var task = system.CreateTask(recipe, run);
        using var average = recipe.Ema > 0 ? system.CreateTask(recipe, run) : null;
        using var trainer = new Trainer(run, recipe, task, average?.Network, observer);
        var outcome = trainer.Train(jets.Training, jets.Validation, resume, request.MaxTime, stop);
        if (outcome == TrainingOutcome.Finished) system.Conclude(run, recipe, jets.Training, jets.Validation);
        return outcome;
    }

    // What was refused before its first step leaves nothing, so that the same command starts it once its cause is gone. The folder was vacant.
    private static void Withdraw(Run run)
    {
        try
        {
            Directory.Delete(run.Folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be removed stays; the refusal itself is what the user must hear.
        }
    }

    /// <summary>Folder of the training files, or the one file that was cut, as the run recorded it, relative to the working folder; null where it recorded none.</summary>
    public static string? DataFolderOf(Run run) => DataFolderOf(SystemCatalogue.Of(run), Provenance.Read(run.ProvenancePath));

    // One file that was cut stands there with both roles; so do class files, but those lie in a folder.
    private static string? DataFolderOf(ISystem system, Provenance provenance)
    {
        string? train = provenance.Data.FirstOrDefault(d => d.Role == "train")?.Path;
        if (system.CutsOneFile && train is not null && provenance.Data.Any(d => d.Role == "val" && d.Path == train)) return train;
        return Path.GetDirectoryName(train) is { Length: > 0 } folder ? folder : null;
    }

    private static string FolderOf(ISystem system, Provenance provenance, Run run) => DataFolderOf(system, provenance)
            ?? throw new UsageException("The run does not say where its data lies.", run.ProvenancePath, "It was moved here.", "Add --data FOLDER.");

    private static void RequireSameData(Provenance provenance, IReadOnlyList<DataFile> now, string folder)
    {
        var then = provenance.Data.Where(d => d.Role is "train" or "val").Select(d => (d.Role, d.Sha256));
        if (!then.SequenceEqual(now.Select(d => (d.Role, d.Sha256))))
            throw new InputDataException("The data are not those the training began with.", folder, "Files were added, changed or replaced; their SHA-256 differ from the run's provenance.",
                "Point --data at the original files, or start a new training.");
    }
}
