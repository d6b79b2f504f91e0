using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm;
using Lightcone.Systems.Mpm.Acceptance;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Tests.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Mpm.BadInputTests;

/// <summary>Jets of no, one and two particles, everything hidden and nothing hidden.</summary>
[Collection(SeededGenerator.Name)]
public sealed class SmallJetTests
{
    private static readonly int[] Mixed = [0, 1, 2, 0, 9, 1, 2, 30, 1];

    public static TheoryData<HidingLayout, TokenLayout, int> Layouts => Combinations(Enum.GetValues<HidingLayout>());

    public static TheoryData<ClassifierHead, TokenLayout, int> Heads => Combinations(Enum.GetValues<ClassifierHead>());

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Jets_of_fewer_than_two_particles_change_neither_loss_nor_validation(HidingLayout hiding, TokenLayout layout, int registers)
    {
        using var scope = NewDisposeScope();
        var recipe = ToyModels.Recipe(TargetKind.Regression, hiding) with { TokenLayout = layout, Registers = registers };
        using var task = ToyModels.Task(recipe, ToyModels.Reading(recipe, 1), 1);
        var all = ToyParticles.Jets(Mixed, 1);
        var enough = all.Select([.. Enumerable.Range(0, Mixed.Length).Where(jet => Mixed[jet] >= 2)]);
        // float64: another order of summation, at most.
        Assert.Equal(Loss(enough), Loss(all), 1e-12);
        Assert.Equal(task.Validate([enough])["features"], task.Validate([all])["features"], 1e-12);
        Assert.Equal(task.Validate([enough])["features"], task.Validate([all.Select([0, 1]), all.Select([3]), enough])["features"], 1e-12);

        double Loss(JetBatch jets)
        {
            manual_seed(5);
            return task.Loss(jets).item<double>();
        }
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Small_jets_leave_finite_gradients_in_float32(HidingLayout hiding, TokenLayout layout, int registers)
    {
        using var scope = NewDisposeScope();
        var recipe = ToyModels.Recipe(TargetKind.KMeans, hiding) with { TokenLayout = layout, Registers = registers, Network = Precision.Float32 };
        using var task = ToyModels.Task(recipe, ToyModels.Reading(recipe, 1), 1);
        foreach (int[] counts in (int[][])[Mixed, [2], [0, 2, 0], [2, 2, 1]])
        {
            task.Loss(ToyParticles.Jets(counts, 1)).backward();
            task.AfterBackward();
            foreach (var (name, parameter) in task.Network.Parameters)
                if (parameter.grad is { } gradient) Assert.True(gradient.isfinite().all().item<bool>(), name);
        }
    }

    [Fact]
    public void Of_two_particles_exactly_one_is_hidden_and_of_fewer_none()
    {
        var table = ToyParticles.Table([0, 1, 2, 2, 2, 2, 2, 2, 3], 1);
        foreach (double fraction in (double[])[0.01, 0.4, 0.99])
        {
            var hidden = HiddenParticles.Draw(table, fraction, new RandomStream(1, "t", 0, 0));
            Assert.Equal([0, 0, 1, 1, 1, 1, 1, 1], hidden.HiddenCounts[..8]);
            Assert.InRange(hidden.HiddenCounts[8], 1, 2);
            Assert.Equal([0, 1, 1, 1, 1, 1, 1, 1], hidden.VisibleCounts[..8]);
        }

        // Both particles of a pair have their turn.
        Assert.Equal(2, Enumerable.Range(0, 50).Select(seed => HiddenParticles.Draw(table, 0.4, new RandomStream((ulong)seed, "t", 0, 0)).Hidden[0] - table.Offsets[2]).Distinct().Count());
    }

    [Fact]
    public void A_sample_in_which_nothing_can_be_hidden_is_refused()
    {
        using var scope = NewDisposeScope();
        var recipe = ToyModels.Recipe(TargetKind.Regression, HidingLayout.Removed);
        using var task = ToyModels.Task(recipe, ToyModels.Reading(recipe, 1), 1);
        var jets = ToyParticles.Jets([0, 1, 1, 0], 1);
        Refusal.Of<InputDataException>(() => task.Loss(jets), "two particles");
        Refusal.Of<InputDataException>(() => task.Validate([jets, jets]), "two particles");
        Refusal.Of<InputDataException>(() => task.Validate([]), "two particles");
        Refusal.Of<InputDataException>(() => Preprocessing.Fit(new InMemorySource(ToyParticles.Jets([0, 0], 1), ToyParticles.Schema), ParticleInputs.Full, 64), "particle");
    }

    [Theory]
    [MemberData(nameof(Layouts))]
    public void Everything_may_be_hidden_or_nothing(HidingLayout hiding, TokenLayout layout, int registers)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var precision in Enum.GetValues<Precision>())
            foreach (var context in (MaskedContext[])[MaskedContext.Jet, MaskedContext.Nothing])
            {
                var recipe = ToyModels.Recipe(TargetKind.Regression, hiding) with { TokenLayout = layout, Registers = registers, Network = precision, Context = context };
                using var network = new MpmNetwork(recipe, null);
                foreach (int[] counts in (int[][])[[3, 0, 64, 1], [0, 0], [1]])
                {
                    var table = ToyParticles.Table(counts, 1);
                    var everything = network.Decode(table, HiddenParticles.Choose(table, (_, flags) => Array.Fill(flags, true)), training: false);
                    Assert.Equal([counts.Sum(), recipe.DecoderWidth], everything.shape);
                    Assert.True(everything.isfinite().all().item<bool>());
                    Assert.Equal([0, recipe.DecoderWidth], network.Decode(table, HiddenParticles.None(table), training: false).shape);
                }
            }
    }

    [Fact]
    public void More_hidden_particles_than_there_are_tokens_are_refused()
    {
        using var scope = NewDisposeScope();
        using var network = new MpmNetwork(ToyModels.Recipe(TargetKind.Regression, HidingLayout.Removed) with { Constituents = 4 }, null);
        var table = ToyParticles.Table([6], 1);
        Assert.ThrowsAny<ArgumentException>(() => network.Decode(table, HiddenParticles.Choose(table, (_, flags) => flags.AsSpan(1).Fill(true)), training: false));
    }

    [Theory]
    [MemberData(nameof(Heads))]
    public void A_jet_without_particles_gets_the_shares_of_the_training_jets_classes(ClassifierHead head, TokenLayout layout, int registers)
    {
        using var scope = NewDisposeScope();
        foreach (var precision in Enum.GetValues<Precision>())
        {
            var recipe = ToyModels.Classifier(head) with { TokenLayout = layout, Registers = registers, Network = precision };
            using var task = new FineTuneTask(recipe, ToyModels.Reading(ToyModels.Recipe(TargetKind.Regression, HidingLayout.Removed), 1), new ClassifierNetwork(recipe, 2), 2);
            // Six jets of each class in four batches, one of them of empty jets alone.
            foreach (int[] counts in (int[][])[[0, 1], [2, 0, 3, 40], [0, 0], [5, 6, 7, 8]])
            {
                task.Loss(ToyParticles.Jets(counts, 1)).backward();
                task.AfterBackward();
            }

            foreach (var (name, parameter) in task.Network.Parameters) Assert.True(parameter.grad is null || parameter.grad.isfinite().all().item<bool>(), name);
            task.Model.Count(tensor(new long[] { 1, 1, 1, 1, 1, 1 })); // now 6 and 12
            foreach (int[] counts in (int[][])[[0, 4, 0], [0], [0, 0]])
            {
                var probabilities = task.Model.Logits(ToyParticles.Table(counts, 1), training: false).softmax(1).to(ScalarType.Float64);
                for (int jet = 0; jet < counts.Length; jet++)
                {
                    double signal = probabilities[jet, 1].item<double>();
                    if (counts[jet] == 0) Assert.Equal(13.0 / 20, signal, 1e-6);
                    else Assert.True(Math.Abs(signal - 13.0 / 20) > 1e-4);
                }
            }

            var numbers = task.Validate([ToyParticles.Jets([0, 1, 2, 20], 1)]);
            Assert.All(numbers.Values, number => Assert.True(double.IsFinite(number)));
        }
    }

    private static TheoryData<T, TokenLayout, int> Combinations<T>(T[] kinds)
    {
        var rows = new TheoryData<T, TokenLayout, int>();
        foreach (var kind in kinds)
            foreach (var layout in Enum.GetValues<TokenLayout>())
                foreach (int registers in (int[])[0, 2]) rows.Add(kind, layout, registers);
        return rows;
    }
}
