using Lightcone.Cli.Terminal;

namespace Lightcone.Systems.Tests.EndToEnd.Terminal;

public sealed class TerminalTests
{
    [Fact]
    public void Numbers_stand_with_their_decimal_marks_in_one_column() => Assert.Equal(
        """
          number              value                 how
          AUC                      0.9896 ± 0.0006  DeLong
          jets                16 000                counted
          1/ε_B at ε_S = 0.5     670 [480, 930]     Clopper-Pearson

        """, Shown(Sample(), Redirected));

    [Fact]
    public void A_long_heading_moves_the_numbers_to_its_end()
    {
        var table = new TextTable(new Column("sample"), new Column("background rejection"));
        table.Add("a", "12.5");
        table.Add("b", "103");
        Assert.Equal(
            """
              sample  background rejection
              a                       12.5
              b                      103

            """, Shown(table, Redirected));
    }

    [Fact]
    public void Too_wide_a_table_loses_its_optional_columns_from_the_right()
    {
        string shown = Shown(Sample(), Redirected with { Width = 60 });
        Assert.Contains("how", shown);
        var wide = new TextTable(new Column("name"), new Column("first", Optional: true), new Column("second", Optional: true));
        wide.Add(new string('n', 40), new string('f', 15), new string('s', 40));
        Assert.Equal($"  name{new string(' ', 38)}first\n  {new string('n', 40)}  {new string('f', 15)}\n", Shown(wide, Redirected with { Width = 80 }));
    }

    [Fact]
    public void On_a_narrow_terminal_a_row_becomes_named_values() => Assert.Equal(
        """
        number: AUC
        value: 0.9896 ± 0.0006
        how: DeLong

        number: jets
        value: 16 000
        how: counted

        number: 1/ε_B at ε_S = 0.5
        value: 670 [480, 930]
        how: Clopper-Pearson

        """, Shown(Sample(), Redirected with { Width = 40 }));

    [Fact]
    public void Outside_UTF8_the_same_table_is_aligned_ASCII() => Assert.Equal(
        """
          number                  value                  how
          AUC                          0.9896 +- 0.0006  DeLong
          jets                    16 000                 counted
          1/eps_B at eps_S = 0.5     670 [480, 930]      Clopper-Pearson

        """, Shown(Sample(), Redirected with { Unicode = false }));

    [Theory]
    [InlineData("auto", false, null, "xterm", true)]
    [InlineData("auto", true, null, "xterm", false)]
    [InlineData("auto", false, "1", "xterm", false)]
    [InlineData("auto", false, "", "xterm", true)]
    [InlineData("auto", false, null, "dumb", false)]
    [InlineData("always", true, "1", "dumb", true)]
    [InlineData("never", false, null, "xterm", false)]
    public void Colour_follows_the_stream_the_environment_and_the_option(string option, bool redirected, string? noColor, string term, bool expected)
    {
        string? Environment(string name) => name switch { "NO_COLOR" => noColor, "TERM" => term, _ => null };
        Assert.Equal(expected, StreamFacts.Of(redirected, option, Environment).Color);
    }

    [Theory]
    [InlineData("C", null, false)]
    [InlineData(null, "en_US.UTF-8", true)]
    [InlineData(null, "de_DE.utf8", true)]
    [InlineData("C", "en_US.UTF-8", false)]
    [InlineData(null, null, false)]
    public void The_first_locale_variable_that_is_set_decides_on_UTF8(string? all, string? lang, bool expected) =>
        Assert.Equal(expected, StreamFacts.Of(true, "auto", name => name switch { "LC_ALL" => all, "LANG" => lang, _ => null }).Unicode);

    [Fact]
    public void A_long_path_is_shortened_in_the_middle_and_keeps_its_file()
    {
        const string Path = "data/production/2026/top-tagging/train.h5";
        string shown = TerminalWriter.ShortenPath(Path, 24);
        Assert.Equal(24, shown.Length);
        Assert.StartsWith("data", shown);
        Assert.EndsWith("/train.h5", shown);
        Assert.Equal(Path, TerminalWriter.ShortenPath(Path, 200));
    }

    internal static StreamFacts Redirected { get; } = new(IsTerminal: false, Color: false, Width: null, Unicode: true);

    private static TextTable Sample()
    {
        var table = new TextTable(new Column("number"), new Column("value"), new Column("how", Optional: true));
        table.Add("AUC", "0.9896 ± 0.0006", "DeLong");
        table.Add("jets", "16 000", "counted");
        table.Add("1/ε_B at ε_S = 0.5", "670 [480, 930]", "Clopper-Pearson");
        return table;
    }

    private static string Shown(TextTable table, StreamFacts facts)
    {
        var output = new StringWriter { NewLine = "\n" };
        table.Write(new TerminalWriter(output, facts, TextWriter.Null, facts));
        return output.ToString();
    }
}
