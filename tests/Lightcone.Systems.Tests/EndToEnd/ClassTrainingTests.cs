using System.Text.Json.Nodes;
using Lightcone.Tests;
using Lightcone.Tests.EndToEnd;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>A folder with one file a class, from training to scores, through the real executable.</summary>
public sealed class ClassTrainingTests : IDisposable
{
    private const int JetsPerClass = 60;
    private static readonly string[] Names = ["g", "q", "t", "w", "z"];

    private readonly TemporaryFolder folder = new();

    public ClassTrainingTests()
    {
        Directory.CreateDirectory(Data);
        foreach (string name in Names) JetNetFile.Write(Path.Combine(Data, name + ".hdf5"), JetsPerClass, ptShift: 800);
    }

    public void Dispose() => folder.Dispose();

    private string Data => folder["jetnet"];

    private ProcessOutcome Train(string run, params string[] more) => LightconeProcess.Run(
    [
        "train", "jetnet-lorentznet", "--data", Data, "--out", run, "--threads", "1", .. ((string[])["hidden=4", "layers=2", "batchSize=16", "epochs=2"]).SelectMany(s => new[] { "--set", s }), .. more,
    ]);

    [Fact]
    public void Class_files_train_stop_and_resume_and_the_run_keeps_their_hashes()
    {
        string run = folder["run"];
        var stopped = Train(run, "--max-time", "0");
        Assert.True(stopped.ExitCode == 5, stopped.Error);
        var resumed = LightconeProcess.Run("train", "--resume", run, "--threads", "1");
        Assert.True(resumed.ExitCode == 0, resumed.Error);
        var data = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "provenance.json")))!["data"]!.AsArray();
        Assert.Equal(((string[])["train", "val"]).SelectMany(role => Names.Select(n => $"{role} {n}.hdf5 {JetsPerClass * (role == "train" ? 3 : 1) / 5}")),
            data.Select(f => $"{f!["role"]} {Path.GetFileName((string)f["path"]!)} {f["jets"]}"));
        Assert.Equal(0, Train(folder["whole"]).ExitCode);
        Assert.Equal(TinyTraining.Content(folder["whole"]), TinyTraining.Content(run));

        JetNetFile.Write(Path.Combine(Data, "z.hdf5"), JetsPerClass, ptShift: 900);
        Assert.Equal(3, LightconeProcess.Run("train", "--resume", run, "--threads", "1").ExitCode);
        File.Delete(Path.Combine(Data, "z.hdf5"));
        var missing = LightconeProcess.Run("train", "--resume", run, "--threads", "1");
        Assert.Equal(2, missing.ExitCode);
        Assert.Contains("g, q, t, w", missing.Error);
        TinyTraining.AssertFourParts(missing);
    }
}
