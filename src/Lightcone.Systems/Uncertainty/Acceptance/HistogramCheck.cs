using Lightcone.Evaluation;
using Lightcone.Statistics;
using Lightcone.Systems.Networks;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>E1: the Earth mover's pinball loss against beta distributions.</summary>
internal static class HistogramCheck
{
    private const int TestRows = 10_000;
    private static readonly double[] Levels = [0.05, 0.25, 0.5, 0.75, 0.95], Kappas = [0.6, 1, 1.7];

    /// <summary>Recipe of the acceptance: some 12,000 steps; with half of them one seed in three covers two hundredths too little.</summary>
    public static RegressionRecipe Recipe { get; } = new() { Activation = Activation.Relu, BatchSize = 512, Epochs = 30 };

    /// <summary>Rows of the acceptance.</summary>
    public const int Rows = 200_000;

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed, CancellationToken stop)
    {
        using var network = EarthMoverPinball.Train(DirichletHistograms.Draw(seed, Rows), Recipe with { Seed = seed, Stop = stop });
        var (mean, largest) = Errors(network);
        var (coverages, crossings) = Coverages(network, DirichletHistograms.Draw(seed + 1, TestRows));
        return new("histogram", "Earth mover's pinball loss: Dirichlet histograms", [
            EvaluationGate.AtMost("mean", mean, 0.005, "quantiles of the cumulative contents: mean absolute error"),
            EvaluationGate.AtMost("largest", largest, 0.025, "quantiles of the cumulative contents: largest error"),
            .. coverages.Select((c, edge) => UncertaintyCheck.Near($"coverage-{edge}", c.Fraction().Value, 0.9, 0.02, $"coverage of the 5 to 95 % band up to bin {edge + 1}")),
        ], [.. coverages.Select((c, edge) => new UncertaintyNumber($"coverage up to bin {edge + 1}", c.Fraction().Value)), new("share of crossed quantiles", crossings)]);
    }

    private static (double Mean, double Largest) Errors(EarthMoverPinball network)
    {
        double[] quantiles = network.Predict([.. Kappas.Select(k => (float)Math.Log(k))], Levels).Quantiles;
        double[] errors = new double[quantiles.Length];
        for (int i = 0; i < errors.Length; i++)
        {
            int level = i % Levels.Length, edge = i / Levels.Length % DirichletHistograms.Edges, row = i / Levels.Length / DirichletHistograms.Edges;
            errors[i] = Math.Abs(quantiles[i] - DirichletHistograms.Quantile(Kappas[row], edge, Levels[level]));
        }

        return (errors.Average(), errors.Max());
    }

    private static (CoverageCount[] Coverages, double Crossings) Coverages(EarthMoverPinball network, TableRows test)
    {
        var (quantiles, crossings) = network.Predict(test.Inputs, Levels);
        var coverages = new CoverageCount[DirichletHistograms.Edges];
        for (int edge = 0; edge < coverages.Length; edge++)
        {
            double[] lower = new double[test.Count], upper = new double[test.Count], truth = new double[test.Count];
            for (int i = 0; i < test.Count; i++)
            {
                int at = (i * DirichletHistograms.Edges + edge) * Levels.Length;
                (lower[i], upper[i]) = (quantiles[at], quantiles[at + Levels.Length - 1]);
                for (int b = 0; b <= edge; b++) truth[i] += test.Targets[i * test.Width + b];
            }

            coverages[edge] = CoverageCurve.OfIntervals(lower, upper, truth, 0.9);
        }

        return (coverages, crossings);
    }
}
