using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;

namespace Lightcone.Systems.Tagging;

/// <summary>Whether the probabilities of a tagger mean what they say, from its logits as they come and divided by the run's temperature, each beside what a calibrated tagger would show.</summary>
internal sealed class ProbabilityCheck
{
    /// <summary>Bins of equal width.</summary>
    public const int Bins = 15;

    private readonly TaggerCalibration? fitted;
    private readonly string column;

    /// <summary>Compares probabilities with what was observed.</summary>
    /// <param name="at">Reliability of the test jets at a temperature.</param>
    /// <param name="fitted">What was fitted on other jets; null for none.</param>
    /// <param name="column">Column of <c>score</c> with the calibrated probabilities.</param>
    /// <param name="seed">Seed of the null.</param>
    public ProbabilityCheck(Func<double, Reliability> at, TaggerCalibration? fitted, string column, ulong seed)
    {
        (this.fitted, this.column) = (fitted, column);
        Raw = at(1);
        RawLimit = Raw.NullEce(seed).Quantile99;
        Scaled = fitted is null ? null : at(fitted.Temperature);
        ScaledLimit = Scaled?.NullEce(seed).Quantile99 ?? double.NaN;
    }

    /// <summary>Without a temperature.</summary>
    public Reliability Raw { get; }

    /// <summary>99 % quantile of the calibration error of a perfectly calibrated tagger.</summary>
    public double RawLimit { get; }

    /// <summary>With the temperature; null where there is none.</summary>
    public Reliability? Scaled { get; }

    /// <summary>The same quantile with the temperature.</summary>
    public double ScaledLimit { get; }

    /// <summary>The second series of the figure.</summary>
    public ScaledReliability? Figure => Scaled is null ? null : new(fitted!.Temperature, Scaled.Bins, Scaled.Ece, ScaledLimit);

    /// <summary>The errors, and the temperature.</summary>
    /// <param name="jets">Test jets.</param>
    /// <param name="what">Which probability is binned, with a comma and a space behind it, or nothing.</param>
    /// <param name="tagger">"tagger" or "classifier".</param>
    public IEnumerable<EvaluationNumber> Numbers(long jets, string what, string tagger)
    {
        string method = $"{what}{Bins} equal bins; upper end: what a calibrated {tagger} would stay below";
        yield return new() { Id = "calibration-error", Name = "expected calibration error", Value = Raw.Ece, Upper = RawLimit, Level = 0.99, Method = method, N = jets };
        if (Scaled is null) yield break;
        yield return new() { Id = "calibration-error-scaled", Name = "expected calibration error at *T*", Value = Scaled.Ece, Upper = ScaledLimit, Level = 0.99, Method = $"{method}; logits divided by T", N = jets };
        var scaling = fitted!.Scaling;
        string gain = double.IsFinite(scaling.Before) ? $"; their −ln L a jet falls from {NumberText.Plain(scaling.Before, 4)} to {NumberText.Plain(scaling.After, 4)}" : "";
        yield return EvaluationNumber.From("temperature", "temperature *T*",
            new(scaling.Temperature, scaling.Temperature - scaling.Error, scaling.Temperature + scaling.Error, Interval.OneSigma, fitted.Origin + gain), n: fitted.Jets > 0 ? fitted.Jets : null);
    }

    /// <summary>What must be known before a score is called a probability, and what to do; null where both are fine.</summary>
    /// <param name="tagger">"tagger" or "classifier".</param>
    /// <param name="unaffected">What does not care.</param>
    public EvaluationWarning? Warning(string tagger, string unaffected)
    {
        bool honest = Raw.Ece <= RawLimit;
        string what = $"Scores are no probabilities: {Error(Raw, RawLimit)}.";
        return (Scaled, honest) switch
        {
            (null, true) => null,
            (null, false) => Of("not-calibrated", WarningSeverity.Note, "calibration-error",
                $"{what} The run has no temperature, which a training fits on {TaggerCalibration.FewestJets} or more validation jets when it ends: quote no probability of a jet. {unaffected}"),
            ({ } scaled, true) when scaled.Ece > ScaledLimit => Of("not-calibrated-scaled", WarningSeverity.Note, "calibration-error-scaled",
                $"The temperature {NumberText.Plain(fitted!.Temperature, 3)} makes probabilities no better: {Error(scaled, ScaledLimit)}. Take those of the logits as they are, with {Error(Raw, RawLimit)}. {unaffected}"),
            ({ } scaled, false) when scaled.Ece > ScaledLimit => Of("not-calibrated-scaled", WarningSeverity.Warn, "calibration-error-scaled",
                $"Even divided by the temperature {NumberText.Plain(fitted!.Temperature, 3)} the logits give no probabilities: {Error(scaled, ScaledLimit)}. "
                + $"Quote no probability of a jet, and compare the mixture of classes with that of the validation jets. {unaffected}"),
            (_, true) => null,
            _ => Of("not-calibrated", WarningSeverity.Note, "calibration-error", $"{what} Where you need probabilities take the column {column} of lightcone score, with {Error(Scaled!, ScaledLimit)}. {unaffected}"),
        };

        string Error(Reliability own, double limit) =>
            $"calibration error {NumberText.Plain(own.Ece, 2)}, {(own.Ece > limit ? "above" : "below")} the {NumberText.Plain(limit, 2)} of a calibrated {tagger}";
    }

    private static EvaluationWarning Of(string id, WarningSeverity severity, string number, string text) => new() { Id = id, Severity = severity, Number = number, Text = text };
}
