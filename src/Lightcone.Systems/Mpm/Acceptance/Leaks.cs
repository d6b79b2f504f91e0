using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>What <see cref="LeakCheck"/> measures of one network; its gates say what each number is.</summary>
internal sealed record Leaks
{
    private const double Fraction = 0.4;
    private const ulong Seed = 41;

    public double OneReplaced { get; private init; }

    public double AllReplaced { get; private init; }

    public double HiddenGradient { get; private init; }

    public double VisibleGradient { get; private init; }

    public double NewRanks { get; private init; }

    public double VisibleReplaced { get; private init; }

    public double TruthPermuted { get; private init; }

    public double TruthCounts { get; private init; }

    public double TruthOfJets { get; private init; }

    public double TruthOfJetsCounts { get; private init; }

    public double LossUnexplained { get; private init; }

    public double CountsAlone { get; private init; }

    /// <summary>Measures a network of loosened fresh weights.</summary>
    public static Leaks Measure(MpmRecipe recipe, int jets, MaskedDecoding decoding)
    {
        using var scope = NewDisposeScope();
        var preprocessing = ToyModels.Reading(recipe, Seed);
        using var task = ToyModels.Task(recipe, preprocessing, Seed);
        ToyModels.Loosen(task.Network, Seed);
        var batch = ToyParticles.Jets(ToyParticles.Multiplicities(jets, Seed), Seed);
        var scene = new Scene(recipe, task, decoding, preprocessing.Apply(batch));
        var (hiddenGradient, visibleGradient) = scene.Gradients();
        var (permuted, counts) = scene.TruthPermuted();
        var (ofJets, ofJetsCounts, unexplained) = scene.TruthOfJets(preprocessing, batch);
        return new()
        {
            OneReplaced = scene.Replaced(one: true), AllReplaced = scene.Replaced(one: false), HiddenGradient = hiddenGradient, VisibleGradient = visibleGradient, NewRanks = scene.NewRanks(),
            VisibleReplaced = scene.VisibleReplaced(), TruthPermuted = permuted, TruthCounts = counts, TruthOfJets = ofJets, TruthOfJetsCounts = ofJetsCounts, LossUnexplained = unexplained,
            CountsAlone = CountsAloneOf(recipe, task, decoding),
        };
    }

    // The same weights shown nothing: two jets with three hidden particles of four and of thirty, all particles different.
    private static double CountsAloneOf(MpmRecipe recipe, MpmTask task, MaskedDecoding decoding)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var preprocessing = ToyModels.Reading(recipe, Seed);
        using var blind = ToyModels.Task(recipe with { Context = MaskedContext.Nothing }, preprocessing, Seed);
        blind.Network.CopyFrom(task.Network);
        ParticleTable few = ToyParticles.Table([4], Seed), many = ToyParticles.Table([30], Seed + 1);
        HiddenParticles HideThree(ParticleTable table) => HiddenParticles.Choose(table, (_, flags) => (flags[0], flags[^2], flags[^1]) = (true, true, true));
        var hidden = HideThree(few);
        var truth = blind.Truth(few, hidden);
        return Differences.Largest(MaskedAnswers.Of(decoding, blind.Model, few, hidden, truth), MaskedAnswers.Of(decoding, blind.Model, many, HideThree(many), truth));
    }

    /// <summary>Jets with hidden particles and what a network says of them.</summary>
    private sealed class Scene
    {
        private readonly MpmRecipe recipe;
        private readonly MpmTask task;
        private readonly MaskedDecoding decoding;
        private readonly ParticleTable table;
        private readonly HiddenParticles hidden;
        private readonly HiddenTruth truth;
        private readonly Tensor answers;

        public Scene(MpmRecipe recipe, MpmTask task, MaskedDecoding decoding, ParticleTable table)
        {
            (this.recipe, this.task, this.decoding, this.table) = (recipe, task, decoding, table);
            hidden = HiddenParticles.Draw(table, Fraction, new RandomStream(Seed, "leak check", 0, 0));
            truth = task.Truth(table, hidden);
            using var noGrad = no_grad();
            answers = MaskedAnswers.Of(decoding, task.Model, table, hidden, truth);
        }

        /// <summary>Largest change when hidden particles become others.</summary>
        public double Replaced(bool one) => Differences.Largest(Change(ToyParticles.Redrawn(table, one ? OneOfEachJet(hidden.Hidden, hidden.HiddenCounts) : hidden.Hidden, Seed + 1)));

        /// <summary>Smallest over the jets of the largest change when a visible particle becomes another.</summary>
        public double VisibleReplaced()
        {
            using var change = Change(ToyParticles.Redrawn(table, OneOfEachJet(hidden.Visible, hidden.VisibleCounts), Seed + 1));
            return Differences.LargestByJet(change, hidden.HiddenCounts).Min();
        }

        /// <summary>Largest change of the prediction at each rank when the hidden particles get new pT and all are sorted again: the ranks of visible ones among all change, and nothing else.</summary>
        public double NewRanks()
        {
            var moved = ToyParticles.Redrawn(table, hidden.Hidden, Seed + 2);
            int[] order = ToyParticles.ByFallingPt(moved);
            var isHidden = new bool[table.ParticleCount];
            foreach (int p in hidden.Hidden) isHidden[p] = true;
            var sorted = moved.Rearranged(order);
            return Differences.Largest(Change(sorted, HiddenParticles.Choose(sorted, (jet, flags) =>
            {
                for (int k = 0; k < flags.Length; k++) flags[k] = isHidden[order[table.Offsets[jet] + k]];
            })));
        }

        /// <summary>Largest derivatives of a random combination of all predictions with respect to hidden and to visible features, where the features of all particles are there to be used.</summary>
        public (double Hidden, double Visible) Gradients()
        {
            using var scope = NewDisposeScope();
            var all = ParticleTensors.Of(table, [.. Enumerable.Range(0, table.ParticleCount)], task.Network.DType);
            var features = all.Features.detach().requires_grad_();
            var predictions = MaskedAnswers.Of(decoding, task.Model, table, hidden, truth, particles =>
            {
                var index = tensor(Array.ConvertAll(particles, p => (long)p));
                return new(RowCopies.Of(index, features), RowCopies.Of(index, all.TypesFromOne));
            });
            manual_seed((long)Seed);
            predictions.mul(randn_like(predictions)).sum().backward();
            using var gradient = features.grad!;
            features.grad = null;
            Tensor Rows(int[] particles) => RowCopies.Of(tensor(Array.ConvertAll(particles, p => (long)p)), gradient);
            foreach (var (_, parameter) in task.Network.Parameters)
            {
                parameter.grad?.Dispose();
                parameter.grad = null;
            }

            return (Differences.Largest(Rows(hidden.Hidden)), Differences.Largest(Rows(hidden.Visible)));
        }

        /// <summary>Changes of decoded particles and of the loss when the truth of each is that of another.</summary>
        public (double Decoded, double Loss) TruthPermuted()
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            var again = MaskedAnswers.Of(decoding, task.Model, table, hidden, task.Truth(Permuted(), hidden));
            long decoded = Decoded(table, hidden).shape[1];
            return (Differences.Largest(again.narrow(1, 0, decoded), answers.narrow(1, 0, decoded)), Differences.Largest(again, answers));
        }

        /// <summary>
        /// The whole way of a training step, from constituents of a file to the loss: the hidden constituents become others that keep their places. The predictions stay, and the loss is that of
        /// the old predictions and the new truth.
        /// </summary>
        public (double Decoded, double Loss, double Unexplained) TruthOfJets(Preprocessing preprocessing, JetBatch batch)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            manual_seed((long)Seed);
            var masks = task.Hide(table, MpmTask.Drawn());
            var altered = Altered(batch, [.. masks.Hidden.Select(p => table.Sources[p])]);
            var again = preprocessing.Apply(altered);
            Tensor before = Decoded(table, masks), after = Decoded(again, masks);
            double loss = Loss(altered), old = Loss(batch);
            return (Differences.Largest(after, before), Math.Abs(loss - old), Math.Abs(loss - LossOf(before, task.Truth(again, masks))));
        }

        private double Loss(JetBatch batch)
        {
            manual_seed((long)Seed);
            return task.Loss(batch).item<double>();
        }

        // What a training step makes of predictions; its noise comes after the draw of its masks.
        private double LossOf(Tensor decoded, HiddenTruth of)
        {
            manual_seed((long)Seed);
            MpmTask.Drawn();
            var loss = task.Model.Target.Losses(decoded, of, training: true).mean();
            return task.Model.Type is { } type ? loss.Plus(type.Losses(decoded, of, training: true).mean().Times(recipe.TypeWeight)).item<double>() : loss.item<double>();
        }

        private Tensor Decoded(ParticleTable jets, HiddenParticles masks) =>
            decoding(task.Model, jets, masks, particles => ParticleTensors.Of(jets, particles, task.Network.DType));

        private Tensor Change(ParticleTable other, HiddenParticles? masks = null)
        {
            using var noGrad = no_grad();
            using var scope = NewDisposeScope();
            return (MaskedAnswers.Of(decoding, task.Model, other, masks ?? hidden, truth) - answers).MoveToOuterDisposeScope();
        }

        // The jets with their hidden particles exchanged among one another.
        private ParticleTable Permuted()
        {
            int[] permuted = [.. hidden.Hidden];
            new RandomStream(Seed, "permuted truth", 0, 0).Shuffle(permuted.AsSpan());
            int[] order = [.. Enumerable.Range(0, table.ParticleCount)];
            for (int i = 0; i < permuted.Length; i++) order[hidden.Hidden[i]] = permuted[i];
            return table.Rearranged(order);
        }

        private static List<int> OneOfEachJet(int[] particles, int[] counts)
        {
            var random = new RandomStream(Seed, "one of each jet", 0, 0);
            var chosen = new List<int>();
            int first = 0;
            foreach (int count in counts)
            {
                if (count > 0) chosen.Add(particles[first + random.NextInt(count)]);
                first += count;
            }

            return chosen;
        }

        // Other directions, types and displacements; pT stays, so the place does.
        private static JetBatch Altered(JetBatch jets, int[] constituents)
        {
            double[] momenta = [.. jets.Momenta];
            var columns = jets.ConstituentColumns.ToDictionary(c => c.Key, c => (float[])[.. c.Value]);
            var random = new RandomStream(Seed, "altered constituents", 0, 0);
            foreach (int c in constituents)
            {
                var old = jets.Constituent(c);
                var (sine, cosine) = Math.SinCos(0.3 + 0.3 * random.NextDouble()); // about the beam
                (momenta[4 * c + 1], momenta[4 * c + 2]) = (cosine * old.Px - sine * old.Py, sine * old.Px + cosine * old.Py);
                int type = random.NextInt(ParticleTypes.Count);
                (columns["pid"][c], columns["charge"][c]) = (ParticleTypes.IdentityOf(type)!.Value, type is 3 or 5 or 7 ? 1 : -1);
                foreach (string name in RawParticles.FullNames[RawParticles.FirstTrackFeature..]) columns[name][c] = (float)random.NextGaussian();
            }

            return new() { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta, Labels = jets.Labels, JetColumns = jets.JetColumns, ConstituentColumns = columns };
        }
    }
}
