namespace Lightcone.Statistics;

/// <summary>How far repetitions of one measurement lie apart.</summary>
public static class SampleDeviation
{
    /// <summary>Sample standard deviation, n − 1 below; NaN for fewer than two values.</summary>
    public static double Of(IReadOnlyList<double> values)
    {
        if (values.Count < 2) return double.NaN;
        double mean = values.Average();
        return Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
