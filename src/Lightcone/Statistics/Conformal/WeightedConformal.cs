namespace Lightcone.Statistics;

/// <summary>
/// Conformal intervals where inputs of the test sample have another density than those of the calibration sample and the truth at given input has the
/// same (R. Tibshirani et al., arXiv:1904.06019): calibration scores count with w = p_test/p_calibration. Exact for exact weights; clip estimated ones.
/// </summary>
/// <remarks>
/// Another prior of the truth is not such a shift. For that one weigh by p′(truth)/p(truth) and ask for each candidate truth with its own weight:
/// <see cref="Holds"/> and <see cref="Hull"/>.
/// </remarks>
public sealed class WeightedConformal
{
    /// <summary>Calibration samples with fewer effective entries are refused.</summary>
    public const double FewestEffective = 100;

    private readonly double[] scores; // sorted
    private readonly double[] cumulative; // weight of all scores up to each

    private WeightedConformal(double[] scores, double[] cumulative, double effective, double level) => (this.scores, this.cumulative, EffectiveCount, Level) = (scores, cumulative, effective, level);

    /// <summary>(Σw)²/Σw²: as many equal weights would fluctuate as much.</summary>
    public double EffectiveCount { get; }

    /// <summary>Coverage that is promised.</summary>
    public double Level { get; }

    /// <summary>Sorts the scores of a calibration sample.</summary>
    /// <param name="scores">Scores.</param>
    /// <param name="weights">w of each entry, not negative.</param>
    /// <param name="level">Coverage to promise, between 0 and 1.</param>
    /// <exception cref="InputDataException">A score is NaN, a weight negative, all are 0, or fewer than 100 entries are effective.</exception>
    public static WeightedConformal Fit(ReadOnlySpan<double> scores, ReadOnlySpan<double> weights, double level)
    {
        SampleRules.Level(level);
        SampleRules.SameLength(scores.Length, weights.Length, nameof(weights));
        SampleRules.NotNaN(scores, "score");
        double[] sorted = scores.ToArray(), cumulative = SampleRules.Weights(weights, scores.Length);
        double sum = cumulative.Sum(), effective = sum * sum / cumulative.Sum(w => w * w);
        if (effective < (1 - 1e-9) * FewestEffective) // 100 equal weights are enough in spite of rounding
            throw new InputDataException($"Only {effective:0.#} of {sorted.Length} calibration entries are effective; {FewestEffective} are needed.", "weights of the calibration sample",
                "the two samples hardly overlap, or a few entries carry most of the weight", "take a larger calibration sample, one nearer to the test sample, or clip the weights");
        Array.Sort(sorted, cumulative);
        for (int i = 1; i < cumulative.Length; i++) cumulative[i] += cumulative[i - 1];
        return new(sorted, cumulative, effective, level);
    }

    /// <summary>The smallest score up to which the calibration weights hold the level, when the test entry's own weight lies at +∞; else +∞.</summary>
    /// <param name="weight">w of the test entry, not negative.</param>
    public double Offset(double weight)
    {
        if (!(weight >= 0 && double.IsFinite(weight))) throw new ArgumentOutOfRangeException(nameof(weight), $"{weight} is no weight.");
        double needed = (1 - 1e-12) * Level * (cumulative[^1] + weight); // the sum rounds
        int low = 0, high = scores.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (cumulative[middle] >= needed) high = middle;
            else low = middle + 1;
        }

        return low < scores.Length ? scores[low] : double.PositiveInfinity;
    }

    /// <summary>prediction ± offset·scale at a test entry.</summary>
    /// <param name="prediction">The prediction.</param>
    /// <param name="weight">w of the test entry.</param>
    /// <param name="scale">σ where the scores were divided by it.</param>
    public ConformalInterval Interval(double prediction, double weight, double scale = 1) => scale >= 0
        ? ConformalInterval.Around(prediction, Offset(weight), scale)
        : throw new ArgumentOutOfRangeException(nameof(scale), $"{scale} is no standard deviation.");

    /// <summary>Share of test entries whose interval is infinite. It belongs beside every coverage: an infinite interval covers, and says nothing.</summary>
    public double InfiniteShare(ReadOnlySpan<double> weights)
    {
        SampleRules.SameLength(weights.Length, weights.Length, nameof(weights));
        double infinite = 0;
        foreach (double weight in weights)
            if (double.IsInfinity(Offset(weight))) infinite++;
        return infinite / weights.Length;
    }

    /// <summary>Whether a candidate with this score and weight belongs to the prediction set.</summary>
    public bool Holds(double score, double weight) => score <= Offset(weight);

    /// <summary>The smallest interval around all candidates of the prediction set; the candidate of the smallest score, flagged, if the set is empty.</summary>
    /// <param name="candidates">Possible truths, such as a grid.</param>
    /// <param name="scores">Score of each candidate at the test input.</param>
    /// <param name="weights">w of each candidate: p′/p at it for a shift of the prior.</param>
    /// <exception cref="InputDataException">A candidate or score is NaN.</exception>
    public ConformalInterval Hull(ReadOnlySpan<double> candidates, ReadOnlySpan<double> scores, ReadOnlySpan<double> weights)
    {
        SampleRules.SameLength(candidates.Length, scores.Length, nameof(scores));
        SampleRules.SameLength(candidates.Length, weights.Length, nameof(weights));
        SampleRules.NotNaN(candidates, "candidate");
        SampleRules.NotNaN(scores, "score");
        double lower = double.PositiveInfinity, upper = double.NegativeInfinity;
        int best = 0;
        for (int i = 0; i < candidates.Length; i++)
        {
            if (scores[i] < scores[best]) best = i;
            if (!Holds(scores[i], weights[i])) continue;
            (lower, upper) = (Math.Min(lower, candidates[i]), Math.Max(upper, candidates[i]));
        }

        return lower <= upper ? new(lower, upper) : new(candidates[best], candidates[best], true);
    }
}
