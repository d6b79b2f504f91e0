using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// A Gaussian-answering network of variational layers, trained on the evidence bound: (N/B) Σ NLL + β KL, β rising to 1 over the first fifth of the steps (arXiv:1505.05424, arXiv:2007.06823).
/// Weights have the prior N(0, 1/inputs).
/// </summary>
internal sealed class VariationalNetwork : IDisposable
{
    /// <summary>Share of the steps over which the divergence gains its weight.</summary>
    public const double WarmUpShare = 0.2;

    private const int Samples = 50;

    private readonly NetworkState state = new();
    private readonly VariationalLayer[] layers;
    private readonly Standardisation scale;
    private readonly int features;

    private VariationalNetwork(TableRows rows, RegressionRecipe recipe)
    {
        (scale, features) = (Standardisation.Of(rows), rows.Features);
        TableTraining.SeedWeights(recipe.Seed);
        int[] sizes = recipe.Sizes(features, 2);
        layers = [.. Enumerable.Range(0, sizes.Length - 1).Select(l => new VariationalLayer(state, $"variational.{l}", sizes[l], sizes[l + 1], 1 / Math.Sqrt(sizes[l])))];
    }

    /// <summary>Trains one; of the recipe's activations it knows ELU alone.</summary>
    public static VariationalNetwork Train(TableRows rows, RegressionRecipe recipe)
    {
        var network = new VariationalNetwork(rows, recipe);
        var scaled = network.scale.Apply(rows);
        recipe.Training(rows.Count).Run(network.state, (chosen, share) =>
        {
            var answer = network.Sample(scaled.InputsOf(chosen));
            var likelihood = HeteroscedasticNetwork.NegativeLogLikelihood(scaled.TargetsOf(chosen) - answer.select(1, 0), HeteroscedasticNetwork.Variance(answer.select(1, 1)));
            return likelihood.Plus(network.Divergence().Times(Math.Min(1, share / WarmUpShare) / rows.Count)); // the bound a row
        });
        return network;
    }

    /// <summary>A mixture of fifty drawings of the weights at inputs [rows, features].</summary>
    /// <param name="inputs">Inputs, row-major.</param>
    /// <param name="seed">Seed of the drawings.</param>
    public GaussianMixtureAnswers Predict(float[] inputs, ulong seed)
    {
        TableTraining.SeedWeights(seed);
        float[] scaled = scale.Inputs(inputs);
        return new GaussianMixtureAnswers([.. Enumerable.Range(0, Samples).Select(_ => HeteroscedasticNetwork.Answers(TableRows.Evaluate(scaled, features, x => HeteroscedasticNetwork.Columns(Sample(x))), scale))]);
    }

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();

    private Tensor Sample(Tensor x)
    {
        for (int l = 0; l < layers.Length; l++) x = layers[l].Sample(l == 0 ? x : elu(x, 1));
        return x;
    }

    private Tensor Divergence() => layers.Select(l => l.Divergence()).Aggregate((a, b) => a.Plus(b));
}
