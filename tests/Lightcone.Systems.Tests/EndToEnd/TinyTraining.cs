using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Lightcone.Jets;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests.Training;
using Lightcone.Weights;

namespace Lightcone.Tests.EndToEnd;

/// <summary>A training of seconds with the real executable: 200 toy jets, a network of 8 numbers and 2 blocks, 12 steps an epoch, a checkpoint after each step.</summary>
internal sealed class TinyTraining : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public TinyTraining(JetBatch? training = null, JetBatch? validation = null) =>
        Data = ToyJets.WriteSplits(folder["data"], training ?? ToyJets.Make(200, 1), validation ?? ToyJets.Make(40, 2));

    /// <summary>The folder that trainings start on.</summary>
    public string Data { get; set; }

    /// <summary>A path in the folder of this training.</summary>
    public string this[string name] => folder[name];

    public string[] Start(string run, params string[] settings) =>
    [
        "train", "top-lorentznet", "--data", Data, "--out", run, "--threads", "1",
        .. ((string[])["hidden=8", "layers=2", "batchSize=16", "epochs=4", "checkpointMinutes=0", "ema=0.9", .. settings]).SelectMany(s => new[] { "--set", s }),
    ];

    public static string[] Resume(string run, params string[] more) => ["train", "--resume", run, "--threads", "1", .. more];

    public static string State(string run) => Path.Combine(run, "checkpoints", "last", "state.safetensors");

    public static string Best(string run) => Path.Combine(run, "checkpoints", "best.safetensors");

    /// <summary>Everything of a run that must not depend on how often it was interrupted: all tensors, and the epochs of its log.</summary>
    public static string Content(string run)
    {
        var lines = new List<string>();
        foreach (string path in (string[])[State(run), Best(run)])
        {
            var weights = Safetensors.ReadAll(path);
            lines.AddRange(weights.Select(t => $"{t.Name} {t.Type} [{string.Join(", ", t.Shape)}] {Convert.ToHexString(t.Data.Span)}"));
            lines.AddRange(weights.Metadata.Where(m => m.Key is not ("seconds" or "metricsBytes")).Select(m => $"{m.Key}={m.Value}"));
        }

        foreach (string line in File.ReadLines(Path.Combine(run, "metrics.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            if (json.RootElement.GetProperty("kind").GetString() == "epoch")
                lines.Add(string.Join(' ', json.RootElement.EnumerateObject().Where(p => p.Name != "seconds").Select(p => p.ToString())));
        }

        return string.Join('\n', lines);
    }

    /// <summary>Waits until the process has written a checkpoint of its own; false when it ended before.</summary>
    public static bool WaitForCheckpoint(string run, Process process)
    {
        string state = State(run);
        var before = process.StartTime.ToUniversalTime();
        while (!File.Exists(state) || File.GetLastWriteTimeUtc(state) < before)
            if (process.WaitForExit(1)) return false;
        return true;
    }

    /// <summary>Sends a signal and returns what the process left.</summary>
    public static ProcessOutcome Signal(Process process, int signal)
    {
        Assert.Equal(0, SendSignal(process.Id, signal));
        return End(process);
    }

    /// <summary>Waits for the end and returns what the process left.</summary>
    public static ProcessOutcome End(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(5)))
        {
            process.Kill();
            Assert.Fail("the training did not end");
        }

        return new ProcessOutcome(process.ExitCode, output.Result, error.Result);
    }

    public static void AssertFourParts(ProcessOutcome outcome)
    {
        var lines = outcome.Error.TrimEnd('\n').Split('\n').SkipWhile(l => !l.StartsWith("error: ", StringComparison.Ordinal)).ToList();
        Assert.True(lines.Count == 3, outcome.Error);
        Assert.Matches(@"^error: [^:]+: .+", lines[0]);
        Assert.Matches(@"^  likely:  .+", lines[1]);
        Assert.Matches(@"^  do:      .+", lines[2]);
    }

    public void Dispose() => folder.Dispose();

    [DllImport("libc", EntryPoint = "kill")]
    private static extern int SendSignal(int process, int signal);
}
