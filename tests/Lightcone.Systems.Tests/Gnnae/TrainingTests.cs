using Lightcone.Jets;
using Lightcone.Systems;
using Lightcone.Systems.Gnnae;
using Lightcone.Systems.Reconstruction;
using Lightcone.Tests.Training;
using Lightcone.Training.Optimisation;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Tests.Gnnae;

[Collection(SeededGenerator.Name)]
public sealed class TrainingTests
{
    private static readonly JetBatch Jets = ToyJets.Make([30, 0, 12, 1, 25, 8], 41);

    [Theory]
    [MemberData(nameof(GnnaeCases.All), MemberType = typeof(GnnaeCases))]
    public void Gradients_agree_with_finite_differences(GnnaeLevel level, GnnaeCoordinates coordinates, GnnaeMode mode)
    {
        using var task = new GnnaeTask(GnnaeCases.Recipe(level, coordinates, mode) with { L1 = 1e-4, Slots = 12 });
        var jets = ToyJets.Make([12, 0, 1, 7], 41);
        GnnaeCases.Fill(task.Network, loudness: 0.8); // louder, and pseudorapidities that become exponentials bring the rounding up with the loss
        var gradients = GnnaeCases.Gradients(task, jets);
        double loss = GnnaeCases.Loss(task, jets);
        TestContext.Current.TestOutputHelper?.WriteLine($"loss {loss:F4}, largest derivative {gradients.Values.Max(g => g.Max(Math.Abs)):E2}");
        foreach (var (name, parameter) in task.Network.Parameters)
        {
            var random = new Randomness.RandomStream(1, "direction " + name, 0, 0);
            double[] start = GnnaeCases.Values(parameter), drawn = [.. start.Select(_ => random.NextGaussian())];
            double length = Math.Sqrt(drawn.Sum(v => v * v)); // weights go through some eighteen layers: a longer step would show third derivatives
            double[] direction = [.. drawn.Select(v => v / length)];
            double expected = gradients[name].Zip(direction).Sum(p => p.First * p.Second);
            // The kink of an activation, or another nearest constituent, may lie within the largest step, but not within all of them.
            var quotients = ((double[])[1e-6, 1e-7, 1e-8]).Select(step => (Step: step, Value: (LossAt(+step) - LossAt(-step)) / (2 * step))).ToList();
            LossAt(0);
            // 1e-6 of the slope, and what one rounding in each of some sixty operations after another leaves of the two losses when it is divided by the step.
            Assert.True(quotients.Any(q => Math.Abs(q.Value - expected) <= 1e-6 * Math.Abs(expected) + 64 * Math.ScaleB(1, -52) * Math.Max(1, loss) / q.Step),
                $"{name}: {string.Join(", ", quotients)} against {expected:R}");

            double LossAt(double distance)
            {
                using var noGrad = no_grad();
                using var scope = NewDisposeScope();
                parameter.copy_(tensor(start.Zip(direction).Select(p => p.First + distance * p.Second).ToArray(), parameter.shape));
                return GnnaeCases.Loss(task, jets);
            }
        }
    }

    [Theory]
    [MemberData(nameof(GnnaeCases.All), MemberType = typeof(GnnaeCases))]
    public void Every_parameter_has_a_gradient_but_those_that_meet_the_zeros_padding_the_input(GnnaeLevel level, GnnaeCoordinates coordinates, GnnaeMode mode)
    {
        using var task = Task(GnnaeCases.Recipe(level, coordinates, mode));
        foreach (var (name, values) in GnnaeCases.Gradients(task, Jets))
            for (int k = 0; k < values.Length; k++)
            {
                // Three of thirty numbers of a node are its momentum; x_i and x_j before the distance, x_i after thirty messages.
                int column = name switch { "encoder.edge_net.0.0.weight" => k % 61 % 60 % 30, "encoder.node_net.0.0.weight" => k % 60 - 30, _ => 0 };
                bool distance = name == "encoder.edge_net.0.0.weight" && k % 61 == 60;
                Assert.True(values[k] != 0 == (column < 3 || distance), $"{name} [{k}]: {values[k]}");
            }
    }

    [Theory]
    [InlineData(GnnaeCoordinates.Cartesian)]
    [InlineData(GnnaeCoordinates.Relative)]
    public void A_batch_of_empty_jets_has_no_loss_and_harms_no_weight(GnnaeCoordinates coordinates)
    {
        foreach (var level in Enum.GetValues<GnnaeLevel>())
        {
            using var task = Task(GnnaeCases.Recipe(level, coordinates));
            Assert.Equal(0, GnnaeCases.Loss(task, ToyJets.Make([0, 0], 3)));
            Assert.All(GnnaeCases.Gradients(task, ToyJets.Make([0, 0], 3)).Values.SelectMany(g => g), v => Assert.Equal(0, v));
        }
    }

    [Theory]
    [InlineData(GnnaeLevel.Jet, GnnaeCoordinates.Cartesian)]
    [InlineData(GnnaeLevel.Jet, GnnaeCoordinates.Relative)]
    [InlineData(GnnaeLevel.Particle, GnnaeCoordinates.Cartesian)]
    [InlineData(GnnaeLevel.Particle, GnnaeCoordinates.Relative)]
    public void Training_brings_the_loss_of_a_toy_sample_well_below_that_of_rebuilding_nothing(GnnaeLevel level, GnnaeCoordinates coordinates)
    {
        manual_seed(7);
        var recipe = new GnnaeRecipe { Level = level, Latent = 10, Coordinates = coordinates, MomentumUnit = 100 };
        using var task = new GnnaeTask(recipe);
        using var optimiser = new AdamW(task.Network, 0.9, 0.999, 1e-8, 0);
        var jets = ToyJets.Make(24, 12, least: 4, most: 8);
        double nothing = Enumerable.Range(0, jets.JetCount).Average(jet => AtRest(jets, jet, recipe));
        for (int step = 0; step < 200; step++)
        {
            optimiser.ZeroGradients();
            using (NewDisposeScope()) task.Loss(jets).backward();
            optimiser.ClipGradients(1);
            optimiser.Step(2e-3);
        }

        double trained = task.Validate([jets])["loss"];
        TestContext.Current.TestOutputHelper?.WriteLine($"{nothing:F4} -> {trained:F4}");
        Assert.True(trained < 0.5 * nothing, $"{nothing} -> {trained}");
    }

    [Fact]
    public void The_validation_is_the_mean_over_jets_whatever_the_batches()
    {
        using var task = Task(GnnaeCases.Exact with { L1 = 1 });
        double whole = task.Validate([Jets])["loss"], parts = task.Validate([Jets.Select([0]), Jets.Select([1, 2, 3]), Jets.Select([4, 5])])["loss"];
        Assert.Equal(whole, parts, 1e-13 * whole);
        double sum = task.Network.Parameters.Sum(p => GnnaeCases.Values(p.Tensor).Sum(Math.Abs));
        Assert.Equal(whole + sum, GnnaeCases.Loss(task, Jets), 1e-12 * sum);
    }

    [Fact]
    public void Training_and_rebuilding_leave_no_tensor_behind()
    {
        using var task = Task(new GnnaeRecipe { L1 = 1e-8, Coordinates = GnnaeCoordinates.Relative });
        using var model = GnnaeCases.Model(new GnnaeRecipe());
        using var optimiser = new AdamW(task.Network, 0.9, 0.999, 1e-8, 0.01);
        Step();
        long live = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        for (int i = 0; i < 3; i++) Step();
        Assert.Equal(live, DisposeScopeManager.Statistics.ThreadTotalLiveCount);

        void Step()
        {
            optimiser.ZeroGradients();
            using (NewDisposeScope()) task.Loss(Jets).backward();
            optimiser.Step(1e-3);
            task.Validate([Jets, Jets]);
            model.Reconstruct(Jets);
        }
    }

    [Theory]
    [InlineData("jetnet-gnnae-jl")]
    [InlineData("jetnet-gnnae-pl")]
    public void A_trained_run_loads_and_scores_as_its_last_validation_says(string name)
    {
        using var folder = new TemporaryFolder();
        var (system, named) = SystemCatalogue.Training(name);
        var recipe = (GnnaeRecipe)named.Recipe with { Classes = default, Epochs = 1, BatchSize = 16, Accumulate = 1, MomentumUnit = 100 };
        string data = ToyJets.WriteSplits(folder["data"], ToyJets.Make(32, 1), ToyJets.Make(40, 2, least: 0));
        var request = new TrainingRequest { Run = folder["run"], Data = data, Threads = 1, Command = "test" };
        TrainingSession.Start(system, recipe, request, new Listener(), CancellationToken.None);
        var run = Run.Open(folder["run"]);
        using var model = GnnaeModel.Load(run);
        Assert.Equal(recipe, model.Recipe);
        using var task = new GnnaeTask(recipe);
        task.Network.Load(Safetensors.ReadAll(run.BestPath));
        var jets = ToyJets.Make(40, 2, least: 0);
        double validated = task.Validate([jets])["loss"], squared = ReconstructionScores.Find("chamfer-squared")!.Of(jets, model.Reconstruct(jets).Reconstructed).Average();
        if (recipe.Loss == ReconstructionLoss.Chamfer) Assert.Equal(validated, squared / recipe.MomentumUnit / recipe.MomentumUnit, 1e-5 * validated);
        else Assert.True(validated > 0);
        var report = system.CheckSymmetry(run, jets);
        Assert.True(report.Gates.Single().Passed);
        Assert.All(report.Variants.Single().LargestChange, c => Assert.True(c > 1e-3));
        Assert.Contains("2212.07347", system.BibTex);
        Assert.Throws<UsageException>(() => system.Import("x", folder["y"], [], Provenance.Read(run.ProvenancePath)));
    }

    public static TheoryData<string> Damages() => ["another network", "a tensor of another shape", "a tensor missing", "cut short", "no file"];

    [Theory]
    [MemberData(nameof(Damages))]
    public void Weights_that_do_not_fit_are_bad_input(string damage)
    {
        using var folder = new TemporaryFolder();
        var run = Run.Create(folder["run"], new GnnaeRecipe(), Provenance.OfThisProcess(1, false), "");
        using (var network = new GnnaeNetwork(new GnnaeRecipe { Latent = damage == "a tensor of another shape" ? 44 : 45 }))
        {
            List<WeightTensor> tensors = [.. network.State.ToWeights()];
            Safetensors.Write(run.BestPath, tensors);
            if (damage == "another network") Safetensors.Write(run.BestPath, [WeightTensor.FromSingle("conv.weight", [2, 2], [1, 2, 3, 4])]);
            if (damage == "a tensor missing") Safetensors.Write(run.BestPath, tensors.Where(t => t.Name != "decoder.edge_net.1.2.bias"));
            if (damage == "cut short") File.WriteAllBytes(run.BestPath, File.ReadAllBytes(run.BestPath)[..^100]);
            if (damage == "no file") File.Delete(run.BestPath);
        }

        Assert.Equal(ExitCode.BadInput, Assert.Throws<InputDataException>(() => GnnaeModel.Load(run)).ExitCode);
    }

    private static GnnaeTask Task(GnnaeRecipe recipe)
    {
        var task = new GnnaeTask(recipe);
        GnnaeCases.Fill(task.Network);
        return task;
    }

    // Each true constituent is as far from a reconstruction at rest as its squares say; the reconstruction's nearest is the smallest of them.
    private static double AtRest(JetBatch jets, int jet, GnnaeRecipe recipe)
    {
        var squares = Enumerable.Range(jets.Offsets[jet], jets.Multiplicity(jet)).Select(jets.Constituent).Select(p => 2 * p.P * p.P / recipe.MomentumUnit / recipe.MomentumUnit).ToList();
        return 0.5 * (squares.Average() + squares.Min());
    }
}
