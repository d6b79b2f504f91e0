namespace Lightcone.Figures;

/// <summary>How values map to lengths along an axis.</summary>
public enum AxisScale
{
    /// <summary>Equal differences, equal lengths.</summary>
    Linear,

    /// <summary>Equal ratios, equal lengths.</summary>
    Log,

    /// <summary>Elapsed seconds, linear, with ticks a clock has.</summary>
    Time,

    /// <summary>Named rows or columns at 0, 1, 2, …</summary>
    Category,
}

/// <summary>One axis of a panel.</summary>
public sealed record Axis
{
    /// <summary>What stands along the axis, in markup, without the unit.</summary>
    public required string Title { get; init; }

    /// <summary>Unit for the bracket after the title, e.g. "GeV"; empty if none. A factored power of ten joins it there.</summary>
    public string Unit { get; init; } = string.Empty;

    /// <summary>How values map to lengths.</summary>
    public AxisScale Scale { get; init; }

    /// <summary>Lower end; from the data if null.</summary>
    public double? Low { get; init; }

    /// <summary>Upper end; from the data if null.</summary>
    public double? High { get; init; }

    /// <summary>Names of the rows or columns of a <see cref="AxisScale.Category"/> axis, in markup.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>Positions of plain ticks on the opposite edge, such as the ends of epochs; the mirrored ticks stand there if empty.</summary>
    public IReadOnlyList<double> OppositeTicks { get; init; } = [];

    /// <summary>Whether the legend may raise the upper end to find room.</summary>
    public bool MayRaise { get; init; } = true;
}
