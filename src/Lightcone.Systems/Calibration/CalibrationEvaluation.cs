using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Formats;
using Lightcone.Jets;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Calibration;

/// <summary>Evaluates a calibration on jets whose truth is known, beside other calibrations and, where named, beside a sample with another spectrum.</summary>
internal static class CalibrationEvaluation
{
    private const int JetsAtOnce = 1000, DrawnPoints = 161;
    private const double DrawnReach = 0.3; // ln pT
    private static readonly double[] DrawnQuantiles = [0.05, 0.5, 0.95];

    public static EvaluationDocument Evaluate(Run run, SplitFolder data, string title, EvaluationRequest request)
    {
        var clock = Stopwatch.StartNew();
        using var model = CalibrationModel.Load(run, healthy: false);
        var result = Judge(model, model.Recipe.Objective == CalibrationObjective.Ansatz ? title : CalibrationModel.NameOf(model.Recipe.Objective), data.Jets, request);
        var others = request.Beside.Select(other => OfOther(other, data.Jets, request)).ToList();
        var (before, othersBefore) = Before(model, run, request);
        var files = data.Describe("test");
        var sample = DataCard.Of(data.Jets.Schema, files, []) with { Classes = [new SampleClass("jets", (int)data.Jets.Count)] };
        var header = DataCard.Header(title, run, data.Jets.Schema, sample);
        var provenance = Provenance.Read(run.ProvenancePath);
        var numbers = new CalibrationNumbers(result, others, model.Fitted);
        return EvaluationFiles.Write(run, new EvaluationDocument
        {
            System = model.Recipe.System,
            Run = run.Name,
            Created = DateTime.UtcNow,
            Question = "calibration",
            Answer = numbers.Answer,
            Statement = data.Jets.Schema.Statement,
            Sample = sample,
            Model = Describe(model, provenance),
            Numbers = numbers.All(),
            Gates = numbers.Gates(),
            Uq = [.. numbers.Reports().Select(r => r.ToElement())],
            Warnings = numbers.Warnings(),
            Provenance = EvaluationFiles.ProvenanceOf(provenance, request, clock),
        }, [.. CalibrationPages.Build(header, result, others, before, othersBefore), .. TrainingPages.Build(header, run)]);
    }

    /// <summary>Calibrates all jets of a source and judges them.</summary>
    internal static CalibrationResult Judge(CalibrationModel model, string name, IJetSource source, EvaluationRequest? request)
    {
        if (source.Count == 0) throw new InputDataException("The file holds no jet.", source.Schema.Layout, "An empty selection when it was written.", "Check it: lightcone dataset inspect.");
        var (parts, truth) = (new List<CalibratedJets>(), new List<double>());
        var ratios = new List<JetBatch>();
        foreach (var batch in new SequentialBatches(source) { BatchSize = JetsAtOnce })
        {
            request?.Stop.ThrowIfCancellationRequested();
            truth.AddRange(JetQuantities.Truth(batch, model.Recipe.Target));
            parts.Add(model.Calibrate(batch));
            if (model.Network.Ansatz is not null) ratios.Add(batch);
            request?.Progress?.Report(truth.Count);
        }

        double[] all = [.. truth];
        var joined = Joined(parts);
        return new(name, joined, all, model.Network.Scales.Target, model.Fitted.ScaleFactor) { Information = Information(model, ratios, all), Likelihoods = Likelihoods(model, ratios, joined, all) };
    }

    /// <summary>Likelihoods of the jets at some quantiles of the predicted resolution, among those away from the edges.</summary>
    private static IReadOnlyList<JetLikelihood> Likelihoods(CalibrationModel model, List<JetBatch> jets, CalibratedJets calibrated, double[] truth)
    {
        int[] inner = [.. Enumerable.Range(0, truth.Length).Where(i => !calibrated.AtEdge[i]).OrderBy(i => calibrated.Spread[i])];
        if (jets.Count == 0 || inner.Length < DrawnQuantiles.Length) return [];
        int[] chosen = [.. DrawnQuantiles.Select(q => inner[(int)(q * (inner.Length - 1))])];
        using var likelihood = model.Network.Likelihood(JetBatch.Concatenate(jets).Select(chosen));
        var lines = chosen.Select(_ => (Truths: new double[DrawnPoints], Ratios: new double[DrawnPoints])).ToArray();
        for (int k = 0; k < DrawnPoints; k++)
        {
            double[] targets = [.. likelihood.Best.Select(b => b + DrawnReach * (2.0 * k / (DrawnPoints - 1) - 1))];
            double[] lambda = likelihood.Lambda(targets);
            for (int i = 0; i < chosen.Length; i++) (lines[i].Truths[k], lines[i].Ratios[k]) = (Math.Exp(targets[i]), -0.5 * lambda[i]);
        }

        return [.. chosen.Select((jet, i) => new JetLikelihood(jet, lines[i].Truths, lines[i].Ratios, Math.Exp(likelihood.Best[i])))];
    }

    private static InformationEstimate? Information(CalibrationModel model, List<JetBatch> jets, double[] truth)
    {
        if (jets.Count == 0 || truth.Length < 2) return null;
        using var likelihood = model.Network.Likelihood(JetBatch.Concatenate(jets));
        return MutualInformation.Of(t => likelihood.LogRatio(t), Array.ConvertAll(truth, Math.Log), 1, model.Recipe.Seed);
    }

    private static CalibrationResult OfOther(Run other, IJetSource source, EvaluationRequest request)
    {
        if (SystemCatalogue.Of(other) is not CalibrationSystem)
            throw new UsageException("Only calibrations stand beside a calibration.", other.Folder, "The run is of another system.", "Name runs of lightcone train jet-calibration.");
        using var model = CalibrationModel.Load(other, healthy: false);
        return Judge(model, NameOf(other, model), source, request);
    }

    private static string NameOf(Run run, CalibrationModel model) => model.Recipe.Objective == CalibrationObjective.Ansatz ? run.Name : CalibrationModel.NameOf(model.Recipe.Objective);

    private static (CalibrationResult? Own, IReadOnlyList<CalibrationResult> Others) Before(CalibrationModel model, Run run, EvaluationRequest request)
    {
        if (request.Before is not { } path) return (null, []);
        using var data = SplitFolder.Open(path, DataSplit.Test);
        return (Judge(model, run.Name, data.Jets, null), [.. request.Beside.Select(o => OfOther(o, data.Jets, request with { Progress = null }))]);
    }

    private static EvaluationModel Describe(CalibrationModel model, Provenance provenance) => new()
    {
        Parameters = model.Network.State.ParameterCount,
        Inputs = BodyKinds.Of(model.Recipe.Model).Inputs(),
        Symmetry = "order of the particles",
        Precision = "float32 network, float64 sums",
        Checkpoint = model.Recipe.Keep == Training.Recipes.KeptWeights.Last ? "last" : "best",
        Mode = $"{model.Recipe.Model}, {CalibrationModel.NameOf(model.Recipe.Objective)}{(model.Recipe.Prior == "none" ? "" : $", prior {model.Recipe.Prior}")}",
        Training = $"{model.Recipe.Epochs} epochs; uncertainties fitted on {NumberText.Count(model.Fitted.Jets)} jets kept aside; {provenance.Machine}",
        IntendedUse = "transverse momentum of jets like those it was trained on, within their spectrum",
        KnownLimits = $"says nothing below {NumberText.Plain(Math.Exp(model.Network.Scales.Target.Lows[0]), 3)} or above {NumberText.Plain(Math.Exp(model.Network.Scales.Target.Highs[0]), 3)} GeV of truth; trained on simulation with one detector",
    };

    private static CalibratedJets Joined(List<CalibratedJets> parts)
    {
        if (parts.Count == 1) return parts[0];
        return new()
        {
            Value = [.. parts.SelectMany(p => p.Value)], Spread = [.. parts.SelectMany(p => p.Spread)], Measured = [.. parts.SelectMany(p => p.Measured)],
            AtEdge = [.. parts.SelectMany(p => p.AtEdge)], Ambiguous = [.. parts.SelectMany(p => p.Ambiguous)], Recommended = parts[0].Recommended,
            Methods = [.. parts[0].Methods.Select((m, k) => m with
            {
                Lower = [.. CalibratedJets.Levels.Select((_, l) => parts.SelectMany(p => p.Methods[k].Lower[l]).ToArray())],
                Upper = [.. CalibratedJets.Levels.Select((_, l) => parts.SelectMany(p => p.Methods[k].Upper[l]).ToArray())],
            })],
        };
    }
}
