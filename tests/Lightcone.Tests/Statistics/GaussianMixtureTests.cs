using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class GaussianMixtureTests
{
    private const double Regularisation = 1e-3;

    /// <summary>Of points in the plane three in ten come from the first Gaussian, the others from the second, which is correlated.</summary>
    private static double[] TwoGaussians(int points, ulong seed)
    {
        var random = new RandomStream(seed, "two gaussians", 0, 0);
        var data = new double[2 * points];
        for (int i = 0; i < points; i++)
        {
            double u = random.NextGaussian(), v = random.NextGaussian();
            (data[2 * i], data[2 * i + 1]) = random.NextDouble() < 0.3 ? (-2 + 0.5 * u, 1 + 0.5 * v) : (1.5 + u, -1 + 0.6 * u + 0.8 * v);
        }

        return data;
    }

    private static double[] Blob(int points, int dimension, ulong seed)
    {
        var random = new RandomStream(seed, "blob", 0, 0);
        return [.. Enumerable.Range(0, points * dimension).Select(i => (i % dimension + 1) * random.NextGaussian() + random.NextInt(3))];
    }

    private static double MeanLogDensity(GaussianMixture mixture, double[] data)
    {
        double sum = 0;
        for (int i = 0; i < data.Length; i += mixture.Dimension) sum += mixture.LogDensity(data.AsSpan(i, mixture.Dimension));
        return sum * mixture.Dimension / data.Length;
    }

    [Theory]
    [InlineData(1, 3, 1)]
    [InlineData(2, 4, 2)]
    [InlineData(5, 8, 3)]
    [InlineData(2, 8, 4)]
    public void More_iterations_never_make_the_data_less_likely(int dimension, int components, ulong seed)
    {
        double[] data = Blob(400, dimension, seed);
        double last = double.NegativeInfinity;
        for (int iterations = 0; iterations <= 30; iterations++)
        {
            double now = MeanLogDensity(GaussianMixture.Fit(data, dimension, components, seed, iterations), data);
            Assert.True(now >= last - 1e-12, $"{iterations} iterations: {last} falls to {now}");
            last = now;
        }
    }

    [Fact]
    public void Points_of_less_spread_than_the_regularisation_do_not_lose_likelihood_either()
    {
        // There the added 0.001 outweighs the data, so that a step can lead down; the fit must stop before.
        var random = new RandomStream(1, "narrow", 0, 0);
        double[] data = [.. Enumerable.Range(0, 600).Select(i => i % 5 + 0.01 * random.NextGaussian())];
        double last = double.NegativeInfinity;
        for (int iterations = 0; iterations <= 30; iterations++)
        {
            double now = MeanLogDensity(GaussianMixture.Fit(data, 2, 7, 2, iterations), data);
            Assert.True(now >= last - 1e-12, $"{iterations} iterations: {last} falls to {now}");
            last = now;
        }
    }

    [Fact]
    public void A_known_mixture_of_two_is_found_again()
    {
        const int n = 4000;
        var fit = GaussianMixture.Fit(TwoGaussians(n, 1), 2, 2, seed: 5, iterations: 200);
        double[] numbers = fit.ToArray();
        int first = numbers[2] < numbers[8] ? 0 : 1; // weights, then mean and factor of each: 2 + 4 numbers
        double[] one = numbers[(2 + 6 * first)..(8 + 6 * first)], two = numbers[(8 - 6 * first)..(14 - 6 * first)];
        // Five standard errors of a share, a mean and a covariance of 1200 and 2800 points, each raised by a tenth for points that overlap.
        Assert.Equal(0.3, numbers[first], 5.5 * Math.Sqrt(0.21 / n));
        AssertClose([-2, 1], one[..2], 5.5 * 0.5 / Math.Sqrt(1200));
        AssertClose([1.5, -1], two[..2], 5.5 / Math.Sqrt(2800));
        AssertClose([0.25 + Regularisation, 0, 0.25 + Regularisation], Covariance(one), 5.5 * 0.25 * Math.Sqrt(2 / 1200.0));
        AssertClose([1 + Regularisation, 0.6, 1 + Regularisation], Covariance(two), 5.5 * Math.Sqrt(2 / 2800.0));

        static double[] Covariance(double[] own) => [own[2] * own[2], own[4] * own[2], own[4] * own[4] + own[5] * own[5]];
    }

    private static void AssertClose(double[] expected, double[] actual, double tolerance)
    {
        foreach (var (e, a) in expected.Zip(actual)) Assert.Equal(e, a, tolerance);
    }

    [Fact]
    public void One_Gaussian_has_the_mean_and_covariance_of_the_points()
    {
        double[] data = TwoGaussians(500, 3);
        double[] numbers = GaussianMixture.Fit(data, 2, 1, seed: 1).ToArray();
        double[] x = [.. data.Where((_, i) => i % 2 == 0)], y = [.. data.Where((_, i) => i % 2 == 1)];
        double mx = x.Average(), my = y.Average();
        Assert.Equal(1, numbers[0], 1e-12);
        Assert.Equal(mx, numbers[1], 1e-11);
        Assert.Equal(my, numbers[2], 1e-11);
        Assert.Equal(x.Average(v => (v - mx) * (v - mx)) + Regularisation, numbers[3] * numbers[3], 1e-11);
        Assert.Equal(x.Zip(y).Average(p => (p.First - mx) * (p.Second - my)), numbers[3] * numbers[5], 1e-11);
        Assert.Equal(y.Average(v => (v - my) * (v - my)) + Regularisation, numbers[5] * numbers[5] + numbers[6] * numbers[6], 1e-11);
    }

    [Fact]
    public void The_density_integrates_to_one_and_over_the_last_coordinate_to_the_marginal()
    {
        var fit = GaussianMixture.Fit(TwoGaussians(1000, 2), 2, 3, seed: 1);
        var marginal = fit.Marginal(1);
        Assert.Equal((1, 3), (marginal.Dimension, marginal.Components));
        const double step = 0.05; // a twelfth of the smallest width: sums of so smooth a function are exact to rounding
        double all = 0;
        for (double x = -8; x < 8; x += step)
        {
            double over = 0;
            for (double y = -9; y < 9; y += step) over += step * Math.Exp(fit.LogDensity([x, y]));
            Assert.Equal(Math.Exp(marginal.LogDensity([x])), over, 1e-8);
            all += step * over;
        }

        Assert.Equal(1, all, 1e-6);
        Assert.Equal(fit.LogDensity([0.3, -0.4]), fit.Marginal(2).LogDensity([0.3, -0.4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.Marginal(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => fit.Marginal(3));
    }

    [Fact]
    public void The_same_points_and_seed_give_the_same_numbers_and_stored_ones_the_same_density()
    {
        double[] data = Blob(300, 3, 7);
        double[] numbers = GaussianMixture.Fit(data, 3, 4, seed: 9).ToArray();
        Assert.Equal(numbers, GaussianMixture.Fit(data, 3, 4, seed: 9).ToArray());
        var read = GaussianMixture.FromArray(numbers, 3, 4);
        Assert.Equal(numbers, read.ToArray());
        var fit = GaussianMixture.Fit(data, 3, 4, seed: 9);
        for (int i = 0; i < data.Length; i += 3) Assert.Equal(fit.LogDensity(data.AsSpan(i, 3)), read.LogDensity(data.AsSpan(i, 3)));
    }

    [Fact]
    public void Points_that_are_all_equal_make_a_narrow_peak_there()
    {
        double[] data = [.. Enumerable.Range(0, 30).Select(i => i % 3 + 1.0)];
        var fit = GaussianMixture.Fit(data, 3, 4, seed: 1);
        // At the peak the density is that of the regularisation alone: −3/2 ln(2π · 0.001).
        Assert.Equal(-1.5 * Math.Log(2 * Math.PI * Regularisation), fit.LogDensity([1, 2, 3]), 1e-6);
        Assert.True(fit.LogDensity([1, 2, 3.5]) < -100);
        Assert.True(double.IsFinite(fit.LogDensity([0, 0, 0])));
    }

    [Fact]
    public void A_coordinate_that_never_changes_is_as_wide_as_the_regularisation()
    {
        var random = new RandomStream(1, "flat", 0, 0);
        double[] data = [.. Enumerable.Range(0, 400).Select(i => i % 2 == 0 ? random.NextGaussian() : 7)];
        var fit = GaussianMixture.Fit(data, 2, 3, seed: 1);
        double expected = fit.Marginal(1).LogDensity([0.2]) - 0.5 * Math.Log(2 * Math.PI * Regularisation);
        Assert.Equal(expected, fit.LogDensity([0.2, 7]), 1e-6);
    }

    [Fact]
    public void As_many_Gaussians_as_points_are_possible_and_more_are_not()
    {
        var fit = GaussianMixture.Fit([0, 10, 20], 1, 3, seed: 1);
        Assert.Equal(Math.Log(1 / 3.0) - 0.5 * Math.Log(2 * Math.PI * Regularisation), fit.LogDensity([10]), 1e-6);
        Assert.Throws<ArgumentException>(() => GaussianMixture.Fit([0, 10], 1, 3, seed: 1));
        Assert.Throws<ArgumentException>(() => GaussianMixture.Fit([], 1, 1, seed: 1));
        Assert.Throws<ArgumentException>(() => GaussianMixture.Fit([1, double.NaN], 1, 1, seed: 1));
        Assert.Throws<ArgumentException>(() => GaussianMixture.Fit([1, 2], 0, 1, seed: 1));
        Assert.Throws<ArgumentException>(() => GaussianMixture.Fit([1, 2], 1, 0, seed: 1));
        Assert.Throws<ArgumentException>(() => fit.LogDensity([1, 2]));
    }

    [Theory]
    [InlineData(0, double.NaN)]
    [InlineData(0, -0.1)]
    [InlineData(1, 0)]
    [InlineData(1, 1.5)]
    [InlineData(2, double.PositiveInfinity)]
    [InlineData(4, 0)]
    [InlineData(7, -1)]
    [InlineData(11, double.NaN)]
    public void Numbers_of_no_mixture_are_refused(int position, double value)
    {
        double[] numbers = [0.25, 0.75, 0, 0, 1, 0, 0.5, 1, 3, 0, 1, 0, 0, 2]; // two weights; mean and factor of two Gaussians in the plane
        Assert.Equal(numbers, GaussianMixture.FromArray(numbers, 2, 2).ToArray());
        numbers[position] = value;
        Assert.Throws<ArgumentException>(() => GaussianMixture.FromArray(numbers, 2, 2));
    }

    [Fact]
    public void Stored_numbers_of_another_size_are_refused_before_anything_is_made_of_them()
    {
        double[] numbers = GaussianMixture.Fit(Blob(50, 2, 1), 2, 3, seed: 1).ToArray();
        foreach (var (dimension, components) in ((int, int)[])[(2, 2), (3, 3), (0, 3), (2, 0), (-1, 3), (65535, 65536), (65536, 1), (int.MaxValue, int.MaxValue), (2, int.MinValue)])
            Assert.Throws<ArgumentException>(() => GaussianMixture.FromArray(numbers, dimension, components));
        Assert.Throws<ArgumentException>(() => GaussianMixture.FromArray([], 2, 3));
        Assert.Throws<ArgumentException>(() => GaussianMixture.FromArray(numbers.AsSpan(1), 2, 3));
    }
}
