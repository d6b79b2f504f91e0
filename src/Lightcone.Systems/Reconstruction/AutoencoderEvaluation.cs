using System.Diagnostics;
using Lightcone.Evaluation;
using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Jets;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Reconstruction;

/// <summary>What a system tells of an autoencoder that is evaluated.</summary>
internal sealed record AutoencoderSubject
{
    /// <summary>The run.</summary>
    public required Run Run { get; init; }

    /// <summary>The system.</summary>
    public required ISystem System { get; init; }

    /// <summary>The recipe.</summary>
    public required AutoencoderRecipe Recipe { get; init; }

    /// <summary>The autoencoder; not owned.</summary>
    public required IAutoencoder Autoencoder { get; init; }

    /// <summary>The model card.</summary>
    public required EvaluationModel Card { get; init; }

    /// <summary>Figures only this system has.</summary>
    public required Func<FigureHeader, SearchResult, IReadOnlyList<Figure>> Pages { get; init; }

    /// <summary>Warnings that belong to this model.</summary>
    public IReadOnlyList<EvaluationWarning> Warnings { get; init; } = [];
}

/// <summary>
/// Evaluates an autoencoder: how well it rebuilds jets like those it was trained on, and how well its scores find others. Principal components of the same
/// size, plain variables, and other runs stand beside it on the same jets.
/// </summary>
internal static class AutoencoderEvaluation
{
    private const int BatchSize = 256;

    public static EvaluationDocument Evaluate(AutoencoderSubject subject, SplitFolder data, EvaluationRequest request)
    {
        var clock = Stopwatch.StartNew();
        var classes = new SearchClasses(data.Jets.Schema.Classes, request.Signals.Names);
        var training = TrainingJets.Open(subject.Run, subject.Recipe);
        var anomaly = AnomalyModel.Of(subject.Run, subject.Autoencoder, training?.Jets);
        var models = new List<EvaluatedModel> { new(subject.System.Title, subject.Autoencoder, anomaly) };
        var result = new SearchResult(classes, data.Jets, models);
        using (training)
        using (var others = Others.Open(subject, training?.Jets, request))
        {
            models.AddRange(others.Autoencoders);
            foreach (var batch in new SequentialBatches(data.Jets) { BatchSize = BatchSize })
            {
                request.Stop.ThrowIfCancellationRequested();
                result.Jets.Add(batch);
                foreach (var model in models) model.Add(batch, classes.IsBackground);
                foreach (var other in others.Taggers) other.Add(batch);
                request.Progress?.Report(result.Jets.Count);
            }

            result.Others = [.. others.Taggers.Select(t => (t.Name, (IReadOnlyList<double>)t.Scores))];
        }

        return Write(subject, data, request, result, clock);
    }

    private static EvaluationDocument Write(AutoencoderSubject subject, SplitFolder data, EvaluationRequest request, SearchResult result, Stopwatch clock)
    {
        var (run, schema) = (subject.Run, data.Jets.Schema);
        var sample = DataCard.Of(schema, data.Describe("test"), [.. result.Jets.Labels]);
        var header = DataCard.Header(subject.System.Title, run, schema, sample);
        var provenance = Provenance.Read(run.ProvenancePath);
        var symmetry = SymmetryFile.Read(run);
        var numbers = new SearchNumbers(result);
        var document = new EvaluationDocument
        {
            System = subject.System.Name,
            Run = run.Name,
            Created = DateTime.UtcNow,
            Question = "anomaly search",
            Answer = numbers.Answer,
            Statement = schema.Statement,
            Sample = sample,
            Model = subject.Card,
            Numbers = numbers.All,
            References = numbers.References,
            Gates = EvaluationFiles.GatesOf(symmetry, limit: null),
            Warnings = [.. numbers.Warnings, .. subject.Warnings],
            Provenance = EvaluationFiles.ProvenanceOf(provenance, request, clock),
        };
        return EvaluationFiles.Write(run, document, [.. SearchPages.Build(header, result, numbers), .. subject.Pages(header, result), .. TrainingPages.Build(header, run)]);
    }
}
