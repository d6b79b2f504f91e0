using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Figures.Reports;
using Lightcone.Formats;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>The studies of an acceptance as one page: what pre-training brings, drawn.</summary>
public static class MpmCheckReport
{
    // Boosted trees of jet quantities, particle types and displaced tracks, trained on all labels of the shipped JetClass sample (its README).
    private const double BoostedTrees = 0.753, Chance = 0.1;

    /// <summary>Writes figures and the page into the folder of the trainings.</summary>
    /// <param name="request">What was run.</param>
    /// <param name="parts">What came of it.</param>
    /// <param name="seconds">How long it took [s].</param>
    /// <returns>Path of the page; null where nothing was trained, so that there is nothing to draw.</returns>
    public static string? Write(MpmCheckRequest request, IReadOnlyList<MpmCheckPart> parts, double seconds)
    {
        if (request.Data is null || parts.All(p => p.LabelSeries.Count + p.SearchSeries.Count == 0)) return null;
        using var test = SplitFolder.Open(request.Data, DataSplit.Test);
        var files = test.Describe("test");
        var labels = new List<int>();
        foreach (var batch in new Jets.SequentialBatches(test.Jets) { BatchSize = 4096 }) labels.AddRange(batch.Labels ?? []);
        var sample = DataCard.Of(test.Jets.Schema, files, labels);
        var header = new FigureHeader { Label = "MPM", Statement = test.Jets.Schema.Statement, Sample = sample.Name };
        Figure[] figures = [.. Figures(header, parts)];
        var process = Provenance.OfThisProcess(request.Threads, false);
        var document = new EvaluationDocument
        {
            System = "mpm",
            Run = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(request.Out))),
            Created = DateTime.UtcNow,
            Question = "what pre-training brings",
            Answer = Answer(parts),
            Statement = test.Jets.Schema.Statement,
            Sample = sample,
            Model = new EvaluationModel { IntendedUse = "to see whether pre-training pays", Training = $"{request.Seeds} seeds; {process.Machine}" },
            Numbers = [.. parts.SelectMany(p => p.Numbers.Select((n, i) => Number($"{p.Id}/{i}", n)))],
            Gates = [.. parts.SelectMany(p => p.Gates)],
            Provenance = new EvaluationProvenance { Command = request.Command, Version = process.Version, Device = "cpu", Threads = request.Threads, Seconds = Math.Round(seconds, 1), Machine = process.Machine },
        };
        var drawn = figures.Select(FigureDrawing.Draw).ToList();
        document = document with { Figures = RunFigures.Write(request.Out, drawn) };
        document.Write(Path.Combine(request.Out, "evaluation.json"));
        string path = Path.Combine(request.Out, "report.html");
        ReportWriter.Write(new ReportContent { Evaluation = document, Figures = drawn, Commands = [request.Command], BibTex = new MpmSystem().BibTex }, path);
        return path;
    }

    private static IEnumerable<Figure> Figures(FigureHeader header, IReadOnlyList<MpmCheckPart> parts)
    {
        SeededSeries[] labels = [.. parts.SelectMany(p => p.LabelSeries).OrderBy(s => s.Arm)];
        if (labels.Length > 0)
            yield return LabelEfficiencyFigure.Build(header, "Accuracy", labels, [new("chance", Chance), new("boosted trees, all labels", BoostedTrees)], parts.Select(p => p.Equivalence).FirstOrDefault(e => e is not null));
        foreach (var part in parts.Where(p => p.SearchSeries.Count > 0))
            yield return CwolaFigure.Build(header, WeakSupervisionCheck.BackgroundEfficiency, part.SearchSeries, part.Supervised);
    }

    private static string Answer(IReadOnlyList<MpmCheckPart> parts)
    {
        int gates = parts.Sum(p => p.Gates.Count(g => g.Result != GateResult.NotRun)), passed = parts.Sum(p => p.Gates.Count(g => g.Result == GateResult.Pass));
        string saved = parts.Select(p => p.Equivalence).FirstOrDefault(e => e is not null) is { } e
            ? $"{NumberText.Count((long)e.Labels)} labels on a pre-trained encoder are worth {(e.Beyond ? "more than " : "")}{NumberText.Plain(e.ScratchLabels, 2)} from scratch; "
            : "";
        return $"{saved}{passed} of {gates} gates hold.";
    }

    private static EvaluationNumber Number(string id, MpmCheckNumber number) => new()
    {
        Id = id,
        Name = Markup.Escape(number.Name),
        Value = double.IsFinite(number.Value) ? number.Value : null,
        Lower = number.Error is { } below ? number.Value - below : null,
        Upper = number.Error is { } above ? number.Value + above : null,
        Method = number.Error is null ? null : "as the name says",
    };
}
