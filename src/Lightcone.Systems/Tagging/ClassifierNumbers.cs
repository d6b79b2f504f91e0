using System.Globalization;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Systems.Tagging;

/// <summary>The numbers by which a classifier of two or more classes is judged, each with its interval.</summary>
public sealed class ClassifierNumbers
{
    /// <summary>Efficiency of a class at which its rejection of the reference class is quoted.</summary>
    public const double QuotedEfficiency = 0.5;

    private const int FewJets = 10;
    private const ulong ReplicaSeed = 20240912;

    private readonly double[] logits;
    private readonly int[] truth, jetsOf;
    private readonly int reference;
    private readonly Interval[] recall, auc;
    private readonly RocCurve?[] curves;

    /// <summary>Judges classified jets.</summary>
    /// <param name="title">Name of the classifier.</param>
    /// <param name="jets">The jets.</param>
    /// <param name="classes">Names of the classes, in the order of the labels.</param>
    /// <param name="reference">Class that the others must reject; the first if null.</param>
    /// <exception cref="InputDataException">The jets are of one class only, or two classes have one name.</exception>
    /// <exception cref="UsageException">No class has the reference's name.</exception>
    public ClassifierNumbers(string title, ClassifiedJets jets, IReadOnlyList<string> classes, string? reference = null)
        : this(title, jets, classes, null, reference)
    {
    }

    /// <summary>Judges classified jets, and their probabilities at a temperature.</summary>
    /// <param name="title">Name of the classifier.</param>
    /// <param name="jets">The jets.</param>
    /// <param name="classes">Names of the classes, in the order of the labels.</param>
    /// <param name="fitted">What was fitted on validation jets; null for none.</param>
    /// <param name="reference">Class that the others must reject; the first if null.</param>
    internal ClassifierNumbers(string title, ClassifiedJets jets, IReadOnlyList<string> classes, TaggerCalibration? fitted, string? reference = null)
    {
        (Title, Jets, Classes) = (title, jets, [.. classes]);
        CheckNames(jets);
        this.reference = reference is null ? 0 : Position(reference);
        (logits, truth) = (jets.Logits, jets.Labels);
        jetsOf = new int[Classes.Count];
        foreach (int label in truth) jetsOf[label]++;
        int filled = jetsOf.Count(n => n > 0);
        if (filled < 2)
            throw new InputDataException($"The {jets.Count} jets are of {filled} class{(filled == 1 ? "" : "es")}: there is nothing to tell apart.", "the test file", "A file of one class only.", "Evaluate on a file that holds several classes.");
        var scores = new ClassScores(logits, truth, Classes.Count);
        Correct = [.. scores.Chosen.Zip(truth, (c, t) => c == t ? 1.0 : 0)];
        Confusion = Count(scores.Chosen);
        Accuracy = ClopperPearson.Of(Correct.Sum(), jets.Count);
        MacroAuc = Statistics.MacroAuc.OneAgainstRest(scores.LogOdds, truth, Classes.Count);
        CrossEntropy = Mean(scores.CrossEntropy);
        int[] right = Array.ConvertAll(Correct, c => (int)c);
        Calibration = new(t => Reliability.EqualWidth(TopProbabilities(t), right, ProbabilityCheck.Bins), fitted, "calibrated_probabilities", ReplicaSeed);
        recall = [.. Present.Select(c => ClopperPearson.Of(Confusion[c][c], jetsOf[c]))];
        auc = [.. Present.Select(c => OneAgainstRest(scores.LogOdds, c))];
        curves = [.. Enumerable.Range(0, Classes.Count).Select(CurveOf)];
    }

    /// <summary>Name of the classifier.</summary>
    public string Title { get; }

    /// <summary>The jets.</summary>
    public ClassifiedJets Jets { get; }

    /// <summary>Names of the classes, in the order of the labels.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Name of the class that the others must reject.</summary>
    public string Reference => Classes[reference];

    /// <summary>1 for each jet whose largest logit is that of its class, else 0; what <see cref="PairedAccuracy"/> compares.</summary>
    public double[] Correct { get; }

    /// <summary>Jets by true class (row) and class with the largest logit (column).</summary>
    public IReadOnlyList<IReadOnlyList<long>> Confusion { get; }

    /// <summary>Share of the jets whose largest logit is that of their class.</summary>
    public Interval Accuracy { get; }

    /// <summary>Mean over the classes of the AUC of each against all others.</summary>
    public Interval MacroAuc { get; }

    /// <summary>Mean −ln p of the true class [nats].</summary>
    public Interval CrossEntropy { get; }

    /// <summary>Probability of the class with the largest logit against how often it is the true one.</summary>
    public Reliability Reliability => Calibration.Raw;

    /// <summary>99 % quantile of the calibration error of a perfectly calibrated classifier on as many jets.</summary>
    public double NullCalibrationError => Calibration.RawLimit;

    /// <summary>Probabilities against what was observed, also at the temperature.</summary>
    internal ProbabilityCheck Calibration { get; }

    /// <summary>The answer in one sentence.</summary>
    public string Answer =>
        $"{Title} puts {NumberText.WithInterval(Accuracy.Times(100))} % of {NumberText.Count(Jets.Count)} jets into the right one of {Classes.Count} classes (macro AUC {NumberText.WithInterval(MacroAuc)}).";

    private int[] Present => [.. Enumerable.Range(0, Classes.Count).Where(c => jetsOf[c] > 0)];

    /// <summary>
    /// How a class stands out from the reference class: curve of the difference of their logits, which ranks as p/(p + p_reference) does, on jets of the
    /// two alone. Null for the reference itself and where one of the two has no jets.
    /// </summary>
    /// <param name="label">Label of the class.</param>
    public RocCurve? Curve(int label) => curves[label];

    /// <summary>All numbers, the key ones first, then those of each class.</summary>
    public IReadOnlyList<EvaluationNumber> All()
    {
        List<EvaluationNumber> numbers =
        [
            EvaluationNumber.From("accuracy", "accuracy", Accuracy, n: Jets.Count, key: true),
            EvaluationNumber.From("macro-auc", "macro AUC", MacroAuc, n: Jets.Count, key: true),
            EvaluationNumber.From("cross-entropy", "cross entropy", CrossEntropy, n: Jets.Count, unit: "nats"),
            .. Calibration.Numbers(Jets.Count, "largest probability, ", "classifier"),
        ];
        foreach (var (c, i) in Present.Select((c, i) => (c, i)))
        {
            string name = Markup.Escape(Classes[c]);
            numbers.Add(EvaluationNumber.From($"recall@{Key(c)}", $"recall, {name}", recall[i], n: jetsOf[c]));
            numbers.Add(EvaluationNumber.From($"auc@{Key(c)}", $"AUC, {name}", auc[i], n: Jets.Count));
            AddRejection(numbers, c);
        }

        return numbers;
    }

    /// <summary>What must be known before quoting.</summary>
    public IReadOnlyList<EvaluationWarning> Warnings()
    {
        var warnings = new List<EvaluationWarning>();
        for (int c = 0; c < Classes.Count; c++)
        {
            if (jetsOf[c] == 0) warnings.Add(Missing(c));
            else if (jetsOf[c] < FewJets)
                warnings.Add(new() { Id = $"few-jets@{Key(c)}", Number = $"recall@{Key(c)}", Text = $"The sample has {jetsOf[c]} {Classes[c]} jet{(jetsOf[c] == 1 ? "" : "s")} only; quote intervals." });
            if (curves[c]?.Nearest(QuotedEfficiency) is not { SignalEfficiency: > 0, BackgroundPassing: < FewJets } point) continue;
            long passing = (long)point.BackgroundPassing;
            warnings.Add(new()
            {
                Id = $"few-background-jets@{Key(c)}",
                Number = RejectionId(c),
                Text = passing == 0
                    ? $"No {Reference} jet passes at 50 % efficiency of {Classes[c]}; quote the limit."
                    : $"Only {passing} {Reference} jet{(passing == 1 ? " passes" : "s pass")} at 50 % efficiency of {Classes[c]}; quote the interval.",
            });
        }

        if (Calibration.Warning("classifier", "Which class comes first is unaffected.") is { } warning) warnings.Add(warning);
        return warnings;
    }

    /// <summary>Difference of the logits, class minus reference, for jets of the two, and 1 for those of the class.</summary>
    internal (double[] Scores, int[] Labels) Against(int label)
    {
        int[] chosen = [.. Enumerable.Range(0, truth.Length).Where(i => truth[i] == label || truth[i] == reference)];
        int k = Classes.Count;
        return (Array.ConvertAll(chosen, i => logits[i * k + label] - logits[i * k + reference]), Array.ConvertAll(chosen, i => truth[i] == label ? 1 : 0));
    }

    /// <summary>Rejection of the reference class where about half of the class is kept; NaN where no cut does that.</summary>
    internal Interval Rejection(int label) => curves[label]?.Nearest(QuotedEfficiency) is { SignalEfficiency: > 0 } point
        ? point.Rejection
        : new(double.NaN, double.NaN, double.NaN, Interval.OneSigma, ClopperPearson.Method);

    private void AddRejection(List<EvaluationNumber> numbers, int label)
    {
        if (curves[label] is not { } curve) return;
        string at = QuotedEfficiency.ToString(CultureInfo.InvariantCulture), what = $"{Markup.Escape(Reference)} rejection at *ε*_{{S}} = {at}", name = Markup.Escape(Classes[label]);
        WorkingPoint nearest = curve.Nearest(QuotedEfficiency), exact = curve.Interpolated(QuotedEfficiency);
        numbers.Add(EvaluationNumber.From(RejectionId(label), $"{what}, {name}", Rejection(label), n: nearest.Backgrounds, k: (long)nearest.BackgroundPassing,
            reason: nearest.SignalEfficiency > 0 ? null : "no cut keeps about half of the class"));
        numbers.Add(EvaluationNumber.From($"{RejectionId(label)}/interpolated", $"{what}, interpolated, {name}", exact.Rejection, n: exact.Backgrounds));
    }

    private EvaluationWarning Missing(int label) => new()
    {
        Id = $"no-jets@{Key(label)}",
        Text = $"The sample has no {Classes[label]} jets: recall and AUC of the class are left out, the macro AUC is the mean over the other {Present.Length} classes"
            + (label == reference ? ", and no rejection can be given." : "."),
    };

    private double[] TopProbabilities(double temperature) => new ClassScores(Array.ConvertAll(logits, l => l / temperature), truth, Classes.Count).TopProbability;

    private RocCurve? CurveOf(int label)
    {
        if (label == reference || jetsOf[label] == 0 || jetsOf[reference] == 0) return null;
        var (scores, labels) = Against(label);
        return RocCurve.From(scores, labels);
    }

    private Interval OneAgainstRest(double[] logOdds, int label)
    {
        double[] own = [.. Enumerable.Range(0, truth.Length).Select(i => logOdds[i * Classes.Count + label])];
        return RocCurve.From(own, Array.ConvertAll(truth, t => t == label ? 1 : 0)).Auc();
    }

    private long[][] Count(int[] chosen)
    {
        long[][] counts = [.. Classes.Select(_ => new long[Classes.Count])];
        for (int i = 0; i < chosen.Length; i++) counts[truth[i]][chosen[i]]++;
        return counts;
    }

    private static Interval Mean(double[] values)
    {
        double mean = values.Average(), squares = values.Sum(v => (v - mean) * (v - mean));
        double error = Math.Sqrt(squares / (values.Length - 1.0) / values.Length);
        return new(mean, mean - error, mean + error, Interval.OneSigma, "standard error of the mean");
    }

    private void CheckNames(ClassifiedJets jets)
    {
        if (Classes.Count != jets.Classes) throw new ArgumentException($"There are {Classes.Count} names for {jets.Classes} classes.");
        if (Enumerable.Range(0, Classes.Count).Select(Key).GroupBy(k => k).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new InputDataException($"Two classes are called '{twice.Key}'.", "the test file", "Class names were edited.", "Give each class a name of its own.");
    }

    private int Position(string name)
    {
        int at = Classes.ToList().IndexOf(name);
        return at >= 0 ? at : throw new UsageException($"No class is called '{name}'.", "the reference class", $"The classes are {string.Join(", ", Classes)}.", "Name one of them.");
    }

    private string RejectionId(int label) => $"rejection@{QuotedEfficiency.ToString(CultureInfo.InvariantCulture)}@{Key(label)}";

    // Ids with a slash are those of details, which tables leave out.
    private string Key(int label) => Classes[label].Replace('/', '-');
}
