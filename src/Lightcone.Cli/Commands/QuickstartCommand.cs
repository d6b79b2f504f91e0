using System.CommandLine;
using Lightcone.Cli.Terminal;
using Lightcone.Systems;
using Lightcone.Training;
using Lightcone.Training.Engine;
using Lightcone.Training.Recipes;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone quickstart</c>: the shipped jets, a trained tagger and its report, within minutes.</summary>
internal static class QuickstartCommand
{
    private const string Training = "quickstart-lorentznet";

    public static Command Create()
    {
        var output = new Option<string>("--out") { Description = "Folder of the new run.", HelpName = "RUN", DefaultValueFactory = _ => "runs/quickstart" };
        var data = new Option<string?>("--data") { Description = "Folder with train, val and test files; the shipped sample by default.", HelpName = "FOLDER" };
        var settings = CommonOptions.Settings();
        var threads = CommonOptions.Threads();
        var command = new Verb("quickstart", "Train a small Lorentz-equivariant tagger on the shipped jets and write its report.")
        {
            Examples = ["lightcone quickstart", "lightcone quickstart --out runs/mine --set epochs=3"],
            Options = { output, data, settings, threads },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            parse.GetRequiredValue(output), parse.GetValue(data) ?? SampleFolder.Path, parse.GetValue(settings) ?? [], EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)),
            TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static ExitCode Run(string run, string data, string[] settings, int threads, TerminalWriter terminal, CancellationToken stop)
    {
        var (system, named) = SystemCatalogue.Training(Training);
        var recipe = settings.Aggregate(named.Recipe, RecipeFile.Set);
        terminal.Line($"{system.Title} on {data}: {recipe.Epochs} epochs, seed {recipe.Seed}, {EngineSetup.Words(threads)}. Recipe: lightcone train {Training} --print-recipe");
        TrainingOutcome outcome;
        string summary;
        using (var progress = new TrainingProgress(terminal, $"train {system.Title}, {recipe.Epochs} epochs, seed {recipe.Seed}"))
        {
            outcome = TrainingSession.Start(system, recipe, new TrainingRequest
            {
                Run = run,
                Data = data,
                Threads = threads,
                MklAnyCpu = MklOverride.IsActive,
                Command = CommandHost.CommandLine,
            }, progress, stop);
            summary = progress.Summary();
        }

        if (outcome == TrainingOutcome.Stopped)
        {
            terminal.Line($"{run} can go on: lightcone train --resume {run}");
            return ExitCode.Stopped;
        }

        terminal.Line(summary);
        terminal.Line();
        EvaluateCommand.Evaluate(run, data, threads, terminal, stop);
        return ReportCommand.Run([run], null, terminal);
    }
}
