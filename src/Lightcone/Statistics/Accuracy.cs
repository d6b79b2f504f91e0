namespace Lightcone.Statistics;

/// <summary>Fraction of jets that a tagger puts into their class.</summary>
public static class Accuracy
{
    /// <summary>Accuracy when jets with a score at or above the threshold are called signal (label 1), with its Clopper–Pearson interval.</summary>
    public static Interval AtThreshold(ReadOnlySpan<double> scores, ReadOnlySpan<int> labels, double threshold, double level = Interval.OneSigma)
    {
        if (scores.Length != labels.Length) throw new ArgumentException($"There are {scores.Length} scores and {labels.Length} labels.", nameof(labels));
        long right = 0;
        for (int i = 0; i < scores.Length; i++)
            if ((scores[i] >= threshold ? 1 : 0) == labels[i]) right++;
        return ClopperPearson.Of(right, scores.Length, level);
    }
}
