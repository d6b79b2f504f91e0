using System.CommandLine;

namespace Lightcone.Cli.Commands;

/// <summary>Every command of the program, in the order of the help page. A new command is one file and one line here.</summary>
internal static class CommandList
{
    public static IEnumerable<Command> Create()
    {
        yield return QuickstartCommand.Create();
        yield return DatasetCommand.Create();
        yield return TrainCommand.Create();
        yield return EvaluateCommand.Create();
        yield return ScoreCommand.Create();
        yield return ReportCommand.Create();
        yield return ProbeCommand.Create();
        yield return CalibrateCommand.Create();
        yield return CheckCommand.Create();
        yield return ImportCommand.Create();
        yield return ExportCommand.Create();
        yield return CiteCommand.Create();
        yield return DoctorCommand.Create();
    }
}
