using System.Text.Json;
using System.Text.Json.Nodes;
using Lightcone.Evaluation;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Evaluation;

public sealed class UqReportTests
{
    private static UqReport Sample()
    {
        var random = new RandomStream(61, "report", 0, 0);
        int n = 2_000;
        var (truth, low, high, pit, sizes) = (new double[n], new double[n], new double[n], new double[n], new double[n]);
        for (int i = 0; i < n; i++)
        {
            double sigma = 1 + random.NextDouble();
            truth[i] = sigma * random.NextGaussian();
            (low[i], high[i], sizes[i]) = (-1.6449 * sigma, 1.6449 * sigma, sigma);
            pit[i] = SpecialFunctions.NormalCdf(truth[i] / sigma);
        }

        var intervals = new PredictedIntervals(low, high, truth);
        return (UqReport.From("Gaussian | oracle", CoverageCurve.OfIntervals(low, high, truth, 0.9)) with { Seeds = [1, ulong.MaxValue] })
            .WithBins("σ, predicted", BinnedCoverage.Of(sizes, low, high, truth, 0.9, 5)).WithScore("crps", 0.85).WithScore("negative_log_density", double.PositiveInfinity)
            .WithSharpness(Sharpness.AtEqualCoverage(intervals, intervals, 0.9), "GeV").WithPit(pit);
    }

    [Fact]
    public void A_report_reads_back_from_an_evaluation_as_it_was_written()
    {
        UqReport report = Sample();
        JsonElement element = report.ToElement();
        UqReport read = UqReport.Parse(element, "evaluation.json");
        Assert.Equal(JsonSerializer.Serialize(element), JsonSerializer.Serialize(read.ToElement()));
        Assert.Equal([1, ulong.MaxValue], read.Seeds);
        Assert.Null(read.Scores["negative_log_density"]);
        Assert.Equal(report.Worst, read.Worst);
        JsonObject json = JsonNode.Parse(element.GetRawText())!.AsObject();
        foreach (string field in (string[])["name", "n", "level", "covered", "lo", "hi", "conditional", "sharpness", "scores", "pit", "seeds"]) Assert.True(json.ContainsKey(field), field);
        EvaluationDocument document = EvaluationDocumentTests.Sample() with { Uq = [element] };
        Assert.Equal(report.MarkdownRow(), UqReport.Parse(EvaluationDocument.Parse(document.ToJson(), "x").Uq[0], "x").MarkdownRow());
    }

    [Fact]
    public void Fields_of_a_later_version_survive()
    {
        JsonObject json = JsonNode.Parse(Sample().ToElement().GetRawText())!.AsObject();
        json["flagged"] = 0.25;
        UqReport read = UqReport.Parse(JsonSerializer.SerializeToElement(json), "x");
        Assert.Equal(0.25, read.ToElement().GetProperty("flagged").GetDouble());
    }

    [Fact]
    public void A_correct_method_is_accepted_and_its_bins_hold()
    {
        UqReport report = Sample();
        Assert.True(report.Accepted);
        Assert.Equal(5, report.Conditional.Count);
        Assert.All(report.Conditional, b => Assert.InRange(0.9, b.Lo, b.Hi));
        Assert.Equal(2_000, report.Pit!.Counts.Sum());
        Assert.True(report.Pit.Distance < 0.04);
        Assert.Equal(1, report.Sharpness!.Factor!.Value, 0.08);
    }

    [Fact]
    public void Conformal_intervals_are_judged_by_the_law_of_their_calibration_sample()
    {
        var count = new CoverageCount(0.9, 100_000, 88_500, 5_000, 6_500);
        Assert.False(UqReport.From("raw", count).Accepted);
        Assert.True(UqReport.From("conformalised", count, ConformalLaw.Of(1_000, 0.9)).Accepted);
    }

    [Fact]
    public void A_table_has_one_row_a_report_and_says_what_was_not_measured()
    {
        string[] lines = UqReport.MarkdownTable([Sample(), UqReport.From("bare", new CoverageCount(0.9, 1_000, 800, 100, 100))]).TrimEnd().Split('\n');
        Assert.Equal(4, lines.Length);
        Assert.Contains("Gaussian \\| oracle", lines[2], StringComparison.Ordinal);
        Assert.Contains("σ, predicted", lines[2], StringComparison.Ordinal);
        Assert.Equal("| bare | 0.9 | 0.8 [0.7655, 0.8316], n = 1000 | no [0.875, 0.924] | – | – | – | – | – |", lines[3]);
    }

    [Fact]
    public void What_is_no_report_is_refused()
    {
        foreach (string json in (string[])["{}", "[]", "null", "{\"name\": 3}"])
        {
            using JsonDocument document = JsonDocument.Parse(json);
            Assert.Throws<InputDataException>(() => UqReport.Parse(document.RootElement, "evaluation.json"));
        }

        JsonObject hole = JsonNode.Parse(Sample().ToElement().GetRawText())!.AsObject();
        hole["conditional"]!.AsArray().Add(null);
        Assert.Throws<InputDataException>(() => UqReport.Parse(JsonSerializer.SerializeToElement(hole), "evaluation.json"));
    }
}
