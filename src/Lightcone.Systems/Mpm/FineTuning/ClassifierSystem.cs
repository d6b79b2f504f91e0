using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Tagging;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm.FineTuning;

/// <summary>Classifiers on a backbone of masked particle modelling, or from scratch, as the command line knows them.</summary>
public sealed class ClassifierSystem : ISystem
{
    /// <inheritdoc/>
    public string Name => "mpm-classifier";

    /// <inheritdoc/>
    public string Title => "MPM classifier";

    /// <inheritdoc/>
    public bool TrainsOnLabels => true;

    /// <inheritdoc/>
    public bool Ensembles => true;

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new FineTuneRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("jetclass-finetune", "classes of jets on a pre-trained encoder (--backbone), or from scratch; --labels N for few labels", new FineTuneRecipe()),
        new("jetclass-probe", "the same on an encoder that never moves", new FineTuneRecipe { Frozen = true }),
        new("jetclass-cwola", "a search without labels: QCD jets with few top jets among them against QCD jets",
            new FineTuneRecipe { Classes = ClassList.Of(["QCD", "Tbqq"]), MixedSignals = 200 }),
    ];

    /// <inheritdoc/>
    public string BibTex => $"{Bibliography.Mpm}\n{Bibliography.AdamW}";

    /// <inheritdoc/>
    public TrainingRecipe Resolve(TrainingRecipe recipe, JetSchema training) => ClassifierInputs.Resolve((FineTuneRecipe)recipe, training);

    /// <inheritdoc/>
    public TrainingRecipe WithLabels(TrainingRecipe recipe, int labels) => ((FineTuneRecipe)recipe).For(labels);

    /// <inheritdoc/>
    public IJetSource Arrange(TrainingRecipe recipe, IJetSource jets, int share) =>
        ((FineTuneRecipe)recipe).MixedSignals is >= 0 and var signals ? MixedSamples.Of(jets, signals / share, recipe.Seed) : jets;

    /// <inheritdoc/>
    public void Prepare(Run run, TrainingRecipe recipe, IJetSource training) => ClassifierInputs.Prepare(run, (FineTuneRecipe)recipe, training);

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe, Run run)
    {
        var own = (FineTuneRecipe)recipe;
        int classes = own.Classes.Names.Count;
        var preprocessing = Preprocessing.Read(run.PreprocessingPath, own);
        var network = new ClassifierNetwork(own, classes);
        ClassifierInputs.BackboneOf(run, own)?.CopyInto(network.State);
        return new FineTuneTask(own, preprocessing, network, classes);
    }

    /// <inheritdoc/>
    public void Conclude(Run run, TrainingRecipe recipe, IJetSource training, IJetSource validation)
    {
        // Labels of mixed samples name the sample: a temperature would make probabilities of samples, not of classes.
        if (((FineTuneRecipe)recipe).MixedSignals < 0) TaggerEnsemble.Calibrate(run, r => ClassifierModel.Load(r), validation, ClassifierEvaluation.Batches);
    }

    /// <inheritdoc/>
    public IModel Load(Run run) => ClassifierModel.Load(run);

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => ClassifierEvaluation.Evaluate(TaggerEnsemble.Of(this, run, request.Ensemble), data, request);

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance) => throw new UsageException(
        "MPM classifiers import no weights.", weights, "None were published for these inputs.", "Start from a backbone file: lightcone train jetclass-finetune --backbone FILE.");

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets)
    {
        using ClassifierModel single = ClassifierModel.Load(run), wide = ClassifierModel.Load(run, r => r with { Network = Precision.Float64 });
        return OrderSymmetry.Check("a logit", jets, [Variant("as trained", single, OrderSymmetry.SingleLimit), Variant("in float64", wide, OrderSymmetry.DoubleLimit)]);

        static OrderFree Variant(string name, ClassifierModel model, double limit) => new(name, model.Preprocessing, model.Logits, model.Logits, limit);
    }
}
