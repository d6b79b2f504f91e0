using Lightcone.Evaluation;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Kernels;
using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Mpm.Targets;
using Lightcone.Systems.Mpm.Tokens;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>How far two ways to compute the same are apart.</summary>
/// <param name="Outputs">Largest difference of any number that the encoder gives for a particle.</param>
/// <param name="Loss">Difference of the losses, over the loss.</param>
/// <param name="Gradients">Norm of the difference of all parameters' gradients, over their norm.</param>
internal sealed record PackingDifferences(double Outputs, double Loss, double Gradients)
{
    /// <summary>The larger of each.</summary>
    public PackingDifferences Or(PackingDifferences other) => new(Math.Max(Outputs, other.Outputs), Math.Max(Loss, other.Loss), Math.Max(Gradients, other.Gradients));
}

/// <summary>Shows that where the tokens of a batch lie is a matter of time alone: padded to the longest jet, padded in batches of jets of like length, or packed.</summary>
internal static class PackingCheck
{
    private const int Batches = 4, ToyJets = 256;
    private const ulong ToySeed = 8;

    /// <summary>E8: the small network on toy jets of 1 to 64 particles, in float32.</summary>
    public static AcceptanceCheck Run()
    {
        manual_seed((long)ToySeed);
        var recipe = BuildCheck.Small with { Target = new(TargetKind.Regression, "") };
        var differences = Compare(recipe, null, null, ToyParticles.Table(ToyParticles.Multiplicities(ToyJets, ToySeed, least: 1), ToySeed), ToySeed);
        return new("E8", "packed, bucketed and padded batches",
        [
            EvaluationGate.AtMost("E8/outputs", differences.Outputs, 2e-5, "largest difference of an encoder's output"),
            EvaluationGate.AtMost("E8/loss", differences.Loss, 1e-6, "difference of the loss, relative"),
            EvaluationGate.AtMost("E8/gradients", differences.Gradients, 1e-4, "difference of the gradient, relative to its norm"),
        ]);
    }

    /// <summary>The packed layout, and the padded one in batches of like length, against the padded one; the larger differences of the two.</summary>
    /// <param name="recipe">The network; its dropout must be 0.</param>
    /// <param name="tokenizer">Gives tokens; null where the target needs none.</param>
    /// <param name="weights">The weights to use; null for fresh ones from the engine's global generator.</param>
    /// <param name="table">The jets, all different rows.</param>
    /// <param name="seed">Seed of what is hidden.</param>
    public static PackingDifferences Compare(MpmRecipe recipe, ITokenizer? tokenizer, NetworkState? weights, ParticleTable table, ulong seed)
    {
        using var scope = NewDisposeScope();
        using var padded = new MpmNetwork(recipe with { TokenLayout = TokenLayout.Padded }, tokenizer);
        using var packed = new MpmNetwork(recipe with { TokenLayout = TokenLayout.Packed }, tokenizer);
        if (weights is not null) padded.State.CopyFrom(weights);
        packed.State.CopyFrom(padded.State);
        int[] all = [.. Enumerable.Range(0, table.JetCount)], byLength = [.. all.OrderBy(table.Multiplicity)];
        var pass = new Pass(recipe, tokenizer, table, seed);
        var reference = pass.Run(padded, [all]);
        return Distance(reference, pass.Run(packed, [all])).Or(Distance(reference, pass.Run(padded, byLength.Chunk(Math.Max(1, (all.Length + Batches - 1) / Batches)))));
    }

    private static PackingDifferences Distance(Results a, Results b)
    {
        double difference = 0, norm = 0;
        foreach (var (x, y) in a.Gradients.Zip(b.Gradients))
        {
            difference += (x - y).Squared().sum().item<double>();
            norm += x.Squared().sum().item<double>();
        }

        return new((a.Outputs - b.Outputs).abs().max().item<double>(), Math.Abs(a.Loss - b.Loss) / Math.Abs(a.Loss), Math.Sqrt(difference / norm));
    }

    /// <summary>What a network gives, in float64.</summary>
    /// <param name="Outputs">The encoder's outputs of all particles of whole jets, in the order of the table, shape [particles, width].</param>
    /// <param name="Loss">The loss of pre-training.</param>
    /// <param name="Gradients">Its gradient, parameter by parameter.</param>
    private sealed record Results(Tensor Outputs, double Loss, Tensor[] Gradients);

    /// <summary>The same computation for any layout and any cut into batches.</summary>
    private sealed class Pass(MpmRecipe recipe, ITokenizer? tokenizer, ParticleTable table, ulong seed)
    {
        /// <summary>Results over all batches, each a list of jets.</summary>
        public Results Run(MpmNetwork network, IEnumerable<int[]> batches)
        {
            long hidden = Hidden(table).Hidden.Length, known = Truth(table, network).KnownTypes;
            var outputs = new List<Tensor>();
            var order = new List<int>();
            double loss = 0;
            foreach (var (_, parameter) in network.State.Parameters) parameter.grad = null;
            foreach (int[] jets in batches)
            {
                var batch = Jets(jets);
                using (no_grad())
                {
                    var encoded = network.Encode(batch, training: false);
                    using var sequences = encoded.Sequences;
                    outputs.Add(encoded.Particles());
                }

                order.AddRange(jets.SelectMany(jet => Enumerable.Range(table.Offsets[jet], table.Multiplicity(jet))));
                if (Hidden(batch).Hidden.Length == 0) continue;
                var share = Loss(network, batch, hidden, known);
                share.backward();
                PackedAttention.ThrowIfBackwardFailed();
                loss += share.to(ScalarType.Float64).item<double>();
            }

            var place = tensor(order.Select(p => (long)p).ToArray()).argsort();
            return new(cat(outputs).index_select(0, place).to(ScalarType.Float64), loss,
                [.. network.State.Parameters.Select(p => p.Tensor.grad is { } gradient ? gradient.to(ScalarType.Float64).clone() : zeros_like(p.Tensor, ScalarType.Float64))]);
        }

        // The part of a batch in the means over all hidden particles.
        private Tensor Loss(MpmNetwork network, ParticleTable batch, long hidden, long known)
        {
            var truth = Truth(batch, network);
            var decoded = network.Decode(batch, Hidden(batch), training: false);
            var loss = network.Target.Losses(decoded, truth, training: false).sum().Times(1.0 / hidden);
            return network.Type is null || truth.KnownTypes == 0 ? loss : loss.Plus(network.Type.Losses(decoded, truth, training: false).sum().Times(recipe.TypeWeight / known));
        }

        private HiddenParticles Hidden(ParticleTable jets) => HiddenParticles.Draw(jets, recipe.HiddenFraction, new RandomStream(seed, "hidden particles", 0, 0));

        private HiddenTruth Truth(ParticleTable jets, MpmNetwork network)
        {
            int[] hidden = Hidden(jets).Hidden;
            return new(jets, hidden, tokenizer?.Ids(jets, hidden), network.State.DType);
        }

        private ParticleTable Jets(int[] jets)
        {
            int[] particles = [.. jets.SelectMany(jet => Enumerable.Range(table.Offsets[jet], table.Multiplicity(jet)))];
            var offsets = new int[jets.Length + 1];
            for (int k = 0; k < jets.Length; k++) offsets[k + 1] = offsets[k] + table.Multiplicity(jets[k]);
            return new()
            {
                Rows = Array.ConvertAll(jets, jet => table.Rows[jet]), Offsets = offsets, Width = table.Width, Features = [.. particles.SelectMany(p => table.FeaturesOf(p).ToArray())],
                Types = Array.ConvertAll(particles, p => table.Types[p]), Tracks = Array.ConvertAll(particles, p => table.Tracks[p]), Sources = Array.ConvertAll(particles, p => table.Sources[p]),
            };
        }
    }
}
