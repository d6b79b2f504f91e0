namespace Lightcone.Statistics;

/// <summary>
/// Intervals without a calibration sample, from models that each left one training entry out (R. Barber et al., arXiv:1905.02928). They cover with at
/// least 2·level − 1 for any model, and in practice with about the level. As many trainings as entries: for linear models and small heads.
/// </summary>
public static class JackknifePlus
{
    /// <summary>The interval at one input, in n log n steps.</summary>
    /// <param name="predictions">Prediction at this input of the model that left entry i out, one a training entry.</param>
    /// <param name="residuals">|truth of entry i − prediction for it by the model that left it out|, one a training entry.</param>
    /// <param name="level">1 − a: the lower end is the ⌊a(n + 1)⌋-th smallest of prediction − residual, the upper the ⌈(1 − a)(n + 1)⌉-th of their sum.</param>
    /// <exception cref="InputDataException">A number is NaN or a residual negative.</exception>
    public static ConformalInterval Interval(ReadOnlySpan<double> predictions, ReadOnlySpan<double> residuals, double level)
    {
        int n = residuals.Length;
        long rank = ConformalQuantile.Rank(n, level);
        SampleRules.SameLength(n, predictions.Length, nameof(predictions));
        SampleRules.NotNaN(predictions, "prediction");
        CheckResiduals(residuals);
        if (rank > n) return new(double.NegativeInfinity, double.PositiveInfinity);
        var (lower, upper) = (new double[n], new double[n]);
        for (int i = 0; i < n; i++) (lower[i], upper[i]) = (predictions[i] - residuals[i], predictions[i] + residuals[i]);
        Array.Sort(lower);
        Array.Sort(upper);
        return ConformalInterval.Between(lower[n - rank], upper[rank - 1]); // ⌊a(n + 1)⌋ = n + 1 − ⌈(1 − a)(n + 1)⌉
    }

    /// <summary>Coverage that holds for any model and exchangeable data, 2·level − 1; 0 at least.</summary>
    public static double Guarantee(double level)
    {
        SampleRules.Level(level);
        return Math.Max(0, 2 * level - 1);
    }

    private static void CheckResiduals(ReadOnlySpan<double> residuals)
    {
        for (int i = 0; i < residuals.Length; i++)
            if (!(residuals[i] >= 0))
                throw new InputDataException($"The residual {residuals[i]} is no distance.", $"entry {i} of {residuals.Length}", "signed residuals were given, or the model diverged", "give |truth − prediction|");
    }
}

/// <summary>The same from K models that each left one fold of the training sample out.</summary>
public static class CrossValidationPlus
{
    /// <summary>The interval at one input.</summary>
    /// <param name="predictions">Prediction at this input of the model that left fold k out, one a fold.</param>
    /// <param name="residuals">|truth of entry i − prediction for it by the model that left its fold out|, one a training entry.</param>
    /// <param name="folds">Fold of each training entry, 0 … K − 1.</param>
    /// <param name="level">As in <see cref="JackknifePlus.Interval"/>.</param>
    /// <exception cref="InputDataException">A number is NaN, a residual negative, or a fold has no model.</exception>
    public static ConformalInterval Interval(ReadOnlySpan<double> predictions, ReadOnlySpan<double> residuals, ReadOnlySpan<int> folds, double level)
    {
        SampleRules.SameLength(residuals.Length, folds.Length, nameof(folds));
        var own = new double[residuals.Length];
        for (int i = 0; i < own.Length; i++)
        {
            if (folds[i] < 0 || folds[i] >= predictions.Length)
                throw new InputDataException($"There is no model without fold {folds[i]}.", $"entry {i} of {own.Length}", $"there are {predictions.Length} predictions, and folds are counted from 0", "give the prediction of one model a fold");
            own[i] = predictions[folds[i]];
        }

        return JackknifePlus.Interval(own, residuals, level);
    }

    /// <summary>
    /// Coverage that holds for any model and exchangeable data with a = 1 − level: 1 − 2a − min{2(1 − 1/K)/(n/K + 1), (1 − K/n)/(K + 1)}
    /// (arXiv:1905.02928, theorem 4); 0 at least.
    /// </summary>
    /// <param name="n">Training entries.</param>
    /// <param name="folds">K, folds of equal size, 2 … n.</param>
    /// <param name="level">Level of the intervals.</param>
    public static double Guarantee(long n, long folds, double level)
    {
        SampleRules.Level(level);
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(n, folds);
        double k = folds;
        return Math.Max(0, 2 * level - 1 - Math.Min(2 * (1 - 1 / k) / (n / k + 1), (1 - k / n) / (k + 1)));
    }
}
