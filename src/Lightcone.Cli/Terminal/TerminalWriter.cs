using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Lightcone.Cli.Terminal;

/// <summary>The few ways in which text may stand out. The word itself always says the same.</summary>
internal enum Style { Plain = 0, Bold = 1, Dim = 2, Red = 31, Green = 32, Yellow = 33 }

/// <summary>
/// What a command says: results on standard output, progress and warnings on standard error. With <c>--json</c> and no file, standard output
/// holds the JSON document alone and the words are dropped.
/// </summary>
internal sealed class TerminalWriter
{
    private readonly TextWriter _results, _messages;
    private readonly TextWriter? _jsonStream;
    private readonly string? _jsonFile;

    public TerminalWriter(TextWriter results, StreamFacts resultFacts, TextWriter messages, StreamFacts messageFacts, TextWriter? jsonStream = null, string? jsonFile = null)
    {
        (_results, Results, _messages, Messages) = (jsonStream is null ? results : TextWriter.Null, resultFacts, messages, messageFacts);
        (_jsonStream, _jsonFile) = (jsonStream, jsonFile);
    }

    /// <summary>What standard output can show.</summary>
    public StreamFacts Results { get; }

    /// <summary>What standard error can show.</summary>
    public StreamFacts Messages { get; }

    /// <summary>The moving line, if one is shown: erased before anything else is written.</summary>
    internal ProgressLine? Progress { get; set; }

    /// <summary>True when the caller should make the document for <see cref="WriteJson"/>.</summary>
    public bool WantsJson => _jsonStream is not null || _jsonFile is not null;

    /// <summary>The writer for a command, honouring <c>--color</c> and <c>--json [FILE]</c>.</summary>
    public static TerminalWriter Open(ParseResult parse)
    {
        string color = parse.GetValue(Commands.CommonOptions.Color) ?? "auto";
        var json = parse.CommandResult.Command.Options.Any(o => o.Name == "--json") ? parse.GetResult("--json") : null;
        string? file = json is null ? null : parse.GetValue<string?>("--json");
        bool stream = json is not null && file is null or "-";
        return new TerminalWriter(Console.Out, Facts(Console.IsOutputRedirected, color), Console.Error, Facts(Console.IsErrorRedirected, color),
            stream ? Console.Out : null, stream ? null : file);
    }

    /// <summary>A writer for the message of a command that failed.</summary>
    public static TerminalWriter ForErrors(string color)
    {
        var facts = Facts(Console.IsErrorRedirected, color);
        return new TerminalWriter(TextWriter.Null, facts, Console.Error, facts);
    }

    /// <summary>Writes one line of results.</summary>
    public void Line(string text = "", Style style = Style.Plain)
    {
        Progress?.Erase();
        _results.WriteLine(Paint(Fitting(text, Results), style, Results));
    }

    /// <summary>Writes one line of results from parts, each with its own style.</summary>
    public void Line(params ReadOnlySpan<(string Text, Style Style)> parts)
    {
        Progress?.Erase();
        foreach (var (text, style) in parts) _results.Write(Paint(Fitting(text, Results), style, Results));
        _results.WriteLine();
    }

    /// <summary>Writes one line to standard error.</summary>
    public void Message(string text, Style style = Style.Plain)
    {
        Progress?.Erase();
        _messages.WriteLine(Paint(Fitting(text, Messages), style, Messages));
    }

    /// <summary>Warns on standard error.</summary>
    public void Warning(string text)
    {
        Progress?.Erase();
        _messages.WriteLine(Paint("warning:", Style.Yellow, Messages) + " " + Fitting(text, Messages));
    }

    /// <summary>Writes the four parts of an error.</summary>
    public void Error(string what, string where, string likelyCause, string whatToDo)
    {
        Progress?.Erase();
        _messages.WriteLine(Paint("error:", Style.Red, Messages) + Fitting($" {where}: {what}", Messages));
        _messages.WriteLine(Fitting($"  likely:  {likelyCause}", Messages));
        _messages.WriteLine(Fitting($"  do:      {whatToDo}", Messages));
    }

    /// <summary>The one suggestion a command may end with.</summary>
    public void Next(string command) => Line($"next: {command}");

    /// <summary>Writes the document where <c>--json</c> asked for it; a file appears whole or not at all.</summary>
    public void WriteJson(JsonNode document)
    {
        string text = document.ToJsonString(Indented) + "\n";
        if (_jsonStream is not null)
        {
            Progress?.Erase();
            _jsonStream.Write(text);
        }

        if (_jsonFile is not null) AtomicFile.WriteText(_jsonFile, text);
    }

    /// <summary>Moves the cursor's line, on a terminal only: for <see cref="ProgressLine"/>.</summary>
    internal void WriteRaw(string text)
    {
        _messages.Write(text);
        _messages.Flush();
    }

    internal void WriteMessageLine(string text) => _messages.WriteLine(text);

    /// <summary>The text in the characters that <paramref name="facts"/>' stream can show.</summary>
    public static string Fitting(string text, StreamFacts facts) => facts.Unicode ? text : AsciiText.From(text);

    internal static string Paint(string text, Style style, StreamFacts facts) =>
        style == Style.Plain || !facts.Color ? text : $"\u001b[{(int)style}m{text}\u001b[0m";

    /// <summary>Shortens a path in the middle so that it takes at most <paramref name="width"/> columns; the file's name stays whole if it can.</summary>
    public static string ShortenPath(string path, int width)
    {
        if (path.Length <= width || width < 3) return path;
        int tail = Math.Min(width - 1, Math.Max((width - 1) * 2 / 3, path.Length - path.LastIndexOf('/')));
        return path[..(width - 1 - tail)] + "…" + path[^tail..];
    }

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private static StreamFacts Facts(bool redirected, string color) => StreamFacts.Of(redirected, color, Environment.GetEnvironmentVariable);
}
