namespace Lightcone.Statistics;

/// <summary>Intervals of one level around a centre, with the truth of each.</summary>
/// <param name="Lower">Lower ends.</param>
/// <param name="Upper">Upper ends.</param>
/// <param name="Truth">True values.</param>
/// <param name="Centre">Where each interval is scaled about, inside it; the middle if null.</param>
public sealed record PredictedIntervals(IReadOnlyList<double> Lower, IReadOnlyList<double> Upper, IReadOnlyList<double> Truth, IReadOnlyList<double>? Centre = null)
{
    /// <summary>Intervals value ± z·σ of Gaussian predictions.</summary>
    /// <param name="value">Predictions.</param>
    /// <param name="sigma">Their standard deviations, positive.</param>
    /// <param name="truth">True values.</param>
    /// <param name="level">Coverage that the intervals claim.</param>
    /// <exception cref="InputDataException">A σ is not positive.</exception>
    public static PredictedIntervals Gaussian(ReadOnlySpan<double> value, ReadOnlySpan<double> sigma, ReadOnlySpan<double> truth, double level = Interval.OneSigma)
    {
        double z = -SpecialFunctions.NormalQuantile(Interval.HalfTail(level));
        SampleRules.SameLength(value.Length, sigma.Length, nameof(sigma));
        SampleRules.Deviations(sigma);
        var (lower, upper) = (new double[value.Length], new double[value.Length]);
        for (int i = 0; i < value.Length; i++) (lower[i], upper[i]) = (value[i] - z * sigma[i], value[i] + z * sigma[i]);
        return new(lower, upper, truth.ToArray(), value.ToArray());
    }

    internal double CentreOf(int i) => Centre?[i] ?? 0.5 * (Lower[i] + Upper[i]);

    /// <summary>The factor by which interval i has to grow about its centre until its end reaches the truth.</summary>
    internal double Reach(int i)
    {
        double centre = CentreOf(i), distance = Truth[i] - centre, half = distance < 0 ? Lower[i] - centre : Upper[i] - centre;
        return distance == 0 ? 0 : half == 0 ? double.PositiveInfinity : distance / half;
    }

    internal void Check()
    {
        SampleRules.Intervals([.. Lower], [.. Upper], [.. Truth]);
        if (Centre is null) return;
        SampleRules.SameLength(Truth.Count, Centre.Count, nameof(Centre));
        for (int i = 0; i < Truth.Count; i++)
            if (!(Centre[i] >= Lower[i] && Centre[i] <= Upper[i]))
                throw new InputDataException($"The centre {Centre[i]} is outside its interval [{Lower[i]}, {Upper[i]}].", $"entry {i} of {Truth.Count}", "the columns were exchanged", "give a centre inside each interval, or none");
    }
}

/// <summary>
/// Widths of intervals after all were scaled by one factor that makes their coverage nominal on a calibration sample. Widths of two methods can be
/// compared only so.
/// </summary>
/// <param name="Level">Coverage that all were brought to.</param>
/// <param name="Factor">The factor; 1 is calibrated, above 1 the intervals were too narrow. +∞ where no factor is enough.</param>
/// <param name="MeanWidth">Mean width of the scaled intervals on the test sample.</param>
/// <param name="MedianWidth">Their median width.</param>
/// <param name="Coverage">Coverage of the scaled intervals on the test sample.</param>
public readonly record struct Sharpness(double Level, double Factor, double MeanWidth, double MedianWidth, CoverageCount Coverage)
{
    /// <summary>
    /// Scales intervals about their centres by the ⌈n·level⌉-th smallest of the factors with which they reach the truth on the calibration sample, and
    /// measures them on the test sample.
    /// </summary>
    /// <param name="calibration">Intervals that were not used to train the model.</param>
    /// <param name="test">Intervals of a disjoint sample.</param>
    /// <param name="level">Coverage to compare at.</param>
    /// <exception cref="InputDataException">A number is NaN, an interval is empty, or a centre lies outside.</exception>
    public static Sharpness AtEqualCoverage(PredictedIntervals calibration, PredictedIntervals test, double level)
    {
        SampleRules.Level(level);
        calibration.Check();
        test.Check();
        double[] reach = [.. Enumerable.Range(0, calibration.Truth.Count).Select(calibration.Reach)];
        Array.Sort(reach);
        double factor = reach[SampleRules.Ceiling(reach.Length * level) - 1];
        int n = test.Truth.Count;
        var (lower, upper, widths) = (new double[n], new double[n], new double[n]);
        for (int i = 0; i < n; i++)
        {
            double centre = test.CentreOf(i);
            lower[i] = centre - Scaled(centre - test.Lower[i], factor);
            upper[i] = centre + Scaled(test.Upper[i] - centre, factor);
            widths[i] = Scaled(test.Upper[i] - test.Lower[i], factor);
        }

        return new(level, factor, widths.Average(), Quantile.Of(widths, 0.5), CoverageCurve.OfIntervals(lower, upper, [.. test.Truth], level));
    }

    private static double Scaled(double length, double factor) => length == 0 ? 0 : length * factor;
}
