namespace Lightcone.Figures;

/// <summary>Maps values to pixels along one axis.</summary>
/// <param name="Scale">How values map to lengths.</param>
/// <param name="Low">Value at the lower end.</param>
/// <param name="High">Value at the upper end.</param>
/// <param name="PixelLow">Pixel of the lower end.</param>
/// <param name="PixelHigh">Pixel of the upper end.</param>
internal readonly record struct AxisMap(AxisScale Scale, double Low, double High, double PixelLow, double PixelHigh)
{
    /// <summary>Farther than this outside the canvas nothing can be seen; keeps coordinates short.</summary>
    private const double Far = 2000;

    public double Map(double value)
    {
        double fraction = Scale == AxisScale.Log
            ? value > 0 ? Math.Log(value / Low) / Math.Log(High / Low) : double.NegativeInfinity
            : (value - Low) / (High - Low);
        return Math.Clamp(PixelLow + (fraction * (PixelHigh - PixelLow)), Math.Min(PixelLow, PixelHigh) - Far, Math.Max(PixelLow, PixelHigh) + Far);
    }

    /// <summary>−1 below the axis, 1 above it, 0 on it (half a pixel of grace).</summary>
    public int Outside(double value)
    {
        double p = Map(value), direction = Math.Sign(PixelHigh - PixelLow);
        return (p - PixelHigh) * direction > 0.5 ? 1 : (p - PixelLow) * direction < -0.5 ? -1 : 0;
    }

    public AxisTicks Ticks(int limit) => Scale switch
    {
        AxisScale.Log => LogTicks.Choose(Low, High, limit),
        AxisScale.Time => TimeTicks.Choose(Low, High, limit),
        AxisScale.Category => new([], [], string.Empty),
        _ => LinearTicks.Choose(Low, High, limit),
    };
}
