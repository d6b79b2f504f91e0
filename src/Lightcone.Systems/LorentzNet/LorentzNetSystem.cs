using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Tagging;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.LorentzNet;

/// <summary>LorentzNet as the command line knows it.</summary>
public sealed class LorentzNetSystem : ISystem
{
    private const string LorentzNet =
        """
        @article{Gong:2022lye,
            author = "Gong, Shiqi and Meng, Qi and Zhang, Jue and Qu, Huilin and Li, Congqiao and Qian, Sitian and Du, Weitao and Ma, Zhi-Ming and Liu, Tie-Yan",
            title = "{An efficient Lorentz equivariant graph neural network for jet tagging}",
            eprint = "2201.08187",
            archivePrefix = "arXiv",
            primaryClass = "hep-ph",
            doi = "10.1007/JHEP07(2022)030",
            journal = "JHEP",
            volume = "07",
            pages = "030",
            year = "2022"
        }

        """;

    /// <inheritdoc/>
    public string Name => "lorentznet";

    /// <inheritdoc/>
    public string Title => "LorentzNet";

    /// <inheritdoc/>
    public bool TrainsOnLabels => true;

    /// <inheritdoc/>
    public bool Ensembles => true;

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new LorentzNetRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("top-lorentznet", "top quarks against QCD jets, the published size and schedule", new LorentzNetRecipe()),
        new("qg-lorentznet", "quark jets against gluon jets, from four-momenta and particle identities",
            new LorentzNetRecipe { Inputs = LorentzNetInputs.QuarkGluon, CoordinateWeight = 0.001 }),
        new("jetnet-lorentznet", "top quarks, W and Z bosons against gluons and light quarks: the ceiling for anomaly searches on the same jets",
            new LorentzNetRecipe { Classes = ClassList.Of(["g", "q", "t", "w", "z"]), Signals = ClassList.Of(["t", "w", "z"]) }),
        new("quickstart-lorentznet", "a small network and a short schedule for the shipped sample",
            new LorentzNetRecipe { Hidden = 24, Layers = 3, Epochs = 12, Schedule = LearningRateShape.Cosine, LearningRate = 2e-3 }),
    ];

    /// <inheritdoc/>
    public string BibTex => LorentzNet + "\n" + Bibliography.AdamW;

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe, Run run) => new LorentzNetTask((LorentzNetRecipe)recipe);

    /// <inheritdoc/>
    public void Conclude(Run run, TrainingRecipe recipe, IJetSource training, IJetSource validation) => LorentzNetEvaluation.Calibrate(run, validation);

    /// <inheritdoc/>
    public IModel Load(Run run) => LorentzNetModel.Load(run);

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => LorentzNetEvaluation.Evaluate(TaggerEnsemble.Of(this, run, request.Ensemble), data, request);

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance)
    {
        var (recipe, tensors) = LorentzNetWeights.Read(weights, settings);
        using var network = new LorentzNetNetwork(recipe);
        network.State.Load(tensors);
        Run.RequireVacant(folder);
        using var @lock = RunLock.Take(folder);
        var run = Run.Create(folder, recipe, provenance with { Data = [DataFile.Of("weights", weights, 0)] }, BibTex);
        Safetensors.Write(run.BestPath, network.State.ToWeights().ToList(), new Dictionary<string, string> { ["system"] = Name });
        return run;
    }

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => LorentzNetSymmetry.Check(run, jets);
}
