using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Systems.Networks;
using Lightcone.Systems.Tests.Mpm.BadInputTests;
using MathNet.Numerics.LinearAlgebra;
using static TorchSharp.torch;

namespace Lightcone.Systems.Tests.Calibration;

/// <summary>Intervals of likelihoods that are known, and products of likelihoods.</summary>
public sealed class ProfileIntervalTests
{
    // Twenty bisections of a step of at most two deviations of 0.5 leave 2 · 0.5 · 2⁻²⁰.
    private const double Reached = 1e-6;

    [Theory]
    [InlineData(1)]
    [InlineData(2.7055)]
    [InlineData(3.8415)]
    [InlineData(0.01)]
    public void The_interval_of_a_parabola_is_B_plus_and_minus_root_q_over_L(double q)
    {
        const double L = 2, Mean = 6.5, Unit = 0.1;
        double[] best = [-3, -0.4, 0, 2.5];
        using var network = ExactAnsatz.Parabola(L, level: 7);
        using var likelihood = ExactAnsatz.Likelihood(network, ExactAnsatz.Scale(Mean, Unit, Mean - 5 * Unit, Mean + 5 * Unit), best);
        var intervals = ProfileIntervals.Of(likelihood, _ => q);
        double reach = Unit * Math.Sqrt(q) / L;
        for (int i = 0; i < best.Length; i++)
        {
            Assert.Equal(Mean + Unit * best[i] - reach, intervals[i].Lower, Reached);
            Assert.Equal(Mean + Unit * best[i] + reach, intervals[i].Upper, Reached);
            Assert.False(intervals[i].LowerIsEdge || intervals[i].UpperIsEdge);
            Assert.Equal(Unit / L, likelihood.Deviations()[i], 1e-12);
        }
    }

    [Fact]
    public void No_end_lies_beyond_the_support_and_one_that_reaches_it_says_so()
    {
        using var network = ExactAnsatz.Parabola(2);
        using var likelihood = ExactAnsatz.Likelihood(network, ExactAnsatz.Scale(0, 1, -1, 1), -0.8, 0.2, 0.9, 1.3);
        var all = ProfileIntervals.Of(likelihood, _ => 1);
        Assert.Equal((-1.0, true), (all[0].Lower, all[0].LowerIsEdge));
        Assert.Equal(-0.3, all[0].Upper, Reached);
        Assert.False(all[0].UpperIsEdge || all[1].LowerIsEdge || all[1].UpperIsEdge || all[2].LowerIsEdge);
        Assert.Equal((1.0, true), (all[2].Upper, all[2].UpperIsEdge));
        // A value beyond the support has an end there, and a lower one where the likelihood falls.
        Assert.Equal((1.3, true), (all[3].Upper, all[3].UpperIsEdge));
        Assert.Equal(0.8, all[3].Lower, Reached);
        var everything = ProfileIntervals.Of(likelihood, _ => double.PositiveInfinity);
        Assert.All(everything, i => Assert.True(i.LowerIsEdge && i.UpperIsEdge && i.Lower == -1));
    }

    [Fact]
    public void A_threshold_is_asked_at_the_target_not_at_the_event()
    {
        using var network = ExactAnsatz.Parabola(2);
        using var likelihood = ExactAnsatz.Likelihood(network, ExactAnsatz.Plain, 0);
        var interval = ProfileIntervals.Of(likelihood, z => z < 0 ? 1 : 4).Single();
        Assert.Equal(-0.5, interval.Lower, Reached);
        Assert.Equal(1, interval.Upper, Reached);
    }

    [Fact]
    public void At_the_ends_of_any_likelihood_lambda_is_the_threshold()
    {
        using var scope = NewDisposeScope();
        using var network = ExactAnsatz.Random(new AnsatzShape { Hidden = 8, Layers = 2, Activation = Activation.Silu }, 1, 3);
        foreach (string head in (string[])["d.head.2.weight", "d.head.2.bias"]) ExactAnsatz.Set(network, head, new double[network.State[head].numel()]);
        using var likelihood = LearnedLikelihood.Of(network, ExactAnsatz.Scale(0, 1, -100, 100), [ExactAnsatz.Events(ExactAnsatz.Normals(50, 1, "events"))]);
        var intervals = ProfileIntervals.Of(likelihood, _ => 1);
        double[] below = likelihood.Lambda([.. intervals.Select(i => i.Lower)]), above = likelihood.Lambda([.. intervals.Select(i => i.Upper)]);
        int ends = 0;
        for (int i = 0; i < intervals.Length; i++)
        {
            Assert.InRange(likelihood.Best[i], intervals[i].Lower, intervals[i].Upper);
            if (!intervals[i].LowerIsEdge) (ends, _) = (ends + 1, Near(below[i]));
            if (!intervals[i].UpperIsEdge) (ends, _) = (ends + 1, Near(above[i]));
        }

        Assert.True(ends > 40, $"{ends} ends lie inside");

        static bool Near(double lambda)
        {
            Assert.Equal(1, lambda, 1e-4);
            return true;
        }
    }

    [Fact]
    public void A_scan_finds_the_maximum_that_what_is_left_of_D_moves()
    {
        const double Slope = 1, L = 2;
        using var network = ExactAnsatz.Parabola(L, slope: Slope);
        using var likelihood = ExactAnsatz.Likelihood(network, ExactAnsatz.Plain, 0.3);
        var (target, lambda) = ProfileIntervals.Scan(likelihood).Single();
        double grid = 10.0 / 199, best = 0.3 + Slope / (L * L), least = -Slope * Slope / (L * L);
        Assert.InRange(target, best - grid / 2, best + grid / 2);
        Assert.InRange(lambda, least, least + L * L * grid * grid / 4);
        Assert.Equal(Slope / L, likelihood.Displacements().Single(), 1e-12);
        using var straight = ExactAnsatz.Parabola(L);
        using var centred = ExactAnsatz.Likelihood(straight, ExactAnsatz.Plain, 0.3);
        Assert.True(ProfileIntervals.Scan(centred).Single().Lambda >= 0);
    }

    [Fact]
    public void Two_measurements_combine_with_the_weights_of_their_precisions()
    {
        var (value, covariance) = Combination.Of([[3.0], [5.0]], [[4.0], [1.0]]);
        Assert.Equal((3 * 0.25 + 5) / 1.25, value[0], 1e-14);
        Assert.Equal(0.8, covariance[0], 1e-14);
        var (alone, own) = Combination.Of([[3.0]], [[4.0]]);
        Assert.Equal((3.0, 4.0), (alone[0], own[0]));
    }

    [Fact]
    public void Correlated_targets_combine_as_the_product_of_their_likelihoods()
    {
        double[][] values = [[1, 2], [1.5, 1], [0, 3]], covariances = [[2, 0.5, 0.5, 1], [1, -0.3, -0.3, 0.5], [4, 1, 1, 3]];
        var (value, covariance) = Combination.Of(values, covariances);
        var precision = Matrix<double>.Build.Dense(2, 2);
        var weighted = Vector<double>.Build.Dense(2);
        for (int k = 0; k < values.Length; k++)
        {
            var own = Matrix<double>.Build.DenseOfRowMajor(2, 2, covariances[k]).Inverse();
            precision += own;
            weighted += own * Vector<double>.Build.DenseOfArray(values[k]);
        }

        var wanted = precision.Inverse();
        for (int i = 0; i < 4; i++) Assert.Equal(wanted[i / 2, i % 2], covariance[i], 1e-13);
        for (int i = 0; i < 2; i++) Assert.Equal((wanted * weighted)[i], value[i], 1e-13);
    }

    [Fact]
    public void Measurements_that_cannot_be_combined_are_refused()
    {
        Refusal.Of<InputDataException>(() => Combination.Of([], []));
        Refusal.Of<InputDataException>(() => Combination.Of([[1.0], [2.0]], [[1.0]]));
        foreach (double bad in (double[])[0, -1, double.NaN]) Refusal.Of<InputDataException>(() => Combination.Of([[1.0], [2.0]], [[1.0], [bad]]), "positive definite");
        Refusal.Of<InputDataException>(() => Combination.Of([[1.0, 2.0]], [[1, 2, 2, 1]]), "positive definite");
        Refusal.Of<InputDataException>(() => Combination.Of([[1.0], [2.0, 3.0]], [[1.0], [1.0, 0, 0, 1]]));
        Refusal.Of<InputDataException>(() => Combination.Of([[1.0, 2.0]], [[1.0]]));
    }
}
