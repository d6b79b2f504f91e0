using Lightcone.Evaluation;
using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>H1: every method on the same rows, raw and conformalised, against the truth on the same test rows.</summary>
internal sealed class CurveCheck(ulong seed, CancellationToken stop)
{
    private const int Rows = 20_000, CalibrationRows = 1_000, TestRows = 10_000;
    private const double LargestMiss90 = 0.02, LargestMiss68 = 0.03, LargestMissOfBin = 0.06, LargestExcessLikelihood = 0.02, LargestExcessCrps = 0.005, SmallestMissOfConstantWidth = 0.08;

    private readonly TableRows calibration = NoisyCurve.Draw(seed + 1, CalibrationRows), test = NoisyCurve.Draw(seed + 2, TestRows);

    /// <summary>Runs it.</summary>
    public UncertaintyCheckPart Run()
    {
        using var methods = new CurveMethods(NoisyCurve.Draw(seed, Rows), calibration, new RegressionRecipe { Seed = seed, Stop = stop });
        var truth = Measure(CurveMethods.Truth, null);
        var constant = Measure(CurveMethods.ConstantWidth, truth);
        List<EvaluationGate> gates = [EvaluationGate.AtLeast("constant-worst", Math.Abs(constant.Row.WorstBin - 0.9), SmallestMissOfConstantWidth, "constant width, which must fail: distance of the worst bin from 0.9")];
        List<UncertaintyMethod> rows = [truth.Row, constant.Row];
        foreach (var method in methods.Train())
        {
            var row = Measure(method, truth).Row;
            rows.Add(row);
            gates.AddRange(Gates(row));
        }

        return new("curve", "All methods on the noisy curve", gates, [new("negative log-likelihood of the truth", truth.Likelihood), new("CRPS of the truth from twenty quantiles", truth.Crps)]) { Methods = rows };
    }

    private static IEnumerable<EvaluationGate> Gates(UncertaintyMethod m)
    {
        yield return UncertaintyCheck.Near($"{m.Name}-90", m.Covered90.Value, 0.9, LargestMiss90, $"{m.Name}: coverage at 90 %");
        yield return UncertaintyCheck.Near($"{m.Name}-68", m.Covered68.Value, Interval.OneSigma, LargestMiss68, $"{m.Name}: coverage at 68.27 %");
        yield return UncertaintyCheck.Near($"{m.Name}-worst", m.WorstBin, 0.9, LargestMissOfBin, $"{m.Name}: coverage in the worst of ten bins");
        yield return ConformalGate.Of($"{m.Name}-conformal", (long)Math.Round(m.Conformalised * TestRows), TestRows, CalibrationRows, 0.9, $"{m.Name}, conformalised");
        if (!double.IsNaN(m.ExcessLikelihood)) yield return EvaluationGate.AtMost($"{m.Name}-likelihood", m.ExcessLikelihood, LargestExcessLikelihood, $"{m.Name}: negative log-likelihood beyond the truth's");
        yield return EvaluationGate.AtMost($"{m.Name}-crps", m.ExcessCrps, LargestExcessCrps, $"{m.Name}: CRPS beyond the truth's");
    }

    private Measured Measure(CurveMethod method, Measured? truth)
    {
        CurveAnswers before = method.Answer(calibration.Inputs), answers = method.Answer(test.Inputs);
        double[] y = Doubles(test.Targets), known = Doubles(calibration.Targets), lower = At(answers, 0.05, TestRows), upper = At(answers, 0.95, TestRows);
        double[] lowerBefore = At(before, 0.05, CalibrationRows), upperBefore = At(before, 0.95, CalibrationRows);
        var conformal = ConformalisedQuantiles.Fit(lowerBefore, upperBefore, known, 0.9);
        double conformalised = Enumerable.Range(0, TestRows).Average(i => conformal.Interval(lower[i], upper[i]).Holds(y[i]) ? 1.0 : 0);
        var narrow = CurveMethods.OneSigma;
        var sharpness = Sharpness.AtEqualCoverage(
            new PredictedIntervals(lowerBefore, upperBefore, known, At(before, 0.5, CalibrationRows)), new PredictedIntervals(lower, upper, y, At(answers, 0.5, TestRows)), 0.9);
        double likelihood = answers.Density is { } density ? Enumerable.Range(0, TestRows).Average(i => -Math.Log(density(i, y[i]))) : double.NaN, crps = Crps(answers, y);
        return new Measured(
            new UncertaintyMethod(
                method.Name,
                CoverageCurve.OfIntervals(At(answers, narrow.Lower, TestRows), At(answers, narrow.Upper, TestRows), y, Interval.OneSigma).Fraction(0.95),
                CoverageCurve.OfIntervals(lower, upper, y, 0.9).Fraction(0.95),
                conformalised, BinnedCoverage.Of(Doubles(test.Inputs), lower, upper, y, 0.9).Worst.Band.Value, sharpness.MeanWidth,
                truth is null ? 0 : likelihood - truth.Likelihood, truth is null ? 0 : crps - truth.Crps, answers.Epistemic, answers.Flagged, method.Seconds),
            likelihood, crps);
    }

    // 2 ∫ pinball dτ by the midpoint rule.
    private static double Crps(CurveAnswers answers, double[] y) =>
        Enumerable.Range(0, y.Length).Average(i => CurveMethods.Middles.Average(t => 2 * ProperScores.Pinball(answers.Quantile(i, t), t, y[i])));

    private static double[] At(CurveAnswers answers, double level, int rows) => [.. Enumerable.Range(0, rows).Select(i => answers.Quantile(i, level))];

    private static double[] Doubles(float[] values) => Array.ConvertAll(values, v => (double)v);

    private sealed record Measured(UncertaintyMethod Row, double Likelihood, double Crps);
}
