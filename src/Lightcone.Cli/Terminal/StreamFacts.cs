namespace Lightcone.Cli.Terminal;

/// <summary>What one output stream can show.</summary>
/// <param name="IsTerminal">A person looks at it; else it goes to a file or a pipe.</param>
/// <param name="Color">Escape codes for colour are welcome.</param>
/// <param name="Width">Columns, or null when lines may be as long as they like.</param>
/// <param name="Unicode">The locale is UTF-8; else only ASCII is written.</param>
internal sealed record StreamFacts(bool IsTerminal, bool Color, int? Width, bool Unicode)
{
    /// <summary>Facts about standard output (or standard error) for the choice <paramref name="color"/>: auto, always or never.</summary>
    public static StreamFacts Of(bool redirected, string color, Func<string, string?> environment)
    {
        bool terminal = !redirected;
        bool welcome = terminal && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") != "dumb";
        bool colored = color == "always" || (color != "never" && welcome);
        return new StreamFacts(terminal, colored, terminal ? TerminalWidth() : Columns(environment), IsUtf8(environment));
    }

    private static int? TerminalWidth()
    {
        int width = Console.WindowWidth;
        return width > 0 ? width : null;
    }

    private static int? Columns(Func<string, string?> environment) =>
        int.TryParse(environment("COLUMNS"), out int columns) && columns > 0 ? columns : null;

    private static bool IsUtf8(Func<string, string?> environment)
    {
        foreach (string name in (ReadOnlySpan<string>)["LC_ALL", "LC_CTYPE", "LANG"])
            if (environment(name) is { Length: > 0 } locale)
                return locale.Contains("UTF-8", StringComparison.OrdinalIgnoreCase) || locale.Contains("utf8", StringComparison.OrdinalIgnoreCase);
        return false;
    }
}
