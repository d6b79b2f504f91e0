namespace Lightcone.Figures;

/// <summary>A labelled tick.</summary>
/// <param name="Value">Position on the axis, in its unit.</param>
/// <param name="Label">What is printed, in the markup of <see cref="Markup"/>.</param>
public readonly record struct Tick(double Value, string Label);

/// <summary>The ticks of an axis.</summary>
/// <param name="Major">Long, labelled ticks in rising order.</param>
/// <param name="Minor">Positions of the short ticks in rising order.</param>
/// <param name="Bracket">What the title's bracket must carry besides the unit: a factored power of ten ("10^{3}") or a unit of time ("min"); empty if nothing.</param>
public sealed record AxisTicks(IReadOnlyList<Tick> Major, IReadOnlyList<double> Minor, string Bracket)
{
    /// <summary>Most labelled ticks that an axis of this many pixels carries without crowding.</summary>
    public static int Limit(double pixels, bool horizontal) => Math.Max(2, (int)Math.Floor(pixels / (horizontal ? 58 : 42)));
}
