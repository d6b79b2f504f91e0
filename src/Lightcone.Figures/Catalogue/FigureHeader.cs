namespace Lightcone.Figures.Catalogue;

/// <summary>What all figures of one evaluation share: who, on what, under which conditions.</summary>
public sealed record FigureHeader
{
    /// <summary>Model or method, markup; bold at the upper left.</summary>
    public required string Label { get; init; }

    /// <summary>"Simulation", "Simulation (toy)", "Data", "Data and simulation".</summary>
    public string Statement { get; init; } = "Simulation";

    /// <summary>Process, energy, selection, markup, shortest first.</summary>
    public IReadOnlyList<string> Conditions { get; init; } = [];

    /// <summary>Name of the run, for the table.</summary>
    public string Run { get; init; } = string.Empty;

    /// <summary>Name of the sample, for the table.</summary>
    public string Sample { get; init; } = string.Empty;

    /// <summary>The comment lines of a table: run, sample, then what the figure adds.</summary>
    internal IReadOnlyList<(string Key, string Value)> Comments(params ReadOnlySpan<(string Key, string Value)> more)
    {
        var lines = new List<(string, string)>();
        if (Run.Length > 0)
        {
            lines.Add(("run", Run));
        }

        if (Sample.Length > 0)
        {
            lines.Add(("sample", Sample));
        }

        lines.AddRange(more);
        return lines;
    }
}

/// <summary>Colours of classes of jets in their order: the background first and blue.</summary>
internal static class ClassLook
{
    private static readonly SeriesColour[] Few = [SeriesColour.C1, SeriesColour.C3, SeriesColour.C2, SeriesColour.C4], Many = [SeriesColour.C1, SeriesColour.C5, SeriesColour.C3, SeriesColour.C2, SeriesColour.C4, SeriesColour.C6];

    public static SeriesColour Colour(int index, int count) => count > Few.Length ? Many[index % Many.Length] : Few[index];
}

/// <summary>Colours and dashes of series in their order; the run the figure is about comes first and is red.</summary>
internal static class SeriesLook
{
    private static readonly SeriesColour[] Colours = [SeriesColour.C3, SeriesColour.C1, SeriesColour.C2, SeriesColour.C4, SeriesColour.C6, SeriesColour.C5];
    private static readonly LineStyle[] Lines = [LineStyle.Solid, LineStyle.Dashed, LineStyle.Dotted, LineStyle.DashDotted, LineStyle.Dashed, LineStyle.Solid];
    private static readonly LineStyle[] UndottedLines = [LineStyle.Solid, LineStyle.Dashed, LineStyle.DashDotted, LineStyle.LongDashed, LineStyle.Solid, LineStyle.Dashed];
    private static readonly MarkerShape[] Markers = [MarkerShape.Circle, MarkerShape.Square, MarkerShape.Triangle, MarkerShape.Diamond, MarkerShape.Circle, MarkerShape.Square];

    public static SeriesColour Colour(int index) => Colours[index % Colours.Length];

    public static LineStyle Line(int index) => Lines[index % Lines.Length];

    /// <summary>Dashes where dots mean few events.</summary>
    public static LineStyle Undotted(int index) => UndottedLines[index % UndottedLines.Length];

    public static MarkerShape Marker(int index) => Markers[index % Markers.Length];
}
