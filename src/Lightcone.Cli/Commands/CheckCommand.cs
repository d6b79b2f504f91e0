using System.CommandLine;
using System.Globalization;
using Lightcone.Cli.Terminal;
using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Systems;
using Lightcone.Training.Runs;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone check symmetry RUN</c>: how much a model's outputs change with the Lorentz frame, and what breaks the symmetry.</summary>
internal static class CheckCommand
{
    public static Command Create()
    {
        var command = new Verb("check", "Check what a model promises.") { Examples = ["lightcone check symmetry runs/top"] };
        command.Subcommands.Add(CreateSymmetry());
        return command;
    }

    private static Verb CreateSymmetry()
    {
        var run = new Argument<string>("RUN") { Description = "The run's folder." };
        var data = new Option<string?>("--data") { Description = "A file of jets, or a folder whose test file is used; the shipped sample by default.", HelpName = "PATH" };
        var jets = new Option<int>("--jets") { Description = "Jets to measure on, from the file's start.", HelpName = "N", DefaultValueFactory = _ => 20 };
        var threads = CommonOptions.Threads();
        var command = new Verb("symmetry", "Measure how much outputs change under boosts and rotations.")
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
        using var source = SplitFolder.Open(data ?? SampleFolder.Path, DataSplit.Test);
        JetBatch jets = source.Jets.Read(0, (int)Math.Min(count, source.Jets.Count));
        var report = system.CheckSymmetry(run, jets);
        terminal.Line($"{system.Title} {run.Name} in {report.Frames.Count} other Lorentz frames, {report.Jets} jets, {EngineSetup.Words(threads)}");
        terminal.Line("largest change of a logit, beams transformed with the jets");
        terminal.Line();
        WriteTable(report, terminal);
        terminal.Line();
        foreach (var gate in report.Gates)
            terminal.Line((gate.Passed ? "  pass   " : "  FAIL   ", gate.Passed ? Style.Green : Style.Red), ($"{gate.Name}: {Short(gate.Measured)}, at most {Short(gate.Limit)}", Style.Plain));
        SymmetryFile.Write(run, report);
        if (terminal.WantsJson) terminal.WriteJson(SymmetryFile.ToJson(run, report));
        return report.Gates.All(g => g.Passed) ? ExitCode.Done : ExitCode.Defect;
    }

    private static void WriteTable(SymmetryReport report, TerminalWriter terminal)
    {
        var table = new TextTable([new Column("variant"), new Column("largest output"), .. Groups.Select(g => new Column(g))]);
        foreach (var variant in report.Variants)
            table.Add([variant.Name, variant.LargestOutput.ToString("0.0", CultureInfo.InvariantCulture), .. Groups.Select(g => Short(Largest(report, variant, g)))]);
        table.Write(terminal);
    }

    private static readonly string[] Groups = ["rotation", "boost 0.5", "boost 0.99", "boost 0.999", "random"];

    private static double Largest(SymmetryReport report, SymmetryVariant variant, string group) =>
        report.Frames.Zip(variant.LargestChange).Where(f => group.StartsWith("boost", StringComparison.Ordinal)
            ? f.First.Name.StartsWith("boost", StringComparison.Ordinal) && f.First.Name.EndsWith(group[5..], StringComparison.Ordinal)
            : f.First.Name.StartsWith(group, StringComparison.Ordinal)).Max(f => f.Second);

    private static string Short(double value) => value == 0 ? "0" : value.ToString("0.0e-0", CultureInfo.InvariantCulture);
}
