namespace Lightcone.Statistics;

/// <summary>How two columns of numbers go together, by least squares.</summary>
public static class StraightLine
{
    /// <summary>Slope of y against x; NaN where x does not vary.</summary>
    public static double Slope(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (xx, xy, _) = Moments(x, y);
        return xy / xx;
    }

    /// <summary>Linear correlation of x and y, between −1 and 1; NaN where one does not vary.</summary>
    public static double Correlation(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        var (xx, xy, yy) = Moments(x, y);
        return xy / Math.Sqrt(xx * yy);
    }

    private static (double XX, double XY, double YY) Moments(ReadOnlySpan<double> x, ReadOnlySpan<double> y)
    {
        if (x.Length != y.Length) throw new ArgumentException($"There are {x.Length} and {y.Length} numbers.", nameof(y));
        double meanX = 0, meanY = 0, xx = 0, xy = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            meanX += x[i];
            meanY += y[i];
        }

        meanX /= x.Length;
        meanY /= x.Length;
        for (int i = 0; i < x.Length; i++)
        {
            xx += (x[i] - meanX) * (x[i] - meanX);
            xy += (x[i] - meanX) * (y[i] - meanY);
            yy += (y[i] - meanY) * (y[i] - meanY);
        }

        return (xx, xy, yy);
    }
}
