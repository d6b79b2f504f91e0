using Lightcone.Figures;
using Lightcone.Figures.Catalogue;
using Lightcone.Statistics;
using CoverageBin = Lightcone.Figures.Catalogue.CoverageBin;

namespace Lightcone.Tests.Figures;

/// <summary>The figures of uncertainties and calibration, drawn from fixed synthetic data.</summary>
internal static class UncertaintyFigures
{
    private static readonly double[] Momenta = [500, 550, 600, 650, 700, 750, 800, 850, 900, 950, 1000];

    private static readonly BinnedVariable Truth = new("truth", "pt_true_gev", "True *p*_{T}", "GeV");

    public static IReadOnlyList<Figure> All { get; } =
    [
        Coverage(), CoverageOfFive(), Chi2(), Shift(), ShiftOfThree(), CoverageByTruth(), CoverageByConstituents(), Pull(), Pit(), Rank(), Sharpness(), Closure(), Resolution(), Bias(), PriorAudit(), Information(), InformationByFeatures(), Likelihood(),
    ];

    private static FigureHeader Header => new()
    {
        Label = "Gaussian ansatz",
        Conditions = ["√*s* = 7 TeV", "500 < *p*_{T} < 1000 GeV"],
        Run = "runs/ansatz",
        Sample = "cms2011 test",
    };

    /// <summary>Counts with the fluctuations of a sample, and the ends of a normal approximation of its acceptance.</summary>
    public static CoveragePoint Point(SyntheticSample random, double nominal, double covered, long count, bool misses = false, double leftShare = 0.5)
    {
        double spread = 2.576 * Math.Sqrt(nominal * (1 - nominal) / count);
        long k = Math.Clamp((long)Math.Round(count * (covered + (Math.Sqrt(covered * (1 - covered) / count) * random.Normal()))), 0, count), left = (long)((count - k) * leftShare);
        return new(nominal, count, k, nominal - spread, nominal + spread) { MissedLeft = misses ? left : null, MissedRight = misses ? count - k - left : null };
    }

    private static CoverageSeries Levels(SyntheticSample random, string name, Func<double, double> covered, long count, bool misses = false, double leftShare = 0.5) =>
        new(name, [.. Enumerable.Range(1, 19).Select(i => Point(random, i / 20.0, covered(i / 20.0), count, misses, leftShare))]);

    private static double Widened(double level, double factor) => (2 * SpecialFunctions.NormalCdf(factor * SpecialFunctions.NormalQuantile((1 + level) / 2))) - 1;

    private static Figure Coverage()
    {
        var random = new SyntheticSample(71);
        return CoverageFigure.Build(Header, [Levels(random, "profile interval", c => Widened(c, 0.985), 4000, misses: true, leftShare: 0.53)]);
    }

    private static Figure CoverageOfFive()
    {
        var random = new SyntheticSample(72);
        CoverageSeries[] series =
        [
            Levels(random, "ansatz, profile", c => Widened(c, 1.0), 4000), Levels(random, "ansatz, curvature", c => Widened(c, 0.97), 4000), Levels(random, "MSE, constant width", c => Widened(c, 1.04), 4000),
            Levels(random, "ensemble", c => Widened(c, 0.88), 4000), Levels(random, "conformal", c => c, 4000),
        ];
        return CoverageFigure.Build(Header, series) with { Id = "coverage-five" };
    }

    private static Figure Chi2()
    {
        var random = new SyntheticSample(73);
        return CoverageFigure.Chi2(Header with { Label = "Flow" }, [Levels(random, "both components", c => Widened(c, 0.99), 10_000), Levels(random, "first component", c => Widened(c, 1.03), 10_000)]);
    }

    private static ShiftedCoverage Shifted(SyntheticSample random, string name, double before68, double after68, double beforeHigh, double afterHigh, long count = 5000, double high = 0.95) =>
        new(name, [Point(random, 0.6827, before68, count), Point(random, high, beforeHigh, count)], [Point(random, 0.6827, after68, count), Point(random, high, afterHigh, count)]);

    private static Figure Shift()
    {
        var random = new SyntheticSample(74);
        return CoverageShiftFigure.Build(Header with { Label = "Eight methods" }, "flat", "falling", [0.6827, 0.95],
            [
                Shifted(random, "MSE, constant width", 0.684, 0.462, 0.949, 0.803), Shifted(random, "mean–variance network", 0.679, 0.491, 0.948, 0.822), Shifted(random, "deep ensemble", 0.712, 0.533, 0.961, 0.858),
                Shifted(random, "quantile regression", 0.681, 0.507, 0.951, 0.829), Shifted(random, "conformal", 0.6827, 0.512, 0.95, 0.834), Shifted(random, "conformal, weighted", 0.6827, 0.675, 0.95, 0.944, 1500),
                Shifted(random, "flow, posterior", 0.683, 0.548, 0.95, 0.866), Shifted(random, "Gaussian ansatz", 0.682, 0.684, 0.949, 0.951),
            ],
            "The spectrum of the truth falls as the sixth power; no method was told but the weighted one.");
    }

    private static Figure ShiftOfThree()
    {
        var random = new SyntheticSample(75);
        return CoverageShiftFigure.Build(Header, "flat", "falling", [0.6827, 0.9], [Shifted(random, "MSE", 0.6827, 0.64, 0.9, 0.86, high: 0.9), Shifted(random, "ensemble", 0.6827, 0.66, 0.9, 0.885, high: 0.9), Shifted(random, "ansatz", 0.6827, 0.68, 0.9, 0.9, high: 0.9)],
            "Same networks on both samples.") with { Id = "coverage-shift-three" };
    }

    private static CoverageLevel Binned(SyntheticSample random, double nominal, double[] edges, Func<double, double> covered, long count) => new(nominal,
        [.. edges.Zip(edges.Skip(1)).Select(e => (e.First, e.Second, Mean: ((0.52 * e.First) + (0.48 * e.Second)))).Select(e => new CoverageBin(e.First, e.Second, e.Mean, count, Point(random, nominal, covered(e.Mean), count).Covered))]);

    private static Figure CoverageByTruth()
    {
        var random = new SyntheticSample(76);
        double[] edges = [500, 548, 597, 648, 699, 750, 799, 851, 902, 950, 1000];
        return CoverageByFigure.Build(Header, CoverageCondition.Truth, Truth,
            [Binned(random, 0.6827, edges, x => x < 548 ? 0.55 : 0.683, 900), Binned(random, 0.9, edges, x => x < 548 ? 0.81 : 0.9, 900)]);
    }

    private static Figure CoverageByConstituents()
    {
        var random = new SyntheticSample(77);
        double[] edges = [4.5, 18.5, 24.5, 29.5, 33.5, 37.5, 41.5, 46.5, 52.5, 61.5, 110.5];
        return CoverageByFigure.Build(Header, CoverageCondition.Prediction, new("n", "constituents", "Constituents"),
            [Binned(random, 0.6827, edges, x => 0.72 - (0.001 * x), 2500), Binned(random, 0.95, edges, x => 0.965 - (0.0004 * x), 2500)]);
    }

    private static Figure Pull()
    {
        var random = new SyntheticSample(78);
        double[] Tailed(double mean, double width, double tail, int n) => [.. random.Normals(n, mean, width).Select(p => random.Uniform() < tail ? 3 * p : p)];
        return PullFigure.Build(Header, "(*ẑ* − *z*)/*σ*", [new("corrected", Tailed(0.002, 1.0, 0.004, 20_000)), new("raw", [.. Tailed(0.11, 1.19, 0.02, 20_000).Append(double.NaN)])]);
    }

    private static UniformSeries Uniform(SyntheticSample random, string name, int n, Func<double, double> place, double p)
    {
        var counts = new long[20];
        for (int i = 0; i < n; i++)
        {
            counts[Math.Clamp((int)(20 * place(random.Uniform())), 0, 19)]++;
        }

        double spread = 2.576 * Math.Sqrt(0.05 * 0.95 / n);
        return new(name, counts, 0.05 - spread, 0.05 + spread, p);
    }

    private static Figure Pit()
    {
        var random = new SyntheticSample(79);
        double Narrow(double u) => SpecialFunctions.NormalCdf(1.25 * SpecialFunctions.NormalQuantile(u));
        return PitFigure.Pit(Header, [Uniform(random, "flow", 10_000, u => u, 0.41), Uniform(random, "ensemble", 10_000, Narrow, 1.3e-9)]);
    }

    private static Figure Rank()
    {
        var random = new SyntheticSample(80);
        return PitFigure.Rank(Header, 999, [Uniform(random, "jet mass", 2000, u => u, 0.27)]);
    }

    private static Figure Sharpness()
    {
        Interval Width(double value, double error) => new(value, value - error, value + error, 0.6827, "bootstrap");
        return SharpnessFigure.Build(Header with { Label = "Eight methods" }, 0.6827, "GeV",
            [
                new("MSE, constant width", Width(82.1, 0.5), 1.0), new("mean–variance network", Width(74.8, 0.6), 1.093), new("deep ensemble", Width(71.6, 0.5), 0.961), new("quantile regression", Width(74.1, 0.7), 1.042),
                new("conformal", Width(80.9, 0.5), 1.0), new("flow, posterior", Width(71.2, 0.6), 1.017), new("Gaussian ansatz", Width(75.6, 0.6), 1.024), new("exact", Width(70.4, double.NaN), 1, Reference: true),
            ],
            "Factors from the calibration sample, widths from the test sample.");
    }

    private static ValueSeries Values(SyntheticSample random, string name, double[] edges, Func<double, double> value, double error) => new(name,
        [.. edges.Zip(edges.Skip(1)).Select(e => (e.First, e.Second, Value: value((e.First + e.Second) / 2) + (error * random.Normal()))).Select(e => new ValueBin(e.First, e.Second, 1200, new(e.Value, e.Value - error, e.Value + error, 0.6827, "standard error of the mean")))]);

    private static Figure Closure()
    {
        var random = new SyntheticSample(81);
        return ClosureFigure.Closure(Header, median: false, [Values(random, "ansatz", Momenta, x => 1.001, 0.002), Values(random, "MSE", Momenta, x => 1.0 - (0.00009 * (x - 750)), 0.0018), Values(random, "reconstructed", Momenta, x => 0.965 + (0.00002 * (x - 500)), 0.002)]);
    }

    private static Figure Resolution()
    {
        var random = new SyntheticSample(82);
        double Cms(double x) => Math.Sqrt((30 / x / x) + (0.81 / x) + 0.0016);
        return ClosureFigure.Resolution(Header, [Values(random, "ansatz", Momenta, x => 0.9 * Cms(x), 0.0009), Values(random, "MSE", Momenta, x => 0.87 * Cms(x), 0.0009), Values(random, "reconstructed", Momenta, Cms, 0.001)]);
    }

    private static Figure Bias()
    {
        var random = new SyntheticSample(83);
        return BiasFigure.Build(Header, Truth, [Values(random, "ansatz", Momenta, x => 0.01, 0.028), Values(random, "MSE", Momenta, x => -0.0013 * (x - 750), 0.026)]);
    }

    private static Figure PriorAudit()
    {
        double[] places = [.. Enumerable.Range(0, 101).Select(i => 450.0 + (6 * i))];
        PriorAuditSeries Line(string name, double slope, double wave, double edge) =>
            new(name, [.. places.Select(x => (slope * (x - 750) / 250) + (wave * Math.Sin(x / 60)) + (edge * (Math.Exp((x - 1050) / 25) - Math.Exp((450 - x) / 20))))]);
        return PriorAuditFigure.Build(Header, new("x", "pt_reconstructed_gev", "Reconstructed *p*_{T}", "GeV"), places, "flat",
            [Line("falling", 0.03, 0.02, 0.9), Line("rising", -0.02, 0.025, -0.7), Line("shifted by +1 sd", 0.05, -0.02, 0.3), Line("half range", -0.04, 0.015, 1.4)], 520, 985, 0.034);
    }

    private static Figure Information()
    {
        var random = new SyntheticSample(84);
        InformationSeries Rising(string name, double end, double rate) =>
            new(name, [.. Enumerable.Range(1, 40).Select(e => new InformationPoint(e, (end * (1 - Math.Exp(-e / rate))) - (1.2 * Math.Exp(-e * 1.1)) + (0.006 * random.Normal()), 0.011))]);
        return InformationFigure.History(Header, [Rising("validation", 1.23, 4), Rising("training", 1.262, 3.6)], [new("Gaussian fit", 1.13)]);
    }

    private static Figure InformationByFeatures()
    {
        Interval Nats(double value, double error) => new(value, value - error, value + error, 0.6827, "three seeds");
        return InformationFigure.ByFeatures(Header, [new("reconstructed pT", Nats(1.183, 0.008), Reference: true), new("DNN", Nats(1.221, 0.009)), new("EFN", Nats(1.236, 0.008)), new("PFN", Nats(1.247, 0.008)), new("PFN-PID", Nats(1.271, 0.009))],
            "Test sample; error: standard error over jets and seeds.");
    }

    private static Figure Likelihood()
    {
        LikelihoodScan Jet(string name, double estimate, double sigma, double skew, double truth)
        {
            double[] z = [.. Enumerable.Range(0, 201).Select(i => 500 + (2.5 * i))];
            double Ratio(double v) => (v - estimate) / sigma is var u ? -0.5 * u * u / (1 + (skew * u * (u > 0 ? 1 : 0.4))) : 0;
            double Edge(double height, int side)
            {
                double at = estimate;
                while (Ratio(at) > height)
                {
                    at += 0.05 * side;
                }

                return at;
            }

            return new(name, z, [.. z.Select(Ratio)], estimate) { Profile68 = [(Edge(-0.5, -1), Edge(-0.5, 1))], Profile95 = [(Edge(-1.92, -1), Edge(-1.92, 1))], Truth = truth };
        }

        return LikelihoodFigure.Build(Header, "*p*_{T} of the generated jet", "pt_true_gev", "GeV",
            [Jet("10 % quantile", 574, 27, 0.05, 561), Jet("median", 715, 34, 0.08, 731), Jet("90 % quantile", 901, 45, 0.1, 905), Jet("widest", 790, 72, 0.2, 880)],
            "Jets at the 10, 50 and 90 % quantile of the estimate in the test sample, and the one with the largest predicted width.");
    }
}
