using Lightcone.Cli.Terminal;

namespace Lightcone.Systems.Tests.EndToEnd.Terminal;

public sealed class ProgressLineTests
{
    private static readonly StreamFacts Log = TerminalTests.Redirected, Screen = new(IsTerminal: true, Color: false, Width: 20, Unicode: true);

    [Fact]
    public void In_a_log_there_is_a_line_at_the_start_every_minute_and_at_milestones()
    {
        var (terminal, messages, clock) = Terminal(Log);
        using (var progress = new ProgressLine(terminal, "train", clock))
            for (int second = 1; second <= 130; second++)
            {
                clock.Advance(TimeSpan.FromSeconds(1));
                progress.Update(() => $"step {second}");
                if (second == 125) progress.Milestone("epoch 1 done");
            }

        Assert.Equal(
            """
            2026-01-01T00:00:00Z train
            2026-01-01T00:01:00Z step 60
            2026-01-01T00:02:00Z step 120
            2026-01-01T00:02:05Z epoch 1 done

            """, messages.ToString());
    }

    [Fact]
    public void On_a_terminal_one_line_is_redrawn_at_most_five_times_a_second_and_cut_to_the_width()
    {
        var (terminal, messages, clock) = Terminal(Screen);
        var progress = new ProgressLine(terminal, "train", clock);
        int drawn = 0;
        for (int tick = 0; tick < 100; tick++)
        {
            clock.Advance(TimeSpan.FromMilliseconds(10));
            progress.Update(() => { drawn++; return "a line that is longer than the terminal"; });
        }

        Assert.InRange(drawn, 4, 5);
        Assert.Contains("\ra line that is long\u001b[K", messages.ToString());
        Assert.DoesNotContain('\n', messages.ToString());
        progress.Dispose();
        Assert.EndsWith("\r\u001b[K", messages.ToString());
    }

    [Fact]
    public void Other_output_never_lands_on_the_moving_line()
    {
        var (terminal, messages, clock) = Terminal(Screen);
        using var progress = new ProgressLine(terminal, "train", clock);
        terminal.Warning("careful");
        Assert.EndsWith("\r\u001b[Kwarning: careful\n", messages.ToString());
    }

    private static (TerminalWriter Terminal, StringWriter Messages, ManualClock Clock) Terminal(StreamFacts facts)
    {
        var messages = new StringWriter { NewLine = "\n" };
        return (new TerminalWriter(TextWriter.Null, facts, messages, facts), messages, new ManualClock());
    }

    private sealed class ManualClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(TimeSpan by) => _now += by;

        public override DateTimeOffset GetUtcNow() => _now;

        public override long GetTimestamp() => _now.UtcTicks;
    }
}
