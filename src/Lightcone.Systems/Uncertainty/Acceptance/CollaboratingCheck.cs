using Lightcone.Evaluation;
using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>Collaborating Networks on H1, with and without the pilot.</summary>
internal static class CollaboratingCheck
{
    private const int Rows = 20_000, TestRows = 40_000, GridRows = 2_000, CalibrationRows = 1_000;
    private const double LargestY = 4;

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed, CancellationToken stop)
    {
        var gates = new List<EvaluationGate>();
        var numbers = new List<UncertaintyNumber>();
        Study("pilot", new CollaboratingRecipe(), new Limits(0.004, 0.012, 0.025), seed, stop, gates, numbers);
        Study("no pilot", new CollaboratingRecipe { Pilot = false }, new Limits(0.008, 0.025, 0.06), seed, stop, gates, numbers);
        return new("collaborating", "Collaborating Networks: the noisy curve", gates, numbers);
    }

    private static void Study(string name, CollaboratingRecipe recipe, Limits limits, ulong seed, CancellationToken stop, List<EvaluationGate> gates, List<UncertaintyNumber> numbers)
    {
        var settled = recipe with { Networks = recipe.Networks with { Seed = seed, Stop = stop }, PilotRecipe = recipe.PilotRecipe with { Seed = seed, Stop = stop } };
        using var networks = CollaboratingNetworks.Train(NoisyCurve.Draw(seed, Rows), settled);
        TableRows test = NoisyCurve.Draw(seed + 1, TestRows), calibration = NoisyCurve.Draw(seed + 2, CalibrationRows);
        double[] pit = networks.Cdf(test.Inputs, test.Targets);
        var (mean, largest) = Errors(networks);
        double distance = ProbabilityTransform.Kolmogorov(pit).Distance, covered = Covered(pit, 0.9);
        gates.Add(EvaluationGate.AtMost($"{name}-error", mean, limits.Error, $"{name}: mean |g − distribution|"));
        if (recipe.Pilot) gates.Add(EvaluationGate.AtMost($"{name}-pit", distance, 0.012, $"{name}: Kolmogorov distance of the transform"));
        else numbers.Add(new($"{name}: Kolmogorov distance of the transform", distance));
        gates.Add(UncertaintyCheck.Near($"{name}-coverage", covered, 0.9, limits.Coverage, $"{name}: coverage at 90 %"));
        for (int b = 0; b < 4; b++)
        {
            double low = 0.5 * b;
            double[] own = [.. pit.Where((_, i) => Math.Abs(test.Inputs[i]) >= low && Math.Abs(test.Inputs[i]) < low + 0.5)];
            gates.Add(UncertaintyCheck.Near($"{name}-bin-{b}", Covered(own, 0.9), 0.9, limits.Bin, $"{name}: coverage at 90 %, |x| from {low:0.0}"));
        }

        gates.Add(Conformalised(name, networks.Cdf(calibration.Inputs, calibration.Targets), pit));
        var table = networks.Predict(test.At([.. Enumerable.Range(0, GridRows)]).Inputs);
        gates.Add(EvaluationGate.AtMost($"{name}-falling", table.Decreasing, 1e-3, $"{name}: share of steps of g that fall"));
        double[] lower = networks.SearchedQuantile(test.Inputs, 0.05), upper = networks.SearchedQuantile(test.Inputs, 0.95);
        numbers.Add(new($"{name}: largest |g − distribution|", largest));
        numbers.Add(new($"{name}: coverage at 68.27 %", Covered(pit, Interval.OneSigma)));
        numbers.Add(new($"{name}: coverage at 90 % of the intervals that f holds", test.Targets.Where((y, i) => y >= lower[i] && y <= upper[i]).Count() / (double)TestRows));
    }

    private static EvaluationGate Conformalised(string name, double[] calibration, double[] test)
    {
        double offset = ConformalQuantile.Of(Array.ConvertAll(calibration, u => Math.Abs(u - 0.5)), 0.9);
        return ConformalGate.Of($"{name}-conformal", test.Count(u => Math.Abs(u - 0.5) <= offset), TestRows, CalibrationRows, 0.9, $"{name}, conformalised");
    }

    // x from −1.9 to 1.9, y from −4 to 4.
    private static (double Mean, double Largest) Errors(CollaboratingNetworks networks)
    {
        var (x, y) = (new List<float>(), new List<float>());
        for (int i = -19; i <= 19; i++)
            for (int k = -80; k <= 80; k++)
            {
                x.Add(i / 10f);
                y.Add((float)(k / 80f * LargestY));
            }

        double[] errors = [.. networks.Cdf([.. x], [.. y]).Select((g, i) => Math.Abs(g - NoisyCurve.Cdf(x[i], y[i])))];
        return (errors.Average(), errors.Max());
    }

    private static double Covered(double[] pit, double level) => pit.Count(u => u >= (1 - level) / 2 && u <= (1 + level) / 2) / (double)pit.Length;

    private readonly record struct Limits(double Error, double Coverage, double Bin);
}

/// <summary>Gate on the coverage of conformal intervals: one calibration sample may cover more or less, by a law that is known.</summary>
internal static class ConformalGate
{
    /// <summary>The distance from the law's mean may be that of its 99 % band.</summary>
    public static EvaluationGate Of(string id, long covered, long count, long calibration, double level, string name)
    {
        var law = ConformalLaw.Of(calibration, level);
        var (low, high) = law.Band(count);
        return UncertaintyCheck.Near(id, (double)covered / count, law.Mean, Math.Max(law.Mean - low, high - law.Mean), $"{name}: coverage at {100 * level:0} %");
    }
}
