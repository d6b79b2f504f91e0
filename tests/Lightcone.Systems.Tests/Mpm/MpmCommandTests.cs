using System.Text.Json.Nodes;
using Lightcone.Jets;
using Lightcone.Formats.Compact;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests;
using Lightcone.Tests.EndToEnd;
using PureHDF;

namespace Lightcone.Systems.Tests.Mpm;

/// <summary>A small pre-training and its context-free twin, trained once by the real executable.</summary>
public sealed class TrainedMpm : IDisposable
{
    public const int Jets = 240, Tokens = 512, TestJets = 120, Width = 8;

    private readonly TemporaryFolder folder = new();

    public TrainedMpm()
    {
        MaskableJets.WriteSplits(Data, Jets);
        foreach (string[] start in (string[][])[Start(Run), Start(Twin, "context=Nothing"), Start(Other, "context=Nothing", "seed=2")])
        {
            var outcome = LightconeProcess.Run(start);
            Assert.True(outcome.ExitCode == 0, outcome.Error);
        }
    }

    public string Data => folder["data"];

    /// <summary>The run; a test that writes into it copies it.</summary>
    public string Run => folder["mpm"];

    /// <summary>The same that sees rank and number alone.</summary>
    public string Twin => folder["free"];

    /// <summary>One of another seed, so with another tokenizer.</summary>
    public string Other => folder["other"];

    public string this[string name] => folder[name];

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

    public string[] Start(string run, params string[] settings) =>
    [
        "train", "jetclass-mpm", "--data", Data, "--out", run, "--threads", "1",
        .. ((string[])[$"width={Width}", "layers=1", "heads=2", "registers=1", "decoderWidth=8", "decoderLayers=1", $"clusters={Tokens}", "constituents=12", "batchSize=40", "bucketing=1", "epochs=2", .. settings])
            .SelectMany(s => new[] { "--set", s }),
    ];

    public void Dispose() => folder.Dispose();
}

/// <summary>A pre-training from evaluation to export, through the real executable.</summary>
public sealed class MpmCommandTests(TrainedMpm mpm) : IClassFixture<TrainedMpm>
{
    private static ProcessOutcome Succeeded(ProcessOutcome outcome)
    {
        Assert.True(outcome.ExitCode == 0, outcome.Error + outcome.Output);
        return outcome;
    }

    private static void Refused(ProcessOutcome outcome, int code = 2)
    {
        Assert.True(outcome.ExitCode == code, $"{outcome.ExitCode}: {outcome.Error}{outcome.Output}");
        TinyTraining.AssertFourParts(outcome);
    }

    private static JsonNode Document(string run) => JsonNode.Parse(File.ReadAllText(Path.Combine(run, "evaluation.json")))!;

    private static double Value(JsonNode document, string id) => document["numbers"]!.AsArray().Single(n => (string)n!["id"]! == id)!["value"] is { } value ? (double)value : double.NaN;

    private ProcessOutcome Evaluate(string run, params string[] more) => LightconeProcess.Run(["evaluate", run, "--data", mpm.Data, "--threads", "1", .. more]);

    [Fact]
    public void A_run_is_checked_and_evaluated_beside_its_twin_and_reported()
    {
        string run = mpm.Copy("evaluated");
        Succeeded(LightconeProcess.Run("check", "symmetry", run, "--data", mpm.Data, "--threads", "1"));
        Succeeded(Evaluate(run, "--beside", mpm.Twin));
        var document = Document(run);
        Assert.Equal(Value(document, "token-shares") - Value(document, "token"), Value(document, "token-gain"), 1e-9);
        Assert.Equal(Value(document, "token-rank") - Value(document, "token"), Value(document, "token-context"), 1e-9);
        Assert.InRange(Value(document, "token"), 1, 2 * Math.Log(TrainedMpm.Tokens));
        Assert.InRange(Value(document, "type"), 0.5, 2 * Math.Log(8));
        Assert.True(Value(document, "token@QCD") > 0 && Value(document, "token-context@Tbqq") is not double.NaN);
        string[] gates = [.. document["gates"]!.AsArray().Select(g => (string)g!["id"]!)];
        Assert.Equal(["token-gain", "token-context", "type-context"], gates.Take(3));
        Assert.Equal(4, document["gates"]!.AsArray().Count(g => ((string)g!["id"]!).StartsWith("symmetry/", StringComparison.Ordinal) && (string)g["result"]! == "pass"));
        Assert.Contains(document["warnings"]!.AsArray(), w => (string)w!["id"]! == "unmaskable");
        string[] figures = [.. document["figures"]!.AsArray().Select(f => (string)f!["id"]!)];
        Assert.Equal(["masked-loss", "loss-by-rank", "masked-jets-1", "masked-jets-2", "masked-jets-3", "masked-jets-4", "masked-jets-5", "codes"], figures);
        Succeeded(LightconeProcess.Run("report", run));
    }

    [Fact]
    public void The_last_validation_of_a_training_is_what_an_evaluation_of_its_jets_finds()
    {
        string run = mpm.Copy("validated");
        Succeeded(LightconeProcess.Run("evaluate", run, "--data", Path.Combine(mpm.Data, "val.h5"), "--threads", "1"));
        var last = JsonNode.Parse(File.ReadLines(Path.Combine(run, "metrics.jsonl")).Last())!["validation"]!;
        foreach (string loss in (string[])["token", "type"]) Assert.Equal((double)last[loss]!, Value(Document(run), loss), 1e-4); // the same float32 sums in other batches
    }

    [Fact]
    public void Runs_that_cannot_be_compared_are_refused()
    {
        Refused(Evaluate(mpm.Run, "--beside", mpm.Run)); // sees the jets
        Refused(Evaluate(mpm.Run, "--beside", mpm.Other)); // other tokens
        Refused(Evaluate(mpm.Run, "--beside", mpm.Twin, "--beside", mpm.Twin));
        Assert.False(File.Exists(Path.Combine(mpm.Run, "evaluation.json")));
    }

    [Fact]
    public void Without_labels_and_training_jets_what_they_would_tell_is_left_out()
    {
        string run = mpm.Copy("unlabelled"), file = mpm["unlabelled.h5"], provenance = Path.Combine(run, "provenance.json");
        CompactWriter.Write(new UnlabelledSource(new InMemorySource(MaskableJets.Make(30, 7), MaskableJets.Schema)), file);
        File.WriteAllText(provenance, File.ReadAllText(provenance).Replace("train.h5", "gone/train.h5", StringComparison.Ordinal));
        Succeeded(LightconeProcess.Run("evaluate", run, "--data", file, "--threads", "1"));
        var document = Document(run);
        string[] ids = [.. document["numbers"]!.AsArray().Select(n => (string)n!["id"]!)];
        Assert.Contains("token", ids);
        Assert.DoesNotContain(ids, id => id.Contains('@') || id.Contains("shares", StringComparison.Ordinal) || id.Contains("rank", StringComparison.Ordinal));
        Assert.Equal(["no-context-free-run", "no-training-jets"], document["warnings"]!.AsArray().Select(w => (string)w!["id"]!));
        Assert.Equal(["not_run", "not_run", "not_run", "not_run"], document["gates"]!.AsArray().Select(g => (string)g!["result"]!));
        Assert.Equal(30, (int)document["sample"]!["classes"]![0]!["n"]!);
        Succeeded(LightconeProcess.Run("report", run));
    }

    [Fact]
    public void A_search_says_how_much_of_it_is_the_number_of_particles_and_scores_carry_the_correction()
    {
        string run = mpm["search"], scores = mpm["scores.h5"];
        Succeeded(LightconeProcess.Run(mpm.Start(run, "classes=QCD")));
        Succeeded(Evaluate(run, "--signals", "Tbqq"));
        var document = Document(run);
        Assert.Equal("anomaly search", (string)document["question"]!);
        foreach (string id in (string[])["auc@Tbqq", "auc-corrected@Tbqq", "auc-multiplicity@Tbqq"]) Assert.InRange(Value(document, id), 0, 1);
        Assert.Equal(Value(document, "token@QCD"), Value(document, "token"), 1e-12); // the background's
        Assert.Equal("anomaly-auc", (string)document["figures"]![0]!["id"]!);

        Succeeded(LightconeProcess.Run("score", run, "--data", Path.Combine(mpm.Data, "test.h5"), "--out", scores, "--threads", "1"));
        using var file = H5File.OpenRead(scores);
        float[] score = file.Dataset("score").Read<float[]>(), corrected = file.Dataset("score_corrected").Read<float[]>(), unmaskable = file.Dataset("unmaskable").Read<float[]>();
        Assert.Equal([(ulong)TrainedMpm.TestJets, (ulong)TrainedMpm.Width], file.Dataset("embedding").Space.Dimensions);
        Assert.All(score.Concat(corrected), s => Assert.True(float.IsFinite(s)));
        Assert.Equal(20, unmaskable.Count(u => u == 1));
        for (int jet = 0; jet < score.Length; jet++) Assert.Equal(unmaskable[jet] == 1, score[jet] == 0);
    }

    [Fact]
    public void An_exported_encoder_trains_a_classifier_that_is_checked_scored_and_evaluated()
    {
        string file = mpm["backbone.safetensors"], run = mpm["finetuned"];
        Succeeded(LightconeProcess.Run("export", mpm.Run, "--out", file));
        Assert.Equal(Backbone.Open(mpm.Run).Sha256, Backbone.Open(file).Sha256);
        Succeeded(LightconeProcess.Run("train", "jetclass-finetune", "--backbone", file, "--data", mpm.Data, "--out", run, "--threads", "1", "--set", "epochs=1", "--set", "headWidth=8"));
        Succeeded(LightconeProcess.Run("check", "symmetry", run, "--threads", "1"));
        Succeeded(Evaluate(run));
        Refused(LightconeProcess.Run("export", FreshRun.In(mpm["lorentznet"]).Folder, "--out", mpm["nothing.safetensors"]));
        Assert.False(File.Exists(mpm["nothing.safetensors"]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Jets_whose_order_cannot_be_changed_are_refused_by_the_check(int particles)
    {
        string file = mpm[$"{particles}.h5"];
        CompactWriter.Write(new InMemorySource(MaskableJets.Make([particles, particles, 1], 1), MaskableJets.Schema), file);
        Refused(LightconeProcess.Run("check", "symmetry", mpm.Run, "--data", file, "--threads", "1"));
    }
}
