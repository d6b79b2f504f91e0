using System.Diagnostics;
using Lightcone.Randomness;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Weights;

namespace Lightcone.Tests.EndToEnd;

public sealed class KilledTrainingTests
{
    private const int Kills = 20;

    private static readonly string[] FirstEntries = [".lock", "provenance.json.tmp", "provenance.json", "recipe.yaml.tmp", "recipe.yaml", "metrics.jsonl", "checkpoints"];

    [Fact]
    public void A_training_killed_20_times_at_random_ends_with_the_bits_of_one_that_was_left_alone()
    {
        using var training = new TinyTraining();
        Assert.Equal(0, LightconeProcess.Run(training.Start(training["whole"])).ExitCode);
        string whole = TinyTraining.Content(training["whole"]);
        var random = new RandomStream(1, "kills", 0, 0);
        int kills = 0, duringWriting = 0, beforeFirstCheckpoint = 0;
        for (int repetition = 0; kills < Kills; repetition++)
        {
            string run = training[$"killed {repetition}"];
            while (true)
            {
                using var process = LightconeProcess.Start(File.Exists(Path.Combine(run, "recipe.yaml")) ? TinyTraining.Resume(run) : training.Start(run));
                if (kills < Kills && !EndsBefore(process, run, kills, ref random))
                {
                    process.Kill();
                    process.WaitForExit();
                    kills++;
                    if (Directory.Exists(run) && Directory.EnumerateFiles(run, "*.tmp", SearchOption.AllDirectories).Any()) duringWriting++;
                    if (!File.Exists(TinyTraining.State(run))) beforeFirstCheckpoint++;
                    RequireReadable(run);
                    continue;
                }

                var outcome = TinyTraining.End(process);
                Assert.True(outcome.ExitCode == 0, outcome.Error);
                break;
            }

            Assert.Equal(whole, TinyTraining.Content(run));
            Assert.Empty(Directory.EnumerateFiles(run, "*.tmp", SearchOption.AllDirectories));
        }

        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills, {duringWriting} while a file was being written, {beforeFirstCheckpoint} before the first checkpoint");
    }

    /// <summary>
    /// Waits for a random moment: while the run's folder is being made, in the start of a process, at some time of its training, or in the middle of writing
    /// a checkpoint. True when the process ended by itself before.
    /// </summary>
    private static bool EndsBefore(Process process, string run, int kill, ref RandomStream random)
    {
        if (kill < FirstEntries.Length) return EndsBeforeMaking(run, FirstEntries[kill], process);
        int kind = random.NextInt(4);
        if (kind == 0) return process.WaitForExit(random.NextInt(1500));
        if (!TinyTraining.WaitForCheckpoint(run, process)) return true;
        if (process.WaitForExit(random.NextInt(60))) return true;
        if (kind == 1) return false;
        while (!File.Exists(TinyTraining.State(run) + ".tmp"))
            if (process.HasExited) return true;
        return false;
    }

    private static bool EndsBeforeMaking(string run, string entry, Process process)
    {
        while (!Path.Exists(Path.Combine(run, entry)))
            if (process.HasExited || Path.Exists(Path.Combine(run, "checkpoints"))) return process.HasExited; // a temporary file may have come and gone
        return false;
    }

    /// <summary>What a kill leaves is whole: the weights and the training's state can be read, or are not there.</summary>
    private static void RequireReadable(string run)
    {
        foreach (string path in (string[])[TinyTraining.State(run), TinyTraining.Best(run)])
            if (File.Exists(path)) Assert.NotEmpty(Safetensors.ReadAll(path));
    }
}
