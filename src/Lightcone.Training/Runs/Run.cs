using Lightcone.Training.Recipes;

namespace Lightcone.Training.Runs;

/// <summary>
/// A run's folder: recipe.yaml, provenance.json, metrics.jsonl, TensorBoard events, checkpoints, preprocessing, evaluations and the report.
/// It names no path outside itself, so it moves between machines.
/// </summary>
public sealed class Run
{
    private static readonly string[] BeforeFirstCheckpoint =
        [RunLock.FileName, "provenance.json", "provenance.json.tmp", "CITATION.bib", "CITATION.bib.tmp", "recipe.yaml.tmp", "metrics.jsonl", "tensorboard", "preprocessing.json", "preprocessing.json.tmp", "inputs"];

    private Run(string folder) => Folder = folder;

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>The run's name: that of its folder.</summary>
    public string Name => Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(Folder)));

    /// <summary>The resolved recipe.</summary>
    public string RecipePath => Path.Combine(Folder, "recipe.yaml");

    /// <summary>Versions, data hashes, seed, machine, commands.</summary>
    public string ProvenancePath => Path.Combine(Folder, "provenance.json");

    /// <summary>One JSON object a line: steps and epochs.</summary>
    public string MetricsPath => Path.Combine(Folder, "metrics.jsonl");

    /// <summary>Weights of the best epoch.</summary>
    public string BestPath => Path.Combine(Folder, "checkpoints", "best.safetensors");

    /// <summary>Everything needed to go on: network, optimiser, position, in one file so that it is whole or not there.</summary>
    public string LastPath => Path.Combine(Folder, "checkpoints", "last", "state.safetensors");

    /// <summary>How jets become the network's inputs, fitted on the training jets; only where a system fits something.</summary>
    public string PreprocessingPath => Path.Combine(Folder, "preprocessing.json");

    /// <summary>What the training began with, copied from other runs so that this one stands alone.</summary>
    public string InputsFolder => Path.Combine(Folder, "inputs");

    /// <summary>The evaluation's document.</summary>
    public string EvaluationPath => Path.Combine(Folder, "evaluation.json");

    /// <summary>The report.</summary>
    public string ReportPath => Path.Combine(Folder, "report.html");

    /// <summary>BibTeX of what the run used.</summary>
    public string CitationPath => Path.Combine(Folder, "CITATION.bib");

    /// <summary>Figures as SVG and CSV.</summary>
    public string FiguresFolder => Path.Combine(Folder, "figures");

    /// <summary>
    /// Starts a new run in an empty or absent folder, or over one that never reached a checkpoint. The recipe is written last: a folder with one can be
    /// resumed. The caller holds the folder's lock.
    /// </summary>
    /// <exception cref="UsageException">The folder already holds something.</exception>
    /// <exception cref="MachineException">The folder cannot be written.</exception>
    public static Run Create(string folder, TrainingRecipe recipe, Provenance provenance, string citation)
    {
        RequireVacant(folder);
        var run = new Run(folder);
        provenance.Write(run.ProvenancePath);
        AtomicFile.WriteText(run.CitationPath, citation);
        AtomicFile.WriteText(run.RecipePath, RecipeFile.ToYaml(recipe));
        return run;
    }

    /// <summary>Refuses a folder in which no run can be started; to be asked before the lock, which would leave a file in a stranger's folder.</summary>
    /// <exception cref="UsageException">The folder already holds something.</exception>
    public static void RequireVacant(string folder)
    {
        var run = new Run(folder);
        if (!File.Exists(folder) && (!Directory.Exists(folder) || Directory.EnumerateFileSystemEntries(folder).All(run.BelongsToStart))) return;
        if (File.Exists(run.RecipePath))
            throw new UsageException("The run's folder is not empty.", folder, "A training was already started there.", $"Go on with it: lightcone train --resume {folder}; or choose another --out.");
        throw new UsageException("The run's folder is not empty.", folder, "It holds other files.", "Choose another --out.");
    }

    /// <summary>Opens an existing run.</summary>
    /// <exception cref="InputDataException">The folder is no run.</exception>
    public static Run Open(string folder)
    {
        var run = new Run(folder);
        if (!File.Exists(run.RecipePath))
            throw new InputDataException("This is not a run: it has no recipe.yaml.", folder, "A misspelt path, or a training that never started.", "Name the folder given to train --out.");
        return run;
    }

    /// <summary>Refuses a run that cannot be scored with yet.</summary>
    /// <exception cref="InputDataException">It has no trained weights.</exception>
    public void RequireWeights()
    {
        if (!File.Exists(BestPath))
            throw new InputDataException("The run has no trained weights yet.", Folder, "Its first epoch has not ended.", $"Go on training: lightcone train --resume {Folder}");
    }

    // A recipe without provenance was not written by a start.
    private bool BelongsToStart(string entry) => Path.GetFileName(entry) switch
    {
        "recipe.yaml" => File.Exists(ProvenancePath),
        "checkpoints" => !Directory.EnumerateFiles(entry, "*.safetensors", SearchOption.AllDirectories).Any(),
        var name => BeforeFirstCheckpoint.Contains(name),
    };
}
