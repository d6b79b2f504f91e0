using Lightcone.Evaluation;
using Lightcone.Figures.Reports;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>Makes the report of a run, or the comparison of several, from what lies in their folders; touches no data and no model.</summary>
public static class RunReport
{
    /// <summary>Writes the report of one run.</summary>
    /// <exception cref="InputDataException">The run was not evaluated, or a file of it is damaged.</exception>
    /// <exception cref="MachineException">The report cannot be written.</exception>
    public static void Write(Run run, string path, string command)
    {
        var evaluation = EvaluationDocument.Read(run.EvaluationPath);
        var system = SystemCatalogue.Of(run);
        var provenance = Provenance.Read(run.ProvenancePath);
        ReportWriter.Write(new ReportContent
        {
            Evaluation = evaluation,
            Figures = RunFigures.Read(run.Folder, evaluation.Figures),
            Commands = [.. provenance.Commands.Select(c => c.Command), evaluation.Provenance.Command, command],
            RecipeDifferences = string.Join('\n', Differences(run, system).Select(d => $"{d.Name}: {d.Value} (default {d.Default})")),
            Recipe = File.ReadAllText(run.RecipePath),
            Provenance = File.ReadAllText(run.ProvenancePath),
            BibTex = File.Exists(run.CitationPath) ? File.ReadAllText(run.CitationPath) : system.BibTex,
        }, path);
    }

    /// <summary>Writes the comparison of several runs; runs on one sample share their frames.</summary>
    /// <exception cref="InputDataException">One of them was not evaluated, or a figure of it is damaged.</exception>
    /// <exception cref="MachineException">The page cannot be written.</exception>
    public static void WriteComparison(IReadOnlyList<Run> runs, string path, string command)
    {
        var recipes = runs.Select(r => RecipeFile.Fields(RecipeFile.Load(r.RecipePath, SystemCatalogue.Of(r).DefaultRecipe)).ToDictionary(f => f.Name, f => f.Value)).ToList();
        var names = recipes.SelectMany(r => r.Keys).Distinct().Where(n => recipes.Select(r => r.GetValueOrDefault(n, "–")).Distinct().Count() > 1);
        List<EvaluationDocument> evaluations = [.. runs.Select(r => EvaluationDocument.Read(r.EvaluationPath))];
        var content = new ComparisonContent
        {
            Runs = evaluations,
            RecipeFields = [.. names.Select(n => (n, (IReadOnlyList<string>)recipes.Select(r => r.GetValueOrDefault(n, "–")).ToList()))],
            Command = command,
        };
        var overlaid = content.SameSample ? OverlayFigures.Of([.. runs.Zip(evaluations, Overlaid)]) : [];
        ReportWriter.Write(content with { Figures = overlaid }, path);
    }

    private static OverlaidRun Overlaid(Run run, EvaluationDocument evaluation) =>
        new(evaluation.Run, evaluation.Statement, RunFigures.Read(run.Folder, [.. evaluation.Figures.Where(f => OverlayFigures.Ids.Contains(f.Id))]));

    private static IEnumerable<(string Name, string Value, string Default)> Differences(Run run, ISystem system) =>
        RecipeFile.Fields(RecipeFile.Load(run.RecipePath, system.DefaultRecipe)).Zip(RecipeFile.Fields(system.DefaultRecipe))
            .Where(f => f.First.Value != f.Second.Value).Select(f => (f.First.Name, f.First.Value, f.Second.Value));
}
