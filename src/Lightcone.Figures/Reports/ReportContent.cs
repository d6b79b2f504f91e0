using Lightcone.Evaluation;

namespace Lightcone.Figures.Reports;

/// <summary>Everything a report is made from. The page is a pure function of it: no data file and no model is touched.</summary>
public sealed record ReportContent
{
    /// <summary>What was found.</summary>
    public required EvaluationDocument Evaluation { get; init; }

    /// <summary>The figures, most important first.</summary>
    public IReadOnlyList<DrawnFigure> Figures { get; init; } = [];

    /// <summary>Commands that make the run and this report again, in order.</summary>
    public IReadOnlyList<string> Commands { get; init; } = [];

    /// <summary>Fields of the recipe that differ from its default, one a line; empty if none.</summary>
    public string RecipeDifferences { get; init; } = string.Empty;

    /// <summary>The whole recipe as text.</summary>
    public string Recipe { get; init; } = string.Empty;

    /// <summary>The run's provenance as text.</summary>
    public string Provenance { get; init; } = string.Empty;

    /// <summary>BibTeX of everything that was used.</summary>
    public string BibTex { get; init; } = string.Empty;

    /// <summary>Folder of the figures as the reader of the page finds them, for notes about data that did not fit.</summary>
    public string FigureFolder { get; init; } = "figures";
}
