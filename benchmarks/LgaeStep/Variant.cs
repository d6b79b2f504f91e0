using Lightcone.Systems.Lgae.Reference;
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

    private static Action<Tensor, Tensor> Step(NetworkState state, Func<Tensor, Tensor, Tensor> loss)
    {
        var adam = new AdamW(state, 0.9, 0.999, 1e-8, weightDecay: 0);
        return (p, mask) =>
        {
            using var scope = NewDisposeScope();
            adam.ZeroGradients();
            loss(p, mask).Plus(ReferenceLosses.AbsoluteSum(state).Times(AbsoluteWeight)).backward();
            LgaeReferenceNetwork.AfterBackward();
            adam.Step(LearningRate);
        };
    }
}
