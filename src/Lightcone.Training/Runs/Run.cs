using Lightcone.Training.Recipes;

namespace Lightcone.Training.Runs;

/// <summary>
/// A run's folder: recipe.yaml, provenance.json, metrics.jsonl, TensorBoard events, checkpoints, preprocessing, evaluations and the report.
/// It names no path outside itself, so it moves between machines.
/// </summary>
public sealed class Run
{
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

    /// <summary>The evaluation's document.</summary>
    public string EvaluationPath => Path.Combine(Folder, "evaluation.json");

    /// <summary>The report.</summary>
    public string ReportPath => Path.Combine(Folder, "report.html");

    /// <summary>BibTeX of what the run used.</summary>
    public string CitationPath => Path.Combine(Folder, "CITATION.bib");

    /// <summary>Figures as SVG and CSV.</summary>
    public string FiguresFolder => Path.Combine(Folder, "figures");

    /// <summary>Starts a new run in an empty or absent folder and writes its recipe.</summary>
    /// <exception cref="UsageException">The folder already holds something.</exception>
    /// <exception cref="MachineException">The folder cannot be written.</exception>
    public static Run Create(string folder, TrainingRecipe recipe)
    {
        if (File.Exists(folder) || (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any(e => Path.GetFileName(e) != RunLock.FileName)))
            throw new UsageException("The run's folder is not empty.", folder, "A training was already started there.",
                $"Go on with it: lightcone train --resume {folder}; or choose another --out.");
        var run = new Run(folder);
        AtomicFile.WriteText(run.RecipePath, RecipeFile.ToYaml(recipe));
        return run;
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
}
