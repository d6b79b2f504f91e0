using System.CommandLine;
using System.Text.RegularExpressions;
using Lightcone.Cli;
using Lightcone.Cli.Commands;
using Lightcone.Tests;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>What the pages and the help promise can be typed.</summary>
public sealed partial class DocumentedCommandsTests
{
    [Fact]
    public void Every_command_line_in_the_pages_is_one_that_Lightcone_understands()
    {
        var wrong = new List<string>();
        foreach (string page in Pages())
            foreach (Match line in CommandLine().Matches(File.ReadAllText(page)))
                if (Problem(line.Groups[1].Value) is string problem)
                    wrong.Add($"{Path.GetRelativePath(Repository.Root, page)}: {line.Value.Trim()}: {problem}");
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_command_has_a_description_and_an_example_that_parses()
    {
        foreach (var command in Leaves(CommandHost.CreateRoot()))
        {
            var verb = Assert.IsType<Verb>(command);
            Assert.False(string.IsNullOrWhiteSpace(verb.Description), $"{verb.Name} has no description");
            Assert.NotEmpty(verb.Examples);
            foreach (string example in verb.Examples)
            {
                Assert.StartsWith(CommandHost.FullName(verb), example);
                Assert.Null(Problem(example["lightcone ".Length..]));
            }
        }
    }

    private static string? Problem(string arguments)
    {
        var parse = CommandHost.CreateRoot().Parse(arguments);
        return parse.Errors.Count == 0 ? null : string.Join(' ', parse.Errors.Select(e => e.Message));
    }

    private static IEnumerable<Command> Leaves(Command command) =>
        command.Subcommands.Count == 0 ? [command] : command.Subcommands.SelectMany(Leaves);

    private static IEnumerable<string> Pages() =>
        Directory.GetFiles(Repository.Root, "*.md").Concat(Directory.Exists(Path.Combine(Repository.Root, "docs")) ? Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories) : []);

    // A line of a block, or a span, that begins with the program's name and a verb; comments, pipes and elisions end it.
    [GeneratedRegex(@"(?:^|`)\s*(?:\$ )?(?:\./)?lightcone ([a-z-][^`#|;\n…]*)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();
}
