using Lightcone.Tests;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>How many threads a command takes when nobody says a number.</summary>
public sealed class ThreadCountTests
{
    [Theory]
    [InlineData("OMP_NUM_THREADS")]
    [InlineData("MKL_NUM_THREADS")]
    public void A_batch_system_that_allows_one_thread_gets_one(string variable)
    {
        using var folder = new TemporaryFolder();
        string run = FreshRun.In(folder["run"]).Folder, data = Path.Combine(Repository.Root, "samples", "data");
        var outcome = LightconeProcess.Run(["check", "symmetry", run, "--data", data, "--jets", "1"], new Dictionary<string, string?> { [variable] = "1" });
        Assert.Contains(", 1 thread\n", outcome.Output, StringComparison.Ordinal);
    }
}
