namespace Lightcone.Statistics;

/// <summary>
/// The rising function of a score that is nearest to labels in the mean square, by pooling adjacent violators (M. Ayer et al., Ann. Math. Stat. 26 (1955)
/// 641). As a map to probabilities it needs more than 10⁴ calibration jets: with fewer it follows their fluctuations.
/// </summary>
public sealed class IsotonicRegression
{
    private readonly Block[] blocks;

    private IsotonicRegression(Block[] blocks) => this.blocks = blocks;

    /// <summary>Number of flat pieces.</summary>
    public int Pieces => blocks.Length;

    /// <summary>Fits the function.</summary>
    /// <param name="scores">Scores, no NaN.</param>
    /// <param name="targets">Labels 0 and 1, or any finite numbers.</param>
    /// <param name="weights">Weights, not negative and with a positive sum; all 1 if empty.</param>
    /// <exception cref="InputDataException">A number is NaN, a weight negative, or all weights are 0.</exception>
    public static IsotonicRegression Fit(ReadOnlySpan<double> scores, ReadOnlySpan<double> targets, ReadOnlySpan<double> weights = default)
    {
        SampleRules.SameLength(scores.Length, targets.Length, nameof(targets));
        SampleRules.NotNaN(scores, "score");
        SampleRules.NotNaN(targets, "target");
        double[] weight = SampleRules.Weights(weights, scores.Length);
        double[] sorted = scores.ToArray();
        int[] order = [.. Enumerable.Range(0, sorted.Length)];
        Array.Sort(sorted, order);
        var pieces = new List<Block>();
        foreach (var single in EqualScores(sorted, order, targets.ToArray(), weight))
        {
            var block = single;
            while (pieces.Count > 0 && pieces[^1].Value >= block.Value)
            {
                block = pieces[^1].With(block);
                pieces.RemoveAt(pieces.Count - 1);
            }

            pieces.Add(block);
        }

        return new([.. pieces]);
    }

    /// <summary>The function: flat in a piece, linear between two, flat beyond the ends.</summary>
    public double Apply(double score)
    {
        if (double.IsNaN(score)) return double.NaN;
        int low = 0, high = blocks.Length; // blocks[low].Low ≤ score < blocks[high].Low
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            if (blocks[middle].Low <= score) low = middle;
            else high = middle;
        }

        var piece = blocks[low];
        if (score <= piece.High || high == blocks.Length) return piece.Value;
        var next = blocks[high];
        double share = double.IsInfinity(piece.High) || double.IsInfinity(next.Low) ? 0.5 : (score - piece.High) / (next.Low - piece.High);
        return piece.Value + share * (next.Value - piece.Value);
    }

    /// <summary>One block for each score, before any violators are pooled: equal scores have one value.</summary>
    private static IEnumerable<Block> EqualScores(double[] sorted, int[] order, double[] targets, double[] weights)
    {
        Block? open = null;
        for (int i = 0; i < order.Length; i++)
        {
            if (weights[order[i]] == 0) continue;
            var block = new Block(sorted[i], sorted[i], targets[order[i]], weights[order[i]]);
            if (open is { } before && before.High != sorted[i]) yield return before;
            open = open is { } same && same.High == sorted[i] ? same.With(block) : block;
        }

        if (open is { } last) yield return last;
    }

    private readonly record struct Block(double Low, double High, double Value, double Weight)
    {
        public Block With(Block next) => new(Low, next.High, Value + next.Weight / (Weight + next.Weight) * (next.Value - Value), Weight + next.Weight);
    }
}
