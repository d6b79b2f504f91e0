using System.Diagnostics;
using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>What a method says about rows of the curve.</summary>
/// <param name="Quantile">The y of a row at a level of <see cref="CurveMethods.Levels"/>.</param>
/// <param name="Density">Density of a row at y; null where the method has none.</param>
/// <param name="Epistemic">Share of the variance that stems from the model; NaN where the method does not say.</param>
/// <param name="Flagged">Share of rows flagged; NaN where the method does not say.</param>
internal sealed record CurveAnswers(Func<int, double, double> Quantile, Func<int, double, double>? Density, double Epistemic = double.NaN, double Flagged = double.NaN);

/// <summary>A method that was trained on the curve.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Seconds">Processor seconds of its training.</param>
/// <param name="Answer">What it says about inputs.</param>
internal sealed record CurveMethod(string Name, double Seconds, Func<float[], CurveAnswers> Answer);

/// <summary>Trains every method on the same rows of the curve.</summary>
/// <param name="train">Rows to train on.</param>
/// <param name="calibration">Rows that set the threshold of the support flag.</param>
/// <param name="recipe">Recipe of every network, but that of Collaborating Networks, which have their own.</param>
internal sealed class CurveMethods(TableRows train, TableRows calibration, RegressionRecipe recipe) : IDisposable
{
    private const double LowerSigma = 0.15865525393145707;
    private const int ScoreLevels = 20;

    private readonly List<IDisposable> networks = [];

    /// <summary>Ends of the 68.27 % interval.</summary>
    public static (double Lower, double Upper) OneSigma { get; } = (LowerSigma, 1 - LowerSigma);

    /// <summary>Levels at the middle of twenty equal parts, at which the ranked probability score is summed.</summary>
    public static double[] Middles { get; } = [.. Enumerable.Range(0, ScoreLevels).Select(i => (i + 0.5) / ScoreLevels)];

    /// <summary>All levels that a method is asked for, rising.</summary>
    public static double[] Levels { get; } = [.. Middles.Concat([0.05, LowerSigma, 0.5, 1 - LowerSigma, 0.95]).Order()];

    /// <summary>The truth itself.</summary>
    public static CurveMethod Truth { get; } = Gaussian("truth", 0, x => (NoisyCurve.Mean(x), NoisyCurve.Deviation(x)));

    /// <summary>The true mean with the best constant width: right on average, wrong nearly everywhere.</summary>
    public static CurveMethod ConstantWidth { get; } = Gaussian("constant width", 0, x => (NoisyCurve.Mean(x), NoisyCurve.ConstantDeviation));

    /// <summary>Trains them, one after the other.</summary>
    public IEnumerable<CurveMethod> Train()
    {
        var (single, seconds) = Timed(() => HeteroscedasticNetwork.Train(train, recipe));
        double[] features = single.Features(train.Inputs);
        var flag = SupportFlag.Fit(features, single.Features(calibration.Inputs), recipe.Hidden[^1]);
        yield return new("Gaussian network", seconds, x => Mixture(new GaussianMixtureAnswers([single.Predict(x)])) with { Epistemic = double.NaN, Flagged = flag.Flags(single.Features(x)).Average(f => f ? 1.0 : 0) });

        var (quantiles, quantileSeconds) = Timed(() => QuantileNetwork.Train(train, Levels, recipe));
        yield return new("quantile network", quantileSeconds, x => Quantiles(quantiles.Predict(x)));

        var (ensemble, ensembleSeconds) = Timed(() => DeepEnsemble.Train(train, recipe));
        yield return new("ensemble of five", ensembleSeconds, x => Mixture(ensemble.Predict(x)));

        double start = ProcessorSeconds();
        var head = LaplaceHead.Regression(features, Array.ConvertAll(train.Targets, y => (double)y), single.Predict(train.Inputs).Variance);
        yield return new("last-layer Laplace", seconds + ProcessorSeconds() - start, x => WithHead(single, head, x));

        var (variational, variationalSeconds) = Timed(() => VariationalNetwork.Train(train, recipe));
        yield return new("variational network", variationalSeconds, x => Mixture(variational.Predict(x, recipe.Seed)));

        var own = new CollaboratingRecipe();
        own = own with { Networks = own.Networks with { Seed = recipe.Seed, Stop = recipe.Stop }, PilotRecipe = own.PilotRecipe with { Seed = recipe.Seed, Stop = recipe.Stop } };
        var (collaborating, collaboratingSeconds) = Timed(() => CollaboratingNetworks.Train(train, own));
        yield return new("Collaborating Networks", collaboratingSeconds, x =>
        {
            var table = collaborating.Predict(x);
            return new CurveAnswers(table.Quantile, table.Density);
        });
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var network in networks) network.Dispose();
    }

    private (T Network, double Seconds) Timed<T>(Func<T> train) where T : IDisposable
    {
        double start = ProcessorSeconds();
        var network = train();
        networks.Add(network);
        return (network, ProcessorSeconds() - start);
    }

    private static CurveMethod Gaussian(string name, double seconds, Func<double, (double Mean, double Deviation)> at) => new(name, seconds, inputs => new CurveAnswers(
        (row, level) => at(inputs[row]).Mean + at(inputs[row]).Deviation * SpecialFunctions.NormalQuantile(level),
        (row, y) => Math.Exp(-ProperScores.GaussianNegativeLogDensity(at(inputs[row]).Mean, at(inputs[row]).Deviation, y))));

    private static CurveAnswers Mixture(GaussianMixtureAnswers mixture)
    {
        double epistemic = 0, total = 0;
        for (int i = 0; i < mixture.Rows; i++)
        {
            var spread = mixture.Spread(i);
            epistemic += spread.Epistemic;
            total += spread.Aleatoric + spread.Epistemic;
        }

        return new CurveAnswers(mixture.Quantile, mixture.Density, epistemic / total);
    }

    private static CurveAnswers Quantiles(QuantileAnswers answers) => new((row, level) => answers.Values[row * answers.Levels.Length + Array.IndexOf(answers.Levels, level)], null);

    private static CurveAnswers WithHead(HeteroscedasticNetwork network, LaplaceHead head, float[] inputs)
    {
        double[] features = network.Features(inputs), noise = network.Predict(inputs).Variance, mean = new double[inputs.Length], variance = new double[inputs.Length];
        int width = features.Length / inputs.Length;
        double epistemic = 0;
        for (int i = 0; i < mean.Length; i++)
        {
            (mean[i], double own) = head.Answer(features.AsSpan(i * width, width));
            variance[i] = noise[i] + own;
            epistemic += own;
        }

        return Mixture(new GaussianMixtureAnswers([new GaussianAnswers(mean, variance)])) with { Epistemic = epistemic / variance.Sum() };
    }

    private static double ProcessorSeconds()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime.TotalSeconds;
    }
}
