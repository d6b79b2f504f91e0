using Lightcone.Systems.Calibration;
using Lightcone.Systems.Gnnae;
using Lightcone.Systems.Lgae;
using Lightcone.Systems.LorentzNet;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>Every system, one line each.</summary>
public static class SystemCatalogue
{
    /// <summary>The systems.</summary>
    public static IReadOnlyList<ISystem> All { get; } = [new LorentzNetSystem(), new LgaeSystem(), new GnnaeSystem(), new MpmSystem(), new TokenizerSystem(), new ClassifierSystem(), new CalibrationSystem()];

    /// <summary>The system of a run.</summary>
    /// <exception cref="InputDataException">The run's recipe is damaged or names an unknown system.</exception>
    public static ISystem Of(Run run)
    {
        string name = RecipeFile.SystemOf(run.RecipePath);
        return All.FirstOrDefault(s => s.Name == name) ?? throw new InputDataException(
            $"The run is of a system “{name}” that this version does not have.", run.RecipePath, "The run was made by a newer Lightcone.", "Update Lightcone.");
    }

    /// <summary>A system by its name.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static ISystem Named(string name) => All.FirstOrDefault(s => s.Name == name) ?? throw new UsageException(
        $"There is no system “{name}”.", name, "A misspelt name.", "The systems are: " + string.Join(", ", All.Select(s => s.Name)) + ".");

    /// <summary>A named recipe and its system.</summary>
    /// <exception cref="UsageException">There is none of that name.</exception>
    public static (ISystem System, NamedRecipe Recipe) Training(string name)
    {
        foreach (var system in All)
            if (system.Recipes.FirstOrDefault(r => r.Name == name) is { } recipe)
                return (system, recipe);
        throw new UsageException($"There is no training “{name}”.", name, "A misspelt name.", "The trainings are: " + string.Join(", ", All.SelectMany(s => s.Recipes).Select(r => r.Name)) + ".");
    }
}
