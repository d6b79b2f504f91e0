using System.Text.Json.Nodes;
using Lightcone.Tests;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>The dataset commands through the real executable: words, exit codes, JSON, and nothing left behind.</summary>
public sealed class DatasetTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("lightcone-test-");

    public void Dispose() => folder.Delete(recursive: true);

    private static string Sample(string split) => Path.Combine(Repository.Root, "samples", "data", $"top-{split}.h5");

    private string Out(string name) => Path.Combine(folder.FullName, name);

    [Fact]
    public void Inspect_says_layout_classes_and_first_jets()
    {
        var outcome = LightconeProcess.Run("dataset", "inspect", Sample("test"), "--json");
        Assert.Equal(0, outcome.ExitCode);
        var document = JsonNode.Parse(outcome.Output)!;
        Assert.Equal("lightcone compact v1", (string?)document["layout"]);
        Assert.Equal(2000, (long)document["jets"]!);
        Assert.Equal(3, document["first_jets"]!.AsArray().Count);
    }

    [Fact]
    public void Check_passes_sound_files_and_fails_with_3_on_a_leak()
    {
        var sound = LightconeProcess.Run("dataset", "check", Sample("val"), Sample("test"));
        Assert.Equal(0, sound.ExitCode);
        Assert.Contains("no jet shared with top-val.h5", sound.Output);
        var leak = LightconeProcess.Run("dataset", "check", Sample("test"), Sample("test"));
        Assert.Equal(3, leak.ExitCode);
        Assert.Contains("FAIL   2000 jets are also in top-test.h5", leak.Output);
        Assert.Contains("  do:      ", leak.Error);
    }

    [Fact]
    public void Check_explains_a_file_that_was_cut_off()
    {
        File.WriteAllBytes(Out("cut.h5"), File.ReadAllBytes(Sample("test"))[..100_000]);
        var outcome = LightconeProcess.Run("dataset", "check", Out("cut.h5"));
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("cut off", outcome.Error);
    }

    [Fact]
    public void Convert_writes_a_file_that_checks_or_nothing()
    {
        var made = LightconeProcess.Run("dataset", "convert", Sample("test"), "--out", Out("slice.h5"), "--first", "10", "--count", "100", "--sort", "pt");
        Assert.Equal(0, made.ExitCode);
        Assert.Equal(0, LightconeProcess.Run("dataset", "check", Out("slice.h5")).ExitCode);
        Assert.Equal(2, LightconeProcess.Run("dataset", "convert", Sample("test"), Out("none.h5"), "--first", "5000").ExitCode);
        Assert.Equal(2, LightconeProcess.Run("dataset", "convert", Sample("test"), Out("none.h5"), "--sort", "colour").ExitCode);
        Assert.Equal(2, LightconeProcess.Run("dataset", "convert", Out("absent.h5"), Out("none.h5")).ExitCode);
        Assert.Equal(4, LightconeProcess.Run("dataset", "convert", Sample("test"), "/proc/none.h5").ExitCode);
        Assert.Equal(["slice.h5"], folder.GetFiles().Select(f => f.Name));
    }
}
