using System.Diagnostics;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests.Training;
using Lightcone.Weights;

namespace Lightcone.Tests.EndToEnd;

public sealed class RefusedTrainingTests
{
    [Fact]
    public void A_resume_with_other_data_is_refused_and_one_with_the_same_data_elsewhere_is_not()
    {
        using var training = new TinyTraining();
        string run = training["run"];
        Assert.Equal(5, LightconeProcess.Run([.. training.Start(run, "epochs=1"), "--max-time", "0"]).ExitCode);
        byte[] state = File.ReadAllBytes(TinyTraining.State(run)), provenance = File.ReadAllBytes(Path.Combine(run, "provenance.json"));
        string other = ToyJets.WriteSplits(training["other"], ToyJets.Make(200, 3), ToyJets.Make(40, 2));
        var refused = LightconeProcess.Run(TinyTraining.Resume(run, "--data", other));
        Assert.Equal(3, refused.ExitCode);
        TinyTraining.AssertFourParts(refused);
        Assert.Equal(state, File.ReadAllBytes(TinyTraining.State(run)));
        Assert.Equal(provenance, File.ReadAllBytes(Path.Combine(run, "provenance.json")));
        Directory.Move(training.Data, training["moved"]);
        Assert.Equal(0, LightconeProcess.Run(TinyTraining.Resume(run, "--data", training["moved"])).ExitCode);
    }

    [Fact]
    public void An_occupied_folder_is_refused_and_nothing_is_added_to_it()
    {
        using var training = new TinyTraining();
        Directory.CreateDirectory(training["thesis"]);
        File.WriteAllText(Path.Combine(training["thesis"], "thesis.tex"), "all my work");
        var foreign = LightconeProcess.Run(training.Start(training["thesis"]));
        Assert.Equal(2, foreign.ExitCode);
        TinyTraining.AssertFourParts(foreign);
        Assert.Equal(["thesis.tex"], Directory.GetFileSystemEntries(training["thesis"]).Select(Path.GetFileName));

        Assert.Equal(5, LightconeProcess.Run([.. training.Start(training["run"]), "--max-time", "0"]).ExitCode);
        byte[] state = File.ReadAllBytes(TinyTraining.State(training["run"]));
        var again = LightconeProcess.Run(training.Start(training["run"]));
        Assert.Equal(2, again.ExitCode);
        Assert.Contains("--resume", again.Error);
        Assert.Equal(state, File.ReadAllBytes(TinyTraining.State(training["run"])));
    }

    [Theory]
    [InlineData("one file", 2)]
    [InlineData("no such folder", 2)]
    [InlineData("no validation file", 2)]
    [InlineData("a file of garbage", 3)]
    [InlineData("too few jets", 3)]
    public void Data_that_cannot_be_trained_on_are_refused_and_leave_no_run(string what, int code)
    {
        using var training = new TinyTraining();
        switch (what)
        {
            case "one file": training.Data = Path.Combine(training.Data, "train.h5"); break;
            case "no such folder": training.Data = training["nowhere"]; break;
            case "no validation file": File.Delete(Path.Combine(training.Data, "val.h5")); break;
            case "a file of garbage": File.WriteAllText(Path.Combine(training.Data, "val.h5"), "<html>404</html>"); break;
            default: ToyJets.WriteSplits(training.Data, ToyJets.Make(10, 1), ToyJets.Make(10, 2)); break;
        }

        var outcome = LightconeProcess.Run(training.Start(training["run"]));
        Assert.True(outcome.ExitCode == code, outcome.Error);
        TinyTraining.AssertFourParts(outcome);
        Assert.False(Directory.Exists(training["run"]));
    }

    public static TheoryData<string, string> Spoilings() => new()
    {
        { "an infinite energy", "Auto" },
        { "an infinite energy", "Eager" },
        { "NaN", "Auto" },
        { "NaN", "Eager" },
    };

    [Theory]
    [MemberData(nameof(Spoilings))]
    public void A_jet_that_is_not_a_number_stops_the_run_and_is_named_with_epoch_and_step(string what, string kernel)
    {
        const int Row = 137;
        // In float32, as the network reads four-momenta, an energy of cosh(95) is infinite.
        using var training = new TinyTraining(Spoiled(ToyJets.Make(200, 1), Row, what == "NaN" ? double.NaN : 95));
        string run = training["run"];
        var outcome = LightconeProcess.Run(training.Start(run, $"kernel={kernel}"));
        Assert.True(outcome.ExitCode == 3, outcome.Error);
        TinyTraining.AssertFourParts(outcome);
        Assert.Matches($@"epoch 1, step \d+, training rows {Row}\b[^,]", outcome.Error);
        if (File.Exists(TinyTraining.State(run)))
            foreach (var tensor in Safetensors.ReadAll(TinyTraining.State(run))) Assert.All(tensor.ToDouble(), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public void A_validation_jet_that_is_not_a_number_stops_the_run_too()
    {
        using var training = new TinyTraining(validation: Spoiled(ToyJets.Make(40, 2), 5, double.NaN));
        var outcome = LightconeProcess.Run(training.Start(training["run"], "epochs=1"));
        Assert.True(outcome.ExitCode == 3, outcome.Error);
        TinyTraining.AssertFourParts(outcome);
    }

    [Fact]
    public void A_place_where_no_folder_can_be_made_is_a_lack_of_the_machine()
    {
        Assert.SkipUnless(Directory.Exists("/proc/self"), "There is no /proc here.");
        using var training = new TinyTraining();
        var outcome = LightconeProcess.Run(training.Start("/proc/lightcone-run"));
        Assert.True(outcome.ExitCode == 4, outcome.Error);
        TinyTraining.AssertFourParts(outcome);
    }

    [Theory]
    [InlineData("full", 0)] // not even the provenance can be written
    [InlineData("full", 2)] // the provenance, but no checkpoint
    [InlineData("read-only", 64)]
    public void A_full_or_read_only_disk_is_a_lack_of_the_machine_and_leaves_the_old_checkpoint(string disk, int freePages)
    {
        Assert.SkipUnless(CanMount(), "Mounting a small disk needs Linux namespaces, which are not allowed here.");
        using var training = new TinyTraining();
        string run = training["run"], mounted = training["disk"], copy = training["copy"];
        Assert.Equal(5, LightconeProcess.Run([.. training.Start(run), "--max-time", "0"]).ExitCode);
        byte[] state = File.ReadAllBytes(TinyTraining.State(run));
        Directory.CreateDirectory(mounted);
        string script = $"""
            set -e
            mount -t tmpfs -o size=4m tmpfs '{mounted}'
            cp -r '{run}' '{mounted}/run'
            head -c {freePages * 4096} /dev/zero > '{mounted}/room'
            cat /dev/zero > '{mounted}/fill' 2> /dev/null || true
            rm '{mounted}/room'
            {(disk == "read-only" ? $"mount -o remount,ro '{mounted}'" : "")}
            set +e
            '{LightconeProcess.Path}' train --resume '{mounted}/run' --threads 1
            code=$?
            cp -r '{mounted}/run' '{copy}'
            exit $code
            """;
        var outcome = LightconeProcess.Run(["-rm", "sh", "-c", script], environment: null, executable: "/usr/bin/unshare");
        Assert.True(outcome.ExitCode == 4, outcome.Error);
        TinyTraining.AssertFourParts(outcome);
        Assert.Equal(state, File.ReadAllBytes(TinyTraining.State(copy)));
        Assert.Empty(Directory.EnumerateFiles(copy, "*.tmp", SearchOption.AllDirectories));
        Assert.All(File.ReadAllLines(Path.Combine(copy, "metrics.jsonl")), line => Assert.EndsWith("}", line));
        var resumed = LightconeProcess.Run(TinyTraining.Resume(copy, "--data", training.Data));
        Assert.True(resumed.ExitCode == 0, resumed.Error);
    }

    private static bool CanMount()
    {
        if (!File.Exists("/usr/bin/unshare")) return false;
        using var process = Process.Start(new ProcessStartInfo("/usr/bin/unshare", ["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    private static JetBatch Spoiled(JetBatch jets, int row, double pseudorapidity)
    {
        var p = FourMomentum.FromPtEtaPhiMass(1, pseudorapidity, 0, 0);
        double[] momenta = [.. jets.Momenta];
        new[] { p.E, p.Px, p.Py, p.Pz }.CopyTo(momenta, 4 * jets.Offsets[row]);
        return new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta, Labels = jets.Labels };
    }
}
