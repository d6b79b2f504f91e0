using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class EstimateTests
{
    private static readonly CoverageCount Good = new(0.9, 1_000, 905, 50, 45);

    [Fact]
    public void An_uncertainty_that_was_not_tested_says_so() =>
        Assert.Equal("91.19 +0.42 −0.37 GeV (68.27 %; not validated)", new Estimate(new Interval(91.188, 90.818, 91.608, Interval.OneSigma, "ensemble"), "GeV").ToString());

    [Fact]
    public void A_tested_uncertainty_names_method_sample_and_band()
    {
        var estimate = new Estimate(new Interval(5, 4, 6, 0.9, "split conformal"), null, Validation.Of("split conformal", "test jets", Good));
        Assert.Equal("5.0 ± 1.0 (90 %; split conformal on test jets: covered 0.905 [0.8786, 0.9274] of 1000, claimed 0.9)", estimate.ToString());
        Assert.Equal(5, estimate.Value);
    }

    [Fact]
    public void A_failed_test_says_so()
    {
        var failed = Validation.Of("ensemble", "test jets", Good with { Covered = 800, MissedBelow = 150 });
        Assert.False(failed.Accepted);
        Assert.StartsWith("validation failed", failed.ToString());
        Assert.False(Validation.Of("ensemble", "nothing", new(0.9, 0, 0, 0, 0)).Accepted); // nothing was tested
        var shared = new CoverageCount(0.9, 100_000, 88_500, 5_000, 6_500);
        Assert.False(Validation.Of("raw", "test jets", shared).Accepted);
        Assert.True(Validation.Of("conformal", "test jets", shared, ConformalLaw.Of(1_000, 0.9)).Accepted);
    }

    [Fact]
    public void Limits_and_missing_values_print()
    {
        Assert.Equal("3 in [1, Infinity] (95 %; not validated)", new Estimate(new Interval(3, 1, double.PositiveInfinity, 0.95, "")).ToString());
        Assert.Equal("no value (95 %; not validated)", new Estimate(new Interval(double.NaN, 0, 1, 0.95, "")).ToString());
        Assert.Equal("2.000000 ± 0.000000 (95 %; not validated)", new Estimate(new Interval(2, 2, 2, 0.95, "")).ToString());
        Assert.Equal("12000 ± 2500 m (95 %; not validated)", new Estimate(new Interval(12_000, 9_500, 14_500, 0.95, ""), "m").ToString());
    }
}
