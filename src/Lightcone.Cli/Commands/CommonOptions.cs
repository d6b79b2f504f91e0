using System.CommandLine;
using Lightcone.Training.Recipes;

namespace Lightcone.Cli.Commands;

/// <summary>Options that several commands share, so that they are spelled and explained alike everywhere.</summary>
internal static class CommonOptions
{
    /// <summary>Accepted by every command: when to colour.</summary>
    public static Option<string> Color { get; } = CreateColor();

    /// <summary>Accepted by every command: the opt-in of docs/how-to/mkl-any-cpu.md.</summary>
    public static Option<bool> MklAnyCpu { get; } = new("--mkl-any-cpu")
    {
        Description = "Use MKL's fast kernels on processors of every vendor (docs/how-to/mkl-any-cpu.md).",
        Recursive = true,
    };

    /// <summary>Adds <c>--json [FILE]</c>; <see cref="Terminal.TerminalWriter.Open(ParseResult)"/> finds it by name.</summary>
    public static Option<string?> Json() => new("--json")
    {
        Description = "Write the result as one JSON document, to FILE or, without FILE, to standard output.",
        HelpName = "FILE",
        Arity = ArgumentArity.ZeroOrOne,
    };

    /// <summary>Changes of recipe fields, any number of them.</summary>
    public static Option<string[]> Settings() => new("--set")
    {
        Description = "Change a field of the recipe (docs/reference/recipe.md); may be repeated.",
        HelpName = "NAME=VALUE",
        Arity = ArgumentArity.OneOrMore,
    };

    /// <summary>Number of processor threads; 0 (the default) takes what <see cref="EngineSetup.Start"/> finds.</summary>
    public static Option<int> Threads() => new("--threads")
    {
        Description = "Processor threads; 0 takes every core this process may use, or fewer if OMP_NUM_THREADS says so.",
        HelpName = "N",
        DefaultValueFactory = _ => 0,
    };

    /// <summary>Names of classes, parsed; <paramref name="option"/> names where they came from.</summary>
    /// <exception cref="UsageException">They are no names.</exception>
    public static ClassList Classes(string option, string? text)
    {
        try
        {
            return ClassList.Parse(text ?? "", null);
        }
        catch (FormatException e)
        {
            throw new UsageException($"“{text}” is no list of classes.", option, e.Message, $"Write names with commas between them: {option} t,w,z", e);
        }
    }

    private static Option<string> CreateColor()
    {
        var option = new Option<string>("--color")
        {
            Description = "When to colour: auto, always or never.",
            HelpName = "WHEN",
            DefaultValueFactory = _ => "auto",
            Recursive = true,
        };
        option.AcceptOnlyFromAmong("auto", "always", "never");
        return option;
    }
}
