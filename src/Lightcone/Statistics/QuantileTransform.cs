namespace Lightcone.Statistics;

/// <summary>
/// Brings numbers of any distribution to a standard normal one through their own quantiles: u(x) is the share of the fitted sample below x, and the
/// result Φ⁻¹(u). A value that occurs often lies at several quantiles and takes the middle of their shares.
/// </summary>
/// <remarks>
/// Results lie within ±5.2: shares are kept 10⁻⁷ away from 0 and 1, and values beyond the table take its ends. NaN gives NaN. Where all fitted values
/// are equal, that value gives 0 and any other an end.
/// </remarks>
public sealed class QuantileTransform
{
    private const double SmallestShare = 1e-7;

    private readonly double[] quantiles;
    private readonly int[] firstEqual; // first quantile of the same value as each

    /// <summary>A transform from stored quantiles.</summary>
    /// <param name="quantiles">Quantiles at equally spaced probabilities from 0 to 1.</param>
    /// <exception cref="ArgumentException">There are fewer than two, one is not finite, or they fall.</exception>
    public QuantileTransform(double[] quantiles)
    {
        ArgumentNullException.ThrowIfNull(quantiles);
        if (quantiles.Length < 2) throw new ArgumentException($"{quantiles.Length} quantiles; at least the two ends are needed.", nameof(quantiles));
        firstEqual = new int[quantiles.Length];
        for (int i = 0; i < quantiles.Length; i++)
        {
            if (!double.IsFinite(quantiles[i])) throw new ArgumentException($"Quantile {i} is {quantiles[i]}; quantiles are finite.", nameof(quantiles));
            if (i > 0 && quantiles[i] < quantiles[i - 1]) throw new ArgumentException($"Quantile {i} ({quantiles[i]}) lies below the one before ({quantiles[i - 1]}).", nameof(quantiles));
            firstEqual[i] = i > 0 && quantiles[i] == quantiles[i - 1] ? firstEqual[i - 1] : i;
        }

        if (!double.IsFinite(quantiles[^1] - quantiles[0])) throw new ArgumentException("The quantiles span more than a double can hold.", nameof(quantiles));
        this.quantiles = [.. quantiles];
        Quantiles = Array.AsReadOnly(this.quantiles);
    }

    /// <summary>Quantiles of the fitted values at equally spaced probabilities from 0 to 1.</summary>
    public IReadOnlyList<double> Quantiles { get; }

    /// <summary>Takes the quantiles of a sample.</summary>
    /// <param name="values">The sample, finite.</param>
    /// <param name="quantiles">How many quantiles are kept.</param>
    /// <exception cref="ArgumentException">There are no values, one is not finite, or fewer than two quantiles are asked for.</exception>
    public static QuantileTransform Fit(ReadOnlySpan<double> values, int quantiles = 500)
    {
        if (values.IsEmpty) throw new ArgumentException("There are no values to take quantiles of.", nameof(values));
        if (quantiles < 2) throw new ArgumentException($"{quantiles} quantiles; at least the two ends are needed.", nameof(quantiles));
        double[] sorted = values.ToArray(), table = new double[quantiles];
        foreach (double value in sorted)
            if (!double.IsFinite(value)) throw new ArgumentException($"A value is {value}; quantiles need finite values.", nameof(values));
        Array.Sort(sorted);
        for (int i = 0; i < quantiles; i++) table[i] = Interpolated(sorted, (double)i / (quantiles - 1) * (sorted.Length - 1));
        for (int i = 1; i < quantiles; i++) table[i] = Math.Max(table[i], table[i - 1]); // interpolation rounds
        return new QuantileTransform(table);
    }

    /// <summary>The standard normal number of a value.</summary>
    public double Transform(double x) => double.IsNaN(x) ? double.NaN : SpecialFunctions.NormalQuantile(Math.Clamp(Share(x), SmallestShare, 1 - SmallestShare));

    /// <summary>The standard normal numbers of many values, without allocating. Source and target may be the same memory.</summary>
    /// <exception cref="ArgumentException">The target is shorter than the values.</exception>
    public void Transform(ReadOnlySpan<float> values, Span<float> target)
    {
        if (target.Length < values.Length) throw new ArgumentException($"Room for {target.Length} of {values.Length} numbers.", nameof(target));
        for (int i = 0; i < values.Length; i++) target[i] = (float)Transform(values[i]);
    }

    /// <summary>The value of a standard normal number, linear between quantiles; numbers beyond ±5.2 come from the ends of the table.</summary>
    public double Inverse(double y) => double.IsNaN(y) ? double.NaN : Interpolated(quantiles, SpecialFunctions.NormalCdf(y) * (quantiles.Length - 1));

    /// <summary>Share of the sample below x, linear between quantiles; the middle of the shares that a repeated quantile spans.</summary>
    private double Share(double x)
    {
        double last = quantiles.Length - 1;
        int below = -1, above = quantiles.Length; // quantiles[below] ≤ x < quantiles[above]
        while (above - below > 1)
        {
            int middle = (below + above) >>> 1;
            if (quantiles[middle] <= x) below = middle;
            else above = middle;
        }

        if (below < 0) return 0;
        if (quantiles[below] == x) return 0.5 * (firstEqual[below] + below) / last;
        return above == quantiles.Length ? 1 : (below + (x - quantiles[below]) / (quantiles[above] - quantiles[below])) / last;
    }

    private static double Interpolated(double[] sorted, double position)
    {
        int below = Math.Min((int)position, sorted.Length - 1);
        if (below + 1 == sorted.Length) return sorted[below];
        return Math.Min(sorted[below] + (position - below) * (sorted[below + 1] - sorted[below]), sorted[below + 1]);
    }
}
