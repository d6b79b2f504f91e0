using System.Security.Cryptography;
using Lightcone.Jets;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Tagging;

/// <summary>The runs whose probabilities an evaluation averages: one, or several of the same system and classes.</summary>
internal sealed class TaggerEnsemble
{
    private readonly ISystem system;
    private readonly IReadOnlyList<TrainingRecipe> recipes;

    private TaggerEnsemble(ISystem system, IReadOnlyList<Run> runs, IReadOnlyList<TrainingRecipe> recipes) => (this.system, Runs, this.recipes) = (system, runs, recipes);

    /// <summary>The runs, the evaluated one first.</summary>
    public IReadOnlyList<Run> Runs { get; }

    /// <summary>Whether there are several.</summary>
    public bool IsOne => Runs.Count == 1;

    /// <summary>The system's title, with the number of members where there are several.</summary>
    public string Title => IsOne ? system.Title : $"{system.Title}, ensemble of {Runs.Count}";

    /// <summary>Words of a model card before those of the first run; empty for one.</summary>
    public string Words => IsOne ? "" : $"ensemble of {Runs.Count} ({string.Join(", ", Runs.Select(r => r.Name))}): ";

    /// <summary>How the members differ, so what their disagreement measures.</summary>
    public string Scatter => Alike
        ? "members differ in their seed alone, all saw the same jets: scatter of the optimisation, not of the training sample"
        : "members differ in more than their seed: scatter of the optimisation and of their recipes, not of the training sample";

    private bool Alike => recipes.Select(r => RecipeFile.ToYaml(r with { Seed = 0 })).Distinct().Count() == 1
        && Runs.Select(r => string.Join(' ', Files(r, "train"))).Distinct().Count() == 1;

    /// <summary>Opens the members.</summary>
    /// <param name="system">System of the run.</param>
    /// <param name="run">The evaluated run.</param>
    /// <param name="others">Further members; empty for none.</param>
    /// <exception cref="UsageException">A member is of another system or of other classes, or is there twice.</exception>
    /// <exception cref="InputDataException">A member has no weights.</exception>
    public static TaggerEnsemble Of(ISystem system, Run run, IReadOnlyList<Run> others)
    {
        var recipe = RecipeFile.Load(run.RecipePath, system.DefaultRecipe);
        var recipes = new List<TrainingRecipe> { recipe };
        if (others.Count == 0) return new(system, [run], recipes);
        var seen = new Dictionary<string, Run> { [WeightsOf(run)] = run };
        foreach (var other in others)
        {
            var theirs = SystemCatalogue.Of(other);
            if (theirs.Name != system.Name)
                throw new UsageException($"The members of an ensemble are of one system: {other.Folder} is of {theirs.Title}.", "--ensemble", $"{run.Folder} is of {system.Title}.", "Name runs of the same training with other seeds: --set seed=2.");
            var own = RecipeFile.Load(other.RecipePath, system.DefaultRecipe);
            if (own.Classes != recipe.Classes || own.Signals != recipe.Signals)
                throw new UsageException($"The members of an ensemble know the same classes: {other.Folder} knows {Classes(own)}.", "--ensemble", $"{run.Folder} knows {Classes(recipe)}.", "Name runs of the same training with other seeds: --set seed=2.");
            if (!seen.TryAdd(WeightsOf(other), other))
                throw new UsageException($"{other.Folder} has the weights of {seen[WeightsOf(other)].Folder}.", "--ensemble", "A run was named twice, or copied.", "Train it with another seed: --set seed=2.");
            recipes.Add(own);
        }

        return new(system, [run, .. others], recipes);
    }

    /// <summary>
    /// What makes probabilities of the members' mean: a fit on the validation jets where all members had the same and they can still be opened, else the average of the members' own temperatures;
    /// null where neither is there. Of one run what it has.
    /// </summary>
    /// <param name="members">The networks of <see cref="Runs"/>.</param>
    /// <param name="batches">How jets are put together.</param>
    public TaggerCalibration? Calibration<T>(TaggerMembers<T> members, Func<IJetSource, IEnumerable<JetBatch>> batches)
        where T : class, ITagger
    {
        if (IsOne) return members.First.Calibration;
        using var jets = OpenValidation();
        int classes = members.First.Classes;
        return jets is null ? TaggerCalibration.MeanOf(members.Calibrations) : Fit(jets, batch => new EnsembleScores(classes).Add(members.Logits(batch)), batches, classes);
    }

    /// <summary>Fits a run's calibration on jets that its training did not see, and writes it.</summary>
    /// <param name="run">A run whose training has ended.</param>
    /// <param name="load">Loads its network.</param>
    /// <param name="validation">The jets.</param>
    /// <param name="batches">How they are put together.</param>
    public static void Calibrate(Run run, Func<Run, ITagger> load, IJetSource validation, Func<IJetSource, IEnumerable<JetBatch>> batches)
    {
        TaggerCalibration.Replace(run, null); // what may be there is of other weights
        using var tagger = load(run);
        TaggerCalibration.Replace(run, Fit(validation, tagger.LogitRows, batches, tagger.Classes));
    }

    private static TaggerCalibration? Fit(IJetSource jets, Func<JetBatch, double[]> logits, Func<IJetSource, IEnumerable<JetBatch>> batches, int classes)
    {
        var (all, labels) = (new List<double>(), new List<int>());
        foreach (var batch in batches(jets))
        {
            if (batch.Labels is not { } truth || truth.Any(l => l < 0 || l >= classes)) return null;
            all.AddRange(logits(batch));
            labels.AddRange(truth);
        }

        return TaggerCalibration.Fit([.. all], [.. labels], classes);
    }

    private IJetSource? OpenValidation()
    {
        string[] wanted = Files(Runs[0], "val");
        if (wanted.Length == 0 || Runs.Any(r => !Files(r, "val").SequenceEqual(wanted))) return null;
        foreach (var (run, recipe) in Runs.Zip(recipes))
        {
            if (TrainingSession.DataFolderOf(run) is not { } folder) continue;
            try
            {
                var (jets, files) = SessionJets.OpenValidation(system, recipe, folder);
                if (files.Select(f => f.Sha256).SequenceEqual(wanted)) return jets;
                jets.Dispose();
            }
            catch (LightconeException)
            {
                // The files moved or changed: another member may know where they are.
            }
        }

        return null;
    }

    private static string[] Files(Run run, string role) => [.. Provenance.Read(run.ProvenancePath).Data.Where(d => d.Role == role).Select(d => d.Sha256)];

    private static string Classes(TrainingRecipe recipe) =>
        (recipe.Classes.IsEmpty ? "the classes of its files" : recipe.Classes.ToString()) + (recipe.Signals.IsEmpty ? "" : $", signals {recipe.Signals}");

    private static string WeightsOf(Run run)
    {
        run.RequireWeights();
        using var stream = File.OpenRead(run.BestPath);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
