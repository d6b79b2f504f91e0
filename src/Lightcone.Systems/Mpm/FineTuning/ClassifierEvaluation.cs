using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Tagging;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>Evaluates a classifier on labelled jets: every jet once, in file order.</summary>
internal static class ClassifierEvaluation
{
    private const int JetsAtOnce = 1000;

    public static EvaluationDocument Evaluate(TaggerEnsemble ensemble, SplitFolder data, EvaluationRequest request)
    {
        var run = ensemble.Runs[0];
        if (request.Beside.Count > 0)
            throw new UsageException("A classifier's evaluation shows no other runs.", "--beside", "The option is for anomaly searches.", $"Compare evaluated runs instead: lightcone report {run.Folder} {request.Beside[0].Folder} --out compare.html");
        var clock = Stopwatch.StartNew();
        using var members = new TaggerMembers<ClassifierModel>(ensemble.Runs, r => ClassifierModel.Load(r));
        var model = members.First;
        var scores = new EnsembleScores(model.Classes);
        var (scored, tagged) = Scored(model, batch => scores.Add(members.Logits(batch)), data.Jets, request);
        var files = data.Describe("test");
        var sample = DataCard.Of(data.Jets.Schema, files, scored.Labels);
        var header = DataCard.Header(ensemble.Title, run, data.Jets.Schema, sample);
        var provenance = Provenance.Read(run.ProvenancePath);
        var fitted = model.Recipe.MixedSignals < 0 ? ensemble.Calibration(members, Batches) : null;
        var judged = Judge(model, ensemble.Title, scored, tagged, fitted, header);
        var sets = SetNumbers.Of(fitted, scored.Logits, scored.Labels, model.Recipe.Classes.Names);
        return EvaluationFiles.Write(run, new EvaluationDocument
        {
            System = model.Recipe.System,
            Run = run.Name,
            Created = DateTime.UtcNow,
            Question = "tagging",
            Answer = judged.Answer,
            Statement = data.Jets.Schema.Statement,
            Sample = sample,
            Model = Describe(model, ensemble, provenance),
            Numbers = [.. judged.Numbers, .. sets?.All() ?? [], .. EntropyNumbers.Of(scores, scored.Labels, model.Recipe.Classes.Names, ensemble.Scatter)],
            References = [],
            Gates = EvaluationFiles.GatesOf(SymmetryFile.Read(run), OrderSymmetry.SingleLimit),
            Uq = sets is null ? [] : [sets.Report.ToElement()],
            Warnings = [.. judged.Warnings, .. sets?.Warning() is { } warning ? (EvaluationWarning[])[warning] : []],
            Provenance = EvaluationFiles.ProvenanceOf(provenance, request, clock),
        }, [.. judged.Figures, .. TrainingPages.Build(header, run)]);
    }

    /// <summary>Jets as they are scored together.</summary>
    internal static IEnumerable<JetBatch> Batches(IJetSource source) => new SequentialBatches(source) { BatchSize = JetsAtOnce };

    /// <summary>The jets with their logits; for two classes with the differences of the logits, too.</summary>
    internal static (ClassifiedJets Jets, TaggedJets? Tagged) Scored(ClassifierModel model, IJetSource source, EvaluationRequest? request) => Scored(model, model.Logits, source, request);

    private static (ClassifiedJets Jets, TaggedJets? Tagged) Scored(ClassifierModel model, Func<JetBatch, double[]> logitsOf, IJetSource source, EvaluationRequest? request)
    {
        if (source.Schema.Classes.Count > 0 && !source.Schema.Classes.SequenceEqual(model.Recipe.Classes.Names))
            throw new InputDataException($"The jets' classes are {string.Join(", ", source.Schema.Classes)}; the run knows {string.Join(", ", model.Recipe.Classes.Names)}.", source.Schema.Layout, "Jets of another set.", "Evaluate on jets of the classes it was trained on.");
        var scored = new ClassifiedJets(model.Classes);
        var tagged = model.Classes == 2 ? new TaggedJets() : null;
        foreach (var batch in Batches(source))
        {
            request?.Stop.ThrowIfCancellationRequested();
            double[] logits = logitsOf(batch);
            scored.Add(batch, logits);
            tagged?.Add(batch, Enumerable.Range(0, batch.JetCount).Select(jet => logits[2 * jet + 1] - logits[2 * jet]));
            request?.Progress?.Report(scored.Count);
        }

        return (scored, tagged);
    }

    private static Judgement Judge(ClassifierModel model, string title, ClassifiedJets scored, TaggedJets? tagged, TaggerCalibration? fitted, FigureHeader header)
    {
        var names = model.Recipe.Classes.Names;
        if (tagged is null)
        {
            var numbers = new ClassifierNumbers(title, scored, names, fitted);
            return new(numbers.Answer, numbers.All(), numbers.Warnings(), ClassifierPages.Build(header, numbers));
        }

        var two = new TaggerNumbers(title, tagged, fitted, "calibrated_probabilities");
        return new(two.Answer, two.All(), two.Warnings(), TaggerPages.Build(header, two, (names[0], names[1]), [], []));
    }

    private static EvaluationModel Describe(ClassifierModel model, TaggerEnsemble ensemble, Provenance provenance) => new()
    {
        Parameters = model.Network.State.ParameterCount * ensemble.Runs.Count,
        Inputs = model.Recipe.Inputs == ParticleInputs.Full ? "momenta, displacements and types of the particles" : "momenta of the particles",
        Symmetry = "order of the particles",
        Precision = $"{model.Recipe.Network.ToString().ToLowerInvariant()} network",
        Checkpoint = model.Recipe.Keep == Training.Recipes.KeptWeights.Last ? "last" : "best",
        Mode = model.Recipe.Backbone.Length == 0 ? "from scratch" : model.Recipe.Frozen ? "frozen backbone" : "fine-tuned backbone",
        Training = $"{ensemble.Words}{model.Recipe.Epochs} epochs{(model.Recipe.Labels > 0 ? $", {NumberText.Count(model.Recipe.Labels)} labels" : "")}; {provenance.Machine}",
        IntendedUse = "separating classes of jets like those it was trained on",
        KnownLimits = "trained on simulation with one generator; scores are no calibrated probabilities unless the reliability curve says so",
    };

    private sealed record Judgement(string Answer, IReadOnlyList<EvaluationNumber> Numbers, IReadOnlyList<EvaluationWarning> Warnings, IReadOnlyList<Figure> Figures);
}
