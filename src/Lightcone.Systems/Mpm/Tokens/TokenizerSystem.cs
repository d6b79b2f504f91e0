using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>The tokenizer of masked particle modelling, as the command line knows it.</summary>
public sealed class TokenizerSystem : ISystem
{
    // 13 epochs of the 20,000 training jets: 2,028 steps.
    private static readonly TokenizerRecipe Small = new()
    {
        Epochs = 13, BatchSize = 128, Bucketing = 16, LearningRate = 2e-3, Schedule = LearningRateShape.CosineBySteps, ClipGradient = 1, Keep = KeptWeights.Last,
    };

    /// <inheritdoc/>
    public string Name => TokenizerRecipe.SystemName;

    /// <inheritdoc/>
    public string Title => "MPM tokenizer";

    /// <inheritdoc/>
    public bool TrainsOnLabels => false;

    /// <inheritdoc/>
    public bool WantsSignals => false;

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new TokenizerRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("jetclass-tokenizer", "codes for particles, without labels, for pre-training with target=vq:RUN", Small),
        new("jetclass-tokenizer-v1", "the same as first published: three features, codes trained by their gradient", Small with
        {
            Inputs = ParticleInputs.Kinematics, Width = 128, Layers = 3, Heads = 16, CodebookUpdate = CodebookUpdate.Gradient, CodebookStart = CodebookStart.KMeans, Affine = true, Synchronise = 2,
            // Published: 1 and 9 beside a sum over the three features; here stands their mean.
            CommitWeight = 0.33, CodebookWeight = 3, LearningRate = 1e-4, ClipGradient = 5,
        }),
    ];

    /// <inheritdoc/>
    public string BibTex => $"{Bibliography.Mpm}\n{Bibliography.AdamW}";

    /// <inheritdoc/>
    public void Prepare(Run run, TrainingRecipe recipe, IJetSource training) => MpmInputs.PreparedPreprocessing(run, (TokenizerRecipe)recipe, training);

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe, Run run) => new VqTask((TokenizerRecipe)recipe, Preprocessing.Read(run.PreprocessingPath));

    /// <inheritdoc/>
    public IModel Load(Run run) => VqModel.Load(run);

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => TokenizerEvaluation.Evaluate(run, Title, data, request);

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance) => throw new UsageException(
        "The tokenizer imports no weights.", weights, "None were published for these inputs.", "Train it: lightcone train jetclass-tokenizer.");

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => TokenizerSymmetry.Check(run, jets);
}
