using System.Text.Json.Nodes;
using Lightcone.Systems.Tests.EndToEnd;
using PureHDF;

namespace Lightcone.Tests.EndToEnd;

/// <summary>An autoencoder from training to scores, through the real executable.</summary>
public sealed class AutoencoderCommandTests(TrainedAutoencoder autoencoder) : IClassFixture<TrainedAutoencoder>
{
    private static readonly string[] Figures =
    [
        "anomaly-auc", "anomaly-roc", "sic", "models-roc", "mass-sculpting-anomaly", "mass-sculpting-decorrelated", "residual-mass", "residual-constituent-pt", "spectrum-mass", "jets-background",
        "jets-signal", "latent-mass", "latent-correlation", "jets-interpolation", "equivariance",
    ];

    private static ProcessOutcome Succeeded(ProcessOutcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error + outcome.Output);
        return outcome;
    }

    private static string Copy(string run, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(run, "*", SearchOption.AllDirectories))
        {
            string target = Path.Combine(to, Path.GetRelativePath(run, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }

        return to;
    }

    private static void Refused(ProcessOutcome outcome, int code)
    {
        Assert.True(outcome.ExitCode == code, $"{outcome.ExitCode}: {outcome.Error}{outcome.Output}");
        TinyTraining.AssertFourParts(outcome);
    }

    [Fact]
    public void A_training_killed_midway_goes_on_to_the_bits_of_one_that_was_left_alone()
    {
        string run = autoencoder["killed"];
        for (int kill = 0; kill < 2; kill++)
        {
            using var process = LightconeProcess.Start(kill == 0 ? autoencoder.Start(run) : TinyTraining.Resume(run));
            if (!TinyTraining.WaitForCheckpoint(run, process)) break;
            process.Kill();
            process.WaitForExit();
            Assert.NotEqual(0, process.ExitCode);
        }

        Succeeded(LightconeProcess.Run(TinyTraining.Resume(run)));
        Assert.Equal(TinyTraining.Content(autoencoder.Run), TinyTraining.Content(run));
    }

    [Fact]
    public void A_run_is_evaluated_beside_others_reported_scored_and_checked()
    {
        string run = Copy(autoencoder.Run, autoencoder["evaluated"]), twin = Copy(autoencoder.Run, autoencoder["twin"]), same = Copy(autoencoder.Run, autoencoder["elsewhere/twin"]);
        Succeeded(LightconeProcess.Run("check", "symmetry", run, "--threads", "1", "--jets", "12"));
        var evaluated = Succeeded(LightconeProcess.Run("evaluate", run, "--data", autoencoder.Data, "--signals", "t,w", "--beside", twin, "--beside", same, "--threads", "1", "--json"));
        var document = JsonNode.Parse(File.ReadAllText(Path.Combine(run, "evaluation.json")))!;
        Assert.Equal(document["numbers"]!.ToJsonString(), JsonNode.Parse(evaluated.Output)!["numbers"]!.ToJsonString());
        RequireNumbers(document);
        RequireFigures(run, document);
        Assert.Equal(["pass", "pass"], document["gates"]!.AsArray().Select(g => (string?)g!["result"]));

        Succeeded(LightconeProcess.Run("report", run));
        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.All(Figures.Take(4), f => Assert.Contains(f, page));
        Assert.DoesNotContain("src=\"http", page);
        Succeeded(LightconeProcess.Run("evaluate", twin, "--data", autoencoder.Data, "--signals", "t,w", "--threads", "1"));
        Succeeded(LightconeProcess.Run("report", run, twin, "--out", autoencoder["compare.html"]));
        Assert.Contains("evaluated", File.ReadAllText(autoencoder["compare.html"]));
        RequireScores(run);
    }

    private static void RequireNumbers(JsonNode document)
    {
        var numbers = document["numbers"]!.AsArray().ToDictionary(n => (string)n!["id"]!, n => n!);
        double Value(string id) => numbers.TryGetValue(id, out var n) && n["value"] is { } v ? (double)v : double.NaN;
        foreach (string search in (string[])["t + w", "t", "w"])
        {
            Assert.InRange(Value($"auc@{search}"), 0, 1);
            Assert.InRange(Value($"auc/mass@{search}"), 0, 1);
            Assert.InRange(Value($"tpr@0.1@{search}"), 0, 1);
            Assert.Null(numbers[$"tpr@0.0001@{search}"]["value"]); // 24 background jets
            Assert.True(Value($"sic@{search}") > 0);
            // The same weights beside: the same number. Two runs of one name do not collide.
            Assert.Equal(2, numbers.Keys.Count(k => k.StartsWith("auc/LGAE twin", StringComparison.Ordinal) && k.EndsWith("score@" + search, StringComparison.Ordinal)));
            Assert.Equal(Value($"auc@{search}"), Value($"auc/LGAE twin.score@{search}"));
            Assert.InRange(Value($"auc/PCA.score@{search}"), 0, 1);
        }

        Assert.True(Value("mass-iqr") >= 0);
        Assert.True(Value("pt-iqr") > 0);
        Assert.Equal(TrainedAutoencoder.LatentNumbers, Value("latent-numbers"));
        Assert.Equal(["g", "q", "t", "w"], document["sample"]!["classes"]!.AsArray().Select(c => (string)c!["name"]!));
        Assert.Contains(document["warnings"]!.AsArray(), w => (string)w!["id"]! == "few-background-jets");
    }

    private static void RequireFigures(string run, JsonNode document)
    {
        string[] named = [.. document["figures"]!.AsArray().Select(f => (string)f!["id"]!)];
        Assert.Equal(named.Distinct(), named);
        foreach (string figure in Figures) Assert.Contains(figure, named);
        foreach (string figure in named)
            foreach (string extension in (string[])["svg", "csv"])
                Assert.True(new FileInfo(Path.Combine(run, "figures", $"{figure}.{extension}")).Length > 100, $"{figure}.{extension}");
    }

    private void RequireScores(string run)
    {
        string scores = autoencoder["scores.h5"];
        var scored = JsonNode.Parse(Succeeded(LightconeProcess.Run("score", run, "--data", Path.Combine(autoencoder.Data, "t.hdf5"), "--out", scores, "--threads", "1", "--json")).Output)!;
        Assert.Contains($"latent [{TrainedAutoencoder.LatentNumbers}]", scored["columns"]!.AsArray().Select(c => $"{c!["name"]} [{string.Join(", ", c["shape"]!.AsArray())}]"));
        using var file = H5File.OpenRead(scores);
        const ulong jets = TrainedAutoencoder.JetsPerClass;
        foreach (string name in (string[])["score", "score_decorrelated", "latent_density", "chamfer"])
        {
            Assert.Equal([jets], file.Dataset(name).Space.Dimensions);
            Assert.All(file.Dataset(name).Read<float[]>(), v => Assert.True(float.IsFinite(v), name));
        }

        Assert.Equal([jets, (ulong)TrainedAutoencoder.LatentNumbers], file.Dataset("latent").Space.Dimensions);
        Assert.Equal([jets, 30UL, 4UL], file.Dataset("reconstructed").Space.Dimensions);
        float[,,] rebuilt = file.Dataset("reconstructed").Read<float[,,]>();
        float[,] latent = file.Dataset("latent").Read<float[,]>();
        for (int jet = 0; jet < (int)jets; jet++)
        {
            int constituents = (int)latent[jet, TrainedAutoencoder.LatentNumbers - 1];
            Assert.Equal(((int[])[5, 3, 0, 1, 4, 2])[jet % 6], constituents);
            for (int c = 0; c < 30; c++) Assert.True(c < constituents || rebuilt[jet, c, 0] == 0);
        }
    }

    [Fact]
    public void Without_signals_a_run_is_judged_by_how_well_it_rebuilds_its_own_jets()
    {
        string run = Copy(autoencoder.Run, autoencoder["unsearched"]);
        var outcome = Succeeded(LightconeProcess.Run("evaluate", run, "--data", autoencoder.Data, "--threads", "1", "--json"));
        string[] ids = [.. JsonNode.Parse(outcome.Output)!["numbers"]!.AsArray().Select(n => (string)n!["id"]!)];
        Assert.Contains("mass-iqr", ids);
        Assert.DoesNotContain(ids, id => id.Contains("auc", StringComparison.Ordinal) || id.Contains("tpr", StringComparison.Ordinal));
        Succeeded(LightconeProcess.Run("report", run));
    }

    [Fact]
    public void Searches_that_make_no_sense_are_refused()
    {
        string signals = autoencoder["signals only"];
        Directory.CreateDirectory(signals);
        foreach (string name in (string[])["t", "w"]) File.Copy(Path.Combine(autoencoder.Data, name + ".hdf5"), Path.Combine(signals, name + ".hdf5"), overwrite: true);
        foreach (string[] arguments in (string[][])
        [
            ["--data", autoencoder.Data, "--signals", "h"], // no such class
            ["--data", autoencoder.Data, "--signals", "g"], // trained on it
            ["--data", signals, "--signals", "t"], // the background is not there
            ["--data", signals], // neither is what it was trained on
            ["--data", Path.Combine(autoencoder.Data, "t.hdf5"), "--signals", "t"],
        ])
            Refused(LightconeProcess.Run(["evaluate", autoencoder.Run, "--threads", "1", .. arguments]), 2);
        Refused(LightconeProcess.Run(["evaluate", autoencoder.Run, "--threads", "1", "--data", autoencoder.Data, "--signals", "t", "--beside", autoencoder["nowhere"]]), 3);
        Assert.False(File.Exists(Path.Combine(autoencoder.Run, "evaluation.json")));
    }

    [Fact]
    public void A_mask_of_another_convention_is_bad_input_to_every_command()
    {
        float[,,] shifted = JetNetFile.Particles();
        for (int jet = 0; jet < JetNetFile.Jets; jet++)
            for (int c = 0; c < JetNetFile.Slots; c++) shifted[jet, c, 3] -= 0.5f; // as published networks take it
        string data = autoencoder["shifted"];
        Directory.CreateDirectory(data);
        foreach (string name in (string[])["g", "q", "t"]) JetNetFile.Write(Path.Combine(data, name + ".hdf5"), shifted);
        Refused(LightconeProcess.Run(autoencoder.Start(autoencoder["refused"], data)), 3);
        Assert.False(Directory.Exists(autoencoder["refused"]));
        Refused(LightconeProcess.Run("evaluate", autoencoder.Run, "--data", data, "--signals", "t", "--threads", "1"), 3);
        Refused(LightconeProcess.Run("score", autoencoder.Run, "--data", Path.Combine(data, "t.hdf5"), "--out", autoencoder["refused.h5"], "--threads", "1"), 3);
        Assert.False(File.Exists(autoencoder["refused.h5"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Files_of_nothing_but_empty_or_lone_jets_are_evaluated(int constituents)
    {
        string data = autoencoder[$"{constituents} constituents"], run = Copy(autoencoder.Run, autoencoder[$"evaluated on {constituents}"]);
        Directory.CreateDirectory(data);
        const int jets = 60;
        var particles = new float[jets, 2, 4];
        var features = new float[jets, 4];
        for (int jet = 0; jet < jets && constituents == 1; jet++)
        {
            (particles[jet, 0, 2], particles[jet, 0, 3]) = (1, 1);
            (features[jet, 0], features[jet, 1], features[jet, 3]) = (500 + jet, jet / 32f, 1);
        }

        foreach (string name in (string[])["g", "q", "t"]) JetNetFile.Write(Path.Combine(data, name + ".hdf5"), particles, features);
        Succeeded(LightconeProcess.Run("evaluate", run, "--data", data, "--signals", "t", "--threads", "1"));
        Succeeded(LightconeProcess.Run("report", run));
        var check = LightconeProcess.Run("check", "symmetry", run, "--data", data, "--threads", "1", "--jets", "6");
        if (constituents == 0) Refused(check, 3);
        else Succeeded(check);
    }
}
