using System.CommandLine;
using Lightcone.Cli.Terminal;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone cite RUN</c>: the references of what a run used, as BibTeX.</summary>
internal static class CiteCommand
{
    private const string File = "CITATION.bib";

    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "The run's folder." };
        var command = new Verb("cite", "Print, as BibTeX, the papers that a run used.") { Examples = ["lightcone cite runs/top"] };
        command.Arguments.Add(run);
        command.SetAction(parse => (int)Run(parse.GetRequiredValue(run), TerminalWriter.Open(parse)));
        return command;
    }

    private static ExitCode Run(string run, TerminalWriter terminal)
    {
        string path = Path.Combine(run, File);
        if (!System.IO.File.Exists(path))
            throw new InputDataException(
                Directory.Exists(run) ? $"The folder has no {File}." : "There is no such folder.", run,
                Directory.Exists(run) ? "it is not a run, or its training never started" : "the path is misspelled or the run was moved",
                "name a folder that lightcone train or lightcone import wrote");
        foreach (string line in System.IO.File.ReadLines(path)) terminal.Line(line);
        return ExitCode.Done;
    }
}
