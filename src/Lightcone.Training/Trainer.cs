using System.Diagnostics;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Training.Engine;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Training;

/// <summary>How a training ended.</summary>
public enum TrainingOutcome
{
    /// <summary>All epochs are done, or patience ran out.</summary>
    Finished,

    /// <summary>Stopped by a signal or the time limit; a checkpoint was written.</summary>
    Stopped,
}

/// <summary>A loss or gradient that is not a number.</summary>
public sealed class DivergenceException(string what, string where, string likelyCause, string whatToDo)
    : InputDataException(what, where, likelyCause, whatToDo);

/// <summary>
/// The training loop of every system. All randomness is keyed by (seed, epoch, step), so a resumed training draws what an uninterrupted one would have
/// drawn; with the same number of threads its weights end bit-identical.
/// </summary>
public sealed class Trainer : IDisposable
{
    private const double LogSeconds = 1;

    private readonly Run run;
    private readonly TrainingRecipe recipe;
    private readonly ITrainingTask task;
    private readonly ITrainingObserver observer;
    private readonly AdamW optimiser;
    private readonly NetworkState? average;

    /// <summary>Prepares a training of <paramref name="task"/> in <paramref name="run"/>; the caller holds the run's lock and owns the task.</summary>
    /// <param name="run">The run's folder.</param>
    /// <param name="recipe">What to do.</param>
    /// <param name="task">What to train.</param>
    /// <param name="average">A second state like the task's network for the moving average; null when the recipe has none.</param>
    /// <param name="observer">Hears of progress.</param>
    public Trainer(Run run, TrainingRecipe recipe, ITrainingTask task, NetworkState? average, ITrainingObserver observer)
    {
        (this.run, this.recipe, this.task, this.observer) = (run, recipe, task, observer);
        optimiser = new AdamW(task.Network, recipe.Beta1, recipe.Beta2, recipe.Epsilon, recipe.WeightDecay);
        this.average = recipe.Ema > 0 ? average ?? throw new ArgumentNullException(nameof(average)) : null;
    }

    /// <summary>Trains until all epochs are done, patience runs out, <paramref name="stop"/> is signalled or <paramref name="limit"/> has passed.</summary>
    /// <exception cref="DivergenceException">A loss or gradient is not finite.</exception>
    /// <exception cref="InputDataException">Too few jets for one batch, or a damaged file.</exception>
    public TrainingOutcome Train(IJetSource training, IJetSource validation, bool resume, TimeSpan? limit, CancellationToken stop)
    {
        var position = resume && File.Exists(run.LastPath)
            ? Checkpoint.Read(run.LastPath, task.Network, average, optimiser)
            : new TrainingPosition();
        if (position.Step == 0) average?.CopyFrom(task.Network);
        long stepsPerEpoch = StepsPerEpoch(recipe, training.Count, run.Folder);
        using var metrics = new MetricsLog(run.MetricsPath, position.MetricsBytes);
        var session = new Session(limit, stop, position.Seconds);
        var board = new EventWriter(run.Folder);
        while (position.Epoch < recipe.Epochs && !OutOfPatience(position))
        {
            position = TrainEpoch(training, position, stepsPerEpoch, session, metrics, board);
            if (position.StepInEpoch < stepsPerEpoch)
            {
                Save(position, metrics);
                return TrainingOutcome.Stopped;
            }

            position = EndEpoch(validation, position, stepsPerEpoch, session, metrics, board);
        }

        return TrainingOutcome.Finished;
    }

    /// <summary>Optimiser steps of an epoch over so many jets; jets that do not fill the last step are left out.</summary>
    /// <exception cref="InputDataException">They do not fill one step.</exception>
    public static long StepsPerEpoch(TrainingRecipe recipe, long jets, string where)
    {
        long steps = jets / recipe.BatchSize / recipe.Accumulate;
        return steps > 0 ? steps : throw new InputDataException($"{jets} training jets do not fill one step of {recipe.Accumulate} × {recipe.BatchSize} jets.", where,
            "A very small file.", "Lower batchSize or accumulate.");
    }

    /// <inheritdoc/>
    public void Dispose() => optimiser.Dispose();

    private bool OutOfPatience(TrainingPosition position) => recipe.Patience > 0 && position.BestEpoch >= 0 && position.Epoch - 1 - position.BestEpoch >= recipe.Patience;

    private TrainingPosition TrainEpoch(
        IJetSource training, TrainingPosition position, long stepsPerEpoch, Session session, MetricsLog metrics, EventWriter board)
    {
        var batches = new ShuffledBatches(training)
        {
            Seed = recipe.Seed,
            Epoch = position.Epoch,
            BatchSize = recipe.BatchSize,
            DropLast = true,
            WindowSize = recipe.ShuffleWindow,
            LengthGroup = recipe.Bucketing,
        };
        using var stream = batches.From(position.StepInEpoch * recipe.Accumulate).GetEnumerator();
        session.BeginSteps();
        while (position.StepInEpoch < stepsPerEpoch && !session.MustStop)
        {
            double rate = Rate(position, stepsPerEpoch);
            var (loss, norm) = Step(stream, position, rate, task.RateShares((double)position.Step / (stepsPerEpoch * recipe.Epochs)));
            position = position with { StepInEpoch = position.StepInEpoch + 1, Step = position.Step + 1, LossSum = position.LossSum + loss, Seconds = session.Seconds };
            var report = new StepReport(position.Epoch, position.StepInEpoch, stepsPerEpoch, position.Step, loss, rate, norm,
                session.Rate(recipe.BatchSize * recipe.Accumulate), position.Seconds);
            observer.Step(report);
            if (session.TimeToLog(LogSeconds))
            {
                metrics.Write(report);
                board.Write(report);
            }

            if (session.TimeToSave(60 * recipe.CheckpointMinutes)) Save(position, metrics);
        }

        return position;
    }

    private double Rate(TrainingPosition position, long stepsPerEpoch) => recipe.Schedule == LearningRateShape.CosineBySteps
        ? LearningRate.OfStep(recipe.LearningRate, recipe.WarmUp, position.Step, stepsPerEpoch * recipe.Epochs)
        : LearningRate.Of(recipe.Schedule, recipe.LearningRate, position.Epoch, recipe.Epochs);

    private (double Loss, double GradientNorm) Step(IEnumerator<JetBatch> stream, TrainingPosition position, double rate, IReadOnlyList<double>? shares)
    {
        for (int i = 0; i < shares?.Count; i++) task.Network.Parameters[i].Tensor.requires_grad = shares[i] > 0;
        double loss = 0;
        var batches = new List<JetBatch>();
        optimiser.ZeroGradients();
        for (int micro = 0; micro < recipe.Accumulate; micro++)
        {
            if (!stream.MoveNext()) throw new InvalidOperationException("The epoch has fewer batches than counted.");
            batches.Add(stream.Current);
            var draw = new RandomStream(recipe.Seed, "step", position.Epoch, position.StepInEpoch * recipe.Accumulate + micro);
            manual_seed((long)(draw.NextUInt64() >> 1));
            using var scope = NewDisposeScope();
            var term = task.Loss(stream.Current);
            double value = term.detach().to(ScalarType.Float64).item<double>();
            if (!double.IsFinite(value)) throw Diverged("The loss is not a number", batches, position);
            (recipe.Accumulate == 1 ? term : term.Times(1.0 / recipe.Accumulate)).backward();
            task.AfterBackward();
            loss += value / recipe.Accumulate;
        }

        double norm = optimiser.ClipGradients(recipe.ClipGradient);
        if (!double.IsFinite(norm)) throw Diverged("The gradient is not a number", batches, position);
        optimiser.Step(rate, shares);
        UpdateAverage(position.Step);
        return (loss, norm);
    }

    private void UpdateAverage(long step)
    {
        if (average is null) return;
        using var noGrad = no_grad();
        double decay = Math.Min(recipe.Ema, (1.0 + step) / (10.0 + step)); // short memory at first, when the weights still move fast
        foreach (var (name, tensor) in task.Network.Parameters) average[name].TowardsInPlace(tensor, 1 - decay);
        foreach (var (name, tensor) in task.Network.Buffers) average[name].copy_(tensor);
    }

    private TrainingPosition EndEpoch(
        IJetSource validation, TrainingPosition position, long stepsPerEpoch, Session session, MetricsLog metrics, EventWriter board)
    {
        var numbers = Validate(validation);
        foreach (var (name, number) in numbers)
            if (!double.IsFinite(number))
                throw new DivergenceException($"The validation's {name} is not a number.", $"{run.Folder}, end of epoch {position.Epoch + 1}", "A jet with an extreme four-momentum in the validation file, or a learning rate that is too high.",
                    "Check the file: lightcone dataset check; then lower learningRate or set clipGradient=1. The last checkpoint is from before this validation.");
        double value = numbers[task.Criterion];
        bool best = double.IsNaN(position.BestValue) || (task.LargerIsBetter ? value > position.BestValue : value < position.BestValue);
        if (best || recipe.Keep == KeptWeights.Last) Safetensors.Write(run.BestPath, (average ?? task.Network).ToWeights().ToList(), new Dictionary<string, string> { ["system"] = recipe.System });
        var report = new EpochReport(position.Epoch, recipe.Epochs, position.Step, position.LossSum / stepsPerEpoch, numbers, best, session.Seconds);
        metrics.Write(report);
        board.Write(report);
        position = position with
        {
            Epoch = position.Epoch + 1,
            StepInEpoch = 0,
            LossSum = 0,
            BestValue = best ? value : position.BestValue,
            BestEpoch = best ? position.Epoch : position.BestEpoch,
            Seconds = session.Seconds,
        };
        Save(position, metrics);
        observer.Epoch(report);
        return position;
    }

    private IReadOnlyDictionary<string, double> Validate(IJetSource validation)
    {
        if (average is null) return task.Validate(new SequentialBatches(validation) { BatchSize = recipe.BatchSize });
        using var trained = new Exchange(task.Network, average);
        return task.Validate(new SequentialBatches(validation) { BatchSize = recipe.BatchSize });
    }

    private void Save(TrainingPosition position, MetricsLog metrics)
    {
        Checkpoint.Write(run.LastPath, position with { MetricsBytes = metrics.Length }, task.Network, average, optimiser);
        observer.Checkpoint(position.Epoch, position.Step);
    }

    private DivergenceException Diverged(string what, List<JetBatch> batches, TrainingPosition position) => new(
        what + ".",
        $"{run.Folder}, epoch {position.Epoch + 1}, step {position.StepInEpoch + 1}, training rows {Named(batches)}",
        "A jet with an extreme four-momentum, or a learning rate that is too high.",
        "Check the rows: lightcone dataset check; then lower learningRate or set clipGradient=1. The last checkpoint is from before this step.");

    // The jets that are to blame for certain, where there are any; else all of the step.
    private static string Named(List<JetBatch> batches)
    {
        var rows = batches.SelectMany(b => Enumerable.Range(0, b.JetCount).Where(jet => !IsFinite(b, jet)).Select(jet => b.Rows[jet])).ToList();
        if (rows.Count == 0) rows = batches.SelectMany(b => b.Rows).ToList();
        return string.Join(", ", rows.Take(8)) + (rows.Count > 8 ? $" and {rows.Count - 8} more" : "");
    }

    // Networks read four-momenta in float32.
    private static bool IsFinite(JetBatch batch, int jet)
    {
        foreach (double component in batch.Momenta.AsSpan(4 * batch.Offsets[jet], 4 * batch.Multiplicity(jet)))
            if (!float.IsFinite((float)component)) return false;
        return true;
    }

    /// <summary>Puts the averaged weights into the network for a validation, and the trained ones back.</summary>
    private sealed class Exchange : IDisposable
    {
        private readonly NetworkState network;
        private readonly List<(Tensor Tensor, Tensor Trained)> kept;

        public Exchange(NetworkState network, NetworkState average)
        {
            using var noGrad = no_grad();
            this.network = network;
            kept = network.Parameters.Concat(network.Buffers).Select(t => (t.Tensor, t.Tensor.detach().clone().DetachFromDisposeScope())).ToList();
            network.CopyFrom(average);
        }

        public void Dispose()
        {
            using var noGrad = no_grad();
            foreach (var (tensor, trained) in kept)
            {
                tensor.copy_(trained);
                trained.Dispose();
            }
        }
    }

    /// <summary>The clock of one process's share of a training.</summary>
    private sealed class Session(TimeSpan? limit, CancellationToken stop, double secondsBefore)
    {
        private readonly Stopwatch clock = Stopwatch.StartNew();
        private double lastLog = double.NegativeInfinity, lastSave, lastStep, secondsPerStep;

        public double Seconds => secondsBefore + clock.Elapsed.TotalSeconds;

        public bool MustStop => stop.IsCancellationRequested || (limit is { } t && clock.Elapsed >= t);

        /// <summary>Steps begin after something else, a validation say, whose time is not theirs.</summary>
        public void BeginSteps() => lastStep = clock.Elapsed.TotalSeconds;

        /// <summary>Jets a second, smoothed over some twenty steps; called once a step.</summary>
        public double Rate(int jets)
        {
            double now = clock.Elapsed.TotalSeconds, step = now - lastStep;
            lastStep = now;
            secondsPerStep = secondsPerStep == 0 ? step : secondsPerStep + (step - secondsPerStep) / 20;
            return jets / secondsPerStep;
        }

        public bool TimeToLog(double seconds) => Due(ref lastLog, seconds);

        public bool TimeToSave(double seconds) => Due(ref lastSave, seconds);

        private bool Due(ref double last, double seconds)
        {
            double now = clock.Elapsed.TotalSeconds;
            if (now - last < seconds) return false;
            last = now;
            return true;
        }
    }
}
