using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Reports;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>What an evaluation is told beside the run and the jets.</summary>
public sealed record EvaluationRequest
{
    /// <summary>The command as typed.</summary>
    public required string Command { get; init; }

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Classes that the evaluation looks for, as the jets' schema spells them; empty where none were named.</summary>
    public ClassList Signals { get; init; }

    /// <summary>Other runs to show beside this one, evaluated on the same jets; empty for none.</summary>
    public IReadOnlyList<Run> Beside { get; init; } = [];

    /// <summary>Hears how many jets are done.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>Writes what an evaluation found into a run: each figure as SVG and CSV, then evaluation.json, so that it never names a figure that is not there.</summary>
internal static class EvaluationFiles
{
    public static EvaluationDocument Write(Run run, EvaluationDocument document, IReadOnlyList<Figure> figures)
    {
        document = document with { Figures = RunFigures.Write(run.Folder, [.. figures.Select(FigureDrawing.Draw)]) };
        document.Write(run.EvaluationPath);
        return document;
    }
}
