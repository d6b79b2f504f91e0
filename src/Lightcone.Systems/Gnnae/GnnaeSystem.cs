using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Gnnae;

/// <summary>GNNAE as the command line knows it.</summary>
public sealed class GnnaeSystem : ISystem
{
    // Steps of 128 jets: in batches of 32 the edges of one stay in the processor's cache.
    private static readonly GnnaeRecipe Trained = new() { Classes = ClassList.Of(["g", "q"]), Epochs = 100, Accumulate = 4, Schedule = LearningRateShape.Cosine, WeightDecay = 0 };

    /// <inheritdoc/>
    public string Name => "gnnae";

    /// <inheritdoc/>
    public string Title => "GNNAE";

    /// <inheritdoc/>
    public bool TrainsOnLabels => false;

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new GnnaeRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("jetnet-gnnae-jl", "the graph autoencoder that the LGAE is compared with, 45 latent numbers a jet", Trained),
        new("jetnet-gnnae-pl", "the same with 2 latent numbers a constituent, which keep their order",
            Trained with { Level = GnnaeLevel.Particle, Latent = 2, Loss = ReconstructionLoss.MeanSquare }),
    ];

    /// <inheritdoc/>
    public string BibTex => $"{Bibliography.Lgae}\n{Bibliography.AdamW}";

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe, Run run) => new GnnaeTask((GnnaeRecipe)recipe);

    /// <inheritdoc/>
    public IModel Load(Run run)
    {
        var model = GnnaeModel.Load(run);
        using var training = TrainingJets.Open(run, model.Recipe);
        return new AutoencoderScorer(model, AnomalyModel.Of(run, model, training?.Jets), model.Recipe.Slots);
    }

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request)
    {
        using var model = GnnaeModel.Load(run);
        return AutoencoderEvaluation.Evaluate(
            new AutoencoderSubject { Run = run, System = this, Recipe = model.Recipe, Autoencoder = model, Card = Describe(model, run), Pages = (_, _) => [] }, data, request);
    }

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance) => throw new UsageException(
        "GNNAE imports no weights.", weights, "None were published.", "Train it: lightcone train jetnet-gnnae-jl.");

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => GnnaeSymmetry.Check(run, jets);

    private static EvaluationModel Describe(GnnaeModel model, Run run) => new()
    {
        Parameters = model.Network.State.ParameterCount,
        Inputs = model.Recipe.Coordinates == GnnaeCoordinates.Cartesian ? "three-momenta" : "pT, pseudorapidity and azimuth relative to the jet",
        Symmetry = model.Recipe.Level == GnnaeLevel.Jet ? "order of the constituents" : "none",
        Precision = $"{model.Recipe.Network.ToString().ToLowerInvariant()} layers",
        Checkpoint = "best",
        Mode = model.Recipe.Mode == GnnaeMode.Reference ? "reference" : "default",
        Training = $"{model.Recipe.Epochs} epochs planned; {Provenance.Read(run.ProvenancePath).Machine}",
        IntendedUse = "a baseline for autoencoders that know the Lorentz group",
        KnownLimits = "a jet seen from another frame is rebuilt differently",
    };
}
