using System.CommandLine;
using Lightcone.Cli.Terminal;
using Lightcone.Systems;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone report RUN…</c>: one self-contained page of a run, or the comparison of several.</summary>
internal static class ReportCommand
{
    public static Command Create()
    {
        var runs = new Argument<string[]>("RUN") { Description = "Evaluated runs; several are compared on one page.", Arity = ArgumentArity.OneOrMore };
        var output = new Option<string?>("--out") { Description = "The page to write; report.html in the run by default.", HelpName = "FILE" };
        var command = new Verb("report", "Write the report of a run, or compare several, as one HTML file.")
        {
            Examples = ["lightcone report runs/top", "lightcone report runs/top runs/published --out compare.html"],
            Arguments = { runs },
            Options = { output },
        };
        command.SetAction(parse => (int)Run(parse.GetRequiredValue(runs), parse.GetValue(output), TerminalWriter.Open(parse)));
        return command;
    }

    /// <summary>Writes the page and says where it is; shared with quickstart.</summary>
    internal static ExitCode Run(string[] folders, string? output, TerminalWriter terminal)
    {
        var runs = folders.Select(Training.Runs.Run.Open).ToList();
        string path = output ?? (runs.Count == 1 ? runs[0].ReportPath : throw new UsageException(
            "A comparison of several runs belongs to none of their folders.", "--out", "The option was forgotten.", "Add --out compare.html."));
        if (runs.Count == 1) RunReport.Write(runs[0], path, CommandHost.CommandLine);
        else RunReport.WriteComparison(runs, path, CommandHost.CommandLine);
        terminal.Line($"{path}   {new FileInfo(path).Length / 1000} kB; open it in a browser, it needs nothing else");
        return ExitCode.Done;
    }
}
