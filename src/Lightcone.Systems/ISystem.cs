using Lightcone.Evaluation;
using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Statistics;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>What the command line knows of a system. A new system is one folder that implements this and one line in <see cref="SystemCatalogue"/>.</summary>
public interface ISystem
{
    /// <summary>Name in recipes and files, for example <c>lorentznet</c>.</summary>
    string Name { get; }

    /// <summary>Name in titles, for example <c>LorentzNet</c>.</summary>
    string Title { get; }

    /// <summary>Names that <c>lightcone train</c> accepts, each with its recipe and one line of explanation.</summary>
    IReadOnlyList<NamedRecipe> Recipes { get; }

    /// <summary>Recipe with every field at its default: what a recipe file is read into.</summary>
    TrainingRecipe DefaultRecipe { get; }

    /// <summary>
    /// Whether a training looks at labels, as that of a tagger does. Where it does not, an evaluation sets the classes of the training against those of
    /// <see cref="EvaluationRequest.Signals"/>.
    /// </summary>
    bool TrainsOnLabels { get; }

    /// <summary>Whether an evaluation wants to be told what to look for, as that of an anomaly search does.</summary>
    bool WantsSignals => !TrainsOnLabels;

    /// <summary>Whether an evaluation can average the probabilities of several runs: those of <see cref="EvaluationRequest.Ensemble"/>.</summary>
    bool Ensembles => false;

    /// <summary>BibTeX of what a run of this recipe used.</summary>
    string BibTex { get; }

    /// <summary>Whether a training reads files named pretrain beside those named train.</summary>
    bool ReadsPretrainingFiles(TrainingRecipe recipe) => false;

    /// <summary>
    /// Whether a training may be given one file, which is then cut by rows into jets to train on and jets kept aside; for a system that chooses nothing by its validation.
    /// </summary>
    bool CutsOneFile => false;

    /// <summary>Fills in what a recipe leaves to the jets, or to other runs that it names: classes, the size of a network that training starts from.</summary>
    /// <exception cref="LightconeException">A run it names is not there or does not fit.</exception>
    TrainingRecipe Resolve(TrainingRecipe recipe, JetSchema training) => recipe;

    /// <summary>The jets of a training as a recipe wants them, for example mixed into samples without labels. It takes the source over.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="jets">Jets of the training or of the validation.</param>
    /// <param name="share">1 for training jets; for those of the validation, how many times fewer of a number that the recipe fixes are wanted.</param>
    IJetSource Arrange(TrainingRecipe recipe, IJetSource jets, int share) => jets;

    /// <summary>A recipe changed for few labels: their number, and what depends on it.</summary>
    TrainingRecipe WithLabels(TrainingRecipe recipe, int labels) => recipe with { Labels = labels };

    /// <summary>
    /// Puts into the run's folder what its task needs beside the recipe: numbers fitted on the training jets, labelled or not, copies from other runs. Called whenever a training starts or goes on;
    /// what is there already stays.
    /// </summary>
    void Prepare(Run run, TrainingRecipe recipe, IJetSource training)
    {
    }

    /// <summary>A task with fresh weights from the engine's global generator, in a run that <see cref="Prepare"/> has seen.</summary>
    ITrainingTask CreateTask(TrainingRecipe recipe, Run run);

    /// <summary>Called once the training has ended: fits what wants the trained weights and jets that they have not seen.</summary>
    /// <param name="run">The run.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="training">The training jets.</param>
    /// <param name="validation">The jets of the validation.</param>
    void Conclude(Run run, TrainingRecipe recipe, IJetSource training, IJetSource validation)
    {
    }

    /// <summary>What must be known of a run whose training has ended, before anything is done with it: sentences, none where all is well.</summary>
    IReadOnlyList<string> Concerns(Run run) => [];

    /// <summary>A trained model from a run.</summary>
    IModel Load(Run run);

    /// <summary>Evaluates a run on labelled jets, opened by <see cref="EvaluationJets"/>; writes evaluation.json and the figures into it.</summary>
    /// <exception cref="InputDataException">The jets have no labels, or the run no weights.</exception>
    EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request);

    /// <summary>Turns weights published elsewhere into a run; <paramref name="settings"/> (<c>name=value</c>) change its recipe.</summary>
    /// <exception cref="UsageException">The system imports none.</exception>
    /// <exception cref="InputDataException">The file holds no such weights.</exception>
    Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance);

    /// <summary>Writes what other trainings start from into one file that stands alone.</summary>
    /// <exception cref="UsageException">No training starts from a run of this system.</exception>
    void Export(Run run, string file) => throw new UsageException(
        $"A run of {Title} has nothing to export.", run.Folder, "Only encoders from pre-training are what other trainings start from.",
        "Name a run of lightcone train jetclass-mpm; weights of any run stand in its checkpoints/best.safetensors.");

    /// <summary>Measures the system's symmetries on some jets.</summary>
    /// <exception cref="UsageException">The system has none to check.</exception>
    SymmetryReport CheckSymmetry(Run run, JetBatch jets);
}

/// <summary>A recipe that <c>lightcone train</c> knows by name.</summary>
/// <param name="Name">The name, for example <c>top-lorentznet</c>.</param>
/// <param name="Summary">What it trains, one line.</param>
/// <param name="Recipe">The recipe.</param>
public sealed record NamedRecipe(string Name, string Summary, TrainingRecipe Recipe);

/// <summary>A trained model that scores jets.</summary>
public interface IModel : IDisposable
{
    /// <summary>What <see cref="Score"/> gives each jet. The first is one number a jet: <c>score</c>, which is larger for jets more like signal or less like what was trained on, or a calibrated <c>value</c>.</summary>
    IReadOnlyList<ScoreColumn> Columns { get; }

    /// <summary>The numbers of all jets, one array a column: the column's <see cref="ScoreColumn.Length"/> numbers for each jet, row-major, jet after jet.</summary>
    float[][] Score(JetBatch jets);

    /// <summary>The first of some jets as it should be quoted, for models that estimate; null for others.</summary>
    Estimate? Example(JetBatch jets) => null;
}
