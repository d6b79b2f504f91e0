using System.Text.Json.Nodes;
using Lightcone.Tests;
using Lightcone.Tests.EndToEnd;
using PureHDF;

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

    [Fact]
    public void A_run_on_classes_is_evaluated_scored_and_checked_on_them()
    {
        string run = folder["run"], scores = folder["scores.h5"];
        Assert.Equal(0, Train(run).ExitCode);
        var all = LightconeProcess.Run("evaluate", run, "--data", Data, "--threads", "1");
        Assert.True(all.ExitCode == 0, all.Error);
        Assert.Contains("(24 g + q, 36 t + w + z)", all.Output);
        var top = LightconeProcess.Run("evaluate", run, "--data", Data, "--threads", "1", "--signals", "t");
        Assert.True(top.ExitCode == 0, top.Error);
        Assert.Contains("(24 g + q, 12 t)", top.Output);
        foreach (string[] wrong in (string[][])[["--signals", "h"], ["--signals", "t,,w"], ["--signals", "g"], ["--beside", run]])
        {
            var refused = LightconeProcess.Run(["evaluate", run, "--data", Data, "--threads", "1", .. wrong]);
            Assert.True(refused.ExitCode == 2, refused.Error);
            TinyTraining.AssertFourParts(refused);
        }

        var scored = LightconeProcess.Run("score", run, "--data", Path.Combine(Data, "t.hdf5"), "--out", scores, "--threads", "1", "--json");
        Assert.True(scored.ExitCode == 0, scored.Error);
        var document = JsonNode.Parse(scored.Output)!;
        Assert.Equal(["score []", "logits [2]"], document["columns"]!.AsArray().Select(c => $"{c!["name"]} [{string.Join(", ", c["shape"]!.AsArray())}]"));
        using var file = H5File.OpenRead(scores);
        Assert.Equal("0=t", file.Attribute("classes").Read<string>());
        Assert.Equal(JetsPerClass, file.Dataset("score").Read<float[]>().Length);
        Assert.Equal([(ulong)JetsPerClass, 2UL], file.Dataset("logits").Space.Dimensions);

        var check = LightconeProcess.Run("check", "symmetry", run, "--threads", "1", "--jets", "10");
        Assert.True(check.ExitCode == 0, check.Error + check.Output);
        Assert.Contains("largest change of a logit", check.Output);
        Assert.Matches(@"variant +largest output +rotation +boost 0\.5 +boost 0\.99 +boost 0\.999 +random", check.Output);
        Directory.Move(Data, folder["moved"]);
        var lost = LightconeProcess.Run("check", "symmetry", run, "--threads", "1");
        Assert.Equal(2, lost.ExitCode);
        Assert.Contains("--data", lost.Error);
        TinyTraining.AssertFourParts(lost);
    }
}
