using Lightcone.Evaluation;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>Flags of rows from where the training was, and from where it was not.</summary>
internal static class SupportCheck
{
    private const int Rows = 5_000, CalibrationRows = 10_000, TestRows = 10_000;

    // Ten of 10,000 rows are flagged by right, give or take 3.2 of the test sample and as much of the calibration sample's quantile: three standard deviations of both.
    private const double LargestShare = 0.0025;

    /// <summary>Recipe of the network whose last hidden layer is judged.</summary>
    public static RegressionRecipe Recipe { get; } = new() { Hidden = [32, 32], Epochs = 20 };

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed, CancellationToken stop)
    {
        var train = NoisyCurve.Draw(seed, Rows);
        using var network = HeteroscedasticNetwork.Train(train, Recipe with { Seed = seed, Stop = stop });
        var flag = SupportFlag.Fit(network.Features(train.Inputs), network.Features(NoisyCurve.Draw(seed + 1, CalibrationRows).Inputs), Recipe.Hidden[^1]);
        float[] inside = NoisyCurve.Draw(seed + 2, TestRows).Inputs, outside = [.. inside.Select(x => x + Math.Sign(x) * 1.5f)];
        return new("support", "Support flag: rows unlike the training", [
            EvaluationGate.AtMost("inside", Share(inside), LargestShare, "share flagged among rows like the training"),
            EvaluationGate.AtLeast("outside", Share([.. outside.Where(x => Math.Abs(x) > 2.5)]), 0.95, "share flagged beyond |x| = 2.5, where training ended at 2"),
        ], [new("share flagged between |x| = 2 and 2.5", Share([.. outside.Where(x => Math.Abs(x) is > 2 and <= 2.5f)]))]);

        double Share(float[] inputs) => flag.Flags(network.Features(inputs)).Average(f => f ? 1.0 : 0);
    }
}
