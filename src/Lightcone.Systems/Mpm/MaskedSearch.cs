using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using Lightcone.Systems.Reconstruction;

namespace Lightcone.Systems.Mpm;

/// <summary>
/// An anomaly search by the likelihood of hidden particles: how well the score finds each signal, with and without what the number of particles alone explains, beside that number itself.
/// </summary>
internal sealed class MaskedSearch
{
    private readonly SearchClasses classes;
    private readonly MaskedResult result;
    private readonly List<(string Id, string Name, IReadOnlyList<double> Values, bool Reference)> scores = [];

    /// <summary>Measures it.</summary>
    /// <param name="classes">Background and signals.</param>
    /// <param name="result">The jets, scored.</param>
    /// <param name="correction">Median score against the number of particles; null where it could not be fitted.</param>
    public MaskedSearch(SearchClasses classes, MaskedResult result, MultiplicityCorrection? correction)
    {
        (this.classes, this.result) = (classes, result);
        scores.Add(("auc", "score", result.Scores, false));
        if (correction is not null)
            scores.Add(("auc-corrected", "score − median at the number", [.. result.Scores.Zip(result.Multiplicities, (s, n) => n < 2 ? 0 : correction.Apply(s, n))], false));
        scores.Add(("auc-multiplicity", "number of particles", [.. result.Multiplicities.Select(n => (double)n)], true));
    }

    /// <summary>AUC of each score for each signal.</summary>
    public IEnumerable<EvaluationNumber> Numbers =>
        from score in scores
        from signal in classes.Signals
        let auc = Auc(score.Values, signal)
        select EvaluationNumber.From($"{score.Id}@{classes.Names[signal]}", $"AUC of the {score.Name}, {Markup.Escape(classes.Names[signal])}", auc, n: Of(signal).Length + Background.Length, key: score == scores[^2] && signal == classes.Signals[0],
            reason: "no jets of the signal, or of the background");

    /// <summary>The answer in one sentence.</summary>
    public string Answer => $"Trained on {classes.BackgroundName} alone, the likelihood of hidden particles finds signals with an AUC of "
        + string.Join(", ", classes.Signals.Select(s => $"{Markup.ToPlain(NumberText.WithInterval(Auc(scores[^2].Values, s)))} ({classes.Names[s]})"))
        + (scores.Count > 2 ? "; what the number of particles alone explains is taken off." : "; the number of particles is not taken off.");

    /// <summary>Draws it; null where there is nothing to draw.</summary>
    public Figure? Draw(FigureHeader header)
    {
        int[] drawn = [.. classes.Signals.Where(s => Of(s).Length > 0).Take(5)];
        if (drawn.Length == 0 || Background.Length == 0) return null;
        return AnomalyAucFigure.Build(header, [.. drawn.Select(s => classes.Names[s])], [.. scores.Select(s => new AnomalyScoreRow(s.Name, [.. drawn.Select(signal => Auc(s.Values, signal))], s.Reference))],
            $"Score: −ln p of hidden particles, mean over {MpmModel.Masks} choices of them; the median is that of training jets with as many particles.");
    }

    private int[] Background => [.. Enumerable.Range(0, result.Count).Where(i => classes.IsBackground(result.Labels[i]))];

    private int[] Of(int signal) => [.. Enumerable.Range(0, result.Count).Where(i => result.Labels[i] == signal)];

    private Interval Auc(IReadOnlyList<double> values, int signal)
    {
        int[] background = Background, found = Of(signal);
        if (background.Length == 0 || found.Length == 0) return new(double.NaN, double.NaN, double.NaN, Interval.OneSigma, "DeLong");
        return RocCurve.From([.. background.Concat(found).Select(i => values[i])], [.. background.Select(_ => 0), .. found.Select(_ => 1)]).Auc();
    }
}
