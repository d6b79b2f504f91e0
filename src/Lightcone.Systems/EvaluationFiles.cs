using System.Diagnostics;
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

    /// <summary>Further runs whose probabilities are averaged with those of this one, of a system that <see cref="ISystem.Ensembles"/>; empty for none.</summary>
    public IReadOnlyList<Run> Ensemble { get; init; } = [];

    /// <summary>Jets with the spectrum of the training, to show what the spectrum of the evaluated ones changes: a file, or a folder whose test split is used; null for none.</summary>
    public string? Before { get; init; }

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

    /// <summary>How an evaluation was made.</summary>
    /// <param name="trained">Provenance of the run.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="clock">Runs since the beginning.</param>
    public static EvaluationProvenance ProvenanceOf(Provenance trained, EvaluationRequest request, Stopwatch clock)
    {
        var process = Provenance.OfThisProcess(request.Threads, false);
        return new EvaluationProvenance
        {
            Command = request.Command,
            Version = process.Version,
            Seed = (long?)trained.Seed,
            Device = "cpu",
            Threads = request.Threads,
            Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
            Machine = process.Machine,
        };
    }

    /// <summary>The gates of the symmetry check; one that was not run where it was never made.</summary>
    /// <param name="symmetry">The check.</param>
    /// <param name="limit">What a check would be held to; null where limits depend on the frame.</param>
    public static IReadOnlyList<EvaluationGate> GatesOf(SymmetryReport? symmetry, double? limit) => symmetry is null
        ? [new() { Id = "symmetry", Name = "symmetry (lightcone check symmetry)", Measured = null, Limit = limit, Relation = "<=", Result = GateResult.NotRun }]
        : [.. symmetry.Gates.Select(g => EvaluationGate.AtMost($"symmetry/{g.Name}", g.Measured, g.Limit, $"symmetry: {g.Name}"))];
}
