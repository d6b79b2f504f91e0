using Lightcone.Systems.Mpm.Network;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Mpm.Targets;

/// <summary>The type of a hidden particle, by cross entropy over the eight (arXiv:2409.12589). Particles of unknown type cost nothing.</summary>
internal sealed class TypeTarget : ITarget
{
    private const string Head = "heads.type";

    private readonly NetworkState state;
    private readonly double smoothing;

    /// <summary>Adds its weights to a state.</summary>
    public TypeTarget(NetworkState state, int width, double smoothing)
    {
        (this.state, this.smoothing) = (state, smoothing);
        state.AddLayer(Head, width, ParticleTypes.Count);
    }

    /// <inheritdoc/>
    public string Name => "type";

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, HiddenTruth truth, bool training) =>
        cross_entropy(Logits(outputs), truth.Types, reduction: nn.Reduction.None, label_smoothing: training ? smoothing : 0);

    /// <inheritdoc/>
    public Tensor? Guess(Tensor outputs) => null;

    /// <summary>Before the soft-max, shape [hidden, types].</summary>
    public Tensor Logits(Tensor outputs) => state.Layer(Head, outputs);
}

/// <summary>The token of a hidden particle, by cross entropy over all of them.</summary>
internal sealed class TokenTarget : ITarget
{
    private const string Head = "heads.token";

    private readonly NetworkState state;
    private readonly double smoothing;
    private readonly float[] means;
    private readonly int features;

    /// <summary>Adds its weights to a state.</summary>
    /// <param name="state">Where they live.</param>
    /// <param name="width">Numbers a token of the decoder.</param>
    /// <param name="means">Mean features of the particles of each token, row-major.</param>
    /// <param name="features">Features a particle.</param>
    /// <param name="smoothing">Share of the truth that is spread over all tokens in training.</param>
    public TokenTarget(NetworkState state, int width, float[] means, int features, double smoothing)
    {
        (this.state, this.means, this.features, this.smoothing) = (state, means, features, smoothing);
        state.AddLayer(Head, width, means.Length / features);
    }

    /// <inheritdoc/>
    public string Name => "token";

    /// <inheritdoc/>
    public Tensor Losses(Tensor outputs, HiddenTruth truth, bool training) =>
        cross_entropy(state.Layer(Head, outputs), truth.Tokens!, reduction: nn.Reduction.None, label_smoothing: training ? smoothing : 0);

    /// <summary>The mean features of the likeliest token.</summary>
    public Tensor? Guess(Tensor outputs) => tensor(means, [means.Length / features, features]).to(outputs.dtype).index_select(0, state.Layer(Head, outputs).argmax(1));
}
