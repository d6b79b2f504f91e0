using Lightcone.Evaluation;
using Lightcone.Randomness;
using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>G: coverage in base space and p-values of exact and of trained flows, what each of them cannot see, and nuisances that training must know of.</summary>
internal static class FlowCheck
{
    private const int TestRows = 10_000, Rows = 100_000;
    private const double WrongNoise = 0.8, Nuisance = 0.3;

    // (0.5/√(0.5² + 0.3²)): an interval of ±0.5 covers erf(0.5/(0.583095 √2)).
    private const double CoverageWithoutNuisance = 0.60883;

    private static readonly RegressionRecipe Recipe = new() { Hidden = [32, 32], Epochs = 10 };
    private static readonly double[] FixedTruths = [-1, -0.5, 0, 0.5, 1];

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed, CancellationToken stop)
    {
        var gates = new List<EvaluationGate>();
        var numbers = new List<UncertaintyNumber>();
        Exact(seed, TestRows, gates, numbers);
        Trained(seed, Recipe with { Seed = seed, Stop = stop }, gates, numbers);
        Systematics(seed, Recipe with { Seed = seed, Stop = stop }, gates, numbers);
        return new("flow", "Flows: coverage in base space, goodness of fit, nuisances", gates, numbers);
    }

    /// <summary>The part that trains nothing.</summary>
    internal static void Exact(ulong seed, int rows, List<EvaluationGate> gates, List<UncertaintyNumber> numbers)
    {
        var (right, wrong) = (GaussianPair.Draw(seed, rows), GaussianPair.Draw(seed, rows, WrongNoise));
        gates.Add(EvaluationGate.AtMost("exact-base", BaseDistance(right), 0.02, "exact flow, |u|²: Kolmogorov distance"));
        gates.Add(EvaluationGate.AtMost("exact-draw", Distance(right.SingleDraw(seed)), 0.025, "exact flow, p of one posterior draw: Kolmogorov distance"));
        gates.Add(EvaluationGate.AtLeast("exact-wrong", BaseDistance(wrong), 0.15, "exact flow, noise 0.8 for 0.5, |u|²: Kolmogorov distance"));
        numbers.Add(new("blind spot: Kolmogorov distance of the single-draw p at noise 0.8", Distance(wrong.SingleDraw(seed))));
        numbers.Add(new("standard deviation of the single-draw p (0.2887 if uniform)", Deviation(right.SingleDraw(seed))));
        gates.Add(EvaluationGate.AtMost("ten-right", Distance(GaussianPair.Draw(seed, rows, 0.5, 10).SingleDraw(seed)), 0.025, "ten measurements, noise 0.5: Kolmogorov distance of p"));
        gates.Add(EvaluationGate.AtLeast("ten-wider", Distance(GaussianPair.Draw(seed, rows, 0.6, 10).SingleDraw(seed)), 0.2, "ten measurements, noise 0.6: Kolmogorov distance of p"));
        gates.Add(EvaluationGate.AtLeast("ten-widest", Distance(GaussianPair.Draw(seed, rows, 0.8, 10).SingleDraw(seed)), 0.5, "ten measurements, noise 0.8: Kolmogorov distance of p"));
    }

    private static void Trained(ulong seed, RegressionRecipe recipe, List<EvaluationGate> gates, List<UncertaintyNumber> numbers)
    {
        var (train, right, wrong) = (GaussianPair.Draw(seed + 1, Rows), GaussianPair.Draw(seed, TestRows), GaussianPair.Draw(seed, TestRows, WrongNoise));
        using var posterior = ConditionalAffineFlow.Train(new TableRows(train.X, 1, train.Z), recipe);
        using var likelihood = ConditionalAffineFlow.Train(new TableRows(train.Z, 1, train.X), recipe);
        var coverage = BaseSpaceCoverage.Of(posterior.Base(right.X, right.Z), 1);
        gates.Add(EvaluationGate.AtMost("trained-base", coverage.Distance, 0.02, "trained flow, |u|²: Kolmogorov distance"));
        gates.Add(EvaluationGate.AtMost("trained-component", coverage.Components[0], 0.02, "trained flow, u: Kolmogorov distance"));
        gates.Add(EvaluationGate.AtMost("trained-draw", Distance(SingleDraw(right)), 0.025, "trained flows, p of one posterior draw: Kolmogorov distance"));
        gates.Add(EvaluationGate.AtLeast("trained-wrong", BaseSpaceCoverage.Of(posterior.Base(wrong.X, wrong.Z), 1).Distance, 0.15, "trained flow, noise 0.8 for 0.5, |u|²: Kolmogorov distance"));
        numbers.Add(new("trained flows: Kolmogorov distance of the single-draw p at noise 0.8", Distance(SingleDraw(wrong))));

        double[] SingleDraw(GaussianPair pair) => Array.ConvertAll(likelihood.Base(posterior.Draw(pair.X, seed), pair.X), v => BaseSpaceCoverage.ChiSquareTail([v]));
    }

    // Likelihood intervals z : |H⁻¹(x; z)| ≤ 1 at several true z, data with an offset common to no two rows. A width learned from a hundred thousand rows is uncertain by a per cent or two at any one z, so
    // the demand is on the mean over them.
    private static void Systematics(ulong seed, RegressionRecipe recipe, List<EvaluationGate> gates, List<UncertaintyNumber> numbers)
    {
        GaussianPair[] data = [.. FixedTruths.Select((z, i) => Shifted(GaussianPair.Draw(seed + 2 + 1000 * (ulong)i, TestRows, truth: z), seed + (ulong)i))];
        double[] with = Covered(Shifted(GaussianPair.Draw(seed + 3, Rows), seed + (ulong)data.Length)), without = Covered(GaussianPair.Draw(seed + 3, Rows));
        gates.Add(UncertaintyCheck.Near("nuisance", with.Average(), Interval.OneSigma, 0.012, "likelihood interval at fixed z, nuisance drawn in training: mean coverage"));
        gates.Add(UncertaintyCheck.Near("no-nuisance", without.Average(), CoverageWithoutNuisance, 0.012, "the same without it, which must undercover as computed: mean coverage"));
        foreach (var (name, coverages) in new[] { ("with", with), ("without", without) })
        {
            numbers.Add(new($"mean coverage at fixed z, trained {name} the nuisance", coverages.Average()));
            numbers.Add(new($"smallest coverage at fixed z, trained {name} the nuisance", coverages.Min()));
            numbers.Add(new($"largest coverage at fixed z, trained {name} the nuisance", coverages.Max()));
        }

        double[] Covered(GaussianPair train)
        {
            using var likelihood = ConditionalAffineFlow.Train(new TableRows(train.Z, 1, train.X), recipe);
            return [.. data.Select(d => likelihood.Base(d.Z, d.X).Average(u => Math.Abs(u) <= 1 ? 1.0 : 0))];
        }
    }

    private static GaussianPair Shifted(GaussianPair pair, ulong seed)
    {
        var random = new RandomStream(seed, "nuisance", 0, 0);
        var x = new float[pair.X.Length];
        for (int i = 0; i < x.Length; i++) x[i] = (float)(pair.X[i] + Nuisance * random.NextGaussian());
        return pair with { X = x };
    }

    private static double BaseDistance(GaussianPair pair) => BaseSpaceCoverage.Of(pair.Base(), 1).Distance;

    private static double Distance(double[] p) => ProbabilityTransform.Kolmogorov(p).Distance;

    private static double Deviation(double[] p)
    {
        double mean = p.Average();
        return Math.Sqrt(p.Average(x => (x - mean) * (x - mean)));
    }
}
