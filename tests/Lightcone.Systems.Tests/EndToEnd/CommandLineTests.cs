namespace Lightcone.Systems.Tests.EndToEnd;

public sealed class CommandLineTests
{
    [Fact]
    public void Help_lists_the_commands_and_ends_with_an_example()
    {
        var outcome = LightconeProcess.Run("--help");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("doctor", outcome.Output);
        Assert.EndsWith("lightcone quickstart\n", outcome.Output);
        Assert.Empty(outcome.Error);
    }

    [Fact]
    public void Without_arguments_the_help_page_appears() =>
        Assert.Equal(LightconeProcess.Run("--help").Output, LightconeProcess.Run().Output);

    [Theory]
    [InlineData("doctr", "doctor")]
    [InlineData("doctor --jsno", "--json")]
    public void A_misspelled_word_is_wrong_usage_and_the_right_one_is_named(string line, string right)
    {
        var outcome = LightconeProcess.Run(line.Split(' '));
        Assert.Equal(2, outcome.ExitCode);
        AssertFourParts(outcome.Error);
        Assert.Contains(right, outcome.Error);
        Assert.Empty(outcome.Output);
    }

    [Fact]
    public void A_missing_argument_is_wrong_usage()
    {
        var outcome = LightconeProcess.Run("cite");
        Assert.Equal(2, outcome.ExitCode);
        AssertFourParts(outcome.Error);
    }

    [Fact]
    public void A_run_that_is_not_there_is_bad_input()
    {
        var outcome = LightconeProcess.Run("cite", "no-such-run");
        Assert.Equal(3, outcome.ExitCode);
        AssertFourParts(outcome.Error);
        Assert.Contains("no-such-run", outcome.Error);
    }

    [Fact]
    public void Redirected_output_has_no_escape_codes_unless_they_are_asked_for()
    {
        Assert.DoesNotContain('\u001b', LightconeProcess.Run("cite", "no-such-run").Error);
        Assert.Contains('\u001b', LightconeProcess.Run("cite", "no-such-run", "--color", "always").Error);
    }

    [Fact]
    public void In_a_locale_without_UTF8_messages_are_ASCII()
    {
        var outcome = LightconeProcess.Run(["cite", "läuft±"], new Dictionary<string, string?> { ["LC_ALL"] = "C" });
        Assert.True(System.Text.Ascii.IsValid(outcome.Error), outcome.Error);
    }

    private static void AssertFourParts(string error)
    {
        string[] lines = error.TrimEnd('\n').Split('\n');
        Assert.Equal(3, lines.Length);
        Assert.Matches(@"^error: [^:]+: .+", lines[0]);
        Assert.Matches(@"^  likely:  .+", lines[1]);
        Assert.Matches(@"^  do:      .+", lines[2]);
    }
}
