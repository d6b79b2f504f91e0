using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// A network that answers with a Gaussian: mean m and variance v = softplus(o) + 10⁻⁶ Var(y), trained on (y − m)²/2v + ½ ln v after some passes of squared error (D. Nix and A. Weigend, 1994;
/// the members of arXiv:1612.01474).
/// </summary>
internal sealed class HeteroscedasticNetwork : IDisposable
{
    private const double VarianceFloor = 1e-6;

    private readonly NetworkState state = new();
    private readonly DenseStack stack;
    private readonly Standardisation scale;
    private readonly int features;

    private HeteroscedasticNetwork(TableRows rows, RegressionRecipe recipe)
    {
        (scale, features) = (Standardisation.Of(rows), rows.Features);
        TableTraining.SeedWeights(recipe.Seed);
        stack = new DenseStack(state, "gaussian", recipe.Sizes(features, 2), recipe.Activation, DenseStack.Kept);
    }

    /// <summary>Trains one.</summary>
    public static HeteroscedasticNetwork Train(TableRows rows, RegressionRecipe recipe)
    {
        var network = new HeteroscedasticNetwork(rows, recipe);
        var scaled = network.scale.Apply(rows);
        double warm = (double)recipe.WarmUpEpochs / recipe.Epochs;
        recipe.Training(rows.Count).Run(network.state, (chosen, share) =>
        {
            var answer = network.stack.Apply(scaled.InputsOf(chosen));
            var error = scaled.TargetsOf(chosen) - answer.select(1, 0);
            return share < warm ? error.Squared().mean() : NegativeLogLikelihood(error, Variance(answer.select(1, 1)));
        });
        return network;
    }

    /// <summary>Mean and variance at inputs [rows, features].</summary>
    public GaussianAnswers Predict(float[] inputs) => Answers(TableRows.Evaluate(scale.Inputs(inputs), features, x => Columns(stack.Apply(x))), scale);

    /// <summary>The last hidden layer at inputs [rows, features], row-major.</summary>
    public double[] Features(float[] inputs) => TableRows.Evaluate(scale.Inputs(inputs), features, stack.Hidden);

    /// <inheritdoc/>
    public void Dispose() => state.Dispose();

    /// <summary>Mean and variance from the two numbers a network gives, shape [rows, 2].</summary>
    internal static Tensor Columns(Tensor answer) => torch.stack([answer.select(1, 0), Variance(answer.select(1, 1))], 1);

    /// <summary>Means and variances [rows, 2] in the units of the table.</summary>
    internal static GaussianAnswers Answers(double[] columns, Standardisation scale)
    {
        double deviation = scale.TargetDeviation;
        int rows = columns.Length / 2;
        var (mean, variance) = (new double[rows], new double[rows]);
        for (int i = 0; i < rows; i++) (mean[i], variance[i]) = (scale.TargetMean + deviation * columns[2 * i], deviation * deviation * columns[2 * i + 1]);
        return new GaussianAnswers(mean, variance);
    }

    /// <summary>Variance from a free number, in units where the targets have variance 1.</summary>
    internal static Tensor Variance(Tensor free) => softplus(free).Plus(VarianceFloor);

    /// <summary>Mean of e²/2v + ½ ln v; the constant ½ ln 2π is left out.</summary>
    internal static Tensor NegativeLogLikelihood(Tensor error, Tensor variance) => (error.Squared() / variance).Plus(variance.log()).mean().Times(0.5);
}

/// <summary>A Gaussian for each row.</summary>
/// <param name="Mean">Means.</param>
/// <param name="Variance">Variances.</param>
internal sealed record GaussianAnswers(double[] Mean, double[] Variance);
