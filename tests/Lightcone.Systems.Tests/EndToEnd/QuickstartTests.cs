using Lightcone.Evaluation;
using Lightcone.Tests;
using PureHDF;

namespace Lightcone.Systems.Tests.EndToEnd;

/// <summary>The README's first command, with a smaller network so that it ends soon.</summary>
public sealed class QuickstartTests
{
    [Fact]
    public void Quickstart_trains_on_the_shipped_jets_and_leaves_a_report_that_beats_the_jet_mass()
    {
        using var folder = new TemporaryFolder();
        string run = folder["quick"];
        var outcome = LightconeProcess.Run(["quickstart", "--out", run, "--threads", "1", "--data", Path.Combine(Repository.Root, "samples", "data"), "--set", "epochs=2", "--set", "hidden=12", "--set", "layers=2"]);
        Assert.True(outcome.ExitCode == 0, outcome.Error);
        var evaluation = EvaluationDocument.Read(Path.Combine(run, "evaluation.json"));
        double auc = evaluation.Number("auc")!.Value!.Value, mass = evaluation.Number("auc/jet-mass window")!.Value!.Value;
        Assert.True(auc > mass, $"AUC {auc} of the network, {mass} of the jet mass alone.");
        Assert.Equal(2000, evaluation.Sample.Classes.Sum(c => c.N));
        Assert.Contains(evaluation.References, r => r.Number == "auc" && r.Name.StartsWith("boosted trees", StringComparison.Ordinal) && r.SameSample);
        string page = File.ReadAllText(Path.Combine(run, "report.html"));
        Assert.Contains(System.Net.WebUtility.HtmlEncode(evaluation.Answer[..20]), page, StringComparison.Ordinal);
        Assert.Equal(evaluation.Figures.Count, page.Split("<svg ").Length - 1);
        Assert.Contains("@article{Gong", File.ReadAllText(Path.Combine(run, "CITATION.bib")), StringComparison.Ordinal);
    }

    [Fact]
    public void Scores_of_a_run_are_written_in_the_order_of_the_input_and_equal_the_evaluations()
    {
        using var folder = new TemporaryFolder();
        string run = folder["run"], sample = Path.Combine(Repository.Root, "samples", "data"), scores = folder["scores.h5"];
        Assert.Equal(0, LightconeProcess.Run(["train", "quickstart-lorentznet", "--data", sample, "--out", run, "--threads", "1", "--set", "epochs=1", "--set", "hidden=8", "--set", "layers=1"]).ExitCode);
        Assert.Equal(0, LightconeProcess.Run(["evaluate", run, "--data", sample, "--threads", "1"]).ExitCode);
        Assert.Equal(0, LightconeProcess.Run(["score", run, "--data", sample, "--out", scores, "--threads", "1"]).ExitCode);
        using var file = H5File.OpenRead(scores);
        long[] rows = file.Dataset("row").Read<long[]>();
        Assert.Equal(Enumerable.Range(0, 2000).Select(i => (long)i), rows);
        int[] labels = file.Dataset("label").Read<int[]>();
        float[] score = file.Dataset("score").Read<float[]>();
        int right = Enumerable.Range(0, 2000).Count(i => score[i] > 0.5 == (labels[i] == 1));
        double accuracy = EvaluationDocument.Read(Path.Combine(run, "evaluation.json")).Number("accuracy")!.Value!.Value;
        Assert.Equal(accuracy, right / 2000.0, 1e-12);
    }
}
