using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Lightcone.Cli.Commands;

namespace Lightcone.Cli;

/// <summary>The standard help page followed by the command's examples.</summary>
internal sealed class HelpWithExamples(HelpAction standard) : SynchronousCommandLineAction
{
    private const string RootExample = "lightcone quickstart";

    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = standard.Invoke(parseResult);
        var examples = parseResult.CommandResult.Command switch
        {
            RootCommand => [RootExample],
            Verb verb => verb.Examples,
            _ => [],
        };
        if (examples.Count == 0) return code;
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine(examples.Count == 1 ? "Example:" : "Examples:");
        foreach (string example in examples) output.WriteLine($"  {example}");
        return code;
    }
}
