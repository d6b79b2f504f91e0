using Lightcone.Evaluation;
using Lightcone.Jets;
using Lightcone.Systems.Mpm.FineTuning;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>
/// Whether order counts where it should and nowhere else: outputs follow a permutation of the particles, a classifier does not notice it, neither does the loss of jets whose file holds their
/// particles in another order; the tokens for hidden particles are told apart; what stands in empty rows has no influence. With fresh weights and with trained ones.
/// </summary>
internal static class SymmetryCheck
{
    // Sums of some hundred float64 numbers of order one, in another order, differ by some 10⁻¹⁴.
    private const double Limit = 1e-10, Matters = 1e-6;
    private const int Jets = 24, Steps = 10;
    private const ulong Seed = 29;

    /// <summary>All requirements.</summary>
    public static AcceptanceCheck Run() => new("E6", "order of the particles", [.. Pretraining(), .. Classifiers()]);

    /// <summary>Largest change of numbers of jets when the particles of each are put into a random order.</summary>
    /// <param name="table">The jets.</param>
    /// <param name="outputs">The numbers; those of particles in the order of the particles.</param>
    /// <param name="ofParticles">Whether they are numbers of particles, to follow the permutation, or of jets, to stay.</param>
    public static double Change(ParticleTable table, Func<ParticleTable, Tensor> outputs, bool ofParticles)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[] order = ToyParticles.Shuffled(table.Offsets, Seed);
        Tensor before = outputs(table), after = outputs(table.Rearranged(order));
        return Differences.Largest(after, ofParticles ? Rows(before, order) : before);
    }

    private static IEnumerable<EvaluationGate> Pretraining()
    {
        foreach (var hiding in ToyModels.Layouts)
        {
            var recipe = ToyModels.Recipe(TargetKind.Regression, hiding);
            var preprocessing = ToyModels.Reading(recipe, Seed);
            using var task = ToyModels.Task(recipe, preprocessing, Seed);
            var jets = ToyParticles.Jets(ToyParticles.Multiplicities(Jets, Seed), Seed);
            foreach (string weights in (string[])["fresh", "trained"])
            {
                if (weights == "trained") ToyModels.Train(task, jets, Steps, 3e-3, step => step);
                foreach (var gate in Gates($"{weights}-{hiding}".ToLowerInvariant(), hiding, task, preprocessing.Apply(jets), jets)) yield return gate;
            }

            yield return EvaluationGate.AtMost($"neighbours-{hiding}".ToLowerInvariant(), Neighbours(hiding), Limit, $"a jet alone and among others, packed and padded: largest change of a prediction, {hiding}");
            yield return EvaluationGate.AtMost($"garbage-in-empty-rows-{hiding}".ToLowerInvariant(), GarbageInEmptyRows(hiding), Limit, $"numbers of 1000 in empty rows: largest change of a prediction, {hiding}");
        }
    }

    private static IEnumerable<EvaluationGate> Gates(string of, HidingLayout hiding, MpmTask task, ParticleTable table, JetBatch jets)
    {
        var network = task.Model;
        yield return EvaluationGate.AtMost($"encoder-{of}", Change(table, t => Encoded(network, t, registers: false), ofParticles: true), Limit, $"particles permuted: largest change of an encoded particle, {of}");
        yield return EvaluationGate.AtMost($"registers-{of}", Change(table, t => Encoded(network, t, registers: true), ofParticles: false), Limit, $"particles permuted: largest change of a register, {of}");
        yield return EvaluationGate.AtMost($"stored-order-{of}", StoredOrder(task, jets), Limit, $"constituents of the file permuted: change of the loss, {of}");
        var (moved, apart) = ExchangedTokens(network, hiding, table);
        yield return EvaluationGate.AtMost($"exchanged-tokens-{of}", moved, Limit, $"two tokens for hidden particles exchanged: what is left when their outputs are exchanged back, {of}");
        // Fresh tokens are all but alike; they need not be told apart before training.
        if (of.StartsWith("trained", StringComparison.Ordinal))
            yield return EvaluationGate.AtLeast($"tokens-differ-{of}", apart, Matters, $"two tokens for hidden particles exchanged: change of an output, {of}");
    }

    private static IEnumerable<EvaluationGate> Classifiers()
    {
        var jets = ToyParticles.Jets(ToyParticles.Multiplicities(Jets, Seed), Seed);
        var preprocessing = ToyModels.Reading(ToyModels.Recipe(TargetKind.Regression, HidingLayout.Removed), Seed);
        foreach (var head in (ClassifierHead[])[ClassifierHead.Attention, ClassifierHead.Mean])
            foreach (var layout in (TokenLayout[])[TokenLayout.Packed, TokenLayout.Padded])
            {
                var recipe = ToyModels.Classifier(head) with { TokenLayout = layout };
                manual_seed((long)Seed);
                using var task = new FineTuneTask(recipe, preprocessing, new ClassifierNetwork(recipe, 2), 2);
                foreach (string weights in (string[])["fresh", "trained"])
                {
                    if (weights == "trained") ToyModels.Train(task, jets, Steps, 3e-3, step => step);
                    string of = $"{head}-{layout}-{weights}".ToLowerInvariant();
                    double change = Change(preprocessing.Apply(jets), t => task.Model.Logits(t, training: false), ofParticles: false);
                    yield return EvaluationGate.AtMost($"classifier-{of}", change, Limit, $"particles permuted: largest change of a logit, {of}");
                }
            }
    }

    private static Tensor Encoded(MpmNetwork network, ParticleTable table, bool registers)
    {
        var encoded = network.Encode(table, training: false);
        using var sequences = encoded.Sequences;
        if (!registers) return encoded.Particles();
        return Rows(encoded.Tokens, sequences.Starts.SelectMany(s => Enumerable.Range(s, encoded.Registers)));
    }

    private static Tensor Rows(Tensor source, IEnumerable<int> rows) => RowCopies.Of(tensor(rows.Select(r => (long)r).ToArray()), source);

    // The same draws hide the same particles: those of the same ranks by pT.
    private static double StoredOrder(MpmTask task, JetBatch jets)
    {
        return Math.Abs(Loss(jets) - Loss(ToyParticles.Rearranged(jets, ToyParticles.Shuffled(jets.Offsets, Seed))));

        double Loss(JetBatch batch)
        {
            using var scope = NewDisposeScope();
            using var noGrad = no_grad();
            manual_seed(1);
            return task.Loss(batch).item<double>();
        }
    }

    // Where hidden particles are removed, the first two tokens of each jet; where they are replaced, those of the places of the first two of one jet.
    private static (double Moved, double Apart) ExchangedTokens(MpmNetwork network, HidingLayout hiding, ParticleTable table)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int jet = Enumerable.Range(0, table.JetCount).First(j => table.Multiplicity(j) >= 8);
        var hidden = HiddenParticles.Choose(table, (j, flags) =>
        {
            if (j == jet) (flags[1], flags[4], flags[5]) = (true, true, true);
        });
        var (first, second) = hiding == HidingLayout.Replaced ? (1, 4) : (0, 1);
        var before = network.Decode(table, hidden, training: false);
        var tokens = network.State["decoder.hidden"];
        var kept = tokens.clone();
        tokens.copy_(Rows(kept, Enumerable.Range(0, (int)tokens.shape[0]).Select(i => i == first ? second : i == second ? first : i)));
        var after = network.Decode(table, hidden, training: false);
        tokens.copy_(kept);
        return (Differences.Largest(Rows(after, [1, 0, 2]), before), Differences.Largest(after, before));
    }

    private static double Neighbours(HidingLayout hiding)
    {
        var recipe = ToyModels.Recipe(TargetKind.Regression, hiding);
        manual_seed((long)Seed);
        using MpmNetwork packed = new(recipe, null), padded = new(recipe with { TokenLayout = TokenLayout.Padded }, null);
        ToyModels.Loosen(packed.State, Seed);
        padded.State.CopyFrom(packed.State);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        int[] counts = [2, 64, 5, 0, 1, 33];
        var jets = ToyParticles.Table(counts, Seed);
        var together = packed.Decode(jets, OddOnes(jets), training: false);
        double largest = Differences.Largest(padded.Decode(jets, OddOnes(jets), training: false), together);
        for (int jet = 0, first = 0; jet < counts.Length; first += OddOnes(jets).HiddenCounts[jet++])
        {
            if (counts[jet] < 2) continue;
            var alone = Alone(jets, jet);
            var among = together.narrow(0, first, counts[jet] / 2);
            foreach (var network in (MpmNetwork[])[packed, padded])
                largest = Math.Max(largest, Differences.Largest(network.Decode(alone, OddOnes(alone), training: false), among));
        }

        return largest;
    }

    private static HiddenParticles OddOnes(ParticleTable table) => HiddenParticles.Choose(table, (_, flags) =>
    {
        for (int k = 1; k < flags.Length; k += 2) flags[k] = true;
    });

    private static ParticleTable Alone(ParticleTable table, int jet)
    {
        int first = table.Offsets[jet], end = table.Offsets[jet + 1];
        return new()
        {
            Rows = [table.Rows[jet]], Offsets = [0, end - first], Width = table.Width, Features = table.Features[(first * table.Width)..(end * table.Width)], Types = table.Types[first..end],
            Tracks = table.Tracks[first..end], Sources = table.Sources[first..end],
        };
    }

    // Without registers an empty row is a copy of the first particle of the first jet: that one is made of garbage, and the other jets must not notice.
    private static double GarbageInEmptyRows(HidingLayout hiding)
    {
        var recipe = ToyModels.Recipe(TargetKind.Regression, hiding) with { Registers = 0, TokenLayout = TokenLayout.Padded };
        manual_seed((long)Seed);
        using var network = new MpmNetwork(recipe, null);
        ToyModels.Loosen(network.State, Seed);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var table = ToyParticles.Table([9, 64, 2, 1, 3, 0, 20], Seed);
        var hidden = OddOnes(table);
        var garbage = ToyParticles.Redrawn(table, [], Seed);
        garbage.Features.AsSpan(0, garbage.Width).Fill(1000);
        int own = hidden.HiddenCounts[0];
        Tensor before = network.Decode(table, hidden, training: false), after = network.Decode(garbage, hidden, training: false);
        return Differences.Largest(after[TensorIndex.Slice(own)], before[TensorIndex.Slice(own)]);
    }
}
