using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Mpm.Targets;

/// <summary>The features of a hidden particle, by the mean absolute difference of those it has (arXiv:2409.12589).</summary>
internal sealed class RegressionTarget : ITarget
{
    private const string Head = "heads.features";

    private readonly NetworkState state;

    /// <summary>Adds its weights to a state.</summary>
    public RegressionTarget(NetworkState state, int width, int features)
    {
        this.state = state;
        state.AddLayer(Head, width, features);
    }

    /// <inheritdoc/>
    public string Name => "features";

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, HiddenTruth truth, bool training) =>
        (state.Layer(Head, outputs) - truth.Features).abs().mul(truth.Weights).sum(dim: 1).div(truth.Weights.sum(dim: 1));

    /// <inheritdoc/>
    public Tensor? Guess(Tensor outputs) => state.Layer(Head, outputs);
}
