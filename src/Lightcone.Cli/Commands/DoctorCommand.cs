using System.CommandLine;
using Lightcone.Cli.Terminal;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone doctor</c>: what this machine has, what it lacks, and what to do about it.</summary>
internal static class DoctorCommand
{
    public static Command Create()
    {
        var command = new Verb("doctor", "Check this machine: engine, processor, memory, disk, readers.") { Examples = ["lightcone doctor", "lightcone doctor --json"] };
        command.Options.Add(CommonOptions.Json());
        command.SetAction(parse => (int)Run(TerminalWriter.Open(parse)));
        return command;
    }

    private static ExitCode Run(TerminalWriter terminal)
    {
        terminal.Line("Lightcone");
        return ExitCode.Done;
    }
}
