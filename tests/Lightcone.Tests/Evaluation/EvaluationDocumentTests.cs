using System.Text.Json.Nodes;
using Lightcone.Evaluation;
using Lightcone.Statistics;

namespace Lightcone.Tests.Evaluation;

public sealed class EvaluationDocumentTests
{
    [Fact]
    public void A_document_reads_back_as_it_was_written()
    {
        string json = Sample().ToJson();
        Assert.Equal(json, EvaluationDocument.Parse(json, "evaluation.json").ToJson());
        Assert.Contains("\"schema\": \"lightcone/evaluation-1\"", json, StringComparison.Ordinal);
        Assert.Contains("\"same_sample_as\": null", json, StringComparison.Ordinal);
        Assert.Contains("\"result\": \"not_run\"", json, StringComparison.Ordinal);
        Assert.Contains("\"created\": \"2026-11-23T02:00:00Z\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', json);
    }

    [Fact]
    public void Numbers_keep_every_bit()
    {
        EvaluationDocument read = EvaluationDocument.Parse(Sample().ToJson(), "evaluation.json");
        Assert.Equal(0.1 + 0.2, read.Number("auc")!.Value);
        Assert.Equal(Sample().Number("rejection@0.5"), read.Number("rejection@0.5"));
    }

    [Fact]
    public void A_number_without_value_is_null_with_a_reason_and_its_limit()
    {
        JsonNode number = JsonNode.Parse(Sample().ToJson())!["numbers"]!.AsArray().Single(n => (string?)n!["id"] == "rejection@0.3")!;
        Assert.Null(number["value"]);
        Assert.Null(number["upper"]);
        Assert.Equal(4345.4, (double)number["lower"]!, 0.1);
        Assert.NotEmpty((string)number["reason"]!);
    }

    [Fact]
    public void Fields_of_a_later_version_survive_a_rewrite()
    {
        JsonNode json = JsonNode.Parse(Sample().ToJson())!;
        json["later"] = new JsonArray(1, 2, 3);
        json["numbers"]![0]!["likelihood"] = 4.5;
        json["sample"]!["detector"] = "none";
        JsonNode rewritten = JsonNode.Parse(EvaluationDocument.Parse(json.ToJsonString(), "evaluation.json").ToJson())!;
        Assert.Equal("[1,2,3]", rewritten["later"]!.ToJsonString());
        Assert.Equal(4.5, (double)rewritten["numbers"]![0]!["likelihood"]!);
        Assert.Equal("none", (string?)rewritten["sample"]!["detector"]);
    }

    [Fact]
    public void Lists_that_a_file_leaves_out_are_empty()
    {
        JsonObject json = JsonNode.Parse(Sample().ToJson())!.AsObject();
        foreach (string list in (string[])["numbers", "references", "gates", "uq", "warnings", "figures"])
        {
            json.Remove(list);
        }

        json["sample"]!.AsObject().Remove("checks");
        json["sample"]!.AsObject().Remove("files");
        EvaluationDocument read = EvaluationDocument.Parse(json.ToJsonString(), "x");
        Assert.Empty(read.Numbers);
        Assert.Empty(read.Figures);
        Assert.Empty(read.Uq);
        Assert.Empty(read.Sample.Checks);
        Assert.Null(read.Number("auc"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schema\":\"lightcone/evaluation-1\"")]
    [InlineData("not json")]
    public void A_file_that_is_no_evaluation_is_bad_input_and_names_the_file(string text)
    {
        InputDataException error = Assert.Throws<InputDataException>(() => EvaluationDocument.Parse(text, "runs/a/evaluation.json"));
        Assert.Equal("runs/a/evaluation.json", error.Where);
    }

    [Theory]
    [InlineData("\"answer\": \"", "\"answer\": null, \"later\": \"")]
    [InlineData("\"gates\": [", "\"gates\": [ null,")]
    [InlineData("\"not_run\"", "\"perhaps\"")]
    [InlineData("\"n\": 16000", "\"n\": \"many\"")]
    public void A_field_with_a_senseless_value_is_bad_input(string from, string to)
    {
        string json = Sample().ToJson();
        Assert.Contains(from, json, StringComparison.Ordinal);
        Assert.Throws<InputDataException>(() => EvaluationDocument.Parse(json.Replace(from, to, StringComparison.Ordinal), "x"));
    }

    [Fact]
    public void Another_schema_is_refused() =>
        Assert.Contains("evaluation-9", Assert.Throws<InputDataException>(() =>
            EvaluationDocument.Parse(Sample().ToJson().Replace("evaluation-1", "evaluation-9", StringComparison.Ordinal), "x")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_document_with_an_infinite_number_or_a_double_id_is_not_written()
    {
        EvaluationNumber auc = Sample().Numbers[0];
        Assert.Throws<ArgumentException>(() => (Sample() with { Numbers = [auc with { Upper = double.PositiveInfinity }] }).ToJson());
        Assert.Throws<ArgumentException>(() => (Sample() with { Numbers = [auc, auc] }).ToJson());
    }

    internal static EvaluationDocument Sample() => new()
    {
        System = "lorentznet",
        Run = "top-lorentznet",
        Created = new DateTime(2026, 11, 23, 2, 0, 0, DateTimeKind.Utc),
        Question = "tagging",
        Answer = "LorentzNet rejects 670 background jets per accepted one at 50 % signal efficiency.",
        Statement = "Simulation",
        Sample = new()
        {
            Name = "top test",
            Files = [new("test.h5", "70116e76ab00112233445566778899aabbccddeeff00112233445566778899aa", 16000, 16000)],
            Classes = [new("QCD", 8000), new("top", 8000)],
            Selection = "550 < *p*_{T} < 650 GeV",
            Generator = "Pythia 8.311",
            Licence = "CC0",
            Checks = [new("all values finite", GateResult.Pass)],
        },
        Model = new() { Parameters = 224000, Precision = "float64 geometry, float32 layers", Checkpoint = "best", Mode = "default" },
        Numbers =
        [
            EvaluationNumber.From("auc", "AUC", new Interval(0.1 + 0.2, 0.29, 0.31, 0.6827, "DeLong"), n: 16000, key: true),
            EvaluationNumber.From("rejection@0.5", "1/*ε*_{B} at *ε*_{S} = 0.5", new Interval(666.6667, 483.2349, 931.7457, 0.6827, "Clopper-Pearson"), 8000, 12, key: true),
            EvaluationNumber.From("rejection@0.3", "1/*ε*_{B} at *ε*_{S} = 0.3", new Interval(double.PositiveInfinity, 8000 / 1.841, double.PositiveInfinity, 0.6827, "Clopper-Pearson"), 8000, 0, key: true),
        ],
        References = [new() { Number = "rejection@0.5", Name = "boosted trees, 8 variables", Value = 275.9, Source = "data/README.md", SameSample = true }],
        Gates = [new() { Id = "symmetry", Measured = null, Limit = 1e-5, Relation = "<=", Result = GateResult.NotRun }],
        Warnings = [new() { Id = "few-background-jets", Text = "No background jet passes at 30 % signal efficiency: quote the limit.", Number = "rejection@0.3" }],
        Provenance = new() { Command = "lightcone evaluate runs/top-lorentznet --data top/test.h5", Version = "0.1.0", Seed = 1, Device = "cpu", Threads = 2, Seconds = 41.2 },
    };
}
