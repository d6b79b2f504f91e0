using System.CommandLine;
using System.Globalization;
using Lightcone.Cli.Terminal;
using Lightcone.Figures;
using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Systems;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone check symmetry RUN</c>: how much a model's outputs change with the Lorentz frame, or with the order of the constituents, and what breaks the symmetry.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new Verb("check", "Check what a model promises.") { Examples = ["lightcone check symmetry runs/top"] };
        command.Subcommands.Add(CreateSymmetry());
        command.Subcommands.Add(CheckMpmCommand.Create());
        command.Subcommands.Add(CheckUncertaintyCommand.Create());
        return command;
    }

    private static Verb CreateSymmetry()
    {
        var run = new Argument<string>("RUN") { Description = "The run's folder." };
        var data = new Option<string?>("--data") { Description = "A file of jets, or a folder whose test split is used. By default the shipped sample, or where the run names its classes the data it was trained on.", HelpName = "PATH" };
        var jets = new Option<int>("--jets") { Description = "Jets to measure on: the first, or where the run names its classes as many spread over the split.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var threads = CommonOptions.Threads();
        var command = new Verb("symmetry", "Measure how much outputs change under boosts and rotations, or in another order of the constituents.")
        {
            Examples = ["lightcone check symmetry runs/top --data top/test.h5 --jets 50"],
            Arguments = { run },
            Options = { data, jets, threads, CommonOptions.Json() },
        };
        command.SetAction(parse => (int)Symmetry(
            parse.GetRequiredValue(run), parse.GetValue(data), parse.GetValue(jets), EngineSetup.Start(parse.GetValue(threads), parse.GetValue(CommonOptions.MklAnyCpu)), TerminalWriter.Open(parse)));
        return command;
    }

    private static ExitCode Symmetry(string folder, string? data, int count, int threads, TerminalWriter terminal)
    {
        var run = Run.Open(folder);
        var system = SystemCatalogue.Of(run);
        if (count < 1) throw new UsageException($"{count} jets are none to measure on.", "--jets", "a small number is meant", "choose 20");
        var report = system.CheckSymmetry(run, Jets(system, run, data, count));
        bool moves = report.Frames.Any(f => f.Gamma != 1 || f.Angle != 0);
        terminal.Line($"{system.Title} {run.Name} {(moves ? $"in {report.Frames.Count} other Lorentz frames" : $"under {report.Frames.Count} changes that must not matter")}, {report.Jets} jets, {EngineSetup.Words(threads)}");
        terminal.Line(report.Subject);
        terminal.Line();
        WriteTable(report, terminal);
        terminal.Line();
        foreach (var gate in report.Gates)
            terminal.Line((gate.Passed ? "  pass   " : "  FAIL   ", gate.Passed ? Style.Green : Style.Red), ($"{gate.Name}: {Short(gate.Measured)}, at most {Short(gate.Limit)}", Style.Plain));
        SymmetryFile.Write(run, report);
        if (terminal.WantsJson) terminal.WriteJson(SymmetryFile.ToJson(run, report));
        return report.Gates.All(g => g.Passed) ? ExitCode.Done : ExitCode.Defect;
    }

    private static JetBatch Jets(ISystem system, Run run, string? data, int count)
    {
        var classes = RecipeFile.Load(run.RecipePath, system.DefaultRecipe).Classes;
        using var source = SplitFolder.Open(data ?? (classes.IsEmpty ? SampleFolder.Path : TrainingData(run)), DataSplit.Test, classes);
        count = (int)Math.Min(count, source.Jets.Count);
        if (count == 0) throw new InputDataException("There is no jet to measure on.", data ?? run.Folder, "An empty selection when the file was written.", "Check it: lightcone dataset inspect.");
        if (classes.IsEmpty) return source.Jets.Read(0, count);
        // Classes may stand one after the other.
        return JetBatch.Concatenate([.. Enumerable.Range(0, count).Select(i => source.Jets.Read(i * source.Jets.Count / count, 1))]);
    }

    private static string TrainingData(Run run) => TrainingSession.DataFolderOf(run) is { } folder && Directory.Exists(folder)
        ? folder
        : throw new UsageException("There are no jets to measure on.", "--data", "The data that the run was trained on are not where it recorded them, and it names its own classes, so the shipped sample does not fit.", "Add --data PATH.");

    private static void WriteTable(SymmetryReport report, TerminalWriter terminal)
    {
        var groups = report.Frames.Select(f => f.Group).Where(g => g.Length > 0).Distinct().ToList();
        var table = new TextTable([new Column("variant"), new Column("largest output"), .. groups.Select(g => new Column(g))]);
        foreach (var variant in report.Variants)
            table.Add([variant.Name, NumberText.Plain(variant.LargestOutput, 2), .. groups.Select(g => Short(report.Frames.Zip(variant.LargestChange).Where(f => f.First.Group == g).Max(f => f.Second)))]);
        table.Write(terminal);
    }

    private static string Short(double value) => value == 0 ? "0" : value.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
