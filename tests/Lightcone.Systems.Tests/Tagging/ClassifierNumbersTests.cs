using Lightcone.Cli.Commands;
using Lightcone.Cli.Terminal;
using Lightcone.Evaluation;
using Lightcone.Randomness;
using Lightcone.Statistics;
using Lightcone.Systems.Tagging;

namespace Lightcone.Tests.Tagging;

public sealed class ClassifierNumbersTests
{
    private static readonly string[] Three = ["QCD", "top", "W"];

    private static ClassifierNumbers Toy(int jets, int classes, ulong seed = 1)
    {
        var (logits, labels) = ToyClassifier.Draw(jets, classes, seed);
        return new("toy", ToyClassifier.Of(classes, logits, labels), ToyClassifier.TenClasses[..classes]);
    }

    private static Interval Number(ClassifierNumbers numbers, string id) => numbers.All().Single(n => n.Id == id).ToInterval();

    [Fact]
    public void Four_jets_counted_by_hand()
    {
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(3, [2, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 3], [0, 1, 2, 0]), Three);
        Assert.Equal([1, 1, 0, 0], numbers.Correct);
        Assert.Equal([[1, 0, 1], [0, 1, 0], [1, 0, 0]], numbers.Confusion);
        Assert.Equal(ClopperPearson.Of(2, 4), numbers.Accuracy);
        Assert.Equal(ClopperPearson.Of(1, 2), Number(numbers, "recall@QCD"));
        Assert.Equal(ClopperPearson.Of(1, 1), Number(numbers, "recall@top"));
        Assert.Equal(ClopperPearson.Of(0, 1), Number(numbers, "recall@W"));
        double[] entropies = [Math.Log(1 + 2 * Math.Exp(-2)), Math.Log(1 + 2 * Math.Exp(-1)), 1 + Math.Log(1 + 2 * Math.Exp(-1)), 3 + Math.Log(1 + 2 * Math.Exp(-3))];
        double mean = entropies.Average(), error = Math.Sqrt(entropies.Sum(e => (e - mean) * (e - mean)) / 3 / 4);
        Assert.Equal(mean, numbers.CrossEntropy.Value, 1e-14);
        Assert.Equal(mean - error, numbers.CrossEntropy.Lower, 1e-14);
        // ln(p/(1 − p)) of QCD: 2 − ln 2, −ln(1 + e), 1 − ln 2, −ln(1 + e³): of the pairs with the jets 0 and 3 two of four are in order.
        // Of top: −ln(1 + e²), 1 − ln 2, …: first. Of W: −ln(1 + e²), −ln(1 + e), −ln(1 + e), 3 − ln 2 for the jets: above one, equal to one, below one.
        Assert.Equal(0.5, Number(numbers, "auc@QCD").Value);
        Assert.Equal(1, Number(numbers, "auc@top").Value);
        Assert.Equal(0.5, Number(numbers, "auc@W").Value);
        Assert.Equal(2.0 / 3, numbers.MacroAuc.Value, 1e-15);
        Assert.Equal("toy puts 50 ± 31 % of 4 jets into the right one of 3 classes (macro AUC 0.67 [0.00, 1.00]).", numbers.Answer);
    }

    [Fact]
    public void Rejections_of_the_reference_class_counted_by_hand()
    {
        // Differences top − QCD: QCD 4, −1, 0.5, 2; top 1, 3. The cut at 3 keeps one top and one QCD jet of four.
        double[] differences = [4, -1, 0.5, 2, 1, 3];
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(3, [.. differences.SelectMany(d => (double[])[0, d, -9])], [0, 0, 0, 0, 1, 1]), Three);
        var rejection = numbers.All().Single(n => n.Id == "rejection@0.5@top");
        Assert.Equal(ClopperPearson.Of(1, 4).Reciprocal(), rejection.ToInterval());
        Assert.Equal((1, 4), (rejection.K, rejection.N));
        Assert.Equal("QCD rejection at *ε*_{S} = 0.5, top", rejection.Name);
        Assert.Contains(numbers.Warnings(), w => w.Number == rejection.Id && w.Text == "Only 1 QCD jet passes at 50 % efficiency of top; quote the interval.");
        Assert.Null(numbers.Curve(0));
    }

    [Fact]
    public void Any_class_can_be_the_one_to_reject()
    {
        var (logits, labels) = ToyClassifier.Draw(3000, 3, 2);
        var jets = ToyClassifier.Of(3, logits, labels);
        var numbers = new ClassifierNumbers("toy", jets, Three, "W");
        Assert.Equal("W", numbers.Reference);
        int[] chosen = [.. Enumerable.Range(0, 3000).Where(i => labels[i] != 1)];
        var curve = RocCurve.From([.. chosen.Select(i => logits[3 * i] - logits[3 * i + 2])], [.. chosen.Select(i => labels[i] == 0 ? 1 : 0)]);
        Assert.Equal(curve.Nearest(0.5).Rejection, Number(numbers, "rejection@0.5@QCD"));
        Assert.DoesNotContain(numbers.All(), n => n.Id == "rejection@0.5@W");
        Assert.Contains("QCD, top, W", Assert.Throws<UsageException>(() => new ClassifierNumbers("toy", jets, Three, "Z")).LikelyCause);
    }

    [Fact]
    public void Two_classes_have_the_numbers_of_a_tagger()
    {
        var (logits, labels) = ToyClassifier.Draw(600, 2, 3);
        (logits[0], logits[1], logits[2], logits[3]) = (0.5, 0.5, 0.25, 0.25); // an undecided jet of each class
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(2, logits, labels), ["QCD", "top"]);
        var tagged = new TaggedJets();
        tagged.Add(ToyClassifier.Batch(labels), logits.Chunk(2).Select(l => l[1] - l[0]));
        var tagger = new TaggerNumbers("toy", tagged);
        Interval Tagger(string id) => tagger.All().Single(n => n.Id == id).ToInterval();
        Assert.Equal(Tagger("accuracy"), numbers.Accuracy);
        Assert.Equal(Tagger("rejection@0.5"), Number(numbers, "rejection@0.5@top"));
        Assert.Equal(Tagger("auc"), Number(numbers, "auc@top"));
        Assert.Equal(Tagger("auc").Value, Number(numbers, "auc@QCD").Value, 1e-15);
        Assert.Equal(Tagger("auc").Value, numbers.MacroAuc.Value, 1e-13);
        Assert.Equal(Tagger("auc").Lower, numbers.MacroAuc.Lower, 1e-12);
        Assert.Equal(Tagger("auc").Upper, numbers.MacroAuc.Upper, 1e-12);
    }

    [Fact]
    public void A_constant_added_to_the_logits_of_a_jet_changes_nothing()
    {
        var (logits, labels) = ToyClassifier.Draw(500, 4, 5);
        var random = new RandomStream(5, "constants", 0, 0);
        int[] constants = [.. labels.Select(_ => random.NextInt(2000) - 1000)]; // whole numbers: no rounding of multiples of 1/256
        double[] moved = [.. logits.Select((l, i) => l + constants[i / 4])];
        var names = ToyClassifier.TenClasses[..4];
        Assert.Equal(new ClassifierNumbers("toy", ToyClassifier.Of(4, logits, labels), names).All(), new ClassifierNumbers("toy", ToyClassifier.Of(4, moved, labels), names).All());
    }

    [Fact]
    public void The_order_of_the_jets_changes_nothing()
    {
        var (logits, labels) = ToyClassifier.Draw(500, 4, 6);
        var random = new RandomStream(6, "order", 0, 0);
        int[] order = [.. Enumerable.Range(0, labels.Length)];
        random.Shuffle<int>(order);
        var names = ToyClassifier.TenClasses[..4];
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(4, logits, labels), names);
        var shuffled = new ClassifierNumbers("toy", ToyClassifier.Of(4, [.. order.SelectMany(i => logits[(4 * i)..(4 * i + 4)])], [.. order.Select(i => labels[i])]), names);
        Assert.Equal(numbers.Confusion, shuffled.Confusion);
        foreach (var (one, other) in numbers.All().Zip(shuffled.All()))
        {
            Assert.Equal(one.Id, other.Id);
            Assert.Equal(one.Value!.Value, other.Value!.Value, 1e-12);
            if (one.Lower is { } lower) Assert.Equal(lower, other.Lower!.Value, 1e-12);
        }
    }

    [Fact]
    public void Calibration_is_that_of_the_largest_softmax_probability()
    {
        var (logits, labels) = ToyClassifier.Draw(400, 3, 7);
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(3, logits, labels), Three);
        double[] top = [.. logits.Chunk(3).Select(l => l.Max(Math.Exp) / l.Sum(Math.Exp))];
        Assert.Equal(Reliability.EqualWidth(top, [.. numbers.Correct.Select(c => (int)c)], 15).Ece, numbers.Reliability.Ece, 1e-12);
        Assert.Equal(numbers.NullCalibrationError, Number(numbers, "calibration-error").Upper);
        double[] boastful = Array.ConvertAll(logits, l => 4 * l);
        var overconfident = new ClassifierNumbers("toy", ToyClassifier.Of(3, boastful, labels), Three);
        Assert.Contains(overconfident.Warnings(), w => w.Id == "not-calibrated");
        Assert.Equal(numbers.Confusion, overconfident.Confusion);
    }

    [Fact]
    public void Certain_answers_do_not_saturate()
    {
        // Probabilities of 1 − e^{−800} and 1 − e^{−900} are the same number. The QCD jets at log-odds 900 and −1000 stand above both and below both of top at 800 and −700.
        double[] logits = [800, 0, -1000, 900, 0, -1000, 0, 700, -1000, 0, 1000, -1000];
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(3, logits, [1, 0, 1, 0]), Three);
        Assert.Equal(0.5, Number(numbers, "auc@QCD").Value);
        Assert.Equal((800 + 1000) / 4.0, numbers.CrossEntropy.Value, 1e-12);
    }

    [Fact]
    public void A_class_that_is_missing_is_left_out_and_named()
    {
        var (logits, labels) = ToyClassifier.Draw(400, 4, 8);
        int[] kept = [.. Enumerable.Range(0, labels.Length).Where(i => labels[i] != 2)];
        var names = ToyClassifier.TenClasses[..4];
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(4, [.. kept.SelectMany(i => logits[(4 * i)..(4 * i + 4)])], [.. kept.Select(i => labels[i])]), names);
        Assert.DoesNotContain(numbers.All(), n => n.Id.Contains(names[2], StringComparison.Ordinal));
        Assert.Equal(numbers.MacroAuc.Value, new[] { 0, 1, 3 }.Average(c => Number(numbers, $"auc@{names[c]}").Value), 1e-12);
        Assert.Contains(numbers.Warnings(), w => w.Id == "no-jets@Hcc" && w.Text.Contains("mean over the other 3 classes", StringComparison.Ordinal));
        Assert.Equal([0, 0, 0, 0], numbers.Confusion[2]);
        Assert.True(numbers.Confusion.Sum(row => row[2]) > 0, "jets can still be taken for it");
        Assert.Null(numbers.Curve(2));
    }

    [Fact]
    public void Without_the_reference_class_there_are_no_rejections()
    {
        var (logits, labels) = ToyClassifier.Draw(90, 3, 9);
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(3, logits, Array.ConvertAll(labels, l => l == 0 ? 1 : l)), Three);
        Assert.DoesNotContain(numbers.All(), n => n.Id.StartsWith("rejection", StringComparison.Ordinal));
        Assert.Contains(numbers.Warnings(), w => w.Id == "no-jets@QCD" && w.Text.EndsWith("no rejection can be given.", StringComparison.Ordinal));
    }

    [Fact]
    public void A_class_that_no_cut_halves_has_no_rejection_and_says_why()
    {
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(2, [0, 1, 0, 0, 0, 2], [1, 0, 0]), ["QCD", "top"]);
        var rejection = numbers.All().Single(n => n.Id == "rejection@0.5@top");
        Assert.Null(rejection.Value);
        Assert.Null(rejection.Lower);
        Assert.Equal("no cut keeps about half of the class", rejection.Reason);
        Assert.Contains(numbers.Warnings(), w => w.Id == "few-jets@top" && w.Text.Contains("1 top jet only", StringComparison.Ordinal));
    }

    [Fact]
    public void One_class_alone_and_names_that_do_not_tell_classes_apart_are_refused()
    {
        Assert.Contains("2 jets are of 1 class", Assert.Throws<InputDataException>(() => new ClassifierNumbers("toy", ToyClassifier.Of(3, new double[6], [1, 1]), Three)).Message);
        Assert.Throws<InputDataException>(() => new ClassifierNumbers("toy", new ClassifiedJets(3), Three));
        Assert.Contains("'top'", Assert.Throws<InputDataException>(() => new ClassifierNumbers("toy", ToyClassifier.Of(3, new double[6], [0, 1]), ["QCD", "top", "top"])).Message);
        Assert.Throws<ArgumentException>(() => new ClassifierNumbers("toy", ToyClassifier.Of(3, new double[6], [0, 1]), ["QCD", "top"]));
    }

    [Fact]
    public void The_terminal_shows_one_row_a_class()
    {
        var numbers = Toy(2000, 10).All();
        Assert.Equal(numbers.Count, numbers.DistinctBy(n => n.Id).Count());
        var (grids, others) = NumberGrid.Of([.. numbers.Where(n => !n.Id.Contains('/'))]);
        Assert.Equal(["accuracy", "macro-auc", "cross-entropy", "calibration-error"], others.Select(n => n.Id));
        string[] lines = Shown(Assert.Single(grids).Table()).TrimEnd().Split('\n');
        Assert.Equal(11, lines.Length);
        Assert.Matches(@"^ +recall +AUC +QCD rejection at ε_S = 0\.5", lines[0]);
        Assert.All(ToyClassifier.TenClasses.Zip(lines.Skip(1)), row => Assert.StartsWith("  " + row.First + " ", row.Second));
        Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
    }

    [Fact]
    public void A_slash_in_a_class_name_hides_no_number()
    {
        var (logits, labels) = ToyClassifier.Draw(60, 3, 1);
        var numbers = new ClassifierNumbers("toy", ToyClassifier.Of(3, logits, labels), ["QCD", "W/Z", "top"]);
        Assert.Contains(numbers.All(), n => n.Id == "recall@W-Z" && n.Name == "recall, W/Z");
    }

    private static string Shown(TextTable table)
    {
        var results = new StringWriter { NewLine = "\n" };
        var facts = new StreamFacts(IsTerminal: false, Color: false, Width: null, Unicode: true);
        table.Write(new TerminalWriter(results, facts, new StringWriter(), facts));
        return results.ToString();
    }
}
