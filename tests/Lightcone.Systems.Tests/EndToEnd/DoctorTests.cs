using System.Text.Json.Nodes;
using Lightcone.Training.Engine;

namespace Lightcone.Systems.Tests.EndToEnd;

public sealed class DoctorTests
{
    [Fact]
    public void Doctor_finds_this_machine_ready()
    {
        var outcome = LightconeProcess.Run("doctor");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("  pass   libtorch", outcome.Output);
        Assert.EndsWith("ready: lightcone quickstart\n", outcome.Output);
    }

    [Fact]
    public void With_json_standard_output_is_one_document_and_nothing_else()
    {
        var outcome = LightconeProcess.Run("doctor", "--json");
        var document = JsonNode.Parse(outcome.Output)!;
        Assert.True(document["ready"]!.GetValue<bool>());
        Assert.False(document["mkl_any_cpu"]!.GetValue<bool>());
        Assert.True(document["float32_gflops_one_thread"]!.GetValue<double>() > 0);
    }

    [Fact]
    public void Json_goes_to_the_named_file_and_the_words_stay()
    {
        string file = Path.Combine(Path.GetTempPath(), $"lightcone-{Guid.NewGuid():N}.json");
        var outcome = LightconeProcess.Run("doctor", "--json", file);
        Assert.NotNull(JsonNode.Parse(File.ReadAllText(file)));
        Assert.Contains("ready", outcome.Output);
        File.Delete(file);
    }

    [Fact]
    public void A_thread_variable_below_the_cores_is_a_warning_with_advice()
    {
        Assert.SkipUnless(Environment.ProcessorCount > 1, "one core: one thread is no limit");
        var outcome = LightconeProcess.Run(["doctor"], new Dictionary<string, string?> { ["OMP_NUM_THREADS"] = "1" });
        Assert.Equal(0, outcome.ExitCode);
        Assert.Contains("  warn   OMP_NUM_THREADS=1", outcome.Output);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_vendor_override_switches_on_by_option_and_by_variable(bool byOption)
    {
        string[] arguments = byOption ? ["doctor", "--json", "--mkl-any-cpu"] : ["doctor", "--json"];
        var outcome = LightconeProcess.Run(arguments, new Dictionary<string, string?> { [MklOverride.Variable] = byOption ? null : "1" });
        Assert.True(JsonNode.Parse(outcome.Output)!["mkl_any_cpu"]!.GetValue<bool>());
    }

    [Fact]
    public void The_override_works_without_a_writable_cache()
    {
        using var installation = new Installation();
        File.WriteAllText(installation.Cache, "a file where the cache's folder should be");
        var outcome = installation.Run("doctor", "--json", "--mkl-any-cpu");
        Assert.Equal(0, outcome.ExitCode);
        Assert.True(JsonNode.Parse(outcome.Output)!["mkl_any_cpu"]!.GetValue<bool>());
    }

    [Fact]
    public void The_packages_own_wrapper_is_prepared_at_run_time_where_the_build_did_not()
    {
        using var installation = new Installation();
        installation.RestoreNeeds();
        var outcome = installation.Run("doctor");
        Assert.Equal(0, outcome.ExitCode);
        Assert.False(Directory.Exists(Path.Combine(installation.Folder, "cpu")));
        Assert.SkipUnless(Directory.Exists(installation.Cache), "this system's libstdc++ is new enough for the wrapper as it is");
        Assert.Single(Directory.GetFiles(installation.Cache, "libLibTorchSharp-*.so", SearchOption.AllDirectories));

        // A second start takes the same file; a tampered one is replaced, not loaded.
        string cached = Directory.GetFiles(installation.Cache, "*.so", SearchOption.AllDirectories)[0];
        File.WriteAllText(cached, "not a library");
        Assert.Equal(0, installation.Run("doctor").ExitCode);
        Assert.True(new FileInfo(cached).Length > 1000);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_engine_loads_with_a_libstdcpp_that_ends_before_GLIBCXX_3_4_30_as_on_AlmaLinux_9(bool preparedAtRunTime)
    {
        using var installation = new Installation();
        string? older = installation.OlderStandardLibrary();
        Assert.SkipUnless(older is not null, "no libstdc++ found to make an older one from");
        if (preparedAtRunTime) installation.RestoreNeeds();
        var outcome = installation.Run(new Dictionary<string, string?> { ["LD_LIBRARY_PATH"] = older }, "doctor");
        Assert.Equal(0, outcome.ExitCode);
        Assert.Equal(preparedAtRunTime, Directory.Exists(installation.Cache));
    }

    [Theory]
    [InlineData("libtorch_cpu.so")]
    [InlineData("libc10.so")]
    [InlineData(Installation.Wrapper)]
    public void A_missing_engine_library_is_said_at_once_with_exit_code_4_and_nothing_is_copied(string library)
    {
        using var installation = new Installation();
        File.Delete(Path.Combine(installation.Folder, library));
        var outcome = installation.Run("doctor");
        Assert.Equal(4, outcome.ExitCode);
        Assert.Contains("FAIL", outcome.Output);
        Assert.Contains("do: ", outcome.Output);
        Assert.False(Directory.Exists(Path.Combine(installation.Folder, "cpu")));
    }

    [Fact]
    public void A_damaged_wrapper_is_said_with_exit_code_4()
    {
        using var installation = new Installation();
        string wrapper = Path.Combine(installation.Folder, Installation.Wrapper);
        File.WriteAllBytes(wrapper, File.ReadAllBytes(wrapper)[..5000]);
        Assert.Equal(4, installation.Run("doctor").ExitCode);
    }
}
