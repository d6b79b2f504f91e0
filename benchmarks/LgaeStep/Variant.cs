using Lightcone.Systems;
using Lightcone.Systems.Reconstruction;
using Lightcone.Jets;
using Lightcone.Systems.Lgae;
using Lightcone.Systems.Lgae.Reference;
using Lightcone.Systems.LorentzNet;
using Lightcone.Tests.Lgae;
using Lightcone.Training;
using Lightcone.Training.Engine;
using Lightcone.Training.Optimisation;
using TorchSharp;
using static TorchSharp.torch;

/// <summary>Something that can be trained: it makes a step on a batch.</summary>
/// <param name="Name">What the table calls it.</param>
/// <param name="Create">Builds it and returns one training step: momenta [B, N, 4] and mask [B, N], both float64.</param>
internal sealed record Variant(string Name, Func<Action<Tensor, Tensor>> Create)
{
    private const double LearningRate = 5e-4, AbsoluteWeight = 1e-8;

    /// <summary>The paper's configuration: the defaults of the settings.</summary>
    private static readonly LgaeReferenceSettings Paper = new();

    /// <summary>Everything that is measured. Append to it to compare more.</summary>
    public static IReadOnlyList<Variant> All { get; } =
    [
        new("literal float64", Literal),
        new("fast float64", () => Fast(ScalarType.Float64)),
        new("fast float32", () => Fast(ScalarType.Float32)),
        new("corrected float64", () => Corrected(Precision.Float64)),
        new("corrected float32", () => Corrected(Precision.Float32)),
    ];

    private static Action<Tensor, Tensor> Literal()
    {
        var network = new LgaeReferenceNetwork(Paper);
        var literal = new ReferenceLiteral(network.State, Paper);
        return Step(network.State, (p, mask) => ReferenceLiteral.Chamfer(literal.Reconstruct(p, mask), p));
    }

    private static Action<Tensor, Tensor> Fast(ScalarType type)
    {
        var network = new LgaeReferenceNetwork(Paper, type);
        return Step(network.State, (p, mask) => ReferenceLosses.Chamfer(network.Reconstruct(p, mask), p.to(type)));
    }

    // The network this project trains, as wide as the paper's in real numbers, with the same number of latent ones; the step includes padding, frames and its own loss.
    private static Action<Tensor, Tensor> Corrected(Precision precision)
    {
        var core = new LgaeCorrected(new LgaeRecipe { EncoderChannels = new([6, 6, 8, 8]), DecoderChannels = new([8, 8, 6, 6]), Network = precision, MomentumUnit = 1 });
        var step = Step(core.State, (p, mask) => core.Loss(Ragged(p, mask)));
        return (p, mask) =>
        {
            step(p, mask);
            core.AfterBackward();
        };
    }

    private static JetBatch Ragged(Tensor momenta, Tensor mask)
    {
        double[] p = momenta.contiguous().data<double>().ToArray(), m = mask.contiguous().data<double>().ToArray();
        int jets = (int)momenta.shape[0], slots = (int)momenta.shape[1];
        var offsets = new int[jets + 1];
        for (int jet = 0; jet < jets; jet++) offsets[jet + 1] = offsets[jet] + (int)m.AsSpan(jet * slots, slots).ToArray().Sum();
        var ragged = new double[4 * offsets[^1]];
        for (int jet = 0; jet < jets; jet++) p.AsSpan(4 * slots * jet, 4 * (offsets[jet + 1] - offsets[jet])).CopyTo(ragged.AsSpan(4 * offsets[jet]));
        return new JetBatch { Rows = [.. Enumerable.Range(0, jets).Select(r => (long)r)], Offsets = offsets, Momenta = ragged };
    }

    private static Action<Tensor, Tensor> Step(NetworkState state, Func<Tensor, Tensor, Tensor> loss)
    {
        var adam = new AdamW(state, 0.9, 0.999, 1e-8, weightDecay: 0);
        return (p, mask) =>
        {
            using var scope = NewDisposeScope();
            adam.ZeroGradients();
            loss(p, mask).Plus(Regularisation.AbsoluteSum(state).Times(AbsoluteWeight)).backward();
            LgaeReferenceNetwork.AfterBackward();
            adam.Step(LearningRate);
        };
    }
}
