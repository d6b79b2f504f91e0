using CsCheck;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

public sealed class CalibrationTests
{
    /// <summary>A true logit from N(0, 1.5²), a label drawn from it, and a model that states twice the logit.</summary>
    private static (double[] Logits, int[] Labels) OverConfident(int n, long item = 0)
    {
        var random = new RandomStream(21, "temperature", 0, item);
        var (logits, labels) = (new double[n], new int[n]);
        for (int i = 0; i < n; i++)
        {
            double logit = 1.5 * random.NextGaussian();
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-logit)) ? 1 : 0;
            logits[i] = 2 * logit;
        }

        return (logits, labels);
    }

    /// <summary>Three classes, labels from softmax(z), z normal with deviation 2; the model states 1.6 z.</summary>
    private static (double[] Logits, int[] Labels) ThreeClasses(int n)
    {
        var random = new RandomStream(22, "classes", 0, 0);
        var (logits, labels) = (new double[3 * n], new int[n]);
        for (int i = 0; i < n; i++)
        {
            double[] z = [2 * random.NextGaussian(), 2 * random.NextGaussian(), 2 * random.NextGaussian()];
            double u = random.NextDouble() * z.Sum(Math.Exp);
            labels[i] = u < Math.Exp(z[0]) ? 0 : u < Math.Exp(z[0]) + Math.Exp(z[1]) ? 1 : 2;
            for (int c = 0; c < 3; c++) logits[3 * i + c] = 1.6 * z[c];
        }

        return (logits, labels);
    }

    [Theory]
    [InlineData(1_000, 1.98, 0.15)]
    [InlineData(10_000, 1.995, 0.041)]
    [InlineData(100_000, 1.999, 0.014)]
    public void Temperature_of_the_toy_is_fitted_and_repairs_it(int n, double mean, double deviation)
    {
        var (logits, labels) = OverConfident(n);
        var fit = TemperatureScaling.FitBinary(logits, labels);
        Assert.InRange(fit.Temperature, mean - 3 * deviation, mean + 3 * deviation);
        Assert.InRange(fit.Error, 0.75 * deviation, 1.25 * deviation);
        Assert.True(fit.After < fit.Before);
        var (fresh, freshLabels) = OverConfident(n, 1);
        var after = Reliability.EqualWidth([.. fresh.Select(fit.Apply)], freshLabels);
        // The fitted T is off by its error too, so the limit of a perfect model is widened by a third.
        Assert.True(after.Ece < 1.33 * after.NullEce(seed: 1, replicas: 100).Quantile99, $"{after.Ece}");
    }

    [Fact]
    public void Likelihoods_of_the_toy_are_the_exact_ones()
    {
        var (logits, labels) = OverConfident(100_000);
        var fit = TemperatureScaling.FitBinary(logits, labels);
        Assert.Equal(0.598803, fit.Before, 0.012); // a deviation of about 0.8 a jet: 0.0025, five of them
        Assert.Equal(0.527414, fit.After, 0.008);
    }

    [Fact]
    public void The_quoted_error_of_the_temperature_is_its_spread()
    {
        var fits = Enumerable.Range(0, 200).Select(r => OverConfident(1_000, 100 + r)).Select(t => TemperatureScaling.FitBinary(t.Logits, t.Labels)).ToArray();
        double spread = SampleDeviation.Of([.. fits.Select(f => f.Temperature)]);
        Assert.Equal(spread, fits.Average(f => f.Error), 3 * spread / Math.Sqrt(400));
    }

    [Fact]
    public void Temperature_does_not_change_a_ranking()
    {
        var (logits, labels) = OverConfident(3_000);
        var fit = TemperatureScaling.FitBinary(logits, labels);
        double[] after = [.. logits.Select(fit.Apply)];
        Assert.Equal(RocCurve.From(logits, labels).Auc().Value, RocCurve.From(after, labels).Auc().Value, 1e-12);
        var (many, _) = ThreeClasses(500);
        double[] probabilities = fit.Apply(many, 3);
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(1, probabilities.AsSpan(3 * i, 3).ToArray().Sum(), 1e-14);
            for (int a = 0; a < 3; a++)
                for (int b = 0; b < 3; b++)
                    Assert.Equal(many[3 * i + a] > many[3 * i + b], probabilities[3 * i + a] > probabilities[3 * i + b]);
        }
    }

    [Fact]
    public void Calibration_of_several_classes_is_judged_by_top_label_and_by_class()
    {
        var (logits, labels) = ThreeClasses(20_000);
        var fit = TemperatureScaling.Fit(logits, labels, 3);
        Assert.InRange(fit.Temperature, 1.6 - 4 * fit.Error, 1.6 + 4 * fit.Error);
        double[] raw = new TemperatureScaling(1, 0, 0, 0).Apply(logits, 3), scaled = fit.Apply(logits, 3);
        var (before, after) = (Reliability.TopLabel(raw, labels, 3), Reliability.TopLabel(scaled, labels, 3));
        Assert.True(before.Ece > before.NullEce(1, 50).Quantile99);
        Assert.True(after.Ece < after.NullEce(1, 50).Quantile99);
        Assert.All(Reliability.ClassWise(raw, labels, 3), r => Assert.True(r.Ece > r.NullEce(2, 50).Quantile99));
        Assert.All(Reliability.ClassWise(scaled, labels, 3), r => Assert.True(r.Ece < 1.2 * r.NullEce(2, 50).Quantile99));
        Assert.Equal(20_000, after.Bins.Sum(b => b.Count));
        Assert.Equal(Reliability.EqualWidth([0.3, 0.9], [1, 0]).Ece, Reliability.ClassWise([0.7, 0.3, 0.1, 0.9], [1, 0], 2)[1].Ece, 1e-15);
    }

    [Fact]
    public void A_model_that_is_always_right_ends_at_the_bound_without_an_error()
    {
        var fit = TemperatureScaling.FitBinary([1, -1, 2, -2], [1, 0, 1, 0]);
        Assert.Equal(0.05, fit.Temperature, 1e-6);
        Assert.True(double.IsNaN(fit.Error));
        Assert.Equal(20, TemperatureScaling.FitBinary([1, -1], [0, 1]).Temperature, 1e-6); // always wrong: as flat as allowed
    }

    [Fact]
    public void Scale_of_sigma_is_found_and_outliers_do_not_move_the_robust_one()
    {
        var random = new RandomStream(23, "sigma", 0, 0);
        int n = 20_000;
        double[] truth = [.. Enumerable.Range(0, n).Select(_ => 1.7 * random.NextGaussian())], ones = [.. Enumerable.Repeat(1.0, n)];
        var fit = SigmaScale.Fit(truth, new double[n], ones);
        Assert.InRange(fit.Factor, 1.7 - 4 * fit.Error, 1.7 + 4 * fit.Error);
        Assert.Equal(1.7 / Math.Sqrt(2 * n), fit.Error, 0.05 * fit.Error);
        Assert.Equal(1.7, fit.Robust, 0.05);
        Assert.Equal(2 * fit.Factor, fit.Apply(2));
        for (int i = 0; i < n / 100; i++) truth[i] = 50;
        var tailed = SigmaScale.Fit(truth, new double[n], ones);
        Assert.True(tailed.Factor > 5 && tailed.Robust < 1.8);
    }

    [Fact]
    public void Platt_finds_slope_and_offset()
    {
        var random = new RandomStream(24, "platt", 0, 0);
        int n = 50_000;
        var (scores, labels) = (new double[n], new int[n]);
        for (int i = 0; i < n; i++)
        {
            scores[i] = 100 + 10 * random.NextGaussian();
            labels[i] = random.NextDouble() < 1 / (1 + Math.Exp(-(0.2 * (scores[i] - 100) - 1))) ? 1 : 0;
        }

        var fit = PlattScaling.Fit(scores, labels);
        Assert.Equal(0.2, fit.Slope, 0.008); // errors about 0.0017 and 0.013
        Assert.Equal(-1, fit.Slope * 100 + fit.Offset, 0.06);
        Assert.Equal(labels.Average(), scores.Average(fit.Apply), 1e-4);
        var separated = PlattScaling.Fit([-1, -2, 1, 2], [0, 0, 1, 1]);
        Assert.True(separated.Slope > 0 && double.IsFinite(separated.Slope));
    }

    [Fact]
    public void Isotonic_regression_pools_violators_as_the_slow_minimax_formula() =>
        Gen.Select(Gen.Int[0, 6], Gen.Double[0, 1]).Array[1, 25].Sample(points =>
        {
            double[] scores = [.. points.Select(p => (double)p.Item1)], targets = [.. points.Select(p => p.Item2)];
            var fit = IsotonicRegression.Fit(scores, targets);
            // max over a ≤ s of min over b ≥ s of the mean target of scores in [a, b].
            foreach (double s in scores)
            {
                double expected = scores.Where(a => a <= s).Max(a => scores.Where(b => b >= s).Min(b => points.Where(p => p.Item1 >= a && p.Item1 <= b).Average(p => p.Item2)));
                Assert.Equal(expected, fit.Apply(s), 1e-12);
            }
        }, iter: 500);

    [Fact]
    public void Isotonic_regression_repairs_the_toy_and_interpolates_between_pieces()
    {
        var (logits, labels) = OverConfident(20_000);
        var fit = IsotonicRegression.Fit(logits, [.. labels.Select(l => (double)l)]);
        var (fresh, _) = OverConfident(2_000, 1);
        Assert.True(fresh.Average(l => Math.Abs(fit.Apply(l) - 1 / (1 + Math.Exp(-l / 2)))) < 0.02);
        var two = IsotonicRegression.Fit([0, 1, 2, 3], [0, 0, 1, 1]);
        Assert.Equal([0, 0, 0.5, 1, 1], (double[])[two.Apply(-5), two.Apply(1), two.Apply(1.5), two.Apply(2), two.Apply(9)]);
        Assert.Equal(0.25, IsotonicRegression.Fit([0, 1, 7], [1, 0, 0], [1, 3, 0]).Apply(0.5), 1e-15);
    }

    [Fact]
    public void Widths_are_compared_at_the_coverage_of_the_calibration_sample()
    {
        var random = new RandomStream(25, "sharpness", 0, 0);
        PredictedIntervals Draw(int n, double claimed)
        {
            var (lower, upper, truth) = (new double[n], new double[n], new double[n]);
            for (int i = 0; i < n; i++)
            {
                double sigma = 0.5 + random.NextDouble();
                truth[i] = sigma * random.NextGaussian();
                (lower[i], upper[i]) = (-claimed * sigma, claimed * sigma);
            }

            return new(lower, upper, truth);
        }

        var calibration = Draw(20_000, 0.7);
        var sharp = Sharpness.AtEqualCoverage(calibration, Draw(20_000, 0.7), 0.9);
        Assert.Equal(1.6449 / 0.7, sharp.Factor, 0.06);
        Assert.Equal(2 * 1.6449, sharp.MeanWidth, 0.09);
        Assert.Equal(2 * 1.6449, sharp.MedianWidth, 0.11);
        Assert.True(sharp.Coverage.Accepts(0.999));
        double[] zeros = new double[3], sigma = [1, 2, 4], truth = [0.5, -3, 2];
        Assert.Equal(1.5 / 1.6448536, Sharpness.AtEqualCoverage(PredictedIntervals.Gaussian(zeros, sigma, truth, 0.9), PredictedIntervals.Gaussian(zeros, sigma, truth, 0.9), 0.9).Factor, 1e-7);
        var own = Sharpness.AtEqualCoverage(calibration, calibration, 0.9).Coverage;
        Assert.Equal(18_000, own.Covered); // exactly nominal where it was fitted
    }

    [Fact]
    public void Bad_calibration_samples_are_refused()
    {
        Assert.Contains("diverged", Assert.Throws<InputDataException>(() => TemperatureScaling.FitBinary([double.NaN], [1])).LikelyCause);
        Assert.Throws<InputDataException>(() => TemperatureScaling.Fit([1, 2, 3], [3], 3));
        Assert.Throws<ArgumentException>(() => TemperatureScaling.Fit([1, 2, 3], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => TemperatureScaling.FitBinary([], []));
        Assert.Throws<InputDataException>(() => PlattScaling.Fit([1, 2], [1, 1]));
        Assert.Throws<InputDataException>(() => IsotonicRegression.Fit([1], [1], [-1]));
        Assert.Throws<InputDataException>(() => IsotonicRegression.Fit([1], [1], [0]));
        Assert.Throws<InputDataException>(() => SigmaScale.Fit([1], [1], [double.NaN]));
        Assert.Throws<InputDataException>(() => Reliability.TopLabel([0.5, 0.5], [2], 2));
        Assert.Throws<ArgumentException>(() => Reliability.ClassWise([0.5, 0.5, 1], [1], 2));
        var point = new PredictedIntervals([0], [1], [0.5]);
        Assert.Throws<InputDataException>(() => Sharpness.AtEqualCoverage(point with { Centre = [2] }, point, 0.9));
        Assert.Throws<ArgumentOutOfRangeException>(() => Sharpness.AtEqualCoverage(point, point, 0));
    }
}
