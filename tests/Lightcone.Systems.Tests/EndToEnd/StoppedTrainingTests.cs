using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Weights;

namespace Lightcone.Tests.EndToEnd;

public sealed class StoppedTrainingTests
{
    [Fact]
    public void SIGTERM_Ctrl_C_and_SIGUSR1_end_a_training_with_code_5_and_a_checkpoint_to_resume_from()
    {
        using var training = new TinyTraining();
        string run = training["run"];
        long steps = 0;
        foreach (int signal in ((int[])[15, 2, 10]).Where(s => !IsIgnored(s)))
        {
            using var process = LightconeProcess.Start(steps == 0 ? training.Start(run) : TinyTraining.Resume(run));
            Assert.True(TinyTraining.WaitForCheckpoint(run, process));
            var stopped = TinyTraining.Signal(process, signal);
            Assert.True(stopped.ExitCode == 5, stopped.Error);
            Assert.Contains("--resume", stopped.Output);
            long now = long.Parse(Safetensors.ReadAll(TinyTraining.State(run)).Metadata["step"], System.Globalization.CultureInfo.InvariantCulture);
            Assert.InRange(now, steps + 1, 47);
            steps = now;
        }

        Assert.Equal(0, LightconeProcess.Run(TinyTraining.Resume(run)).ExitCode);
        Assert.Equal(0, LightconeProcess.Run(training.Start(training["whole"])).ExitCode);
        Assert.Equal(TinyTraining.Content(training["whole"]), TinyTraining.Content(run));
    }

    [Fact]
    public void A_time_limit_ends_a_training_with_code_5_and_resumes_lead_to_its_end()
    {
        using var training = new TinyTraining();
        string run = training["run"];
        var outcome = LightconeProcess.Run([.. training.Start(run, "epochs=2"), "--max-time", "0"]);
        Assert.True(outcome.ExitCode == 5, outcome.Error);
        Assert.Equal("0", Safetensors.ReadAll(TinyTraining.State(run)).Metadata["step"]);
        outcome = LightconeProcess.Run(TinyTraining.Resume(run, "--max-time", "0.005")); // a third of a second: a fast machine may get through
        Assert.True(outcome.ExitCode is 5 or 0, outcome.Error);
        outcome = LightconeProcess.Run(TinyTraining.Resume(run));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        Assert.Equal(0, LightconeProcess.Run(training.Start(training["whole"], "epochs=2")).ExitCode);
        Assert.Equal(TinyTraining.Content(training["whole"]), TinyTraining.Content(run));
        Assert.Contains("Nothing left", LightconeProcess.Run(TinyTraining.Resume(run)).Output);
    }

    [Fact]
    public void A_second_process_on_the_same_run_is_refused_and_the_first_goes_on()
    {
        using var training = new TinyTraining();
        string run = training["run"];
        using var process = LightconeProcess.Start(training.Start(run, "epochs=100000"));
        try
        {
            Assert.True(TinyTraining.WaitForCheckpoint(run, process));
            var second = LightconeProcess.Run(TinyTraining.Resume(run));
            Assert.Equal(2, second.ExitCode);
            TinyTraining.AssertFourParts(second);
            Assert.Contains("process", second.Error);
            var third = LightconeProcess.Run(training.Start(run));
            Assert.Equal(2, third.ExitCode);
            TinyTraining.AssertFourParts(third);
            Assert.False(process.HasExited);
            Assert.Equal(5, TinyTraining.Signal(process, 15).ExitCode);
        }
        finally
        {
            if (!process.HasExited) process.Kill();
        }
    }

    // A shell starts what it puts in the background with Ctrl-C ignored; children inherit that, and the runtime respects it.
    private static bool IsIgnored(int signal) =>
        (Convert.ToUInt64(File.ReadLines("/proc/self/status").First(l => l.StartsWith("SigIgn:", StringComparison.Ordinal))["SigIgn:".Length..].Trim(), 16) >> (signal - 1) & 1) == 1;
}
