using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Reconstruction;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Lgae;

/// <summary>The Lorentz group autoencoder as the command line knows it.</summary>
public sealed class LgaeSystem : ISystem
{
    private const string Layers =
        """
        @article{Bogatskiy:2020tje,
            author = "Bogatskiy, Alexander and Anderson, Brandon and Offermann, Jan T. and Roussi, Marwah and Miller, David W. and Kondor, Risi",
            title = "{Lorentz Group Equivariant Neural Network for Particle Physics}",
            eprint = "2006.04780",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            year = "2020"
        }

        """;

    /// <summary>The published network and its training (arXiv:2212.07347, §3 and appendix).</summary>
    private static readonly LgaeRecipe Published = new()
    {
        Mode = LgaeMode.Reference, EncoderChannels = new([3, 3, 4, 4]), DecoderChannels = new([4, 4, 3, 3]), RadialTerms = 10, MlpWidth = 6, MlpDepth = 6,
        LatentScalars = 1, LatentVectors = 4, Network = Precision.Float64, Frame = LgaeFrame.Laboratory, L1 = 1e-8, LearningRate = 1e-3,
        Schedule = LearningRateShape.Constant, ClipGradient = 0,
    };

    /// <inheritdoc/>
    public string Name => "lgae";

    /// <inheritdoc/>
    public string Title => "LGAE";

    /// <inheritdoc/>
    public bool TrainsOnLabels => false;

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new LgaeRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("jetnet-lgae", "an autoencoder of quark and gluon jets, equivariant under the Lorentz group", new LgaeRecipe()),
        new("jetnet-lgae-mix", "the same with one linear map over the ordered constituents for a latent space: sharper, but not invariant under permutations",
            new LgaeRecipe { Pooling = LgaePooling.Mix, LatentVectors = 18, Loss = ReconstructionLoss.MeanSquare, LearningRate = 1e-3, Epochs = 80 }),
        new("jetnet-lgae-reference", "the published network and loss, defects included (slow to learn)", Published),
    ];

    /// <inheritdoc/>
    public string BibTex => string.Join('\n', Bibliography.Lgae, Layers, Bibliography.AdamW);

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe, Run run) => new LgaeTask((LgaeRecipe)recipe);

    /// <inheritdoc/>
    public IModel Load(Run run)
    {
        var model = LgaeModel.Load(run);
        using var training = TrainingJets.Open(run, model.Recipe);
        return new AutoencoderScorer(model, AnomalyModel.Of(run, model, training?.Jets), model.Recipe.Slots);
    }

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => LgaeEvaluation.Evaluate(this, run, data, request);

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance)
    {
        var (recipe, tensors) = LgaeWeights.Read(weights, Published, settings);
        using var core = LgaeCore.For(recipe);
        core.State.Load(tensors);
        Run.RequireVacant(folder);
        using var @lock = RunLock.Take(folder);
        var run = Run.Create(folder, recipe, provenance with { Data = [DataFile.Of("weights", weights, 0)] }, BibTex);
        Safetensors.Write(run.BestPath, core.State.ToWeights().ToList(), new Dictionary<string, string> { ["system"] = Name });
        return run;
    }

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => LgaeSymmetry.Check(run, jets);
}
