using Lightcone.Evaluation;
using Lightcone.Systems.Networks;
using Lightcone.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>Dropout before one linear layer against its exact variance.</summary>
internal static class DropoutCheck
{
    private const double Probability = 0.1;
    private const int Passes = 4000;
    private static readonly float[] Inputs = [1, 2, 0.5f], Weights = [0.7f, -0.4f, 1.5f];

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed)
    {
        double exact = Probability / (1 - Probability) * Inputs.Zip(Weights, (x, w) => (double)x * x * w * w).Sum();
        double measured = Measured(seed);
        // A variance of n passes scatters by √((kurtosis − 1)/n); three terms of one probable and one rare value stay below a kurtosis of 9.
        return new("dropout", "Monte Carlo dropout (a diagnostic): one linear layer", [
            EvaluationGate.AtMost("variance", Math.Abs(measured / exact - 1), 3.5 * Math.Sqrt(8.0 / Passes), "variance over 4000 passes: relative error"),
        ], [new("variance", measured), new("exact", exact)]);
    }

    private static double Measured(ulong seed)
    {
        using var state = new NetworkState();
        var stack = new DenseStack(state, "linear", [3, 3, 1], Activation.Relu, DenseStack.Kept);
        using (no_grad())
        {
            using var identity = eye(3);
            using var weights = tensor(Weights, [1, 3]);
            state["linear.0.weight"].copy_(identity); // positive inputs pass the activation unchanged
            state["linear.1.weight"].copy_(weights);
        }

        return MonteCarloDropout.Predict(stack, Inputs, 3, Probability, Passes, seed).Variance[0];
    }
}
