using Lightcone.Jets;
using Lightcone.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Tests.Training;

[Collection(SeededGenerator.Name)]
public sealed class TrainerTests
{
    private const int Jets = 75; // 4 batches of 16 and a rest that is left out

    private static readonly LineRecipe Recipe = new()
    {
        Epochs = 3, BatchSize = 16, LearningRate = 0.05, Schedule = LearningRateShape.Cosine, Noise = 0.1, Ema = 0.9, ClipGradient = 1, Seed = 5,
    };

    [Fact]
    public void A_training_interrupted_after_any_step_and_resumed_ends_with_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        var (whole, weights) = Train(folder["whole"], Recipe);
        Assert.Equal(12, whole.Steps.Count);
        for (int stopAfter = 1; stopAfter < 12; stopAfter++)
        {
            string path = folder[$"stopped {stopAfter}"];
            using var stop = new CancellationTokenSource();
            var (first, _) = Train(path, Recipe, new Listener { OnStep = s => { if (s.Step == stopAfter) stop.Cancel(); } }, stop: stop.Token);
            var (second, resumed) = Train(path, Recipe, resume: true);
            Assert.Equal(weights, resumed);
            Assert.Equal(whole.Steps.Select(s => (s.Step, s.Loss, s.GradientNorm, s.LearningRate)), first.Steps.Concat(second.Steps).Select(s => (s.Step, s.Loss, s.GradientNorm, s.LearningRate)));
            Assert.Equal(whole.Epochs.Select(e => (e.Epoch, e.TrainingLoss)), first.Epochs.Concat(second.Epochs).Select(e => (e.Epoch, e.TrainingLoss)));
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder["whole"], "checkpoints", "best.safetensors")), File.ReadAllBytes(Path.Combine(path, "checkpoints", "best.safetensors")));
        }
    }

    [Fact]
    public void Two_batches_of_16_accumulated_make_the_step_of_one_batch_of_32()
    {
        using var folder = new TemporaryFolder();
        var recipe = Recipe with { Noise = 0, Ema = 0 };
        var (one, single) = Train(folder["single"], recipe with { BatchSize = 32 });
        var (two, accumulated) = Train(folder["accumulated"], recipe with { BatchSize = 16, Accumulate = 2 });
        Assert.Equal(6, two.Steps.Count);
        // Six steps of a rate below 0.05; each sums 32 numbers of size 1 in another order: some 32 × 1e-16 of the gradient a step.
        Assert.All(single.Zip(accumulated), p => Assert.Equal(p.First, p.Second, 1e-13));
        Assert.All(one.Steps.Zip(two.Steps), p => Assert.Equal(p.First.Loss, p.Second.Loss, 1e-13));
    }

    [Fact]
    public void The_moving_average_is_kept_and_its_memory_grows_from_the_first_step()
    {
        using var folder = new TemporaryFolder();
        using var task = new LineTask(Recipe);
        double[] average = task.Parameters();
        int step = 0;
        var listener = new Listener
        {
            OnStep = _ =>
            {
                double decay = Math.Min(Recipe.Ema, (1.0 + step) / (10.0 + step));
                double[] now = task.Parameters();
                for (int i = 0; i < average.Length; i++) average[i] = decay * average[i] + (1 - decay) * now[i];
                step++;
            },
        };
        Train(folder["run"], Recipe, listener, task: task);
        var best = Safetensors.ReadAll(Path.Combine(folder["run"], "checkpoints", "best.safetensors"));
        double[] kept = [.. best["w"].ToDouble(), .. best["b"].ToDouble()];
        Assert.All(average.Zip(kept), p => Assert.Equal(p.First, p.Second, 1e-14));
        Assert.NotEqual(task.Parameters(), kept);
        Assert.Equal(12 * 16.0, best["seen"].ToDouble().Single()); // buffers are carried over as they are
    }

    [Fact]
    public void Without_a_moving_average_the_trained_weights_are_kept()
    {
        using var folder = new TemporaryFolder();
        var (_, weights) = Train(folder["run"], Recipe with { Ema = 0 });
        var best = Safetensors.ReadAll(Path.Combine(folder["run"], "checkpoints", "best.safetensors"));
        Assert.Equal(weights, best["w"].ToDouble().Concat(best["b"].ToDouble()));
    }

    [Fact]
    public void Every_epoch_sees_other_batches_and_no_jet_twice()
    {
        using var folder = new TemporaryFolder();
        using var task = new LineTask(Recipe);
        Train(folder["run"], Recipe, task: task);
        var epochs = task.Rows.Chunk(64).ToList();
        Assert.Equal(3, epochs.Count);
        Assert.All(epochs, e => Assert.Equal(64, e.Distinct().Count()));
        Assert.NotEqual(epochs[0], epochs[1]);
    }

    [Fact]
    public void Training_ends_when_patience_runs_out_and_the_best_epoch_stays()
    {
        using var folder = new TemporaryFolder();
        using var task = new LineTask(Recipe) { Spoil = n => new Dictionary<string, double> { ["seen"] = -Math.Abs(n["seen"] - 2 * 64) } };
        var (listener, _) = Train(folder["run"], Recipe with { Epochs = 20, Patience = 3, Schedule = LearningRateShape.Constant }, task: task);
        Assert.Equal(5, listener.Epochs.Count); // the second was best, then three without a better one
        Assert.Equal([true, true, false, false, false], listener.Epochs.Select(e => e.Best));
    }

    [Theory]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_validation_that_is_not_a_number_ends_the_training_with_bad_input(double number)
    {
        using var folder = new TemporaryFolder();
        using var task = new LineTask(Recipe) { Spoil = n => new Dictionary<string, double>(n) { ["jets"] = number } };
        var error = Assert.Throws<DivergenceException>(() => Train(folder["run"], Recipe, task: task));
        Assert.Contains("jets", error.Message);
        Assert.Contains("epoch 1", error.Where);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_names_epoch_step_and_rows_and_leaves_the_last_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var jets = ToyJets.Make(Jets, 1);
        double[] momenta = [.. jets.Momenta];
        momenta[4 * jets.Offsets[40]] = double.PositiveInfinity;
        var spoiled = new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta, Labels = jets.Labels };
        var recipe = Recipe with { CheckpointMinutes = 0, Noise = 0 };
        using var task = new LineTask(recipe);
        var listener = new Listener();
        var error = Assert.Throws<DivergenceException>(() => Train(folder["run"], recipe, listener, task: task, training: new InMemorySource(spoiled, ToyJets.Schema)));
        Assert.Contains("epoch 1", error.Where);
        Assert.Contains($"step {listener.Steps.Count + 1}", error.Where);
        Assert.Contains(40L, task.Rows.TakeLast(16));
        Assert.EndsWith("training rows 40", error.Where);
        Assert.Equal(ExitCode.BadInput, error.ExitCode);
        if (listener.Steps.Count > 0)
            Assert.Equal($"{listener.Steps.Count}", Safetensors.ReadAll(Path.Combine(folder["run"], "checkpoints", "last", "state.safetensors")).Metadata["step"]);
    }

    [Fact]
    public void A_time_limit_that_has_passed_leaves_a_checkpoint_at_the_very_start()
    {
        using var folder = new TemporaryFolder();
        var (nothing, _) = Train(folder["run"], Recipe, limit: TimeSpan.Zero);
        Assert.Empty(nothing.Steps);
        var (_, resumed) = Train(folder["run"], Recipe, resume: true);
        Assert.Equal(Train(folder["whole"], Recipe).Weights, resumed);
    }

    [Theory]
    [InlineData("metricsBytes", "-1")]
    [InlineData("epoch", "99999999999")]
    [InlineData("step", "many")]
    [InlineData("format", "something else")]
    public void A_checkpoint_with_a_spoiled_position_is_refused(string name, string value)
    {
        using var folder = new TemporaryFolder();
        Train(folder["run"], Recipe, limit: TimeSpan.Zero);
        string path = Path.Combine(folder["run"], "checkpoints", "last", "state.safetensors");
        var state = Safetensors.ReadAll(path);
        Safetensors.Write(path, state, new Dictionary<string, string>(state.Metadata) { [name] = value });
        Assert.Throws<InputDataException>(() => Train(folder["run"], Recipe, resume: true));
    }

    [Fact]
    public void Too_few_jets_for_one_step_are_refused()
    {
        using var folder = new TemporaryFolder();
        Assert.Throws<InputDataException>(() => Train(folder["run"], Recipe with { BatchSize = 40, Accumulate = 2 }));
    }

    private static (Listener Listener, double[] Weights) Train(
        string path, LineRecipe recipe, Listener? listener = null, bool resume = false, TimeSpan? limit = null, LineTask? task = null, IJetSource? training = null, CancellationToken stop = default)
    {
        listener ??= new Listener();
        using var own = task is null ? new LineTask(recipe) : null;
        task ??= own!;
        using var average = recipe.Ema > 0 ? new LineTask(recipe) : null;
        var run = resume ? Run.Open(path) : Run.Create(path, recipe, Provenance.OfThisProcess(1, false), "");
        using var trainer = new Trainer(run, recipe, task, average?.Network, listener);
        trainer.Train(training ?? ToyJets.Source(Jets, 1), ToyJets.Source(20, 2), resume, limit, stop);
        return (listener, task.Parameters());
    }
}
