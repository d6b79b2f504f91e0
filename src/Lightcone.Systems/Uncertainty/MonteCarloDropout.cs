using Lightcone.Systems.Networks;

namespace Lightcone.Systems.Uncertainty;

/// <summary>
/// Spread of a network's answers when hidden numbers are left out at random in use (arXiv:1506.02142). A diagnostic alone: the spread does not shrink when there are more data to train on.
/// </summary>
internal static class MonteCarloDropout
{
    /// <summary>Mean and variance over passes at inputs [rows, features], for a stack of one answer. The variance of one linear layer is p/(1 − p) Σ wᵢ² xᵢ².</summary>
    /// <param name="stack">The network.</param>
    /// <param name="inputs">Inputs, row-major.</param>
    /// <param name="features">Inputs of a row.</param>
    /// <param name="probability">p, that a hidden number is left out.</param>
    /// <param name="passes">Number of passes.</param>
    /// <param name="seed">Seed of what is left out.</param>
    public static GaussianAnswers Predict(DenseStack stack, float[] inputs, int features, double probability, int passes, ulong seed)
    {
        TableTraining.SeedWeights(seed);
        int rows = inputs.Length / features;
        var (mean, squares) = (new double[rows], new double[rows]);
        for (int pass = 1; pass <= passes; pass++)
        {
            double[] answers = TableRows.Evaluate(inputs, features, x => stack.ApplyDropped(x, probability));
            for (int i = 0; i < rows; i++)
            {
                double change = answers[i] - mean[i]; // B. Welford, Technometrics 4 (1962) 419
                mean[i] += change / pass;
                squares[i] += change * (answers[i] - mean[i]);
            }
        }

        return new GaussianAnswers(mean, Array.ConvertAll(squares, s => s / (passes - 1)));
    }
}
