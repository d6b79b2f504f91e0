namespace Lightcone.Statistics;

/// <summary>A number with its interval and how the interval was obtained.</summary>
/// <param name="Value">The best value, in the unit of the quantity.</param>
/// <param name="Lower">Lower end, same unit.</param>
/// <param name="Upper">Upper end, same unit; positive infinity when there is none.</param>
/// <param name="Level">Confidence level, 0 to 1 (0.6827 is the default of the project).</param>
/// <param name="Method">Name of the method, e.g. "Clopper-Pearson".</param>
public readonly record struct Interval(double Value, double Lower, double Upper, double Level, string Method);
