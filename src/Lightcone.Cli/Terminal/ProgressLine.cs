using System.Globalization;

namespace Lightcone.Cli.Terminal;

/// <summary>
/// Progress of a long command on standard error. On a terminal it is one line that is redrawn at most five times a second and vanishes at the
/// end; elsewhere it is one line, with the time in UTC, at the start, every minute and at every milestone.
/// </summary>
internal sealed class ProgressLine : IDisposable
{
    private static readonly TimeSpan Redraw = TimeSpan.FromSeconds(0.2), LogInterval = TimeSpan.FromMinutes(1);

    private readonly TerminalWriter _terminal;
    private readonly TimeProvider _clock;
    private readonly bool _moving;
    private long _last;
    private bool _drawn;

    /// <summary>Starts; a log gets <paramref name="start"/> at once, a terminal only the moving line.</summary>
    public ProgressLine(TerminalWriter terminal, string start, TimeProvider? clock = null)
    {
        (_terminal, _clock) = (terminal, clock ?? TimeProvider.System);
        _moving = terminal.Messages.IsTerminal;
        terminal.Progress = this;
        _last = _clock.GetTimestamp();
        if (_moving) Draw(start);
        else Log(start);
    }

    /// <summary>Shows the present state if it is time to; <paramref name="text"/> is called only then.</summary>
    public void Update(Func<string> text)
    {
        if (_clock.GetElapsedTime(_last) < (_moving ? Redraw : LogInterval)) return;
        _last = _clock.GetTimestamp();
        if (_moving) Draw(text());
        else Log(text());
    }

    /// <summary>Something worth a line in a log, such as the end of an epoch; on a terminal the moving line shows it.</summary>
    public void Milestone(string text)
    {
        _last = _clock.GetTimestamp();
        if (_moving) Draw(text);
        else Log(text);
    }

    /// <summary>Takes the moving line away; the next update draws it again.</summary>
    internal void Erase()
    {
        if (!_drawn) return;
        _terminal.WriteRaw("\r\u001b[K");
        _drawn = false;
    }

    /// <summary>Takes the line away for good.</summary>
    public void Dispose()
    {
        Erase();
        if (_terminal.Progress == this) _terminal.Progress = null;
    }

    private void Draw(string text)
    {
        // A line as wide as the terminal would wrap, and a wrapped line cannot be erased.
        text = TerminalWriter.Fitting(text, _terminal.Messages);
        int room = Math.Max(1, (_terminal.Messages.Width ?? 80) - 1);
        _terminal.WriteRaw("\r" + (text.Length > room ? text[..room] : text) + "\u001b[K");
        _drawn = true;
    }

    private void Log(string text)
    {
        string time = _clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        _terminal.WriteMessageLine(TerminalWriter.Fitting($"{time} {text}", _terminal.Messages));
    }
}
