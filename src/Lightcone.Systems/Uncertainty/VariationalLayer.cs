using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// A linear layer whose weights are independent Gaussians N(M, V), V = softplus(ρ)². For each row its sums are drawn, not its weights: x M + b with variance x² V (arXiv:1506.02557, section 2.3),
/// so that rows of a batch do not share their noise. Offsets are plain numbers.
/// </summary>
internal sealed class VariationalLayer
{
    private const double FirstDeviation = 0.05, SmallestVariance = 1e-12;

    private readonly NetworkState state;
    private readonly string name;
    private readonly double prior;
    private readonly bool offset;

    /// <summary>Adds means and ρ, and offsets if asked for.</summary>
    /// <param name="state">The state.</param>
    /// <param name="name">Name of the layer.</param>
    /// <param name="inputs">Numbers it takes.</param>
    /// <param name="outputs">Numbers it gives.</param>
    /// <param name="prior">Standard deviation of the prior of a weight, of mean 0.</param>
    /// <param name="offset">Whether it has offsets.</param>
    public VariationalLayer(NetworkState state, string name, int inputs, int outputs, double prior, bool offset = true)
    {
        (this.state, this.name, this.prior, this.offset) = (state, name, prior, offset);
        double first = FirstDeviation / Math.Sqrt(inputs);
        state.AddParameter($"{name}.mean", NetworkState.Uniform([outputs, inputs], 1 / Math.Sqrt(inputs)));
        state.AddParameter($"{name}.rho", zeros(outputs, inputs).PlusInPlace(Math.Log(Math.Exp(first) - 1)));
        if (offset) state.AddParameter($"{name}.bias", zeros(outputs));
    }

    /// <summary>Variances of the weights, shape [outputs, inputs].</summary>
    public Tensor Variance => softplus(state[$"{name}.rho"]).Squared();

    /// <summary>Means of the weights, shape [outputs, inputs].</summary>
    public Tensor Mean => state[$"{name}.mean"];

    /// <summary>Answers of rows [n, inputs] with newly drawn weights.</summary>
    public Tensor Sample(Tensor x)
    {
        var mean = linear(x, Mean, offset ? state[$"{name}.bias"] : null);
        var deviation = linear(x.Squared(), Variance).Plus(SmallestVariance).sqrt();
        return mean.Plus(deviation * randn_like(mean));
    }

    /// <summary>Σ ½ [(V + M²)/s₀² − 1 − ln(V/s₀²)], the divergence of the weights from their prior.</summary>
    public Tensor Divergence()
    {
        var relative = Variance.Times(1 / (prior * prior));
        return relative.Plus(Mean.Squared().Times(1 / (prior * prior))).Plus(-1).sub(relative.log()).sum().Times(0.5);
    }
}
