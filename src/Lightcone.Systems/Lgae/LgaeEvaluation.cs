using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Lgae;

/// <summary>Evaluates an LGAE as every autoencoder is, with its own pages and its own model card.</summary>
internal static class LgaeEvaluation
{
    private const int LatentJets = 2000;

    public static EvaluationDocument Evaluate(ISystem system, Run run, SplitFolder data, EvaluationRequest request)
    {
        using var model = LgaeModel.Load(run);
        return AutoencoderEvaluation.Evaluate(
            new AutoencoderSubject
            {
                Run = run,
                System = system,
                Recipe = model.Recipe,
                Autoencoder = model,
                Card = Describe(model, run),
                Pages = (header, result) => LgaePages.Build(header, run, model, Sample(model, result)),
                Warnings = Warnings(model.Recipe),
            }, data, request);
    }

    // Background jets from the front of the sample, and the jets of median score for a walk from background to signal.
    private static LatentSample Sample(LgaeModel model, SearchResult result)
    {
        int[] front = [.. result.Background.Take(LatentJets)];
        var jets = result.Read(front);
        JetBatch? ends = null;
        var names = ("", "");
        if (result.Classes.Signals.Count > 0 && result.Median(result.Background) is { } from && result.Median(result.Of([result.Classes.Signals[0]])) is { } to)
        {
            ends = result.Read([from, to]);
            names = (result.Classes.Names[result.Jets.Labels[from]], result.Classes.Names[result.Jets.Labels[to]]);
            if (ends.Multiplicity(0) == 0 || ends.Multiplicity(1) == 0) ends = null;
        }

        return new LatentSample(jets, front.Length == 0 ? new LgaeOutput([], [], [0], []) : model.Rebuild(jets), ends, names);
    }

    private static EvaluationModel Describe(LgaeModel model, Run run) => new()
    {
        Parameters = model.ParameterCount,
        Inputs = "four-momenta",
        Symmetry = model.Recipe.Mode == LgaeMode.Reference
            ? "Lorentz group, broken by the normalisation to each jet's largest energy"
            : "proper Lorentz group, exact up to rounding",
        Precision = $"float64 intervals, {model.Recipe.Network.ToString().ToLowerInvariant()} layers",
        Checkpoint = "best",
        Mode = model.Recipe.Mode == LgaeMode.Reference ? "reference" : "default",
        Training = File.Exists(run.MetricsPath) ? $"{model.Recipe.Epochs} epochs planned; {Provenance.Read(run.ProvenancePath).Machine}" : "trained elsewhere, weights imported",
        IntendedUse = "compressing jets like those it was trained on, and ranking jets by how unlike them they are",
        KnownLimits = "a score says how badly a jet is rebuilt, not why; distances between momenta depend on the frame even though the network does not",
    };

    private static IReadOnlyList<EvaluationWarning> Warnings(LgaeRecipe recipe) => recipe.Pooling != LgaePooling.Mix ? [] :
    [
        new EvaluationWarning { Id = "ordered-constituents", Severity = WarningSeverity.Note, Text = "Pooling Mix reads constituents in the order of the file: another order is another jet to it." },
    ];
}
