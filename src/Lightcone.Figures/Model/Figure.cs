namespace Lightcone.Figures;

/// <summary>Size and frames of a figure.</summary>
public enum CanvasKind
{
    /// <summary>One panel.</summary>
    Single,

    /// <summary>A panel with a lower one below it.</summary>
    Ratio,

    /// <summary>A panel with a ratio and a pull panel below it.</summary>
    RatioPull,

    /// <summary>A square matrix with its colour bar.</summary>
    Matrix,

    /// <summary>Two square panels side by side.</summary>
    Pair,

    /// <summary>One panel across the page.</summary>
    Wide,

    /// <summary>One small panel of many.</summary>
    Small,

    /// <summary>Three square panels side by side, across the page.</summary>
    Triple,

    /// <summary>Up to five square panels side by side, across the page.</summary>
    Row,

    /// <summary>Two panels of equal height over one horizontal axis.</summary>
    Stacked,

    /// <summary>One panel with a colour bar beside it, for a density over two numeric axes.</summary>
    Plane,

    /// <summary>One high panel, for dot plots of many rows.</summary>
    Tall,

    /// <summary>Rows of three square panels, across the page; as high as its rows ask for.</summary>
    Grid,
}

/// <summary>One frame with its axes and marks.</summary>
public sealed record Panel
{
    /// <summary>Horizontal axis. Panels below one another share that of the first.</summary>
    public required Axis X { get; init; }

    /// <summary>Vertical axis.</summary>
    public required Axis Y { get; init; }

    /// <summary>What is drawn; bands come first, then lines, then points, whatever the order here.</summary>
    public required IReadOnlyList<Mark> Marks { get; init; }

    /// <summary>A line of text above the frame (pairs), markup.</summary>
    public string Heading { get; init; } = string.Empty;

    /// <summary>Whether the legend stands below the figure even if a place inside is free: between the rows of a dot plot its symbols would read as data.</summary>
    public bool LegendBelow { get; init; }

    /// <summary>One free line at the end of the legend, markup: a key number.</summary>
    public string LegendNote { get; init; } = string.Empty;
}

/// <summary>How the description reads the table: which columns carry the picture and where to read it.</summary>
public sealed record Reading
{
    /// <summary>What is drawn, plural: "Curves", "Histograms", "Points".</summary>
    public required string Kind { get; init; }

    /// <summary>Column on the horizontal axis.</summary>
    public required string X { get; init; }

    /// <summary>Column of the upper bin edge, when <see cref="X"/> is the lower one: the point stands in the middle.</summary>
    public string? XHigh { get; init; }

    /// <summary>Column on the vertical axis.</summary>
    public required string Y { get; init; }

    /// <summary>Column of the lower end, if there is one.</summary>
    public string? Lower { get; init; }

    /// <summary>Column of the upper end, if there is one.</summary>
    public string? Upper { get; init; }

    /// <summary>Working points to read; maximum and minimum if empty.</summary>
    public IReadOnlyList<double> At { get; init; } = [];
}

/// <summary>
/// A figure: data with meaning. Drawing it gives an SVG that a talk can take as it is and the CSV of every number in it.
/// </summary>
public sealed record Figure
{
    /// <summary>Short stable name: "roc". Lower-case letters, digits, hyphens.</summary>
    public required string Id { get; init; }

    /// <summary>What is shown, plain text.</summary>
    public required string Title { get; init; }

    /// <summary>What it says, one sentence of plain text with its number.</summary>
    public required string Answer { get; init; }

    /// <summary>Size and frames.</summary>
    public CanvasKind Canvas { get; init; }

    /// <summary>Model or method, bold at the upper left, markup.</summary>
    public required string Label { get; init; }

    /// <summary>Where the data come from: "Simulation", "Simulation (toy)", "Data", "Data and simulation". From the data card; never left out.</summary>
    public string Statement { get; init; } = "Simulation";

    /// <summary>Process, energy, selection at the upper right, markup, shortest first. What does not fit moves to the caption.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>The panels, from top to bottom or left to right.</summary>
    public required IReadOnlyList<Panel> Panels { get; init; }

    /// <summary>The numbers.</summary>
    public required FigureTable Table { get; init; }

    /// <summary>How to read the table for the description and the read-out; null if the table is not a curve.</summary>
    public Reading? Reading { get; init; }

    /// <summary>What is drawn, bands, statistics, selection: sentences for the caption, markup.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
