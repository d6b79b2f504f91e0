using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Statistics;

namespace Lightcone.Systems.Tagging;

/// <summary>Entropies of an ensemble averaged over jets, all together and by true class.</summary>
internal static class EntropyNumbers
{
    /// <summary>The numbers; none for one tagger.</summary>
    /// <param name="scores">What the members said.</param>
    /// <param name="labels">True class of each jet.</param>
    /// <param name="names">Names of the classes.</param>
    /// <param name="scatter">What the members differ in.</param>
    public static IEnumerable<EvaluationNumber> Of(EnsembleScores scores, int[] labels, IReadOnlyList<string> names, string scatter)
    {
        double[] total = scores.Total, aleatoric = scores.Aleatoric;
        if (total.Length == 0) yield break;
        if (total.Length != labels.Length) throw new ArgumentException($"There are {total.Length} entropies for {labels.Length} jets.", nameof(labels));
        double[] epistemic = [.. total.Zip(aleatoric, (t, a) => Math.Max(0, t - a))]; // the difference is never negative but for rounding
        foreach (int c in Enumerable.Range(-1, names.Count + 1))
        {
            int[] own = [.. Enumerable.Range(0, labels.Length).Where(i => c < 0 || labels[i] == c)];
            if (own.Length == 0) continue;
            string at = c < 0 ? "" : "@" + names[c].Replace('/', '-'), of = c < 0 ? "" : ", " + Markup.Escape(names[c]);
            yield return Mean($"entropy-total{at}", $"total entropy{of}", total, own, "of the mean probabilities");
            yield return Mean($"entropy-aleatoric{at}", $"aleatoric entropy{of}", aleatoric, own, "mean over the members");
            yield return Mean($"entropy-epistemic{at}", $"epistemic entropy{of}", epistemic, own, $"total − aleatoric; {scatter}");
        }
    }

    private static EvaluationNumber Mean(string id, string name, double[] values, int[] chosen, string method)
    {
        double mean = chosen.Average(i => values[i]), squares = chosen.Sum(i => (values[i] - mean) * (values[i] - mean));
        double error = chosen.Length > 1 ? Math.Sqrt(squares / (chosen.Length - 1.0) / chosen.Length) : double.NaN;
        return EvaluationNumber.From(id, name, new(mean, mean - error, mean + error, Interval.OneSigma, $"{method}; standard error of the mean over jets"), n: chosen.Length, unit: "nats");
    }
}
