using System.Security.Cryptography;
using System.Text;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Training.Runs;

namespace Lightcone.Systems;

/// <summary>What an evaluation is told beside the run and the jets.</summary>
public sealed record EvaluationRequest
{
    /// <summary>The command as typed.</summary>
    public required string Command { get; init; }

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>Hears how many jets are done.</summary>
    public IProgress<long>? Progress { get; init; }

    /// <summary>Asked to stop.</summary>
    public CancellationToken Stop { get; init; }
}

/// <summary>Writes what an evaluation found into a run: evaluation.json, and each figure as SVG and CSV.</summary>
internal static class EvaluationFiles
{
    /// <summary>Draws and writes everything; evaluation.json comes last, so that it never names a figure that is not there.</summary>
    public static EvaluationDocument Write(Run run, EvaluationDocument document, IReadOnlyList<Figure> figures)
    {
        var entries = new List<EvaluationFigure>();
        foreach (var figure in figures)
        {
            var drawn = FigureDrawing.Draw(figure);
            AtomicFile.WriteText(Path.Combine(run.FiguresFolder, $"{drawn.Id}.svg"), drawn.Svg);
            AtomicFile.WriteText(Path.Combine(run.FiguresFolder, $"{drawn.Id}.csv"), drawn.Csv);
            entries.Add(new EvaluationFigure
            {
                Id = drawn.Id,
                Title = drawn.Title,
                Answer = drawn.Answer,
                Caption = drawn.Caption,
                Svg = $"figures/{drawn.Id}.svg",
                Csv = $"figures/{drawn.Id}.csv",
                Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(drawn.Svg))),
            });
        }

        document = document with { Figures = entries };
        document.Write(run.EvaluationPath);
        return document;
    }
}
