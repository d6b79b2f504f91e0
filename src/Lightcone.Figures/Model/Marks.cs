namespace Lightcone.Figures;

/// <summary>Dash pattern of a line; colour is never the only carrier of meaning.</summary>
public enum LineStyle
{
    /// <summary>Unbroken.</summary>
    Solid,

    /// <summary>Long dashes.</summary>
    Dashed,

    /// <summary>Short dashes.</summary>
    Dotted,

    /// <summary>Dash and dot.</summary>
    DashDotted,

    /// <summary>Dashes twice as long.</summary>
    LongDashed,
}

/// <summary>Shape of a point, drawn as a shape and never as a glyph.</summary>
public enum MarkerShape
{
    /// <summary>Disc.</summary>
    Circle,

    /// <summary>Square.</summary>
    Square,

    /// <summary>Triangle standing on its base.</summary>
    Triangle,

    /// <summary>Square standing on its corner.</summary>
    Diamond,

    /// <summary>Upright cross.</summary>
    Cross,
}

/// <summary>Where a mark's legend entry stands: results, curves as they end at the right, references, bands.</summary>
public enum LegendRank
{
    /// <summary>Points of data or of the result.</summary>
    Result,

    /// <summary>Curves and histograms.</summary>
    Curve,

    /// <summary>Published or measured reference points.</summary>
    Reference,

    /// <summary>Bands without a line of their own.</summary>
    Band,
}

/// <summary>Something drawn in a panel. Marks with the same <see cref="Legend"/> share one entry.</summary>
public abstract record Mark
{
    /// <summary>Colour role.</summary>
    public SeriesColour Colour { get; init; } = SeriesColour.Ink;

    /// <summary>Legend text in markup; null for none.</summary>
    public string? Legend { get; init; }

    /// <summary>Where the entry stands in the legend.</summary>
    public virtual LegendRank Rank { get; init; } = LegendRank.Curve;
}

/// <summary>A line through points. Missing values (NaN) break it.</summary>
public sealed record Curve : Mark
{
    /// <summary>Positions along x, any unit of the axis.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>Positions along y; same length as <see cref="X"/>.</summary>
    public required IReadOnlyList<double> Y { get; init; }

    /// <summary>True where too few events stand behind the point: that part is dotted. Empty if nowhere.</summary>
    public IReadOnlyList<bool> FewEvents { get; init; } = [];

    /// <summary>Legend text of the dotted part, shown once per panel.</summary>
    public string? FewEventsLegend { get; init; }

    /// <summary>Dash pattern.</summary>
    public LineStyle Line { get; init; }

    /// <summary>Stroke width, px.</summary>
    public double Width { get; init; } = 1.8;

    /// <summary>Name written beside the line where there is room, markup; left out where there is none.</summary>
    public string DirectLabel { get; init; } = string.Empty;

    /// <summary>Whether the line moves in steps (horizontal, then vertical) between points.</summary>
    public bool Stepped { get; init; }

    /// <summary>Whether the line is an arrow from its first to its last point.</summary>
    public bool ArrowAtEnd { get; init; }
}

/// <summary>A shaded area between two lines. Stepped bands take bin edges as X, one more than values.</summary>
public sealed record Band : Mark
{
    /// <summary>Positions along x, or bin edges when <see cref="Stepped"/>.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>Lower line.</summary>
    public required IReadOnlyList<double> Lower { get; init; }

    /// <summary>Upper line.</summary>
    public required IReadOnlyList<double> Upper { get; init; }

    /// <summary>Whether X are the edges of bins.</summary>
    public bool Stepped { get; init; }

    /// <summary>Opacity: 0.22 for a 68 % band, 0.10 for the 95 % band around it.</summary>
    public double Opacity { get; init; } = 0.22;

    /// <inheritdoc/>
    public override LegendRank Rank { get; init; } = LegendRank.Band;
}

/// <summary>A step histogram.</summary>
public sealed record Steps : Mark
{
    /// <summary>Bin edges, rising, one more than <see cref="Heights"/>.</summary>
    public required IReadOnlyList<double> Edges { get; init; }

    /// <summary>Height of each bin.</summary>
    public required IReadOnlyList<double> Heights { get; init; }

    /// <summary>Whether the area below is filled; only the backmost histogram of a panel should be.</summary>
    public bool Filled { get; init; }

    /// <summary>Dash pattern.</summary>
    public LineStyle Line { get; init; }

    /// <summary>Stroke width, px.</summary>
    public double Width { get; init; } = 1.8;

    /// <summary>Whether the outline falls to the lower edge at both ends (a distribution) or not (a ratio).</summary>
    public bool ToBase { get; init; } = true;
}

/// <summary>Points with error bars. A value outside the axis becomes an arrow at the edge.</summary>
public sealed record Points : Mark
{
    /// <summary>Positions along x.</summary>
    public required IReadOnlyList<double> X { get; init; }

    /// <summary>Positions along y; NaN with a finite lower end is a lower limit, drawn as an upward arrow there.</summary>
    public required IReadOnlyList<double> Y { get; init; }

    /// <summary>Lower ends of the bars; empty for no bars.</summary>
    public IReadOnlyList<double> Lower { get; init; } = [];

    /// <summary>Upper ends of the bars.</summary>
    public IReadOnlyList<double> Upper { get; init; } = [];

    /// <summary>Whether the bars lie along x (dot plots).</summary>
    public bool BarsAlongX { get; init; }

    /// <summary>Shape.</summary>
    public MarkerShape Marker { get; init; }

    /// <summary>Hollow points are published, hidden or reference.</summary>
    public bool Hollow { get; init; }

    /// <summary>Radius, px.</summary>
    public double Radius { get; init; } = 3.4;

    /// <inheritdoc/>
    public override LegendRank Rank { get; init; } = LegendRank.Result;
}

/// <summary>Bars from zero, as pulls are drawn.</summary>
public sealed record Bars : Mark
{
    /// <summary>Bin edges, one more than <see cref="Heights"/>.</summary>
    public required IReadOnlyList<double> Edges { get; init; }

    /// <summary>Signed heights.</summary>
    public required IReadOnlyList<double> Heights { get; init; }
}

/// <summary>A thin line across the panel with its name beside it.</summary>
public sealed record Hairline : Mark
{
    /// <summary>Position on the axis it crosses.</summary>
    public required double At { get; init; }

    /// <summary>Vertical lines stand at an x, horizontal ones at a y.</summary>
    public bool Vertical { get; init; } = true;

    /// <summary>Name beside the line, markup; empty for none.</summary>
    public string Label { get; init; } = string.Empty;

    /// <summary>Dash pattern.</summary>
    public LineStyle Line { get; init; } = LineStyle.Dotted;

    /// <summary>Stroke width, px.</summary>
    public double Width { get; init; } = 1;
}

/// <summary>A few words at a place in the panel.</summary>
public sealed record Remark : Mark
{
    /// <summary>Position along x.</summary>
    public required double X { get; init; }

    /// <summary>Position along y (base line, raised by 5 px).</summary>
    public required double Y { get; init; }

    /// <summary>The words, markup.</summary>
    public required string Text { get; init; }
}

/// <summary>A matrix of coloured cells on two category axes; row 0 is at the top.</summary>
public sealed record Cells : Mark
{
    /// <summary>Values by row and column; NaN cells stay paper.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }

    /// <summary>Value at the lower end of the colour bar.</summary>
    public double Low { get; init; }

    /// <summary>Value at the upper end of the colour bar.</summary>
    public double High { get; init; } = 1;

    /// <summary>Whether the map is the signed one.</summary>
    public bool Signed { get; init; }

    /// <summary>Title of the colour bar, markup; empty for none.</summary>
    public string BarTitle { get; init; } = string.Empty;

    /// <summary>Decimals of the number in a cell.</summary>
    public int Decimals { get; init; } = 2;
}

/// <summary>A density over two numeric axes as coloured rectangles, with a colour bar beside the panel.</summary>
public sealed record HeatMap : Mark
{
    /// <summary>Bin edges along x, rising, one more than columns.</summary>
    public required IReadOnlyList<double> XEdges { get; init; }

    /// <summary>Bin edges along y, rising, one more than rows.</summary>
    public required IReadOnlyList<double> YEdges { get; init; }

    /// <summary>Values by row (along y, from below) and column (along x); NaN stays paper, on a logarithmic map also what is not positive.</summary>
    public required IReadOnlyList<IReadOnlyList<double>> Values { get; init; }

    /// <summary>Value at the lower end of the colour bar.</summary>
    public required double Low { get; init; }

    /// <summary>Value at the upper end of the colour bar.</summary>
    public required double High { get; init; }

    /// <summary>How values map to colours: linear or logarithmic.</summary>
    public AxisScale Scale { get; init; }

    /// <summary>Title of the colour bar, markup; empty for none.</summary>
    public string BarTitle { get; init; } = string.Empty;
}
