using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Runtime.InteropServices;
using Lightcone.Cli.Commands;
using Lightcone.Cli.Terminal;
using Lightcone.Training.Engine;

namespace Lightcone.Cli;

/// <summary>Parses, runs one command, and turns whatever ends it into an exit code and, where it failed, a message in four parts.</summary>
internal static class CommandHost
{
    /// <summary>The command as typed, for provenance.</summary>
    public static string CommandLine { get; private set; } = "lightcone";

    public static int Run(string[] args)
    {
        CommandLine = string.Join(' ', ["lightcone", .. args.Select(a => a.Contains(' ') ? $"\"{a}\"" : a)]);
        var root = CreateRoot();
        var parse = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (parse.Errors.Count > 0) return (int)ErrorMessage.Write(UsageError(parse), ErrorTerminal(args));

        // Commands that can stop in good order take the token and so are asynchronous; the others end at once, as the system does it.
        using var signals = parse.Action is AsynchronousCommandLineAction ? new StopSignals() : null;
        var stop = signals?.Token ?? CancellationToken.None;
        var configuration = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
        try
        {
            if (WantsMklOverride(parse)) MklOverride.Enable();
            return parse.InvokeAsync(configuration, stop).GetAwaiter().GetResult();
        }
        catch (Exception failure)
        {
            return (int)ErrorMessage.Write(failure, ErrorTerminal(args), stopRequested: stop.IsCancellationRequested);
        }
    }

    /// <summary>The whole tree of commands.</summary>
    public static RootCommand CreateRoot()
    {
        var root = new RootCommand("Machine learning on jets: symmetries exact, uncertainties tested.") { HelpName = "lightcone" };
        foreach (var option in root.Options)
            if (option is HelpOption { Action: HelpAction standard } help)
                help.Action = new HelpWithExamples(standard);
        root.Options.Add(CommonOptions.Color);
        root.Options.Add(CommonOptions.MklAnyCpu);
        foreach (var command in CommandList.Create()) root.Subcommands.Add(command);
        return root;
    }

    // The override must come before the engine. The constant is compiled in: asking for it loads nothing.
    private static bool WantsMklOverride(ParseResult parse) =>
        parse.GetValue(CommonOptions.MklAnyCpu) || Environment.GetEnvironmentVariable(MklOverride.Variable) == "1";

    // The options cannot be trusted here: the command line may be what is wrong.
    private static TerminalWriter ErrorTerminal(string[] args) =>
        TerminalWriter.ForErrors(Array.IndexOf(args, "--color") is >= 0 and int at && at + 1 < args.Length ? args[at + 1] : "auto");

    private static UsageException UsageError(ParseResult parse)
    {
        string help = $"{FullName(parse.CommandResult.Command)} --help";
        string unknown = parse.UnmatchedTokens.Count > 0 ? parse.UnmatchedTokens[0] : "";
        string? meant = unknown.Length > 0 ? Spelling.Nearest(unknown, Known(parse.CommandResult.Command)) : null;
        return new UsageException(
            string.Join(' ', parse.Errors.SelectMany(e => e.Message.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))),
            FullName(parse.CommandResult.Command),
            meant is null ? "a command, option or value is missing, misspelled or out of its range" : $"'{unknown}' was meant to be '{meant}'",
            help);
    }

    /// <summary>The words that lead to <paramref name="command"/>, beginning with the program's name.</summary>
    public static string FullName(Command command)
    {
        var words = new List<string>();
        for (Command? c = command; c is not null; c = c.Parents.OfType<Command>().FirstOrDefault())
            words.Add(c is RootCommand ? "lightcone" : c.Name);
        words.Reverse();
        return string.Join(' ', words);
    }

    private static IEnumerable<string> Known(Command command)
    {
        for (Command? c = command; c is not null; c = c.Parents.OfType<Command>().FirstOrDefault())
            foreach (var option in c.Options)
                if (c == command || option.Recursive)
                    yield return option.Name;
        foreach (var child in command.Subcommands) yield return child.Name;
    }
}

/// <summary>SIGTERM, SIGINT (Ctrl-C) and SIGUSR1 (what batch systems send ahead of a time limit) ask the command to stop; a second SIGTERM or Ctrl-C ends it at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private const PosixSignal UserSignal1 = (PosixSignal)10;

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    public StopSignals()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop));
        if (OperatingSystem.IsLinux()) _registrations.Add(PosixSignalRegistration.Create(UserSignal1, Stop));
    }

    public CancellationToken Token => _source.Token;

    private void Stop(PosixSignalContext context)
    {
        if (context.Signal != UserSignal1 && _source.IsCancellationRequested) return;
        context.Cancel = true;
        _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _source.Dispose();
    }
}
