using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm;

/// <summary>Evaluates a pre-training: how well hidden particles are predicted on jets it was not shown, beside a network that was shown none; with signals, how well its score finds them.</summary>
internal static class MpmEvaluation
{
    private const int JetsOfCorrection = 4000;

    public static EvaluationDocument Evaluate(MpmSystem system, Run run, SplitFolder data, EvaluationRequest request)
    {
        var clock = Stopwatch.StartNew();
        using var model = MpmModel.Load(run);
        using var twin = Twin(run, model, request);
        using var training = TokenMarginal.TrainingJets(system, run, model.Recipe);
        var marginal = training is not null && (model.TokenCount > 0 || model.PredictsTypes) ? TokenMarginal.Of(model, training.Training, request.Stop) : null;
        bool searching = !request.Signals.IsEmpty;
        var result = new MaskedResult(system.Title, model, twin, marginal);
        foreach (var batch in new SequentialBatches(data.Jets) { BatchSize = MpmModel.LargestBatch })
        {
            request.Stop.ThrowIfCancellationRequested();
            result.Add(batch, searching);
            request.Progress?.Report(result.Count);
        }

        var classes = new SearchClasses(data.Jets.Schema.Classes, request.Signals.Names);
        if (searching && !result.Labelled) throw new InputDataException("The jets have no labels, so no signal can be told.", "--signals", "A file of data.", "Leave --signals out, or score the file: lightcone score.");
        var numbers = new MaskedNumbers(model, result, classes.Names, classes.IsBackground);
        var search = searching ? new MaskedSearch(classes, result, Correction(run, model, training?.Training, request.Stop)) : null;
        return Write(system, run, data, request, clock, model, result, numbers, search);
    }

    /// <summary>The context-free twin among the runs beside; null without any.</summary>
    /// <exception cref="UsageException">A run beside is none.</exception>
    private static MpmModel? Twin(Run run, MpmModel model, EvaluationRequest request)
    {
        if (request.Beside.Count == 0) return null;
        var beside = request.Beside[0];
        string recipe = "Train one with the same recipe: lightcone train jetclass-mpm --set context=Nothing";
        if (request.Beside.Count > 1) throw new UsageException("A pre-training is evaluated beside one other run.", "--beside", $"{request.Beside.Count} were named.", "Name the run that was trained with context=Nothing.");
        if (SystemCatalogue.Of(beside) is not MpmSystem) throw new UsageException("The run beside is no pre-training.", beside.Folder, "The path names another kind of run.", recipe);
        var twin = MpmModel.Load(beside);
        string? problem = twin.Recipe.Context != MaskedContext.Nothing ? $"was trained with context={twin.Recipe.Context}, not Nothing"
            : twin.Recipe.Target.Kind != model.Recipe.Target.Kind ? $"has the target {twin.Recipe.Target}, not {model.Recipe.Target}"
            : twin.Recipe.HiddenFraction != model.Recipe.HiddenFraction ? $"hides {twin.Recipe.HiddenFraction} of the particles, not {model.Recipe.HiddenFraction}"
            : twin.Preprocessing.Fingerprint != model.Preprocessing.Fingerprint ? "reads jets in another way"
            : MpmInputs.TokenizerHash(beside) != MpmInputs.TokenizerHash(run) ? "has another tokenizer"
            : null;
        if (problem is null) return twin;
        twin.Dispose();
        throw new UsageException($"The run beside {problem}, so the two losses cannot be compared.", beside.Folder, "It belongs to another training.", recipe);
    }

    /// <summary>What the run keeps, else what can be fitted to its training jets now and is then kept; null where they are gone.</summary>
    private static MultiplicityCorrection? Correction(Run run, MpmModel model, IJetSource? training, CancellationToken stop)
    {
        if (MultiplicityCorrection.Read(run) is { } kept) return kept;
        if (training is null) return null;
        var (scores, multiplicities) = (new List<double>(), new List<int>());
        long blocks = Math.Max(1, Math.Min(JetsOfCorrection, training.Count) / MpmModel.LargestBatch);
        for (long block = 0; block < blocks; block++)
        {
            stop.ThrowIfCancellationRequested();
            // From end to end of the source: its classes may stand one after the other.
            long first = blocks == 1 ? 0 : block * Math.Max(0, training.Count - MpmModel.LargestBatch) / (blocks - 1);
            var table = model.Preprocessing.Apply(training.Read(first, (int)Math.Min(MpmModel.LargestBatch, training.Count - first)));
            double[] own = model.Scores(table);
            int[] counts = MpmNetwork.Counts(table);
            for (int jet = 0; jet < own.Length; jet++)
            {
                if (counts[jet] < 2) continue;
                scores.Add(own[jet]);
                multiplicities.Add(counts[jet]);
            }
        }

        var correction = MultiplicityCorrection.Fit(scores, multiplicities);
        correction?.Write(run);
        return correction;
    }

    private static EvaluationDocument Write(
        MpmSystem system, Run run, SplitFolder data, EvaluationRequest request, Stopwatch clock, MpmModel model, MaskedResult result, MaskedNumbers numbers, MaskedSearch? search)
    {
        var schema = data.Jets.Schema;
        var sample = DataCard.Of(schema, data.Describe("test"), result.Labels);
        if (!result.Labelled) sample = sample with { Classes = [new SampleClass("without labels", result.Count)] };
        var header = DataCard.Header(system.Title, run, schema, sample);
        var provenance = Provenance.Read(run.ProvenancePath);
        var document = new EvaluationDocument
        {
            System = system.Name,
            Run = run.Name,
            Created = DateTime.UtcNow,
            Question = search is null ? "pre-training" : "anomaly search",
            Answer = search?.Answer ?? numbers.Answer,
            Statement = schema.Statement,
            Sample = sample,
            Model = Describe(model, provenance),
            Numbers = [.. search?.Numbers ?? [], .. numbers.All],
            References = [],
            Gates = [.. numbers.Gates, .. EvaluationFiles.GatesOf(SymmetryFile.Read(run), OrderSymmetry.SingleLimit)],
            Warnings = numbers.Warnings,
            Provenance = EvaluationFiles.ProvenanceOf(provenance, request, clock),
        };
        Figure?[] figures = [search?.Draw(header), .. MpmPages.Build(header, run, data.Jets, model, result, numbers), .. TrainingPages.Build(header, run)];
        return EvaluationFiles.Write(run, document, [.. figures.OfType<Figure>()]);
    }

    private static EvaluationModel Describe(MpmModel model, Provenance provenance) => new()
    {
        Parameters = model.State.ParameterCount,
        Inputs = model.Recipe.Inputs == ParticleInputs.Full ? "momenta, displacements and types of the particles" : "momenta of the particles",
        Symmetry = "order of the particles",
        Precision = $"{model.Recipe.Network.ToString().ToLowerInvariant()} network",
        Checkpoint = model.Recipe.Keep == Training.Recipes.KeptWeights.Last ? "last" : "best",
        Mode = $"{model.Recipe.Target}, {NumberText.Plain(100 * model.Recipe.HiddenFraction, 3)} % hidden, {model.Recipe.Hiding.ToString().ToLowerInvariant()}"
            + (model.Recipe.Context == MaskedContext.Jet ? "" : $", context {model.Recipe.Context.ToString().ToLowerInvariant()}"),
        Training = $"{model.Recipe.Epochs} epochs; {provenance.Machine}",
        IntendedUse = "an encoder that other trainings start from; with --signals, a search for jets unlike those it was trained on",
        KnownLimits = "trained on simulation with one generator; the axis of the whole jet, hidden particles included, is where angles are measured from",
    };
}
