using System.Text.Json.Nodes;
using Lightcone.Systems.Calibration;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests;
using Lightcone.Tests.EndToEnd;
using Lightcone.Training.Runs;
using PureHDF;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>A small calibration of toy jets by the real executable: from one file, of which a fifth is kept aside.</summary>
public sealed class TrainedCalibration : IDisposable
{
    public const int Jets = 2000, Training = 1600, TestJets = 4000;

    private readonly TemporaryFolder folder = new();

    public TrainedCalibration()
    {
        Data = CalibrationJets.Write(folder["jets.h5"], CalibrationJets.Make(Jets, 1));
        Test = CalibrationJets.Write(folder["test.h5"], CalibrationJets.Make(TestJets, 2));
        var outcome = LightconeProcess.Run(Start(Data, Run));
        Assert.True(outcome.ExitCode == 0, outcome.Error);
    }

    public string Data { get; }

    public string Test { get; }

    /// <summary>The run; a test that writes into it copies it.</summary>
    public string Run => folder["run"];

    public string this[string name] => folder[name];

    public static string[] Start(string data, string run, params string[] settings) =>
    [
        "train", "jet-calibration", "--data", data, "--out", run, "--threads", "1",
        .. ((string[])["hidden=8", "batchSize=100", "epochs=2", .. settings]).SelectMany(s => new[] { "--set", s }),
    ];

    /// <summary>A copy of the run.</summary>
    public string Copy(string name)
    {
        foreach (string file in Directory.EnumerateFiles(Run, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(folder[name], Path.GetRelativePath(Run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return folder[name];
    }

    public void Dispose() => folder.Dispose();
}

/// <summary>Calibrations from training to scores, through the real executable.</summary>
public sealed class CalibrationCommandTests(TrainedCalibration trained) : IClassFixture<TrainedCalibration>
{
    [Fact]
    public void A_calibration_from_one_file_says_how_many_jets_it_kept_aside_is_evaluated_and_reported()
    {
        string run = trained.Copy("evaluated");
        Assert.Equal([("train", (long)TrainedCalibration.Training), ("val", TrainedCalibration.Jets - TrainedCalibration.Training)], Provenance.Read(Path.Combine(run, "provenance.json")).Data.Select(d => (d.Role, d.Jets)));
        Succeeded("evaluate", run, "--data", trained.Test, "--threads", "1");
        var document = Document(run);
        foreach (string id in (string[])["closure", "resolution", "information", "bias", "coverage@68/ansatz-likelihood-calibrated"]) Assert.True(double.IsFinite(Value(document, id)), id);
        Assert.Equal(TrainedCalibration.TestJets, (int)document["sample"]!["classes"]![0]!["n"]!);
        Assert.Contains(document["gates"]!.AsArray(), g => (string)g!["id"]! == "H6");
        Succeeded("report", run);
    }

    [Fact]
    public void The_jets_kept_aside_change_neither_weights_nor_scales()
    {
        var jets = CalibrationJets.Make(TrainedCalibration.Jets, 1);
        var other = CalibrationJets.Make(TrainedCalibration.Jets, 3);
        string data = trained["other.h5"], run = trained["aside"];
        CalibrationJets.Write(data, Lightcone.Jets.JetBatch.Concatenate([jets.Select([.. Enumerable.Range(0, TrainedCalibration.Training)]), other.Select([.. Enumerable.Range(TrainedCalibration.Training, 400)])]).WithRowsFrom(0));
        Succeeded(TrainedCalibration.Start(data, run));
        foreach (string file in (string[])["preprocessing.json", Path.Combine("checkpoints", "best.safetensors")])
            Assert.Equal(Tensors(Path.Combine(trained.Run, file)), Tensors(Path.Combine(run, file)));
        Assert.NotEqual(File.ReadAllText(Uncertainty(trained.Run)), File.ReadAllText(Uncertainty(run)));
    }

    [Fact]
    public void A_training_stopped_and_killed_ends_with_the_bits_of_one_that_was_left_alone()
    {
        string[] settings = ["model=pfn", "particleHidden=8", "latent=8", "loss=DonskerVaradhanAveraged", "checkpointMinutes=0"];
        string whole = trained["whole"], broken = trained["broken"];
        Succeeded(TrainedCalibration.Start(trained.Data, whole, settings));
        Assert.Equal(5, LightconeProcess.Run([.. TrainedCalibration.Start(trained.Data, broken, settings), "--max-time", "0"]).ExitCode);
        Assert.False(File.Exists(Uncertainty(broken)));
        using (var process = LightconeProcess.Start(TinyTraining.Resume(broken)))
        {
            if (TinyTraining.WaitForCheckpoint(broken, process)) process.Kill();
            process.WaitForExit();
        }

        Succeeded(TinyTraining.Resume(broken));
        Assert.Equal(TinyTraining.Content(whole), TinyTraining.Content(broken));
        Assert.Equal(File.ReadAllText(Uncertainty(whole)), File.ReadAllText(Uncertainty(broken)));
    }

    [Fact]
    public void An_unhealthy_run_is_not_scored_and_a_healthy_one_is()
    {
        string run = trained.Copy("scored"), scores = trained["scores.h5"];
        SetHealth(run, measured: 0.5);
        var refused = LightconeProcess.Run("score", run, "--data", trained.Test, "--out", scores, "--threads", "1");
        Refused(refused, 3);
        Assert.Contains("H6", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(scores));
        SetHealth(run, measured: 0.01);
        Succeeded("score", run, "--data", trained.Test, "--out", scores, "--threads", "1");
        using var file = H5File.OpenRead(scores);
        float[] value = file.Dataset("value").Read<float[]>(), flags = file.Dataset("flags").Read<float[]>();
        float[] interval = Flat(file, "interval68"), wide = Flat(file, "interval95"), covariance = Flat(file, "covariance");
        double[] truth = [.. CalibrationJets.Make(TrainedCalibration.TestJets, 2).JetColumns["gen_pt"].Select(z => (double)z)];
        Assert.Equal(TrainedCalibration.TestJets, value.Length);
        var (held, asked) = (0, 0);
        for (int i = 0; i < TrainedCalibration.TestJets; i++)
        {
            Assert.True(wide[2 * i] <= interval[2 * i] && interval[2 * i] < interval[2 * i + 1] && interval[2 * i + 1] <= wide[2 * i + 1], $"jet {i}");
            Assert.True(covariance[i] > 0 && float.IsFinite(covariance[i]) && flags[i] is 0 or 1 or 2 or 3);
            Assert.InRange(value[i] / truth[i], 0.5, 2); // a width of a tenth
            if (truth[i] is < 500 or > 640) continue; // two widths of a tenth away from the edges
            asked++;
            if (interval[2 * i] <= truth[i] && truth[i] <= interval[2 * i + 1]) held++;
        }

        // Nominal, within four deviations of the threshold: of the 400 jets kept aside some 140 lie as far inside, √(0.68 · 0.32/140) = 0.04.
        Assert.InRange((double)held / asked, 0.6827 - 0.16, 0.6827 + 0.16);
    }

    [Theory]
    [InlineData(CalibrationObjective.Mean)]
    [InlineData(CalibrationObjective.Gaussian)]
    [InlineData(CalibrationObjective.Quantiles)]
    public void Baselines_train_evaluate_beside_an_ansatz_and_score(CalibrationObjective objective)
    {
        string run = trained[$"{objective}"], scores = trained[$"{objective}.h5"], ansatz = trained.Copy($"ansatz beside {objective}");
        Succeeded(TrainedCalibration.Start(trained.Data, run, $"objective={objective}", "epochs=1"));
        Succeeded("evaluate", ansatz, "--data", trained.Test, "--beside", run, "--threads", "1");
        Assert.Contains(Document(ansatz)["numbers"]!.AsArray(), n => ((string)n!["id"]!).StartsWith("resolution/", StringComparison.Ordinal));
        Succeeded("score", run, "--data", trained.Test, "--out", scores, "--threads", "1");
        using var file = H5File.OpenRead(scores);
        Assert.All(file.Dataset("value").Read<float[]>().Concat(Flat(file, "interval68")).Concat(Flat(file, "covariance")), v => Assert.True(float.IsFinite(v) && v > 0));
    }

    [Fact]
    public void Another_spectrum_trains_on_weights()
    {
        Succeeded(TrainedCalibration.Start(trained.Data, trained["power"], "prior=power:-3", "epochs=1"));
        Assert.Equal(File.ReadAllText(Path.Combine(trained.Run, "preprocessing.json")), File.ReadAllText(Path.Combine(trained["power"], "preprocessing.json")));
    }

    [Fact]
    public void A_narrow_slice_of_the_spectrum_trains_although_most_jets_of_a_batch_have_no_weight() => Succeeded(TrainedCalibration.Start(trained.Data, trained["slice"], "prior=window:500:530", "epochs=1"));

    [Theory]
    [InlineData("abs_eta")]
    [InlineData("phi,multiplicity")]
    public void A_calibration_that_learns_nothing_is_written_so_that_it_can_be_read(string quantities)
    {
        string run = trained[$"blind {quantities}"];
        Succeeded(TrainedCalibration.Start(trained.Data, run, $"quantities={quantities}", "epochs=1"));
        FittedUncertainties.Read(Uncertainty(run));
        // The spread about the line is the spectrum's own, so no truth lies away from its edges.
        Refused(LightconeProcess.Run("evaluate", run, "--data", trained.Test, "--threads", "1"), 3);
    }

    [Fact]
    public void A_symmetric_curvature_ends_its_training_whatever_it_learned()
    {
        string run = trained["symmetric"];
        var outcome = LightconeProcess.Run(TrainedCalibration.Start(trained.Data, run, "curvature=Symmetric", "epochs=1", "pretrainingShare=0"));
        if (outcome.ExitCode != 0) Refused(outcome, 3);
        else FittedUncertainties.Read(Uncertainty(run));
    }

    [Fact]
    public void Simulated_jets_are_calibrated_from_one_file()
    {
        string folder = Path.Combine(Repository.Shared ?? "", "data", "calib"), training = Path.Combine(folder, "flat_train.h5");
        Assert.SkipUnless(File.Exists(training), "The simulated jets for calibrations are not beside this checkout.");
        string run = trained["real"], scores = trained["real.h5"];
        Succeeded("train", "jet-calibration", "--data", training, "--out", run, "--threads", "1", "--set", "epochs=2");
        var data = Provenance.Read(Path.Combine(run, "provenance.json")).Data;
        Assert.Equal([("train", 11_200L), ("val", 2_800L)], data.Select(d => (d.Role, d.Jets)));
        Assert.Equal(2_800, FittedUncertainties.Read(Uncertainty(run)).Jets);
        Succeeded("evaluate", run, "--data", Path.Combine(folder, "flat_test.h5"), "--before", Path.Combine(folder, "falling_test.h5"), "--threads", "1");
        var document = Document(run);
        Assert.InRange(Value(document, "resolution"), 0.01, 0.5);
        Assert.InRange(Value(document, "closure"), 0, 0.2);
        // Thresholds were fitted on jets kept aside, so they cover even what was hardly trained: counting of 2800 and of the test.
        Assert.InRange(Value(document, "coverage@68/ansatz-likelihood-calibrated"), 0.6827 - 0.05, 0.6827 + 0.05);
        SetHealth(run, measured: 0);
        Succeeded("score", run, "--data", Path.Combine(folder, "flat_test.h5"), "--out", scores, "--threads", "1");
        using var file = H5File.OpenRead(scores);
        Assert.All(file.Dataset("value").Read<float[]>(), v => Assert.InRange(v, 1, 1e5f));
    }

    private static void Succeeded(params string[] arguments)
    {
        var outcome = LightconeProcess.Run(arguments);
        Assert.True(outcome.ExitCode == 0, $"{string.Join(' ', arguments)}: {outcome.ExitCode}\n{outcome.Error}{outcome.Output}");
    }

    private static void Refused(ProcessOutcome outcome, int code)
    {
        Assert.True(outcome.ExitCode == code, $"{outcome.ExitCode}: {outcome.Error}{outcome.Output}");
        TinyTraining.AssertFourParts(outcome);
    }

    private static string Uncertainty(string run) => Path.Combine(run, FittedUncertainties.FileName);

    private static void SetHealth(string run, double measured)
    {
        var fitted = FittedUncertainties.Read(Uncertainty(run));
        (fitted with { Health = [new HealthCheck("H6", "displacement", measured, 0.02, false, "Raise penaltyTo.")] }).Write(Uncertainty(run));
    }

    private static string Tensors(string path) => path.EndsWith(".json", StringComparison.Ordinal)
        ? File.ReadAllText(path)
        : string.Join('\n', Weights.Safetensors.ReadAll(path).Select(t => $"{t.Name} {Convert.ToHexString(t.Data.Span)}"));

    private static float[] Flat(PureHDF.VOL.Native.NativeFile file, string name)
    {
        var dataset = file.Dataset(name);
        return dataset.Read<float[]>(memoryDims: [dataset.Space.Dimensions.Aggregate(1UL, (a, b) => a * b)]);
    }

    private static JsonNode Document(string run) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, "evaluation.json")))!;

    private static double Value(JsonNode document, string id) => document["numbers"]!.AsArray().Single(n => (string)n!["id"]! == id)!["value"] is { } value ? (double)value : double.NaN;
}
