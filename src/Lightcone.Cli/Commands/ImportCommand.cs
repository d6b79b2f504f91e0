using System.CommandLine;
using Lightcone.Cli.Terminal;
using Lightcone.Systems;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Cli.Commands;

/// <summary><c>lightcone import SYSTEM WEIGHTS</c>: turns published weights into a run that can be evaluated, scored with and checked.</summary>
internal static class ImportCommand
{
    public static Command Create()
    {
        var system = new Argument<string>("SYSTEM") { Description = "Whose weights these are: lorentznet or lgae." };
        var weights = new Argument<string>("WEIGHTS") { Description = "A .safetensors file, or a PyTorch .pt file: tensors are read from it, nothing is run." };
        var output = new Option<string>("--out") { Description = "Folder of the new run.", HelpName = "RUN", Required = true };
        var settings = CommonOptions.Settings();
        var command = new Verb("import", "Turn published weights into a run.")
        {
            Examples = ["lightcone import lorentznet top_published.pt --out runs/published --set pooling=Fixed:202"],
            Arguments = { system, weights },
            Options = { output, settings },
        };
        command.SetAction(parse => (int)Run(
            parse.GetRequiredValue(system), parse.GetRequiredValue(weights), parse.GetRequiredValue(output), parse.GetValue(settings) ?? [], parse.GetValue(CommonOptions.MklAnyCpu), TerminalWriter.Open(parse)));
        return command;
    }

    private static ExitCode Run(string systemName, string weights, string output, string[] settings, bool mklAnyCpu, TerminalWriter terminal)
    {
        var system = SystemCatalogue.Named(systemName);
        int threads = EngineSetup.Start(1, mklAnyCpu);
        var run = system.Import(weights, output, settings, Provenance.OfThisProcess(threads, mklAnyCpu).WithCommand(CommandHost.CommandLine));
        terminal.Line($"{system.Title} from {weights}");
        terminal.Line();
        foreach (var (name, value) in RecipeFile.Fields(RecipeFile.Load(run.RecipePath, system.DefaultRecipe)).TakeWhile(f => f.Name != "seed"))
            terminal.Line($"  {name,-18}{value}");
        terminal.Line();
        terminal.Next($"lightcone evaluate {output} --data FOLDER{(system.TrainsOnLabels ? "" : " --signals NAMES")}");
        return ExitCode.Done;
    }
}
