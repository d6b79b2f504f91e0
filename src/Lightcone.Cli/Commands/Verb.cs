using System.CommandLine;

namespace Lightcone.Cli.Commands;

/// <summary>A command whose help page ends with examples that work as they stand.</summary>
internal sealed class Verb(string name, string description) : Command(name, description)
{
    /// <summary>Complete command lines, each beginning with <c>lightcone</c>.</summary>
    public required IReadOnlyList<string> Examples { get; init; }
}
