using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Training;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Calibration;

/// <summary>Calibration of jets against simulated truth, as the command line knows it.</summary>
public sealed class CalibrationSystem : ISystem
{
    /// <inheritdoc/>
    public string Name => "calibration";

    /// <inheritdoc/>
    public string Title => "Gaussian Ansatz";

    /// <inheritdoc/>
    public bool TrainsOnLabels => false;

    /// <inheritdoc/>
    public bool WantsSignals => false;

    /// <inheritdoc/>
    public bool CutsOneFile => true;

    /// <inheritdoc/>
    public TrainingRecipe DefaultRecipe => new CalibrationRecipe();

    /// <inheritdoc/>
    public IReadOnlyList<NamedRecipe> Recipes { get; } =
    [
        new("jet-calibration", "transverse momentum of jets against simulated truth; --set model=dnn, efn, pfn, pfn-pid, lorentznet or mpm:RUN", new CalibrationRecipe()),
    ];

    /// <inheritdoc/>
    public string BibTex => $"{Bibliography.GaussianAnsatz}\n{Bibliography.EnergyFlow}\n{Bibliography.AdamW}";

    /// <inheritdoc/>
    public TrainingRecipe Resolve(TrainingRecipe recipe, JetSchema training)
    {
        var own = (CalibrationRecipe)recipe;
        BodyKinds.Of(own.Model);
        TruthSpectrum.Of(own.Prior, 1);
        if (training.JetColumns.Count > 0 && !training.JetColumns.Contains(own.Target))
            throw new InputDataException($"The jets have no column {own.Target}, so there is nothing to calibrate against.", training.Layout, "A file of data, or one whose truth has another name.",
                $"Name the column: --set target=NAME; there are {string.Join(", ", training.JetColumns)}.");
        return own;
    }

    /// <inheritdoc/>
    public void Prepare(Run run, TrainingRecipe recipe, IJetSource training) => CalibrationNetwork.Prepare(run, (CalibrationRecipe)recipe, training);

    /// <inheritdoc/>
    public ITrainingTask CreateTask(TrainingRecipe recipe, Run run)
    {
        var own = (CalibrationRecipe)recipe;
        return new CalibrationTask(own, CalibrationNetwork.Of(run, own));
    }

    /// <inheritdoc/>
    public void Conclude(Run run, TrainingRecipe recipe, IJetSource training, IJetSource validation) => UncertaintyFit.Write(run, (CalibrationRecipe)recipe, training, validation);

    /// <inheritdoc/>
    public IReadOnlyList<string> Concerns(Run run) =>
        CalibrationHealth.Concern(FittedUncertainties.Read(Path.Combine(run.Folder, FittedUncertainties.FileName)).Health) is { } concern ? [concern] : [];

    /// <inheritdoc/>
    public IModel Load(Run run) => CalibrationModel.Load(run, healthy: true);

    /// <inheritdoc/>
    public EvaluationDocument Evaluate(Run run, SplitFolder data, EvaluationRequest request) => CalibrationEvaluation.Evaluate(run, data, Title, request);

    /// <inheritdoc/>
    public Run Import(string weights, string folder, IReadOnlyList<string> settings, Provenance provenance) => throw new UsageException(
        "Calibrations import no weights.", weights, "None were published for these inputs.", "Train one: lightcone train jet-calibration --data FILE --out RUN");

    /// <inheritdoc/>
    public SymmetryReport CheckSymmetry(Run run, JetBatch jets) => throw new UsageException(
        "A calibration has no symmetry to check.", run.Folder, "It reads transverse momentum and pseudorapidity, which no boost leaves alone.", "Look at its health instead: lightcone evaluate RUN --data FILE");
}
