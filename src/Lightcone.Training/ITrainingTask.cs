using Lightcone.Jets;
using static TorchSharp.torch;

namespace Lightcone.Training;

/// <summary>What a system gives the trainer: its network, and how jets become a loss.</summary>
public interface ITrainingTask : IDisposable
{
    /// <summary>The network's tensors.</summary>
    NetworkState Network { get; }

    /// <summary>Name of the validation number by which the best epoch is chosen, one of those that <see cref="Validate"/> returns.</summary>
    string Criterion { get; }

    /// <summary>Whether a larger <see cref="Criterion"/> is better.</summary>
    bool LargerIsBetter { get; }

    /// <summary>
    /// Mean loss over the jets of a batch, a scalar with a gradient, in training mode. It may draw from the engine's global generator, which the
    /// trainer has seeded for this step. The caller owns the result.
    /// </summary>
    Tensor Loss(JetBatch batch);

    /// <summary>
    /// Share of the learning rate for each of the network's parameters, in their order, after <paramref name="progress"/> of all steps (0 to 1); null gives all the whole rate.
    /// A parameter with share 0 is frozen: it gets no gradient.
    /// </summary>
    IReadOnlyList<double>? RateShares(double progress) => null;

    /// <summary>Called after each backward pass: an exception must not leave one, so whatever went wrong there is thrown here.</summary>
    void AfterBackward();

    /// <summary>Numbers over all validation jets, in evaluation mode.</summary>
    IReadOnlyDictionary<string, double> Validate(IEnumerable<JetBatch> batches);
}

/// <summary>Hears how a training goes. Calls come from the training thread.</summary>
public interface ITrainingObserver
{
    /// <summary>An optimiser step was taken.</summary>
    void Step(StepReport step);

    /// <summary>An epoch ended.</summary>
    void Epoch(EpochReport epoch);

    /// <summary>A checkpoint was written.</summary>
    void Checkpoint(int epoch, long step);
}

/// <summary>One optimiser step.</summary>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="StepInEpoch">Step within the epoch, from 1.</param>
/// <param name="StepsPerEpoch">Steps of a whole epoch.</param>
/// <param name="Step">Step of the whole training, from 1.</param>
/// <param name="Loss">Mean loss over the step's jets.</param>
/// <param name="LearningRate">Learning rate used.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient before clipping.</param>
/// <param name="JetsPerSecond">Rate over the last seconds.</param>
/// <param name="Seconds">Training time so far, over all resumes [s].</param>
public readonly record struct StepReport(
    int Epoch, long StepInEpoch, long StepsPerEpoch, long Step, double Loss, double LearningRate, double GradientNorm, double JetsPerSecond, double Seconds);

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">Epoch, from 0.</param>
/// <param name="Epochs">Epochs of the whole training.</param>
/// <param name="Step">Step of the whole training, from 1.</param>
/// <param name="TrainingLoss">Mean loss over the epoch's jets.</param>
/// <param name="Validation">The validation's numbers.</param>
/// <param name="Best">Whether this epoch is the best so far.</param>
/// <param name="Seconds">Training time so far, over all resumes [s].</param>
public readonly record struct EpochReport(
    int Epoch, int Epochs, long Step, double TrainingLoss, IReadOnlyDictionary<string, double> Validation, bool Best, double Seconds);
