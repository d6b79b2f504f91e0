using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;
using static TorchSharp.torch.nn.functional;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// Two networks that learn a conditional distribution (arXiv:2002.05212): g(y, x) is P(Y &lt; y | x), trained by cross-entropy on whether y lies above the target; f(q, x) seeks the y where g is q, and so
/// sends g its probes. Answers come from g; f lags behind it.
/// </summary>
internal sealed class CollaboratingNetworks : IDisposable
{
    private const double ProbeMargin = 2; // standard deviations beyond the training targets
    private const double QuantileScale = 3.4641016151377544; // √12 brings a uniform number to variance 1

    private readonly NetworkState state = new();
    private readonly DenseStack distribution, search;
    private readonly Standardisation scale;
    private readonly HeteroscedasticNetwork? pilot;
    private readonly int features;
    private readonly double[] grid;

    private CollaboratingNetworks(TableRows rows, CollaboratingRecipe recipe)
    {
        pilot = recipe.Pilot ? HeteroscedasticNetwork.Train(rows, recipe.PilotRecipe) : null;
        scale = Standardisation.Of(rows);
        features = rows.Features;
        float[] targets = Scaled(rows);
        double low = targets.Min() - ProbeMargin, high = targets.Max() + ProbeMargin;
        grid = [.. Enumerable.Range(0, recipe.GridPoints).Select(i => low + (high - low) * i / (recipe.GridPoints - 1))];
        TableTraining.SeedWeights(recipe.Networks.Seed);
        distribution = new DenseStack(state, "distribution", recipe.Networks.Sizes(features + 1, 1), recipe.Networks.Activation, DenseStack.Kept);
        search = new DenseStack(state, "search", recipe.Networks.Sizes(features + 1, 1), recipe.Networks.Activation, DenseStack.Kept);
    }

    /// <summary>Trains them.</summary>
    public static CollaboratingNetworks Train(TableRows rows, CollaboratingRecipe recipe)
    {
        var networks = new CollaboratingNetworks(rows, recipe);
        var scaled = rows with { Inputs = networks.scale.Inputs(rows.Inputs), Targets = networks.Scaled(rows) };
        var together = recipe.Networks.Training(rows.Count);
        (together with { Epochs = recipe.FirstEpochs, Seed = recipe.Networks.Seed + 1 }).Run(networks.state, (chosen, _) => networks.FirstLoss(scaled.InputsOf(chosen), scaled.TargetsOf(chosen)));
        together.Run(networks.state, (chosen, _) => networks.Loss(scaled.InputsOf(chosen), scaled.TargetsOf(chosen)));
        return networks;
    }

    /// <summary>The distribution at inputs [rows, features], tabulated.</summary>
    public TabulatedAnswers Predict(float[] inputs)
    {
        int rows = inputs.Length / features, points = grid.Length, decreasing = 0;
        var (centre, width) = Frame(inputs);
        double[] cdf = Evaluated(scale.Inputs(inputs), grid, distribution, sigmoid: true);
        for (int i = 0; i < cdf.Length; i++)
        {
            if (i % points == 0 || cdf[i] >= cdf[i - 1]) continue;
            if (cdf[i] < cdf[i - 1] - 1e-6) decreasing++;
            cdf[i] = cdf[i - 1];
        }

        return new TabulatedAnswers(grid, cdf, centre, width, (double)decreasing / (rows * (points - 1)));
    }

    /// <summary>P(Y ≤ y) at one y for each row of inputs [rows, features], straight from g.</summary>
    public double[] Cdf(float[] inputs, float[] y)
    {
        int rows = y.Length, width = features + 1;
        float[] x = scale.Inputs(inputs), targets = Scaled(new TableRows(inputs, features, y)), joined = new float[rows * width];
        for (int i = 0; i < rows; i++)
        {
            joined[i * width] = targets[i];
            x.AsSpan(i * features, features).CopyTo(joined.AsSpan(i * width + 1));
        }

        return TableRows.Evaluate(joined, width, both => torch.sigmoid(distribution.Apply(both)));
    }

    /// <summary>What f holds for the quantile of a probability at inputs [rows, features]; for comparison.</summary>
    public double[] SearchedQuantile(float[] inputs, double probability)
    {
        var (centre, width) = Frame(inputs);
        double[] values = Evaluated(scale.Inputs(inputs), [(probability - 0.5) * QuantileScale], search, sigmoid: false);
        return [.. values.Select((t, i) => centre[i] + width[i] * t)];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        state.Dispose();
        pilot?.Dispose();
    }

    // Of g alone: probes over the whole range.
    private Tensor FirstLoss(Tensor x, Tensor y)
    {
        var probe = rand(y.shape).Times(grid[^1] - grid[0]).Plus(grid[0]);
        return DistributionLoss(probe, x, y);
    }

    // Each term trains one network: g sees probes without their history, f sees g with fixed weights.
    private Tensor Loss(Tensor x, Tensor y)
    {
        var q = rand(y.shape);
        var probe = search.Apply(Joined(q.Plus(-0.5).Times(QuantileScale), x)).squeeze(1);
        var reached = torch.sigmoid(distribution.ApplyFixed(Joined(probe, x)).squeeze(1));
        return DistributionLoss(probe.detach(), x, y).Plus((q - reached).Squared().mean());
    }

    private Tensor DistributionLoss(Tensor probe, Tensor x, Tensor y) =>
        binary_cross_entropy_with_logits(distribution.Apply(Joined(probe, x)).squeeze(1), y.lt(probe).to(ScalarType.Float32));

    private static Tensor Joined(Tensor first, Tensor x) => cat([first.unsqueeze(1), x], 1);

    private float[] Scaled(TableRows rows)
    {
        var (centre, width) = Frame(rows.Inputs);
        return [.. rows.Targets.Select((y, i) => (float)((y - centre[i]) / width[i]))];
    }

    // Centre and width in whose units the networks see the target of each row.
    private (double[] Centre, double[] Width) Frame(float[] inputs)
    {
        if (pilot is not null)
        {
            var answers = pilot.Predict(inputs);
            return (answers.Mean, Array.ConvertAll(answers.Variance, Math.Sqrt));
        }

        var (centre, width) = (new double[inputs.Length / features], new double[inputs.Length / features]);
        Array.Fill(centre, scale.TargetMean);
        Array.Fill(width, scale.TargetDeviation);
        return (centre, width);
    }

    // A network at each value for each row, row-major, shape [rows, values].
    private double[] Evaluated(float[] inputs, double[] values, DenseStack network, bool sigmoid) => TableRows.Evaluate(inputs, features, values.Length, x =>
    {
        var firsts = tensor(Array.ConvertAll(values, v => (float)v)).repeat(x.shape[0]);
        var answer = network.Apply(cat([firsts.unsqueeze(1), x.repeat_interleave(values.Length, 0)], 1)).reshape(x.shape[0], values.Length);
        return sigmoid ? torch.sigmoid(answer) : answer;
    });
}
