using System.Text.Json.Nodes;
using Lightcone.Evaluation;
using Lightcone.Randomness;
using Lightcone.Statistics;
using Lightcone.Systems.LorentzNet;
using Lightcone.Systems.Tagging;
using Lightcone.Systems.Tests.EndToEnd;
using Lightcone.Tests.Training;
using Lightcone.Training.Runs;

namespace Lightcone.Tests.Tagging;

public sealed class TaggerCalibrationTests : IDisposable
{
    private const int Many = 20_000;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    /// <summary>Jets of probability sigmoid(η), η from a Gaussian of width 1.5, and a tagger that says <paramref name="boast"/> η: the temperature that makes it honest is that factor.</summary>
    private static (double[] Differences, int[] Labels) Boastful(int jets, ulong seed, double boast = 2)
    {
        var random = new RandomStream(seed, "boastful tagger", 0, 0);
        var (differences, labels) = (new double[jets], new int[jets]);
        for (int i = 0; i < jets; i++)
        {
            double eta = 1.5 * random.NextGaussian();
            (differences[i], labels[i]) = (boast * eta, random.NextDouble() < 1 / (1 + Math.Exp(-eta)) ? 1 : 0);
        }

        return (differences, labels);
    }

    private static double[] Logits(double[] differences) => [.. differences.SelectMany(d => new[] { 0, d })];

    private static TaggedJets Jets(double[] differences, int[] labels)
    {
        var jets = new TaggedJets();
        jets.Add(ToyClassifier.Batch(labels), differences);
        return jets;
    }

    private static TaggerCalibration Fitted()
    {
        var (differences, labels) = Boastful(Many, 1);
        return TaggerCalibration.Fit(Logits(differences), labels, 2)!;
    }

    [Fact]
    public void The_temperature_of_boastful_logits_is_found_and_makes_probabilities_of_them()
    {
        var fitted = Fitted();
        Assert.Equal(2, fitted.Temperature, 4 * fitted.Scaling.Error); // a fixed seed, four of its own deviations
        var (differences, labels) = Boastful(Many, 2);
        var numbers = new TaggerNumbers("toy", Jets(differences, labels), fitted, "probability");
        var all = numbers.All().ToDictionary(n => n.Id);
        Assert.True(all["calibration-error"].Value > 3 * all["calibration-error"].Upper);
        Assert.True(all["calibration-error-scaled"].Value <= all["calibration-error-scaled"].Upper);
        Assert.Equal((fitted.Temperature, fitted.Temperature - fitted.Scaling.Error, (long?)Many), (all["temperature"].Value!.Value, all["temperature"].Lower!.Value, all["temperature"].N));
        var warning = Assert.Single(numbers.Warnings(), w => w.Number == "calibration-error");
        Assert.Equal((WarningSeverity.Note, true), (warning.Severity, warning.Text.Contains("column probability", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_temperature_of_other_jets_that_does_not_help_is_said_to_be_useless()
    {
        var (differences, labels) = Boastful(Many, 2, boast: 5);
        var numbers = new TaggerNumbers("toy", Jets(differences, labels), Fitted(), "probability");
        var warning = Assert.Single(numbers.Warnings(), w => w.Id.StartsWith("not-calibrated", StringComparison.Ordinal));
        Assert.Equal(("not-calibrated-scaled", "calibration-error-scaled", WarningSeverity.Warn), (warning.Id, warning.Number, warning.Severity));
    }

    [Fact]
    public void An_honest_tagger_with_a_temperature_of_other_jets_is_told_to_leave_it()
    {
        var (differences, labels) = Boastful(Many, 2, boast: 1);
        var numbers = new TaggerNumbers("toy", Jets(differences, labels), Fitted(), "probability");
        var warning = Assert.Single(numbers.Warnings(), w => w.Id.StartsWith("not-calibrated", StringComparison.Ordinal));
        Assert.Equal(("not-calibrated-scaled", WarningSeverity.Note, true), (warning.Id, warning.Severity, warning.Text.Contains("Take those of the logits as they are", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_temperature_changes_no_ranking_and_no_number_but_its_own()
    {
        var fitted = Fitted();
        var (differences, labels) = Boastful(3000, 3);
        var jets = Jets(differences, labels);
        var without = new TaggerNumbers("toy", jets).All();
        var with = new TaggerNumbers("toy", jets, fitted, "probability").All();
        Assert.Equal(without, with.Where(n => n.Id is not ("temperature" or "calibration-error-scaled")));
        double auc = RocCurve.From(differences, labels).Auc().Value;
        Assert.Equal(auc, RocCurve.From(Array.ConvertAll(differences, fitted.Scaling.Apply), labels).Auc().Value, 1e-12);
    }

    [Fact]
    public void Of_many_classes_only_the_calibration_error_changes()
    {
        var (logits, labels) = ToyClassifier.Draw(Many, 4, 4);
        var (others, truth) = ToyClassifier.Draw(Many, 4, 5);
        double[] boastful = Array.ConvertAll(logits, l => 4 * l), alike = Array.ConvertAll(others, l => 4 * l);
        var names = ToyClassifier.TenClasses[..4];
        var jets = ToyClassifier.Of(4, boastful, labels);
        var fitted = TaggerCalibration.Fit(alike, truth, 4)!;
        var with = new ClassifierNumbers("toy", jets, names, fitted);
        Assert.Equal(new ClassifierNumbers("toy", jets, names).All(), with.All().Where(n => n.Id is not ("temperature" or "calibration-error-scaled")));
        // The scores are Gaussian with the true class 1.5 deviations up, so their likelihood ratio is exp(1.5 × the difference): the temperature of 4 × the scores is 4/1.5.
        Assert.Equal(4 / 1.5, fitted.Temperature, 4 * fitted.Scaling.Error);
        var scaled = with.All().Single(n => n.Id == "calibration-error-scaled");
        Assert.True(scaled.Value <= scaled.Upper, $"{scaled.Value} > {scaled.Upper}");
        Assert.Contains(with.Warnings(), w => w.Id == "not-calibrated" && w.Text.Contains("calibrated_probabilities", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("few")]
    [InlineData("one class")]
    [InlineData("well apart")]
    [InlineData("not a number")]
    public void Jets_that_cannot_tell_leave_no_temperature(string jets)
    {
        var (differences, labels) = Boastful(jets == "few" ? TaggerCalibration.FewestJets - 1 : 500, 1);
        if (jets == "one class") Array.Clear(labels);
        if (jets == "well apart") differences = Array.ConvertAll(labels, l => l - 0.5);
        if (jets == "not a number") differences[7] = double.NaN;
        Assert.Null(TaggerCalibration.Fit(Logits(differences), labels, 2));
    }

    [Fact]
    public void The_file_gives_back_what_was_fitted_and_goes_when_nothing_is()
    {
        var run = FreshRun.In(folder["run"]);
        Assert.Null(TaggerCalibration.Read(run, 2));
        var fitted = Fitted();
        TaggerCalibration.Replace(run, fitted);
        Assert.Equal(fitted, TaggerCalibration.Read(run, 2));
        TaggerCalibration.Replace(run, null);
        Assert.Null(TaggerCalibration.Read(run, 2));
    }

    [Theory]
    [InlineData("temperature", "0")]
    [InlineData("temperature", "21")]
    [InlineData("temperature", "\"NaN\"")]
    [InlineData("error", "-1")]
    [InlineData("error", "null")]
    [InlineData("jets", "3")]
    [InlineData("classes", "5")]
    [InlineData("setOffset", "1.5")]
    [InlineData("setLevel", "0.5")]
    [InlineData("negativeLogLikelihoodAfter", "9")]
    [InlineData("negativeLogLikelihoodBefore", "1e400")]
    [InlineData("format", "\"lightcone tagger temperature 9\"")]
    [InlineData("cut", "")]
    [InlineData("null", "")]
    [InlineData("long", "")]
    public void A_damaged_file_is_refused_and_named(string what, string value)
    {
        var run = FreshRun.In(folder["run"]);
        TaggerCalibration.Replace(run, Fitted());
        string path = Path.Combine(run.Folder, "temperature.json"), text = File.ReadAllText(path);
        if (what is "cut") text = text[..^20];
        else if (what is "null") text = "null";
        else if (what is "long") text += new string(' ', 1 << 17);
        else
        {
            string old = JsonNode.Parse(text)![what]!.ToJsonString();
            text = text.Replace($"\"{what}\": {old}", $"\"{what}\": {value}", StringComparison.Ordinal);
            Assert.Contains($"\"{what}\": {value}", text, StringComparison.Ordinal);
        }

        File.WriteAllText(path, text);
        var error = Assert.Throws<InputDataException>(() => LorentzNetModel.Load(run).Dispose());
        Assert.Equal(path, error.Where);
    }

    [Fact]
    public void Scores_get_a_column_of_calibrated_probabilities_only_where_the_run_has_a_temperature()
    {
        var run = FreshRun.In(folder["run"]);
        var jets = ToyJets.Make(50, 3);
        float[][] before;
        using (var model = LorentzNetModel.Load(run))
        {
            Assert.Equal(["score", "logits"], model.Columns.Select(c => c.Name));
            before = model.Score(jets);
        }

        var fitted = Fitted();
        TaggerCalibration.Replace(run, fitted);
        using var calibrated = LorentzNetModel.Load(run);
        Assert.Equal(["score", "logits", "probability"], calibrated.Columns.Select(c => c.Name));
        float[][] after = calibrated.Score(jets);
        Assert.Equal(before[0], after[0]);
        Assert.Equal(before[1], after[1]);
        var logits = calibrated.Logits(jets);
        Assert.Equal(logits.Select(l => (float)(1 / (1 + Math.Exp((l.Background - l.Signal) / fitted.Temperature)))), after[2]);
    }

    [Fact]
    public void Sets_of_classes_cover_new_jets_and_a_sample_that_they_do_not_fit_is_named()
    {
        string[] names = ["QCD", "top", "W"];
        var (logits, labels) = ToyClassifier.Draw(6000, 3, 6);
        var fitted = TaggerCalibration.Fit(logits, labels, 3);
        var (fresh, truth) = ToyClassifier.Draw(6000, 3, 7);
        var sets = SetNumbers.Of(fitted, fresh, truth, names)!;
        Assert.True(sets.Report.Accepted, $"{sets.Report.Fraction} outside [{sets.Report.AcceptedLow}, {sets.Report.AcceptedHigh}]");
        Assert.Null(sets.Warning());
        var numbers = sets.All().ToDictionary(n => n.Id);
        Assert.Equal(8, numbers.Count);
        Assert.Equal(numbers["set-coverage"].K, names.Sum(n => numbers[$"set-coverage@{n}"].K!.Value));
        // By hand: a class is in the set where 1 − its probability is at most the offset.
        double[] p = TaggerCalibration.Probabilities(fresh, 3);
        Assert.Equal(p.Count(x => 1 - x <= fitted!.SetOffset) / 6000.0, numbers["set-size"].Value!.Value, 1e-12);
        Assert.Equal(truth.Select((t, i) => 1 - p[3 * i + t]).Count(s => s <= fitted!.SetOffset), numbers["set-coverage"].K);
        Assert.Equal(3, sets.Report.Conditional.Count);
        var wrong = SetNumbers.Of(fitted, fresh, Array.ConvertAll(truth, t => (t + 1) % 3), names)!;
        Assert.Equal("set-coverage", wrong.Warning()!.Number);
        Assert.Null(SetNumbers.Of(TaggerCalibration.MeanOf([fitted, fitted]), fresh, truth, names));
    }
}
