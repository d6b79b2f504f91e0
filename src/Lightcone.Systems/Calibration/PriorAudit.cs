using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Figures.Reports;
using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Statistics;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Calibration;

/// <summary>What a prior audit is told.</summary>
public sealed record PriorAuditRequest
{
    /// <summary>Trainings that differ in their spectrum (recipe field prior) or their seed; the first is nominal.</summary>
    public required IReadOnlyList<Run> Runs { get; init; }

    /// <summary>Jets with the spectrum of the nominal training, not trained on: a file, or a folder whose test split is used.</summary>
    public required string Data { get; init; }

    /// <summary>Folder for the page and its figures.</summary>
    public required string Out { get; init; }

    /// <summary>Processor threads.</summary>
    public required int Threads { get; init; }

    /// <summary>The command as typed.</summary>
    public required string Command { get; init; }
}

/// <summary>
/// By how much a calibration depends on the spectrum it was trained on (arXiv:2205.05084): the same jets, calibrated by trainings under several spectra, compared in units of the resolution where all of
/// them had jets. Trainings of one spectrum with other seeds give the noise.
/// </summary>
public static class PriorAudit
{
    private const int Cells = 20, FewestOfCell = 50;
    private const double Limit = 0.12, Sparse = 1e-3, Reach = 2;

    /// <summary>Compares and writes a page.</summary>
    /// <exception cref="LightconeException">Runs that do not fit together, or data without truth.</exception>
    public static EvaluationDocument Run(PriorAuditRequest request, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        if (request.Runs.Count < 2) throw new UsageException("An audit compares two trainings at least.", "lightcone calibrate audit", "One run was named.", "Train under another spectrum: --set prior=power:2, and name both runs.");
        using var data = SplitFolder.Open(request.Data, DataSplit.Test);
        var trained = request.Runs.Select(r => Trained.Of(r, data.Jets, stop)).ToList();
        if (trained.Select(t => (t.Recipe.Model, t.Recipe.Objective, t.Recipe.Target)).Distinct().Count() > 1)
            throw new UsageException("The runs differ in more than their spectrum.", "lightcone calibrate audit", "Another body, objective or target.", "Name trainings that differ in prior and seed alone.");
        var cells = Cell.Of(trained);
        var priors = trained.GroupBy(t => t.Recipe.Prior).Select(g => g.First()).ToList();
        var seeds = trained.Where(t => t.Recipe.Prior == trained[0].Recipe.Prior).ToList();
        var result = new Audit(Largest(priors, cells), Mean(priors, cells), seeds.Count > 1 ? Largest(seeds, cells) : double.NaN);
        var document = Document(request, trained, priors, cells, result, data, clock);
        return Written(request, document, Figure(request, trained, priors, cells, result, data));
    }

    private static double Largest(IReadOnlyList<Trained> trained, IReadOnlyList<Cell> cells) => Pairs(trained, cells).DefaultIfEmpty(double.NaN).Max();

    private static double Mean(IReadOnlyList<Trained> trained, IReadOnlyList<Cell> cells)
    {
        double[] all = [.. Pairs(trained, cells)];
        return all.Length == 0 ? double.NaN : all.Average();
    }

    // Root mean square of the difference of two estimates in a cell, in units of the nominal resolution.
    private static IEnumerable<double> Pairs(IReadOnlyList<Trained> trained, IReadOnlyList<Cell> cells) =>
        from a in Enumerable.Range(0, trained.Count)
        from b in Enumerable.Range(0, a)
        from cell in cells
        where cell.Common
        select cell.Rms(trained[a], trained[b]);

    private static Figure[] Figure(PriorAuditRequest request, IReadOnlyList<Trained> trained, IReadOnlyList<Trained> priors, IReadOnlyList<Cell> cells, Audit result, SplitFolder data)
    {
        var common = cells.Where(c => c.Common).ToList();
        if (priors.Count < 2) return [];
        var header = new FigureHeader { Label = trained[0].Name, Statement = data.Jets.Schema.Statement, Sample = Path.GetFileName(request.Data) };
        return
        [
            PriorAuditFigure.Build(header, new("pt", "pt_measured", "Measured *p*_{T}", "GeV"), [.. cells.Select(c => c.Centre)], NameOf(priors[0].Recipe.Prior),
                [.. priors.Skip(1).Take(5).Select(p => new PriorAuditSeries(NameOf(p.Recipe.Prior), [.. cells.Select(c => c.MeanDifference(p, priors[0]))]))],
                common.Count > 0 ? common[0].Low : double.NaN, common.Count > 0 ? common[^1].High : double.NaN, result.Noise, Limit),
        ];
    }

    private static EvaluationDocument Document(PriorAuditRequest request, IReadOnlyList<Trained> trained, IReadOnlyList<Trained> priors, IReadOnlyList<Cell> cells, Audit result, SplitFolder data, Stopwatch clock)
    {
        var process = Provenance.OfThisProcess(request.Threads, false);
        var sample = DataCard.Of(data.Jets.Schema, data.Describe("test"), []) with { Classes = [new SampleClass("jets", (int)data.Jets.Count)] };
        string spectra = string.Join(", ", priors.Select(p => NameOf(p.Recipe.Prior)));
        double limit = double.IsNaN(result.Noise) ? Limit : Math.Max(Limit, 4 * result.Noise);
        return new EvaluationDocument
        {
            System = "calibration",
            Run = trained[0].Name,
            Created = DateTime.UtcNow,
            Question = "prior audit",
            Answer = $"Estimates of trainings under {priors.Count} spectra differ by up to {Figures.NumberText.Plain(result.Largest, 2)} σ where all had jets{(double.IsNaN(result.Noise) ? "" : $"; other seeds by {Figures.NumberText.Plain(result.Noise, 2)} σ")}.",
            Statement = data.Jets.Schema.Statement,
            Sample = sample,
            Model = new EvaluationModel { Mode = $"{trained[0].Recipe.Model}, {CalibrationModel.NameOf(trained[0].Recipe.Objective)}", Training = $"spectra: {spectra}; {trained.Count} trainings", IntendedUse = "to see what a calibration inherits from its training" },
            Numbers =
            [
                Number("audit", "largest rms difference of two estimates, over pairs of spectra and cells of the measured pT", result.Largest, key: true),
                Number("audit-mean", "mean of these differences", result.Mean, key: true),
                Number("audit-noise", "the same among seeds of the nominal spectrum", result.Noise, key: true),
                Number("common-cells", "cells in which all spectra had jets", cells.Count(c => c.Common)),
                .. priors.Skip(1).Select(p => Number($"audit/{p.Recipe.Prior}", $"largest rms difference from nominal, {Markup.Escape(NameOf(p.Recipe.Prior))}", cells.Where(c => c.Common).Select(c => c.Rms(p, priors[0])).DefaultIfEmpty(double.NaN).Max())),
            ],
            Gates = [double.IsNaN(result.Largest) || priors.Count < 2 ? new() { Id = "H13", Name = "prior audit", Measured = null, Limit = limit, Relation = "<=", Result = GateResult.NotRun } : EvaluationGate.AtMost("H13", result.Largest, limit, "prior audit [σ]; the limit is 0.12, or four times the noise of seeds")],
            Provenance = new EvaluationProvenance { Command = request.Command, Version = process.Version, Device = "cpu", Threads = request.Threads, Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1), Machine = process.Machine },
        };

        static EvaluationNumber Number(string id, string name, double value, bool key = false) => new()
        {
            Id = id, Name = name, Value = double.IsFinite(value) ? value : null, Method = "jets of one file, calibrated by every training", Unit = id == "common-cells" ? null : "σ", Key = key,
            Reason = double.IsFinite(value) ? null : "no trainings to compare",
        };
    }

    private static EvaluationDocument Written(PriorAuditRequest request, EvaluationDocument document, Figure[] figures)
    {
        Directory.CreateDirectory(request.Out);
        var drawn = figures.Select(FigureDrawing.Draw).ToList();
        document = document with { Figures = RunFigures.Write(request.Out, drawn) };
        document.Write(Path.Combine(request.Out, "evaluation.json"));
        ReportWriter.Write(new ReportContent { Evaluation = document, Figures = drawn, Commands = [request.Command], BibTex = new CalibrationSystem().BibTex }, Path.Combine(request.Out, "report.html"));
        return document;
    }

    private static string NameOf(string prior) => prior == "none" ? "as sampled" : prior;

    private sealed record Audit(double Largest, double Mean, double Noise);

    /// <summary>One training's estimates of the jets, ln(pT/GeV).</summary>
    private sealed record Trained(string Name, CalibrationRecipe Recipe, double[] Estimates, double[] Spread, double[] Measured, double SupportLow, double SupportHigh)
    {
        public static Trained Of(Run run, IJetSource jets, CancellationToken stop)
        {
            if (SystemCatalogue.Of(run) is not CalibrationSystem) throw new UsageException("The run is no calibration.", run.Folder, "It is of another system.", "Name runs of lightcone train jet-calibration.");
            stop.ThrowIfCancellationRequested();
            using var model = CalibrationModel.Load(run, healthy: false);
            var result = CalibrationEvaluation.Judge(model, run.Name, jets, null);
            var (low, high) = Support(result.Truth, TruthSpectrum.Of(model.Recipe.Prior, model.Network.Scales.Centre));
            return new(run.Name, model.Recipe, Array.ConvertAll(result.Jets.Value, Math.Log), result.Jets.Spread, Array.ConvertAll(result.Jets.Measured, Math.Log), low, high);
        }

        // Where a spectrum has jets: between the quantiles that leave one in a thousand of its weight on either side.
        private static (double Low, double High) Support(double[] truth, TruthSpectrum spectrum)
        {
            double[] sorted = [.. truth.Order()], weights = Array.ConvertAll(sorted, spectrum.Weight);
            double total = weights.Sum(), sum = 0, low = double.PositiveInfinity, high = double.NegativeInfinity;
            for (int i = 0; i < sorted.Length; i++)
            {
                sum += weights[i];
                if (sum >= Sparse * total) low = Math.Min(low, Math.Log(sorted[i]));
                if (sum <= (1 - Sparse) * total) high = Math.Log(sorted[i]);
            }

            return (low, high);
        }
    }

    /// <summary>Jets with like measured transverse momentum.</summary>
    private sealed record Cell(double Low, double High, double Centre, int[] Jets, bool Common, double Resolution)
    {
        public static IReadOnlyList<Cell> Of(IReadOnlyList<Trained> trained)
        {
            double[] measured = trained[0].Measured;
            int[] order = [.. Enumerable.Range(0, measured.Length).OrderBy(i => measured[i])];
            int cells = Math.Clamp(measured.Length / FewestOfCell, 1, Cells);
            return [.. Enumerable.Range(0, cells).Select(c =>
            {
                int[] own = order[(int)((long)order.Length * c / cells)..(int)((long)order.Length * (c + 1) / cells)];
                double resolution = own.Average(i => trained[0].Spread[i]), best = own.Average(i => trained[0].Estimates[i]);
                bool common = trained.All(t => best - Reach * resolution >= t.SupportLow && best + Reach * resolution <= t.SupportHigh);
                return new Cell(Math.Exp(measured[own[0]]), Math.Exp(measured[own[^1]]), Math.Exp(own.Average(i => measured[i])), own, common, resolution);
            })];
        }

        public double Rms(Trained a, Trained b) => Math.Sqrt(Jets.Average(i => Math.Pow(a.Estimates[i] - b.Estimates[i], 2))) / Resolution;

        public double MeanDifference(Trained a, Trained b) => Jets.Average(i => a.Estimates[i] - b.Estimates[i]) / Resolution;
    }
}
