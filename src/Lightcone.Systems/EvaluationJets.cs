using Lightcone.Formats;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>
/// Opens the jets that a run is evaluated on. A tagger gets its two classes as it was trained, on request with fewer of its signals; a model that was trained without labels gets the classes it was
/// trained on and then the signals, each with its own label.
/// </summary>
public static class EvaluationJets
{
    /// <summary>Opens the test jets.</summary>
    /// <param name="system">The run's system.</param>
    /// <param name="run">The run.</param>
    /// <param name="path">A file, or a folder whose test split is used.</param>
    /// <param name="signals">Classes to look for; empty for those of the recipe.</param>
    /// <returns>The jets, and the signals as the data spell them, for <see cref="EvaluationRequest.Signals"/>.</returns>
    /// <exception cref="UsageException">A class is not there, or does not fit the run.</exception>
    /// <exception cref="InputDataException">A file cannot be read.</exception>
    public static (SplitFolder Data, ClassList Signals) Open(ISystem system, Run run, string path, ClassList signals)
    {
        var recipe = RecipeFile.Load(run.RecipePath, system.DefaultRecipe);
        if (signals.IsEmpty) return (SplitFolder.Open(path, DataSplit.Test, recipe.Classes, recipe.Signals), default);
        var present = ClassesOf(path);
        signals = Spelled(signals, present, path);
        if (!system.TrainsOnLabels) return (SplitFolder.Open(path, DataSplit.Test, WithBackground(recipe.Classes, signals, present, path, run)), signals);
        var trained = recipe.Signals.IsEmpty ? SignalOf(recipe.Classes, present, path) : Spelled(recipe.Signals, present, path);
        foreach (string signal in signals.Names)
            if (!trained.Names.Contains(signal))
                throw new UsageException($"The run was not trained to find {signal}.", "--signals", "A class of its background, or of another run.", $"Its signals are: {string.Join(", ", trained.Names)}.");
        if (recipe.Signals.IsEmpty) return (SplitFolder.Open(path, DataSplit.Test, recipe.Classes), signals);
        var others = recipe.Classes.IsEmpty ? present : Spelled(recipe.Classes, present, path).Names;
        return (SplitFolder.Open(path, DataSplit.Test, ClassList.Of([.. others.Except(trained.Names), .. signals.Names]), signals), signals);
    }

    /// <summary>The classes trained on, where the recipe names them, else all that are no signal; then the signals.</summary>
    private static ClassList WithBackground(ClassList trained, ClassList signals, IReadOnlyList<string> present, string path, Run run)
    {
        var background = trained.IsEmpty ? present.Except(signals.Names).ToList() : Spelled(trained, present, path).Names;
        if (background.Intersect(signals.Names).FirstOrDefault() is { } both)
            throw new UsageException($"The run was trained on {both}, so it cannot be a signal.", "--signals", $"{run.Folder} learned what {both} looks like.", $"Name other classes; there are: {string.Join(", ", present)}.");
        return background.Count > 0
            ? ClassList.Of([.. background, .. signals.Names])
            : throw new UsageException("Every class counts as signal, so there is no background.", "--signals", "All classes that are there were named.", $"Name fewer; there are: {string.Join(", ", present)}.");
    }

    /// <summary>Of two classes with labels as they are, the second is the signal.</summary>
    private static ClassList SignalOf(ClassList classes, IReadOnlyList<string> present, string path)
    {
        var used = classes.IsEmpty ? present : Spelled(classes, present, path).Names;
        return used.Count == 2 ? ClassList.Of([used[1]]) : throw new UsageException($"The run's recipe does not say which of {used.Count} classes are signal.", "--signals", "It was trained on labels as they are.", "Leave --signals out.");
    }

    private static IReadOnlyList<string> ClassesOf(string path)
    {
        using var all = SplitFolder.Open(path, DataSplit.Test);
        return all.Jets.Schema.Classes;
    }

    private static ClassList Spelled(ClassList names, IReadOnlyList<string> present, string where) => ClassList.Of(ClassChoice.Of(present, names, default, where).Names);
}
