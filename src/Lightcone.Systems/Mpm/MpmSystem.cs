using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm;

/// <summary>Pre-training by masked particle modelling, as the command line knows it.</summary>
public sealed class MpmSystem : ISystem
{
    // 38 epochs of the 20,000 training jets: 5,900 steps.
    private static readonly MpmRecipe Small = new()
    {
        Epochs = 38, BatchSize = 128, Bucketing = 16, LearningRate = 2e-3, Schedule = LearningRateShape.CosineBySteps, WarmUp = 1.0 / 60, Beta2 = 0.95, ClipGradient = 1, Keep = KeptWeights.Last,
    };

    /// <inheritdoc/>
    public string Name => "mpm";

    /// <inheritdoc/>
    public string Title => "MPM";

    /// <inheritdoc/>
    public bool TrainsOnLabels => false;

    /// <inheritdoc/>
    public bool WantsSignals => false;

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new MpmRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("jetclass-mpm", "pre-training without labels: hidden particles from visible ones; small, for two processor cores", Small),
        new("jetclass-mpm-m", "the same, seventeen times as large", Small with
        {
            Width = 192, Layers = 8, Heads = 6, Registers = 8, HeadNorm = true, LayerScale = 1e-2, DecoderWidth = 96, DecoderLayers = 3, DecoderHeads = 4, Clusters = 2048, BatchSize = 256,
            LearningRate = 1e-3, Epochs = 256, WarmUp = 1.0 / 40,
        }),
        new("jetclass-mpm-v1", "the first published layout: three features, placeholders for hidden particles", Small with
        {
            Inputs = ParticleInputs.Kinematics, Hiding = HidingLayout.Replaced, HiddenFraction = 0.3, Registers = 0,
        }),
    ];

    /// <inheritdoc/>
    public string BibTex => $"{Bibliography.Mpm}\n{Bibliography.AdamW}";

    /// <inheritdoc/>
    public bool ReadsPretrainingFiles(TrainingRecipe recipe) => ((MpmRecipe)recipe).Pool;

    /// <summary>Refuses a tokenizer's run that does not fit before anything of the new run is there.</summary>
    public TrainingRecipe Resolve(TrainingRecipe recipe, JetSchema training)
    {
        if (recipe is MpmRecipe { Target.Kind: TargetKind.Vq } mpm) VqTokenizer.RunOf(mpm);
        return recipe;
    }

    /// <inheritdoc/>
    public void Prepare(Run run, TrainingRecipe recipe, IJetSource training) => MpmInputs.Prepare(run, (MpmRecipe)recipe, training);

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe, Run run)
    {
        var mpm = (MpmRecipe)recipe;
        var preprocessing = Preprocessing.Read(run.PreprocessingPath, mpm);
        return new MpmTask(mpm, preprocessing, MpmInputs.Tokenizer(run, mpm, preprocessing));
    }

    /// <inheritdoc/>
    public IModel Load(Run run) => MpmModel.Load(run);

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => MpmEvaluation.Evaluate(this, run, data, request);

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance) => throw new UsageException(
        "MPM imports no weights.", weights, "None were published for these inputs.", "Pre-train: lightcone train jetclass-mpm; or start from a backbone file: lightcone train jetclass-finetune --backbone FILE.");

    /// <inheritdoc/>
    public void Export(Run run, string file) => Backbone.Open(run.Folder).Write(file);

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => MpmSymmetry.Check(run, jets);
}
