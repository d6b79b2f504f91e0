using System.CommandLine;
using Lightcone.Cli.Terminal;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone dataset</c>: what a file of jets holds, whether it can be trusted, and how to change its layout.</summary>
internal static class DatasetCommand
{
    public static Command Create()
    {
        var command = new Verb("dataset", "Look into files of jets, check them, change their layout.")
        {
            Examples = ["lightcone dataset inspect samples/data/top-test.h5", "lightcone dataset check samples/data/top-train.h5 samples/data/top-test.h5"],
        };
        command.Subcommands.Add(DatasetInspectCommand.Create());
        command.Subcommands.Add(DatasetCheckCommand.Create());
        command.Subcommands.Add(DatasetConvertCommand.Create());
        return command;
    }

    /// <summary>Names of the classes, for layouts that do not state them.</summary>
    public static Option<string?> ClassNames() => new("--classes")
    {
        Description = "Names of the classes in the order of the label, separated by commas.",
        HelpName = "NAMES",
    };

    /// <summary>A progress line for files that take a while; small ones are done before it could be read.</summary>
    public static ProgressLine? ProgressFor(IEnumerable<string> paths, TerminalWriter terminal, string start) =>
        paths.Sum(p => File.Exists(p) ? new FileInfo(p).Length : 0) > 50_000_000 ? new ProgressLine(terminal, start) : null;

    public static Formats.FormatOptions FormatOptions(string? classNames) => new()
    {
        ClassNames = classNames?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [],
    };
}

/// <summary>Calls at once, on the thread that reports; the runtime's own <see cref="Progress{T}"/> calls later, from another one.</summary>
internal sealed class Told<T>(Action<T> tell) : IProgress<T>
{
    public void Report(T value) => tell(value);
}
