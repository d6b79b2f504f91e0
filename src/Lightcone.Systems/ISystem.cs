using Lightcone.Evaluation;
using Lightcone.Jets;
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

    /// <summary>BibTeX of what a run of this recipe used.</summary>
    string BibTex { get; }

    /// <summary>A task with fresh weights from the engine's global generator.</summary>
    ITrainingTask CreateTask(TrainingRecipe recipe);

    /// <summary>A trained model from a run.</summary>
    IModel Load(Run run);

    /// <summary>Evaluates a run on labelled jets; writes evaluation.json and the figures into it.</summary>
    /// <exception cref="InputDataException">The jets have no labels, or the run no weights.</exception>
    EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request);

    /// <summary>Turns weights published elsewhere into a run; <paramref name="settings"/> (<c>name=value</c>) change its recipe.</summary>
    /// <exception cref="UsageException">The system imports none.</exception>
    /// <exception cref="InputDataException">The file holds no such weights.</exception>
    Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance);

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
    /// <summary>Names of the numbers <see cref="Score"/> gives each jet.</summary>
    IReadOnlyList<string> Columns { get; }

    /// <summary>Numbers of every jet, shape [columns][jets].</summary>
    double[][] Score(JetBatch jets);
}
