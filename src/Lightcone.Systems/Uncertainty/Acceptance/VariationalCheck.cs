using Lightcone.Evaluation;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using Lightcone.Training.Engine;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>B1: variational weights of a line with correlated inputs against the exact optimum, which has the posterior's mean and the variances 1/Lᵢᵢ.</summary>
internal static class VariationalCheck
{
    /// <summary>Steps of the acceptance.</summary>
    public const int Steps = 4000;

    private const int Rows = 100;

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed, int steps, CancellationToken stop)
    {
        var line = CorrelatedLine.Draw(seed, Rows);
        double variance = CorrelatedLine.Noise * CorrelatedLine.Noise;
        var (gram, moment) = line.Sums(variance); // prior of variance 1: L = (XᵀX + s²)/s²
        double[] mean = new CholeskyFactor(gram).Solve(moment), inverse = [new CholeskyFactor(gram).InverseForm([1, 0]), new CholeskyFactor(gram).InverseForm([0, 1])];
        double[] meanField = [variance / gram[0, 0], variance / gram[1, 1]];
        var (found, variances) = Train(line, seed, steps, stop);
        return new("variational", "Variational layer: a line with correlated inputs", [
            EvaluationGate.AtMost("mean", found.Zip(mean, (a, b) => Math.Abs(a - b)).Max(), 0.01, "means: largest distance from the posterior's"),
            EvaluationGate.AtMost("variance", variances.Zip(meanField, (a, b) => Math.Abs(a / b - 1)).Max(), 0.06, "variances: largest relative distance from the optimum of independent weights"),
        ], [
            .. found.Select((m, i) => new UncertaintyNumber($"mean {i + 1}", m)), .. mean.Select((m, i) => new UncertaintyNumber($"exact mean {i + 1}", m)),
            .. variances.Select((v, i) => new UncertaintyNumber($"variance {i + 1}", v)), .. meanField.Select((v, i) => new UncertaintyNumber($"exact optimum {i + 1}", v)),
            .. inverse.Select((v, i) => new UncertaintyNumber($"variance {i + 1} of the true posterior", variance * v)),
        ]);
    }

    private static (double[] Mean, double[] Variance) Train(CorrelatedLine line, ulong seed, int steps, CancellationToken stop)
    {
        using var state = new NetworkState();
        TableTraining.SeedWeights(seed);
        var layer = new VariationalLayer(state, "line", 2, 1, prior: 1, offset: false);
        var rows = new TableRows(Array.ConvertAll(line.X, x => (float)x), 2, Array.ConvertAll(line.Y, y => (float)y));
        var training = new TableTraining { Rows = Rows, Epochs = steps, BatchSize = Rows, LearningRate = 0.02, ClipGradient = 0, Seed = seed, Stop = stop };
        training.Run(state, (chosen, share) =>
        {
            var error = rows.TargetsOf(chosen) - layer.Sample(rows.InputsOf(chosen)).squeeze(1);
            double weight = Math.Min(1, share / VariationalNetwork.WarmUpShare);
            return error.Squared().mean().Times(0.5 / (CorrelatedLine.Noise * CorrelatedLine.Noise)).Plus(layer.Divergence().Times(weight / Rows));
        });
        using var scope = NewDisposeScope();
        return (Values(layer.Mean), Values(layer.Variance));

        static double[] Values(Tensor x) => x.detach().to(ScalarType.Float64).flatten().data<double>().ToArray();
    }
}
