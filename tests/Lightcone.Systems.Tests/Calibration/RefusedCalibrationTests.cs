using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests;
using Lightcone.Tests.EndToEnd;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>Jets and recipes that no calibration can be trained on are refused by the executable, with the reason, and leave nothing.</summary>
public sealed class RefusedCalibrationTests
{
    private const int Jets = 1000;

    [Theory]
    [InlineData("no truth", 3, "gen_pt")]
    [InlineData("a truth of zero", 3, "gen_pt")]
    [InlineData("a truth that is no number", 3, "gen_pt")]
    [InlineData("the same truth for all", 3, "same")]
    [InlineData("one jet", 3, "jets")]
    [InlineData("jets in one direction", 3, "abs_eta")]
    public void Jets_that_cannot_be_calibrated_are_refused_and_leave_no_run(string what, int code, string named)
    {
        using var folder = new TemporaryFolder();
        var (jets, settings) = Spoiled(what);
        Refused(folder, jets, code, named, settings);
    }

    // These are found out in the training's course, which leaves a run that cannot be gone on with.
    [Theory]
    [InlineData("a truth below zero in the jets kept aside", "gen_pt")]
    [InlineData("few jets", "60 jets kept aside")]
    [InlineData("no identities", "model=pfn")]
    public void Jets_that_turn_out_to_be_bad_are_refused_with_the_reason(string what, string named)
    {
        using var folder = new TemporaryFolder();
        var (jets, settings) = Spoiled(what);
        var outcome = LightconeProcess.Run(TrainedCalibration.Start(CalibrationJets.Write(folder["jets.h5"], jets), folder["run"], settings));
        Assert.True(outcome.ExitCode == 3, $"{outcome.ExitCode}: {outcome.Error}{outcome.Output}");
        TinyTraining.AssertFourParts(outcome);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder["run"], "uncertainty.json")));
    }

    private static (JetBatch Jets, string[] Settings) Spoiled(string what)
    {
        var jets = CalibrationJets.Make(what switch { "one jet" => 1, "few jets" => 300, _ => Jets }, 1);
        string[] settings = ["epochs=1"];
        float[] Truth(Func<float, int, float> value) => [.. jets.JetColumns["gen_pt"].Select(value)];
        switch (what)
        {
            case "no truth": jets = jets.With("gen_pt", null); break;
            case "a truth of zero": jets = jets.With("gen_pt", Truth((z, i) => i == 5 ? 0 : z)); break;
            case "a truth that is no number": jets = jets.With("gen_pt", Truth((z, i) => i == 5 ? float.NaN : z)); break;
            case "a truth below zero in the jets kept aside": jets = jets.With("gen_pt", Truth((z, i) => i == 950 ? -1 : z)); break;
            case "the same truth for all": jets = jets.With("gen_pt", Truth((_, _) => 500)); break;
            case "jets in one direction": (jets, settings) = (OneDirection(jets), ["quantities=abs_eta", "epochs=1"]); break;
            case "no identities":
                jets = new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = jets.Momenta, JetColumns = jets.JetColumns };
                settings = ["model=pfn-pid", "epochs=1"];
                break;
        }

        return (jets, settings);
    }

    [Theory]
    [InlineData("model=transformer", "transformer")]
    [InlineData("model=mpm:", "mpm:")]
    [InlineData("model=mpm:/no/such/run", "/no/such/run")]
    [InlineData("prior=flat", "flat")]
    [InlineData("prior=window:2:1", "window:2:1")]
    [InlineData("quantities=pt,rapidity", "rapidity")]
    [InlineData("quantities=,", "quantity")]
    [InlineData("objective=Median", "Median")]
    [InlineData("loss=Hinge", "Hinge")]
    [InlineData("shuffles=0", "shuffles")]
    [InlineData("pretrainingShare=1", "retrainingShare")]
    public void Recipes_that_name_nothing_are_refused_and_leave_no_run(string setting, string named)
    {
        using var folder = new TemporaryFolder();
        Refused(folder, CalibrationJets.Make(Jets, 1), 2, named, setting);
    }

    [Theory]
    [InlineData("target=truth", "truth")] // no such column
    [InlineData("prior=window:1:2", "window:1:2")] // no jet
    [InlineData("batchSize=1", "batchSize")]
    public void Recipes_that_do_not_fit_the_jets_are_refused(string setting, string named)
    {
        using var folder = new TemporaryFolder();
        var outcome = LightconeProcess.Run(TrainedCalibration.Start(CalibrationJets.Write(folder["jets.h5"], CalibrationJets.Make(Jets, 1)), folder["run"], setting, "epochs=1"));
        Assert.True(outcome.ExitCode is 2 or 3, $"{outcome.ExitCode}: {outcome.Error}");
        foreach (string part in (string[])["error: ", "\n  likely:  ", "\n  do:      "]) Assert.Contains(part, outcome.Error, StringComparison.Ordinal);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void One_jet_is_evaluated_or_refused_with_the_reason()
    {
        using var trained = new TrainedCalibration();
        string run = trained.Run;
        foreach (int jets in (int[])[1, 2, 20])
        {
            var outcome = LightconeProcess.Run("evaluate", run, "--data", CalibrationJets.Write(trained[$"{jets}.h5"], CalibrationJets.Make(jets, 4)), "--threads", "1");
            if (outcome.ExitCode == 0) continue;
            Assert.True(outcome.ExitCode == 3, outcome.Error);
            TinyTraining.AssertFourParts(outcome);
        }
    }

    private static void Refused(TemporaryFolder folder, JetBatch jets, int code, string named, params string[] settings)
    {
        var outcome = LightconeProcess.Run(TrainedCalibration.Start(CalibrationJets.Write(folder["jets.h5"], jets), folder["run"], settings));
        Assert.True(outcome.ExitCode == code, $"{outcome.ExitCode}: {outcome.Error}{outcome.Output}");
        TinyTraining.AssertFourParts(outcome);
        Assert.Contains(named, outcome.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder["run"]), $"{named}: the refused training left a run");
    }

    // One particle a jet, so that rounding leaves the direction alone.
    private static JetBatch OneDirection(JetBatch jets)
    {
        double[] momenta = [.. jets.JetColumns["pt"].SelectMany(pt =>
        {
            var p = FourMomentum.FromPtEtaPhiMass(pt, 1, 0.5, 0);
            return new[] { p.E, p.Px, p.Py, p.Pz };
        })];
        return new JetBatch { Rows = jets.Rows, Offsets = [.. Enumerable.Range(0, jets.JetCount + 1)], Momenta = momenta, JetColumns = jets.JetColumns };
    }
}
