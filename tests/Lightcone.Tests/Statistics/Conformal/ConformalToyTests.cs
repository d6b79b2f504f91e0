using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Tests.Statistics;

/// <summary>Conformal methods around a wrong model of <see cref="ToyH1"/>: 200 calibration samples of 1000 at 90 %, each with 10⁴ test entries.</summary>
public sealed class ConformalToyTests
{
    private const int Repetitions = 200, N = 1_000, M = 10_000;
    private static readonly double FewerRepetitions = Math.Sqrt(5); // the gates are for 1000

    private delegate Func<double, ConformalInterval> Calibrated(double[] x, double[] y);

    private static readonly Calibrated Split = (x, y) =>
    {
        var fit = SplitConformal.Fit(Apply(x, ToyH1.WrongMean), y, 0.9);
        return at => fit.Interval(ToyH1.WrongMean(at));
    };

    private static readonly Calibrated Normalised = (x, y) =>
    {
        var fit = NormalisedConformal.Fit(Apply(x, ToyH1.WrongMean), Apply(x, WrongSigma), y, 0.9);
        return at => fit.Interval(ToyH1.WrongMean(at), WrongSigma(at));
    };

    private static readonly Calibrated Quantiles = (x, y) =>
    {
        double Low(double at) => ToyH1.WrongMean(at) - 1.2 * ToyH1.Spread(at);
        double High(double at) => ToyH1.WrongMean(at) + 1.2 * ToyH1.Spread(at);
        var fit = ConformalisedQuantiles.Fit(Apply(x, Low), Apply(x, High), y, 0.9);
        return at => fit.Interval(Low(at), High(at));
    };

    private static readonly Calibrated Mondrian = (x, y) =>
    {
        var fit = MondrianConformal.Fit(SplitScores(x, y), [.. x.Select(Group)], 0.9);
        return at => fit.Interval(ToyH1.WrongMean(at), Group(at));
    };

    // Expected from 1000 repetitions elsewhere: mean and deviation of the coverage, mean width, coverage in the inner and outer quarter of |x|.
    [Theory]
    [InlineData("split", 0.9002, 1.8075, 0.995, 0.785)]
    [InlineData("normalised", 0.9004, 1.7015, 0.979, 0.834)]
    [InlineData("quantiles", 0.9004, 1.6835, 0.949, 0.873)]
    [InlineData("Mondrian", 0.9019, 1.7311, 0.901, 0.901)]
    public void A_wrong_model_covers_on_average_with_the_known_conditional_failures(string method, double mean, double width, double inner, double outer)
    {
        var calibrate = method switch { "split" => Split, "normalised" => Normalised, "quantiles" => Quantiles, _ => Mondrian };
        var law = ConformalLaw.Of(N, 0.9);
        var (covered, widths, groups) = (new double[Repetitions], new double[Repetitions], new double[4]);
        int accepted = 0;
        for (int r = 0; r < Repetitions; r++)
        {
            var (x, y) = ToyH1.Draw(N, r, 0);
            var (count, meanWidth, ofGroup) = Test(calibrate(x, y), ToyH1.Draw(M, r, 1));
            (covered[r], widths[r]) = ((double)count.Covered / M, meanWidth);
            for (int g = 0; g < 4; g++) groups[g] += ofGroup[g] / Repetitions;
            if (law.Accepts(count)) accepted++;
        }

        double deviation = SampleDeviation.Of(covered);
        string found = $"{method}: {covered.Average()} ± {deviation}, width {widths.Average()}, groups {string.Join(' ', groups)}, accepted {accepted}";
        double expected = method == "Mondrian" ? mean : law.Mean;
        Assert.True(Math.Abs(covered.Average() - expected) < 0.0015 * FewerRepetitions, found);
        Assert.True(Math.Abs(deviation / law.DeviationOf(M) - 1) < 0.1 * FewerRepetitions, found);
        Assert.True(Math.Abs(widths.Average() - width) < 0.02, found); // widths vary by 0.05 a repetition: 0.0036, and five of them
        Assert.True(Math.Abs(groups[0] - inner) < 0.005 * FewerRepetitions && Math.Abs(groups[3] - outer) < 0.005 * FewerRepetitions, found);
        if (method == "Mondrian") Assert.All(groups, g => Assert.Equal(0.9, g, 0.005 * FewerRepetitions));
        Assert.True(accepted >= Repetitions - 8, found); // 2 are expected outside a band of 99 %
    }

    [Fact]
    public void A_shift_of_the_inputs_is_repaired_by_weights_only()
    {
        var (plain, weighted) = (new List<double>(), new List<double>());
        var (plainWidth, weightedWidth, effective, infinite) = (0.0, 0.0, 0.0, 0.0);
        for (int r = 0; r < Repetitions; r++)
        {
            var (x, y) = ToyH1.Draw(N, r, 0);
            var shifted = ToyH1.DrawShifted(M, r, 1);
            var fit = WeightedConformal.Fit(SplitScores(x, y), Apply(x, ToyH1.Weight), 0.9);
            var (a, b) = (Test(Split(x, y), shifted), Test(at => fit.Interval(ToyH1.WrongMean(at), ToyH1.Weight(at)), shifted));
            plain.Add((double)a.Count.Covered / M);
            weighted.Add((double)b.Count.Covered / M);
            plainWidth += a.Width / Repetitions;
            weightedWidth += b.Width / Repetitions;
            effective += fit.EffectiveCount / Repetitions;
            infinite += fit.InfiniteShare(Apply(shifted.X, ToyH1.Weight)) / Repetitions;
        }

        string found = $"plain {plain.Average()}, weighted {weighted.Average()} ± {SampleDeviation.Of(weighted)}, widths {plainWidth} {weightedWidth}, effective {effective}";
        Assert.True(plain.Average() > 0.915, found);
        Assert.True(Math.Abs(weighted.Average() - 0.900) < 0.006, found);
        double deviation = Math.Sqrt(0.9 * 0.1 * (1 / effective + 1.0 / M)); // as of so many equal weights
        Assert.True(Math.Abs(SampleDeviation.Of(weighted) / deviation - 1) < 0.1 * FewerRepetitions, found);
        Assert.True(Math.Abs(plainWidth - 1.806) < 0.02 && Math.Abs(weightedWidth - 1.646) < 0.02, found);
        Assert.Equal(630, effective, 8.0); // 1000/E[w²] = 630, exactly
        Assert.Equal(0, infinite);
    }

    [Fact]
    public void A_shift_of_the_prior_is_repaired_by_weighing_each_candidate()
    {
        // z uniform in [−1, 1] where calibrated and of density (1 + z)/2 where tested; x = z + N(0, 0.5²), the model x/2 − 0.5.
        var (plain, weighted) = (0.0, 0.0);
        int repetitions = 100, m = 1_000;
        for (int r = 0; r < repetitions; r++)
        {
            var random = new RandomStream(52, "prior", r, 0);
            var (scores, weights) = (new double[N], new double[N]);
            for (int i = 0; i < N; i++)
            {
                double z = 2 * random.NextDouble() - 1;
                (scores[i], weights[i]) = (Math.Abs(z + 0.5 - 0.5 * (z + 0.5 * random.NextGaussian())), 1 + z);
            }

            var fit = WeightedConformal.Fit(scores, weights, 0.9);
            double offset = ConformalQuantile.Of(scores, 0.9);
            for (int i = 0; i < m; i++)
            {
                double z = 2 * Math.Sqrt(random.NextDouble()) - 1, score = Math.Abs(z + 0.5 - 0.5 * (z + 0.5 * random.NextGaussian()));
                if (score <= offset) plain += 1.0 / m / repetitions;
                if (fit.Holds(score, 1 + z)) weighted += 1.0 / m / repetitions;
            }
        }

        // A repetition varies by √(0.09 (4/3)/1000 + 0.09/1000) = 0.0145, the mean by 0.0015: four of them.
        Assert.True(Math.Abs(weighted - 0.9) < 0.006 && plain < 0.885, $"plain {plain}, weighted {weighted}");
    }

    private static (CoverageCount Count, double Width, double[] OfGroup) Test(Func<double, ConformalInterval> at, (double[] X, double[] Y) test)
    {
        var intervals = new ConformalInterval[test.X.Length];
        var (inside, all) = (new double[4], new double[4]);
        double width = 0;
        for (int i = 0; i < intervals.Length; i++)
        {
            intervals[i] = at(test.X[i]);
            width += intervals[i].Width / intervals.Length;
            all[Group(test.X[i])]++;
            if (intervals[i].Holds(test.Y[i])) inside[Group(test.X[i])]++;
        }

        return (CoverageCurve.OfIntervals(intervals, test.Y, 0.9), width, [.. inside.Zip(all, (i, a) => i / a)]);
    }

    private static double[] SplitScores(double[] x, double[] y) => [.. x.Zip(y, (at, truth) => Math.Abs(truth - ToyH1.WrongMean(at)))];

    private static double WrongSigma(double x) => 0.3 + 0.1 * Math.Abs(x);

    private static int Group(double x) => Math.Min((int)(2 * Math.Abs(x)), 3);

    private static double[] Apply(double[] x, Func<double, double> function) => [.. x.Select(function)];
}
