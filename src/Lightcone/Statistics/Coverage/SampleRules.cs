namespace Lightcone.Statistics;

/// <summary>What every test of an uncertainty asks of its samples.</summary>
internal static class SampleRules
{
    /// <summary>At least one entry, and as many of the other as of the first.</summary>
    public static void SameLength(int count, int other, string name)
    {
        if (count == 0) throw new ArgumentException("The sample is empty.", name);
        if (other != count) throw new ArgumentException($"There are {other} entries for a sample of {count}.", name);
    }

    public static void Level(double level)
    {
        if (!(level is > 0 and < 1)) throw new ArgumentOutOfRangeException(nameof(level), $"{level} is no level: it lies between 0 and 1.");
    }

    public static void NotNaN(ReadOnlySpan<double> values, string what)
    {
        int bad = values.IndexOfNaN();
        if (bad >= 0)
            throw new InputDataException($"A {what} is not a number.", $"entry {bad} of {values.Length}", "the model's weights or its input hold NaN or infinity", "check the sample, and leave out what the model cannot answer");
    }

    /// <summary>Standard deviations: positive and finite.</summary>
    public static void Deviations(ReadOnlySpan<double> sigma)
    {
        for (int i = 0; i < sigma.Length; i++)
            if (!(sigma[i] > 0 && double.IsFinite(sigma[i])))
                throw new InputDataException($"The uncertainty {sigma[i]} is not positive and finite.", $"entry {i} of {sigma.Length}", "a variance or its logarithm was given, or the model diverged", "give standard deviations in the unit of the value");
    }

    /// <summary>Interval ends in order and truths that are numbers; infinite ends are allowed.</summary>
    public static void Intervals(ReadOnlySpan<double> lower, ReadOnlySpan<double> upper, ReadOnlySpan<double> truth)
    {
        SameLength(truth.Length, lower.Length, nameof(lower));
        SameLength(truth.Length, upper.Length, nameof(upper));
        NotNaN(truth, "truth");
        for (int i = 0; i < lower.Length; i++)
            if (!(lower[i] <= upper[i]))
                throw new InputDataException($"The interval [{lower[i]}, {upper[i]}] has no inside.", $"entry {i} of {lower.Length}", "the ends were exchanged, or two quantiles crossed", "sort the two ends of each interval");
    }

    /// <summary>Numbers in [0, 1].</summary>
    public static void Probabilities(ReadOnlySpan<double> values, string what)
    {
        for (int i = 0; i < values.Length; i++)
            if (!(values[i] is >= 0 and <= 1))
                throw new InputDataException($"The {what} {values[i]} is outside [0, 1].", $"entry {i} of {values.Length}", "something else than a probability was given", "give values of a cumulative distribution or probabilities");
    }

    /// <summary>Weights that are finite, not negative and not all 0; none given means 1 each.</summary>
    public static double[] Weights(ReadOnlySpan<double> weights, int count)
    {
        if (weights.IsEmpty) return [.. Enumerable.Repeat(1.0, count)];
        SameLength(count, weights.Length, nameof(weights));
        double sum = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            if (!(weights[i] >= 0 && double.IsFinite(weights[i])))
                throw new InputDataException($"The weight {weights[i]} is negative or not finite.", $"entry {i} of {weights.Length}", "a density ratio divided by 0, or signed generator weights were given", "clip the ratio, or use a sample with positive weights");
            sum += weights[i];
        }

        if (!(sum > 0))
            throw new InputDataException("All weights are 0.", $"{weights.Length} weights", "the two samples do not overlap", "use a calibration sample that covers the test sample");
        return weights.ToArray();
    }

    /// <summary>The smallest integer not below x, where x is a product of a count and a level: 100·(1 − 0.9) counts as 10 in spite of rounding.</summary>
    public static long Ceiling(double x) => Math.Abs(x - Math.Round(x)) <= 1e-9 * Math.Max(1, Math.Abs(x)) ? (long)Math.Round(x) : (long)Math.Ceiling(x);

    private static int IndexOfNaN(this ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
            if (double.IsNaN(values[i])) return i;
        return -1;
    }
}
