using Lightcone.Evaluation;
using Lightcone.Randomness;
using Lightcone.Systems.Uncertainty;
using Lightcone.Systems.Uncertainty.Acceptance;
using Lightcone.Tests.Training;

namespace Lightcone.Systems.Tests.Uncertainty;

/// <summary>Coverage in the base space of flows, and p-values.</summary>
[Collection(SeededGenerator.Name)]
public sealed class FlowTests
{
    private const int Rows = 10_000;

    [Fact]
    public void Exact_flows_pass_and_wrong_noise_is_seen()
    {
        var gates = new List<EvaluationGate>();
        FlowCheck.Exact(4, Rows, gates, []);
        Assert.Equal(6, gates.Count);
        Assert.All(gates, g => Assert.True(g.Result == GateResult.Pass, $"{g.Name}: {g.Measured}"));
    }

    [Fact]
    public void Small_errors_of_the_noise_fail_the_gate_of_base_space_and_not_that_of_the_p_value()
    {
        var pair = GaussianPair.Draw(4, Rows, 0.6);
        Assert.InRange(BaseSpaceCoverage.Of(pair.Base(), 1).Distance, 0.06, 0.11); // 0.083 simulated; 0.02 is allowed
        Assert.True(Lightcone.Statistics.ProbabilityTransform.Kolmogorov(pair.SingleDraw(4)).Distance < 0.025);
    }

    [Fact]
    public void Levels_of_regions_are_chi_square_probabilities()
    {
        var coverage = BaseSpaceCoverage.Of([1, 0, 0, Math.Sqrt(2.295746)], 2);
        Assert.Equal(1 - Math.Exp(-0.5), coverage.Levels[0], 12); // two dimensions: 1 − e^(−r²/2)
        Assert.Equal(0.6827, coverage.Levels[1], 1e-4);
    }

    [Fact]
    public void Components_tell_what_the_sum_hides()
    {
        var random = new RandomStream(1, "components", 0, 0);
        var u = new double[2 * Rows];
        for (int i = 0; i < Rows; i++)
        {
            double a = random.NextGaussian();
            (u[2 * i], u[2 * i + 1]) = (a, 0.8 * a + 0.6 * random.NextGaussian()); // each standard normal, together not
        }

        Assert.Equal(0.8, BaseSpaceCoverage.Of(u, 2).LargestCorrelation, 0.02);
    }

    [Fact]
    public void A_trained_flow_of_two_correlated_numbers_is_standard_normal_in_base_space_and_draws_what_it_learned()
    {
        var (train, test) = (Correlated(1, 20_000), Correlated(2, 5_000));
        using var flow = ConditionalAffineFlow.Train(train, new RegressionRecipe { Hidden = [16], Epochs = 10, BatchSize = 200 });
        var coverage = BaseSpaceCoverage.Of(flow.Base(test.Inputs, test.Targets), 2);
        Assert.True(coverage.Distance < 0.03, $"{coverage.Distance} {string.Join(' ', coverage.Components)} {coverage.LargestCorrelation}"); // 0.023 is the 1 % point of the exact flow
        Assert.All(coverage.Components, d => Assert.True(d < 0.03));
        Assert.True(coverage.LargestCorrelation < 0.05);
        float[] drawn = flow.Draw(test.Inputs, 1);
        double[] u = flow.Base(test.Inputs, drawn);
        Assert.Equal(1, u.Average(x => x * x), 0.06); // √(2/10000), four times
        // Of another relation it is not.
        Assert.True(BaseSpaceCoverage.Of(flow.Base(test.Inputs, Array.ConvertAll(test.Targets, z => 1.5f * z)), 2).Distance > 0.08);
    }

    // z₁ = x + n₁, z₂ = z₁ + e^{x/2}/2 n₂.
    private static TableRows Correlated(ulong seed, int rows)
    {
        var random = new RandomStream(seed, "correlated", 0, 0);
        var (x, z) = (new float[rows], new float[2 * rows]);
        for (int i = 0; i < rows; i++)
        {
            x[i] = (float)random.NextGaussian();
            z[2 * i] = (float)(x[i] + random.NextGaussian());
            z[2 * i + 1] = (float)(z[2 * i] + 0.5 * Math.Exp(0.5 * x[i]) * random.NextGaussian());
        }

        return new TableRows(x, 1, z, 2);
    }
}
