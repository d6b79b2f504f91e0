using System.CommandLine;
using Lightcone.Cli.Terminal;
using Lightcone.Systems;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone export RUN</c>: the encoder of a pre-training as one file that other trainings start from.</summary>
internal static class ExportCommand
{
    public static Command Create()
    {
        var run = new Argument<string>("RUN") { Description = "Folder of the pre-training's run." };
        var output = new Option<string>("--out") { Description = "The .safetensors file to write.", HelpName = "FILE", Required = true };
        var command = new Verb("export", "Write a pre-trained encoder into one file that other trainings start from.")
        {
            Examples = ["lightcone export runs/mpm --out mpm.safetensors"],
            Arguments = { run },
            Options = { output },
        };
        command.SetAction(parse => (int)Run(parse.GetRequiredValue(run), parse.GetRequiredValue(output), TerminalWriter.Open(parse)));
        return command;
    }

    private static ExitCode Run(string folder, string output, TerminalWriter terminal)
    {
        var run = Training.Runs.Run.Open(folder);
        var system = SystemCatalogue.Of(run);
        system.Export(run, output);
        terminal.Line($"{output}   encoder of {system.Title} {run.Name}, {Math.Max(1, new FileInfo(output).Length / 1000)} kB: weights, preprocessing, card");
        terminal.Next($"lightcone train jetclass-finetune --backbone {output} --data FOLDER --out RUN");
        return ExitCode.Done;
    }
}
