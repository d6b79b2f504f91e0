using System.CommandLine;
using System.Globalization;
using Lightcone.Cli.Terminal;
using Lightcone.Systems;
using Lightcone.Training;
using Lightcone.Training.Engine;
using Lightcone.Training.Recipes;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone train</c>: starts a named training, or resumes one.</summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var name = new Argument<string?>("TRAINING") { Description = "What to train; --list names them all.", Arity = ArgumentArity.ZeroOrOne };
        var data = new Option<string?>("--data") { Description = "Folder with train and val files, or with one file a class; a calibration also takes one file.", HelpName = "FOLDER" };
        var output = new Option<string?>("--out") { Description = "Folder of the new run.", HelpName = "RUN" };
        var resume = new Option<string?>("--resume") { Description = "Go on with this run from its last checkpoint.", HelpName = "RUN" };
        var backbone = new Option<string?>("--backbone") { Description = "Start from this pre-training's run or backbone file.", HelpName = "RUN" };
        var labels = new Option<int?>("--labels") { Description = "Use so many labelled training jets, and a recipe for few.", HelpName = "N" };
        var settings = CommonOptions.Settings();
        var maxTime = new Option<double?>("--max-time") { Description = "Stop with a checkpoint after this many minutes (exit code 5).", HelpName = "MINUTES" };
        var threads = CommonOptions.Threads();
        var list = new Option<bool>("--list") { Description = "Name the trainings and stop." };
        var print = new Option<bool>("--print-recipe") { Description = "Print the resolved recipe and stop." };
        var command = new Verb("train", "Train a network on jets; kill it at any moment and --resume it.")
        {
            Examples = ["lightcone train top-lorentznet --data samples/data --out runs/top --set epochs=3", "lightcone train jetclass-finetune --backbone runs/mpm --labels 1000 --data jetclass --out runs/ft", "lightcone train --resume runs/top"],
            Arguments = { name },
            Options = { data, output, resume, backbone, labels, settings, maxTime, threads, list, print },
        };
        command.SetAction((parse, stop) => Task.FromResult((int)Run(
            new Choice(parse.GetValue(name), parse.GetValue(data), parse.GetValue(output), parse.GetValue(resume), parse.GetValue(backbone), parse.GetValue(labels), parse.GetValue(settings) ?? [], parse.GetValue(maxTime), parse.GetValue(threads),
                parse.GetValue(list), parse.GetValue(print), parse.GetValue(CommonOptions.MklAnyCpu)),
            TerminalWriter.Open(parse), stop)));
        return command;
    }

    private static ExitCode Run(Choice choice, TerminalWriter terminal, CancellationToken stop)
    {
        if (choice.List) return List(terminal);
        if (choice.Resume is not null && choice.Name is not null)
            throw new UsageException("A resumed run already knows its training.", "lightcone train --resume", "Both a training and --resume were given.", $"lightcone train --resume {choice.Resume}");
        if (choice.Resume is not null)
        {
            if (choice.Settings.Length > 0 || choice.Backbone is not null || choice.Labels is not null)
                throw new UsageException("A resumed run keeps its recipe.", "--set, --backbone, --labels", "A changed recipe would make another training of it.", "Start a new run with --out.");
            return Report(choice.Resume, choice.Data, $"resume {choice.Resume}", terminal, observer => TrainingSession.Resume(Request(choice, choice.Resume), observer, stop));
        }

        if (choice.Name is null)
            throw new UsageException("Nothing was named to train.", "lightcone train", "The training's name is missing.", "lightcone train --list");
        var (system, named) = SystemCatalogue.Training(choice.Name);
        var recipe = choice.Settings.Aggregate(Begun(system, named.Recipe, choice), RecipeFile.Set);
        if (choice.Print)
        {
            terminal.Line(RecipeFile.ToYaml(recipe).TrimEnd());
            return ExitCode.Done;
        }

        string run = choice.Out ?? throw new UsageException("There is no folder for the run.", "--out", "The option was forgotten.", $"Add --out runs/{choice.Name}.");
        return Report(run, choice.Data, $"train {system.Title}, {recipe.Epochs} epoch{(recipe.Epochs == 1 ? "" : "s")}, seed {recipe.Seed}", terminal, observer => TrainingSession.Start(system, recipe, Request(choice, run), observer, stop));
    }

    // The settings come last, so that they have the last word.
    private static TrainingRecipe Begun(ISystem system, TrainingRecipe recipe, Choice choice)
    {
        if (choice.Labels is { } labels)
        {
            if (labels < 1) throw new UsageException("A number of labels is at least 1.", $"--labels {labels}", "A misspelt number.", "Leave --labels out to use all.");
            recipe = system.WithLabels(recipe, labels);
        }

        return choice.Backbone is null ? recipe : RecipeFile.Set(recipe, "backbone", choice.Backbone);
    }

    private static TrainingRequest Request(Choice choice, string run) => new()
    {
        Run = run,
        Data = choice.Data,
        Threads = EngineSetup.Start(choice.Threads, choice.MklAnyCpu),
        MklAnyCpu = MklOverride.IsActive,
        Command = CommandHost.CommandLine,
        MaxTime = choice.MaxTime is { } minutes ? TimeSpan.FromMinutes(minutes) : null,
    };

    private static ExitCode Report(string run, string? data, string start, TerminalWriter terminal, Func<ITrainingObserver, TrainingOutcome> train)
    {
        using var progress = new TrainingProgress(terminal, start);
        var outcome = train(progress);
        progress.Dispose();
        if (outcome == TrainingOutcome.Finished)
        {
            terminal.Line(progress.Summary());
            var trained = Training.Runs.Run.Open(run);
            foreach (string concern in SystemCatalogue.Of(trained).Concerns(trained)) terminal.Warning(concern);
            terminal.Next(Evaluation(run, data));
            return ExitCode.Done;
        }

        terminal.Line($"{run} can go on: lightcone train --resume {run}");
        return ExitCode.Stopped;
    }

    // A model that learned without labels does not know what to look for.
    private static string Evaluation(string folder, string? data)
    {
        var run = Training.Runs.Run.Open(folder);
        string from = data ?? TrainingSession.DataFolderOf(run) ?? "FOLDER";
        if (File.Exists(from)) from = "FILE"; // one that was cut holds jets that were trained on
        return $"lightcone evaluate {folder} --data {from}{(SystemCatalogue.Of(run).WantsSignals ? " --signals NAMES" : "")}";
    }

    private static ExitCode List(TerminalWriter terminal)
    {
        var table = new TextTable(new Column("training"), new Column("system"), new Column("what it trains", Optional: true));
        foreach (var system in SystemCatalogue.All)
            foreach (var recipe in system.Recipes)
                table.Add(recipe.Name, system.Title, recipe.Summary);
        table.Write(terminal);
        return ExitCode.Done;
    }

    private sealed record Choice(
        string? Name, string? Data, string? Out, string? Resume, string? Backbone, int? Labels, string[] Settings, double? MaxTime, int Threads, bool List, bool Print, bool MklAnyCpu);
}

/// <summary>Shows a training as it goes: one moving line on a terminal, a line a minute and an epoch in a log.</summary>
internal sealed class TrainingProgress(TerminalWriter terminal, string start) : ITrainingObserver, IDisposable
{
    private readonly ProgressLine line = new(terminal, start);
    private EpochReport? best, last;

    public void Step(StepReport step) => line.Update(() => string.Create(CultureInfo.InvariantCulture,
        $"epoch {step.Epoch + 1}  {100.0 * step.StepInEpoch / step.StepsPerEpoch:0} %  {step.JetsPerSecond:0} jets/s  loss {Digits(step.Loss)}{Best()}  {Left(step)}"));

    public void Epoch(EpochReport epoch)
    {
        last = epoch;
        if (epoch.Best) best = epoch;
        line.Milestone(string.Create(CultureInfo.InvariantCulture,
            $"epoch {epoch.Epoch + 1}/{epoch.Epochs}  done  loss {Digits(epoch.TrainingLoss)}  {string.Join("  ", epoch.Validation.Select(v => $"val {v.Key} {Digits(v.Value)}"))}{(epoch.Best ? "  best" : "")}"));
    }

    public void Checkpoint(int epoch, long step)
    {
    }

    public string Summary() => last is not { } end
        ? "Nothing left to do: all epochs were done."
        : string.Create(CultureInfo.InvariantCulture, $"{end.Epoch + 1} epoch{(end.Epoch == 0 ? "" : "s")} in {Duration(end.Seconds)}.{(best is { } b ? $" Best: epoch {b.Epoch + 1}, {string.Join(", ", b.Validation.Select(v => $"val {v.Key} {Digits(v.Value)}"))}." : "")}");

    public void Dispose() => line.Dispose();

    private string Best() => best is { } b ? string.Create(CultureInfo.InvariantCulture, $"  best ep. {b.Epoch + 1}") : "";

    private static string Left(StepReport step) => step.JetsPerSecond > 0 && step.Step > 20
        ? Duration((step.StepsPerEpoch - step.StepInEpoch) * (step.Seconds / step.Step)) + " to the epoch's end"
        : "";

    /// <summary>Four decimals, and four digits of a number that they would cut short.</summary>
    internal static string Digits(double value) => Math.Abs(value) switch
    {
        > 0 and < 1e-4 => value.ToString("0.000e-0", CultureInfo.InvariantCulture),
        >= 1e-4 and < 1e-3 => value.ToString("0.0000000", CultureInfo.InvariantCulture),
        >= 1e-3 and < 1e-2 => value.ToString("0.000000", CultureInfo.InvariantCulture),
        >= 1e-2 and < 1e-1 => value.ToString("0.00000", CultureInfo.InvariantCulture),
        _ => value.ToString("0.0000", CultureInfo.InvariantCulture),
    };

    private static string Duration(double seconds) => seconds switch
    {
        < 90 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s"),
        < 5400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0} min"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(seconds / 3600):0} h {seconds % 3600 / 60:00} min"),
    };
}
