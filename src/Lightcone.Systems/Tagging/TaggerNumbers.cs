using System.Globalization;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Systems.Tagging;

/// <summary>The numbers by which a tagger of two classes is judged, each with its interval.</summary>
public sealed class TaggerNumbers
{
    private const int FewJets = 10;
    private const ulong ReplicaSeed = 20240101;

    /// <summary>Signal efficiencies at which rejections are quoted.</summary>
    public static IReadOnlyList<double> WorkingPoints { get; } = [0.3, 0.5, 0.7];

    /// <summary>Judges scored jets.</summary>
    /// <param name="title">Name of the tagger.</param>
    /// <param name="jets">The jets.</param>
    /// <exception cref="InputDataException">One of the classes has no jet.</exception>
    public TaggerNumbers(string title, TaggedJets jets)
        : this(title, jets, null, "probability")
    {
    }

    /// <summary>Judges scored jets, and their probabilities at a temperature.</summary>
    /// <param name="title">Name of the tagger.</param>
    /// <param name="jets">The jets.</param>
    /// <param name="fitted">What was fitted on validation jets; null for none.</param>
    /// <param name="column">Column of <c>score</c> with the calibrated probabilities.</param>
    /// <exception cref="InputDataException">One of the classes has no jet.</exception>
    internal TaggerNumbers(string title, TaggedJets jets, TaggerCalibration? fitted, string column)
    {
        Title = title;
        int signals = jets.Labels.Count(l => l == 1);
        if (signals == 0 || signals == jets.Count)
            throw new InputDataException($"Of {jets.Count} jets {signals} are signal: one class is missing.", "the test file", "A file of one class only.", "Evaluate on a file that holds both classes.");
        Jets = jets;
        Curve = RocCurve.From(jets.Scores, jets.Labels);
        Calibration = new(t => Reliability.EqualWidth(Array.ConvertAll(jets.Scores, s => 1 / (1 + Math.Exp(-s / t))), jets.Labels, ProbabilityCheck.Bins), fitted, column, ReplicaSeed);
    }

    /// <summary>Name of the tagger.</summary>
    public string Title { get; }

    /// <summary>The jets.</summary>
    public TaggedJets Jets { get; }

    /// <summary>The ROC curve.</summary>
    public RocCurve Curve { get; }

    /// <summary>Predicted probability against observed share.</summary>
    public Reliability Reliability => Calibration.Raw;

    /// <summary>99 % quantile of the calibration error of a perfectly calibrated tagger on as many jets.</summary>
    public double NullCalibrationError => Calibration.RawLimit;

    /// <summary>Probabilities against what was observed, also at the temperature.</summary>
    internal ProbabilityCheck Calibration { get; }

    /// <summary>The answer in one sentence.</summary>
    public string Answer
    {
        get
        {
            var half = Curve.Nearest(0.5);
            string auc = NumberText.WithInterval(Curve.Auc());
            return half.IsLimit
                ? $"{Title} lets no background jet of {NumberText.Count(Curve.Backgrounds)} pass at 50 % signal efficiency (AUC {auc})."
                : $"{Title} rejects {NumberText.WithInterval(half.Rejection)} background jets per accepted one at 50 % signal efficiency (AUC {auc}).";
        }
    }

    /// <summary>All numbers, the key ones first.</summary>
    public IReadOnlyList<EvaluationNumber> All()
    {
        var numbers = new List<EvaluationNumber>
        {
            EvaluationNumber.From("auc", "AUC", Curve.Auc(), n: Jets.Count, key: true),
            EvaluationNumber.From("accuracy", "accuracy", Accuracy.AtThreshold(Jets.Scores, Jets.Labels, 0), n: Jets.Count, key: true),
        };
        foreach (double efficiency in WorkingPoints)
        {
            string at = efficiency.ToString(CultureInfo.InvariantCulture);
            var nearest = Curve.Nearest(efficiency);
            numbers.Add(EvaluationNumber.From($"rejection@{at}", $"1/*ε*_{{B}} at *ε*_{{S}} = {at}", nearest.Rejection, n: nearest.Backgrounds, k: (long)nearest.BackgroundPassing, key: efficiency < 0.6));
            var exact = Curve.Interpolated(efficiency);
            numbers.Add(EvaluationNumber.From($"rejection@{at}/interpolated", $"1/*ε*_{{B}} at *ε*_{{S}} = {at}, interpolated", exact.Rejection, n: exact.Backgrounds));
        }

        numbers.AddRange(Calibration.Numbers(Jets.Count, "", "tagger"));
        return numbers;
    }

    /// <summary>What must be known before quoting.</summary>
    public IReadOnlyList<EvaluationWarning> Warnings()
    {
        var warnings = new List<EvaluationWarning>();
        foreach (double efficiency in WorkingPoints)
        {
            long passing = (long)Curve.Nearest(efficiency).BackgroundPassing;
            if (passing >= FewJets) continue;
            string at = efficiency.ToString(CultureInfo.InvariantCulture);
            warnings.Add(new EvaluationWarning
            {
                Id = $"few-background-jets@{at}",
                Number = $"rejection@{at}",
                Text = passing == 0
                    ? $"No background jet passes at ε_S = {at}; quote the limit."
                    : $"Only {passing} background jet{(passing == 1 ? " passes" : "s pass")} at ε_S = {at}; quote the interval.",
            });
        }

        if (Calibration.Warning("tagger", "Cuts are unaffected.") is { } warning) warnings.Add(warning);
        return warnings;
    }
}
