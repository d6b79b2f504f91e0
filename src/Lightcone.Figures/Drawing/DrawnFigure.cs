namespace Lightcone.Figures;

/// <summary>A figure as files: what a run folder stores and a report shows.</summary>
/// <param name="Id">Short stable name.</param>
/// <param name="Title">What is shown, plain text.</param>
/// <param name="Answer">What it says, plain text.</param>
/// <param name="Caption">How to read it, markup.</param>
/// <param name="Svg">The picture.</param>
/// <param name="Csv">Every number in it, full precision.</param>
public sealed record DrawnFigure(string Id, string Title, string Answer, string Caption, string Svg, string Csv)
{
    /// <summary>The command that makes it again; that of the evaluation if empty.</summary>
    public string Command { get; init; } = string.Empty;
}
