using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class ReliabilityTests
{
    /// <summary>A true logit from N(0, 1.5²), a label drawn from it, and a model that states the logit times a factor: 1 is calibrated.</summary>
    private static (double[] Predicted, int[] Labels) Toy(int n, double factor)
    {
        var random = new RandomStream(1, "toy", 0, 0);
        var (predicted, labels) = (new double[n], new int[n]);
        for (int i = 0; i < n; i++)
        {
            double logit = 1.5 * random.NextGaussian();
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
            predicted[i] = 1 / (1 + Math.Exp(-factor * logit));
        }
        return (predicted, labels);
    }

    [Theory]
    [InlineData(1_000, 0.0407, 0.0077)]
    [InlineData(10_000, 0.0124, 0.0023)]
    [InlineData(100_000, 0.0038, 0.0007)]
    public void A_calibrated_model_shows_the_error_that_its_null_predicts(int n, double mean, double deviation)
    {
        var (predicted, labels) = Toy(n, 1);
        var reliability = Reliability.EqualWidth(predicted, labels);
        Assert.InRange(reliability.Ece, mean - 3 * deviation, mean + 3 * deviation);
        var (nullMean, null99) = reliability.NullEce(seed: 5);
        Assert.InRange(nullMean, mean - deviation, mean + deviation); // the mean of 200 draws: error 0.07 of a deviation, plus the digits of the table
        // A normal 99 % quantile lies 2.33 deviations up; from 200 draws its error is √(0.01·0.99/200)/φ(2.33) = 0.26 deviations: four of them.
        Assert.InRange(null99, mean + (2.33 - 1.05) * deviation, mean + (2.33 + 1.05) * deviation);
        Assert.True(reliability.Ece < 1.2 * null99);
    }

    [Fact]
    public void An_over_confident_model_is_caught_with_the_exact_error()
    {
        var (predicted, labels) = Toy(100_000, 2);
        foreach (var reliability in new[] { Reliability.EqualWidth(predicted, labels), Reliability.EqualPopulation(predicted, labels) })
        {
            Assert.InRange(reliability.Ece, 0.1016 - 3 * 0.0015, 0.1016 + 3 * 0.0015);
            Assert.True(reliability.Ece > 5 * reliability.NullEce(seed: 5, replicas: 20).Quantile99);
            Assert.True(reliability.MaximumError >= reliability.Ece);
        }
    }

    [Fact]
    public void Bins_of_equal_population_hold_equally_many_and_keep_ties_together()
    {
        var (predicted, labels) = Toy(1_500, 1);
        Assert.All(Reliability.EqualPopulation(predicted, labels).Bins, b => Assert.Equal(100, b.Count));
        double[] saturated = [.. Enumerable.Repeat(1.0, 50), .. Enumerable.Range(0, 50).Select(i => i / 100.0)];
        var bins = Reliability.EqualPopulation(saturated, new int[100], bins: 10).Bins;
        Assert.Equal([10, 10, 10, 10, 10, 50], bins.Select(b => b.Count));
        Assert.Equal(1, bins[^1].MeanPredicted);
        double[] low = [.. Enumerable.Repeat(0.0, 35), .. Enumerable.Range(0, 65).Select(i => (i + 1) / 100.0)];
        Assert.Equal([35, 5, 10, 10, 10, 10, 10, 10], Reliability.EqualPopulation(low, new int[100], bins: 10).Bins.Select(b => b.Count));
    }

    [Fact]
    public void A_bin_observes_its_fraction_of_signal_at_its_mean_prediction()
    {
        var bins = Reliability.EqualWidth([0.1, 0.2, 0.9, 1.0], [0, 1, 1, 1], bins: 2).Bins;
        Assert.Equal(ClopperPearson.Of(1, 2), bins[0].Observed);
        Assert.Equal(0.15, bins[0].MeanPredicted, 1e-15);
        Assert.Equal(2, bins[1].Count);
    }

    [Fact]
    public void Logits_are_refused() => Assert.Contains("logits", Assert.Throws<InputDataException>(() => Reliability.EqualWidth([1.5], [1])).LikelyCause);
}
