using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Statistics;
using Lightcone.Systems.Tagging;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.LorentzNet;

/// <summary>Evaluates a LorentzNet on labelled jets: every jet once, in file order.</summary>
internal static class LorentzNetEvaluation
{
    /// <summary>Batch of the published evaluation; with pooling BatchMax its longest jet counts.</summary>
    private const int PublishedBatch = 100;

    private const double TopMass = 173;

    /// <summary>Fits the run's temperature and sets on jets that its training did not see.</summary>
    public static void Calibrate(Run run, IJetSource validation) => TaggerEnsemble.Calibrate(run, r => LorentzNetModel.Load(r), validation, Batches);

    public static EvaluationDocument Evaluate(TaggerEnsemble ensemble, SplitFolder data, EvaluationRequest request)
    {
        var run = ensemble.Runs[0];
        if (request.Beside.Count > 0)
            throw new UsageException("A tagger's evaluation shows no other runs.", "--beside", "The option is for anomaly searches.", $"Compare evaluated runs instead: lightcone report {run.Folder} {request.Beside[0].Folder} --out compare.html");
        var clock = Stopwatch.StartNew();
        using var members = new TaggerMembers<LorentzNetModel>(ensemble.Runs, r => LorentzNetModel.Load(r));
        var model = members.First;
        var scores = new EnsembleScores(classes: 2);
        var jets = Score(members, scores, data.Jets, request);
        double[] logits = [.. jets.Scores.SelectMany(s => new[] { 0, s })];
        var fitted = ensemble.Calibration(members, Batches);
        var numbers = new TaggerNumbers(ensemble.Title, jets, fitted, "probability");
        var classes = (Background: DataCard.ClassName(data.Jets.Schema, 0), Signal: DataCard.ClassName(data.Jets.Schema, 1));
        string[] names = [classes.Background, classes.Signal];
        var sets = SetNumbers.Of(fitted, logits, jets.Labels, names);
        var files = data.Describe("test");
        var sample = DataCard.Of(data.Jets.Schema, files, jets.Labels);
        var header = DataCard.Header(ensemble.Title, run, data.Jets.Schema, sample);
        var (others, references) = Comparisons(model.Recipe, request.Signals.IsEmpty ? model.Recipe.Signals : request.Signals, jets);
        var (baselines, points) = Baselines.Read(files, numbers.Curve.Backgrounds);
        var symmetry = SymmetryFile.Read(run);
        var provenance = Provenance.Read(run.ProvenancePath);
        var document = new EvaluationDocument
        {
            System = "lorentznet",
            Run = run.Name,
            Created = DateTime.UtcNow,
            Question = "tagging",
            Answer = Answer(numbers, others),
            Statement = data.Jets.Schema.Statement,
            Sample = sample,
            Model = Describe(model, ensemble, provenance),
            Numbers = [.. numbers.All(), .. sets?.All() ?? [], .. EntropyNumbers.Of(scores, jets.Labels, names, ensemble.Scatter), .. others.Select(o => EvaluationNumber.From($"auc/{o.Name}", $"AUC of {Figures.Markup.Escape(o.Name)}", o.Curve.Auc(), n: jets.Count))],
            References = [.. baselines, .. references],
            Gates = EvaluationFiles.GatesOf(symmetry, limit: 1e-5),
            Uq = sets is null ? [] : [sets.Report.ToElement()],
            Warnings = [.. numbers.Warnings(), .. sets?.Warning() is { } warning ? (EvaluationWarning[])[warning] : []],
            Provenance = EvaluationFiles.ProvenanceOf(provenance, request, clock),
        };
        return EvaluationFiles.Write(run, document,
        [
            .. TaggerPages.Build(header, numbers, classes, others, points),
            .. LorentzNetPages.Build(header, data.Jets, numbers, classes, symmetry),
            .. TrainingPages.Build(header, run),
        ]);
    }

    private static IEnumerable<JetBatch> Batches(IJetSource source) => new SequentialBatches(source) { BatchSize = PublishedBatch };

    private static TaggedJets Score(TaggerMembers<LorentzNetModel> members, EnsembleScores scores, IJetSource source, EvaluationRequest request)
    {
        var jets = new TaggedJets();
        foreach (var batch in Batches(source))
        {
            request.Stop.ThrowIfCancellationRequested();
            double[] logits = scores.Add(members.Logits(batch));
            jets.Add(batch, Enumerable.Range(0, batch.JetCount).Select(jet => logits[2 * jet + 1] - logits[2 * jet]));
            request.Progress?.Report(jets.Count);
        }

        return jets;
    }

    // The honest simple rival that needs no training: how close the jet mass is to the top's. It is one for tops only.
    private static (IReadOnlyList<RocSeries> Curves, IReadOnlyList<EvaluationReference> References) Comparisons(LorentzNetRecipe recipe, ClassList signals, TaggedJets jets)
    {
        if (recipe.Inputs != LorentzNetInputs.Top || !(signals.IsEmpty || signals.Names is ["t" or "top"])) return ([], []);
        var curve = RocCurve.From(Array.ConvertAll(jets.Mass, m => -Math.Abs(m - TopMass)), jets.Labels);
        var series = new RocSeries { Name = "jet-mass window", Label = "|*m* − 173 GeV|", Curve = curve };
        var half = curve.Nearest(0.5);
        if (half.IsLimit) return ([series], []);
        return ([series],
        [
            new EvaluationReference
            {
                Number = "rejection@0.5", Name = "jet-mass window", Value = half.Rejection.Value, Lower = half.Rejection.Lower, Upper = half.Rejection.Upper,
                Source = "|m − 173 GeV| on the same jets, no training", SameSample = true,
            },
        ]);
    }

    private static string Answer(TaggerNumbers numbers, IReadOnlyList<RocSeries> others)
    {
        var own = numbers.Curve.Nearest(0.5);
        if (own.IsLimit || others.Count == 0 || others[0].Curve.Nearest(0.5).IsLimit) return numbers.Answer;
        double ratio = own.Rejection.Value / others[0].Curve.Nearest(0.5).Rejection.Value;
        return $"{numbers.Answer[..^1]}, {Figures.NumberText.Plain(ratio, 2)} times as many as a {others[0].Name}.";
    }

    private static EvaluationModel Describe(LorentzNetModel model, TaggerEnsemble ensemble, Provenance provenance) => new()
    {
        Parameters = model.Network.State.ParameterCount * ensemble.Runs.Count,
        Inputs = model.Recipe.Inputs == LorentzNetInputs.Top ? "four-momenta, masses, two beams" : "four-momenta, particle identities",
        Symmetry = model.Recipe.Clamp > 0
            ? $"Lorentz group, broken by a clamp at {model.Recipe.Clamp:0} GeV"
            : "Lorentz group, exact up to rounding (beams transformed with the jet)",
        Precision = $"{model.Recipe.Geometry.ToString().ToLowerInvariant()} geometry, {model.Recipe.Network.ToString().ToLowerInvariant()} layers",
        Checkpoint = "best",
        Mode = model.Recipe.BatchNormRows == BatchNormRows.All ? "reference" : "default",
        Training = ensemble.Words + (File.Exists(ensemble.Runs[0].MetricsPath) ? $"{model.Recipe.Epochs} epochs planned; {provenance.Machine}" : "trained elsewhere, weights imported"),
        IntendedUse = "separating two classes of jets like those it was trained on",
        KnownLimits = "trained on simulation with one generator; scores are no calibrated probabilities unless the reliability curve says so",
    };
}
