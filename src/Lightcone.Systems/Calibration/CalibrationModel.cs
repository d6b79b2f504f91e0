using Lightcone.Evaluation;
using Lightcone.Formats.Scores;
using Lightcone.Jets;
using Lightcone.Statistics;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Training.Recipes;
using Lightcone.Training.Runs;
using Lightcone.Weights;

namespace Lightcone.Systems.Calibration;

/// <summary>A trained calibration.</summary>
internal sealed class CalibrationModel : IModel
{
    private readonly CalibrationNetwork network;
    private readonly FittedUncertainties? fitted;
    private readonly string? evaluation; // path of what the last evaluation found

    private CalibrationModel(CalibrationRecipe recipe, CalibrationNetwork network, FittedUncertainties? fitted, string? evaluation) => (Recipe, this.network, this.fitted, this.evaluation) = (recipe, network, fitted, evaluation);

    /// <summary>The recipe of the run.</summary>
    public CalibrationRecipe Recipe { get; }

    /// <summary>The network.</summary>
    public CalibrationNetwork Network => network;

    /// <summary>What was fitted on jets that the training did not see.</summary>
    public FittedUncertainties Fitted => fitted ?? throw new InvalidOperationException("Nothing was fitted yet.");

    /// <inheritdoc/>
    public IReadOnlyList<ScoreColumn> Columns { get; } =
    [
        new("value", [], "calibrated transverse momentum [GeV]"),
        new("covariance", [1, 1], "variance of it, from the curvature of the likelihood or as learned, scaled to cover [GeV²]"),
        new("interval68", [2], "ends of the interval that holds the truth in 68.27 % [GeV]"),
        new("interval95", [2], "ends of the interval that holds the truth in 95 % [GeV]"),
        new("flags", [], "sum of 1 at the edge of the training's spectrum, 2 more than one maximum; 0 for a jet in order"),
    ];

    /// <summary>Loads a run whose training has ended; refuses one that is not healthy.</summary>
    /// <param name="run">The run.</param>
    /// <param name="healthy">Whether its health is required.</param>
    /// <exception cref="InputDataException">The run has no weights, is damaged, or not healthy.</exception>
    public static CalibrationModel Load(Run run, bool healthy)
    {
        var fitted = FittedUncertainties.Read(Path.Combine(run.Folder, FittedUncertainties.FileName));
        if (healthy) CalibrationHealth.Require(fitted.Health, run.Folder);
        return Load(run, fitted);
    }

    /// <summary>Loads a run to fit its uncertainties.</summary>
    public static CalibrationModel LoadUnfitted(Run run) => Load(run, null);

    /// <inheritdoc/>
    public float[][] Score(JetBatch jets)
    {
        var calibrated = Calibrate(jets, givenOutOnly: true);
        int n = calibrated.Count;
        var (value, covariance, one, two, flags) = (new float[n], new float[n], new float[2 * n], new float[2 * n], new float[n]);
        var best = calibrated.Methods[calibrated.Recommended];
        for (int i = 0; i < n; i++)
        {
            value[i] = (float)calibrated.Value[i];
            double deviation = Fitted.ScaleFactor * calibrated.Spread[i] * calibrated.Value[i];
            covariance[i] = (float)(deviation * deviation);
            (one[2 * i], one[2 * i + 1]) = ((float)best.Lower[0][i], (float)best.Upper[0][i]);
            (two[2 * i], two[2 * i + 1]) = ((float)best.Lower[2][i], (float)best.Upper[2][i]);
            flags[i] = (calibrated.AtEdge[i] ? 1 : 0) + (calibrated.Ambiguous[i] ? 2 : 0);
        }

        return [value, covariance, one, two, flags];
    }

    /// <summary>Calibrates jets by every method that the run has.</summary>
    /// <param name="jets">The jets.</param>
    /// <param name="givenOutOnly">Whether only the method whose intervals are given out is wanted, which is much faster.</param>
    public CalibratedJets Calibrate(JetBatch jets, bool givenOutOnly = false)
    {
        double[] measured = JetQuantities.TransverseMomentum(jets);
        if (network.Ansatz is null) return Baseline(jets, measured);
        using var likelihood = network.Likelihood(jets);
        double[] best = likelihood.Best, spread = likelihood.Deviations();
        var scan = ProfileIntervals.Scan(likelihood);
        var givenOut = Profile("ansatz, likelihood calibrated", "thresholds at fixed truth, on jets kept aside", likelihood, l => z => Fitted.Threshold(l, z));
        MethodIntervals[] methods = givenOutOnly ? [givenOut] :
        [
            Gaussian("ansatz, Gaussian", best, spread),
            Profile("ansatz, likelihood", null, likelihood, l => _ => ChiSquare(l)),
            givenOut,
            Conformal("ansatz, conformal", best, spread),
            Inversion(measured),
        ];
        return Made(Array.ConvertAll(best, Fitted.Closure.Correct), spread, measured, [.. scan.Select(s => s.Lambda < -ProfileIntervals.Elsewhere)], methods, Array.IndexOf(methods, givenOut));
    }

    /// <inheritdoc/>
    public Estimate? Example(JetBatch jets)
    {
        var calibrated = Calibrate(jets.Select([0]), givenOutOnly: true);
        var best = calibrated.Methods[calibrated.Recommended];
        return new(new Interval(calibrated.Value[0], best.Lower[0][0], best.Upper[0][0], CalibratedJets.Levels[0], best.Method), "GeV", Validated(best));
    }

    /// <inheritdoc/>
    public void Dispose() => network.Dispose();

    // What the run's last evaluation found of these intervals; none where it was not evaluated.
    private Validation? Validated(MethodIntervals method)
    {
        if (evaluation is null || !File.Exists(evaluation)) return null;
        var document = EvaluationDocument.Read(evaluation);
        string name = CalibrationNumbers.ReportName(method, 0);
        var report = document.Uq.Select(u => UqReport.Parse(u, evaluation)).FirstOrDefault(u => u.Name == name);
        if (report is null) return null;
        return Validation.Of(method.Method, document.Sample.Name, new CoverageCount(report.Level, report.N, report.Covered, report.MissedBelow, report.MissedAbove), ConformalLaw.Of(Fitted.Jets, report.Level));
    }

    private static CalibrationModel Load(Run run, FittedUncertainties? fitted)
    {
        var recipe = RecipeFile.Load(run.RecipePath, new CalibrationRecipe());
        run.RequireWeights();
        var model = new CalibrationModel(recipe, CalibrationNetwork.Of(run, recipe), fitted, run.EvaluationPath);
        try
        {
            model.network.State.Load(Safetensors.ReadAll(run.BestPath));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private CalibratedJets Baseline(JetBatch jets, double[] measured)
    {
        double[] outputs = network.Predictions(jets);
        var (best, spread) = Central(outputs, network, Recipe.Objective);
        string name = NameOf(Recipe.Objective);
        MethodIntervals[] methods = Recipe.Objective == CalibrationObjective.Quantiles
            ? [Quantiles(name, outputs, null), Quantiles($"{name}, conformal", outputs, Fitted.QuantileOffsets), Inversion(measured)]
            : [Gaussian(name, best, spread), Conformal($"{name}, conformal", best, spread), Inversion(measured)];
        return Made(best, spread, measured, new bool[best.Length], methods, recommended: 1);
    }

    /// <summary>Name of what a baseline learned.</summary>
    public static string NameOf(CalibrationObjective objective) => objective switch
    {
        CalibrationObjective.Ansatz => "ansatz",
        CalibrationObjective.Mean => "least squares",
        CalibrationObjective.Gaussian => "Gaussian regression",
        _ => "quantile regression",
    };

    /// <summary>Value and spread of each jet, in ln(pT/GeV), from what a baseline gave.</summary>
    public static (double[] Best, double[] Spread) Central(double[] outputs, CalibrationNetwork network, CalibrationObjective objective)
    {
        int width = objective switch { CalibrationObjective.Mean => 1, CalibrationObjective.Gaussian => 2, _ => RegressionNetwork.Levels.Length };
        int n = outputs.Length / width;
        double[] best = new double[n], spread = new double[n];
        for (int i = 0; i < n; i++)
        {
            best[i] = objective == CalibrationObjective.Quantiles ? Sorted(outputs, i)[RegressionNetwork.Median] : outputs[i * width];
            spread[i] = objective switch
            {
                // Least squares says nothing of a jet's own width: the spread about the line stands for all.
                CalibrationObjective.Mean => network.Scales.Target.Units[0],
                CalibrationObjective.Gaussian => outputs[i * width + 1],
                _ => Math.Max(1e-6, 0.5 * (Sorted(outputs, i)[4] - Sorted(outputs, i)[2])),
            };
        }

        return (best, spread);
    }

    /// <summary>The quantiles of one jet, in order even where the network crosses them.</summary>
    public static double[] Sorted(double[] outputs, int jet)
    {
        double[] own = outputs.AsSpan(jet * RegressionNetwork.Levels.Length, RegressionNetwork.Levels.Length).ToArray();
        Array.Sort(own);
        return own;
    }

    private static double ChiSquare(int level)
    {
        double z = SpecialFunctions.NormalQuantile(0.5 * (1 + CalibratedJets.Levels[level]));
        return z * z;
    }

    private static MethodIntervals Gaussian(string name, double[] best, double[] spread) => Made(name, null, best.Length, (l, i) =>
    {
        double reach = Math.Sqrt(ChiSquare(l)) * spread[i];
        return (best[i] - reach, best[i] + reach);
    });

    private MethodIntervals Conformal(string name, double[] best, double[] spread) => Made(name, "conformal, on jets kept aside", best.Length, (l, i) =>
        (best[i] - Fitted.Tails[l].Below * spread[i], best[i] + Fitted.Tails[l].Above * spread[i]));

    private MethodIntervals Quantiles(string name, double[] outputs, (double Below, double Above)[]? offsets) => Made(name, offsets is null ? null : "conformal, on jets kept aside", outputs.Length / RegressionNetwork.Levels.Length, (l, i) =>
    {
        double[] own = Sorted(outputs, i);
        var (low, high) = QuantileEnds(own, l);
        return offsets is null ? (low, high) : (low - offsets[l].Below, high + offsets[l].Above);
    });

    /// <summary>The quantiles that bound one of the levels.</summary>
    public static (double Low, double High) QuantileEnds(double[] sorted, int level) => level switch { 0 => (sorted[2], sorted[4]), 1 => (sorted[1], sorted[5]), _ => (sorted[0], sorted[6]) };

    private MethodIntervals Inversion(double[] measured) => Made("numerical inversion", "Neyman's construction on the training jets", measured.Length, (l, i) =>
    {
        double level = CalibratedJets.Levels[l];
        // The truth is low where the measurement sits in the upper tail of its response.
        return (Fitted.Curve.Invert(Math.Log(measured[i]), (1 + level) / 2), Fitted.Curve.Invert(Math.Log(measured[i]), (1 - level) / 2));
    });

    private static MethodIntervals Profile(string name, string? validated, LearnedLikelihood likelihood, Func<int, Func<double, double>> threshold)
    {
        ProfileInterval[][] all = [.. CalibratedJets.Levels.Select((_, l) => ProfileIntervals.Of(likelihood, threshold(l)))];
        return Made(name, validated, likelihood.Count, (l, i) => (all[l][i].Lower, all[l][i].Upper));
    }

    private static MethodIntervals Made(string name, string? validated, int count, Func<int, int, (double Lower, double Upper)> interval)
    {
        double[][] lower = [.. CalibratedJets.Levels.Select(_ => new double[count])], upper = [.. CalibratedJets.Levels.Select(_ => new double[count])];
        for (int l = 0; l < lower.Length; l++)
            for (int i = 0; i < count; i++)
            {
                var (low, high) = interval(l, i);
                (lower[l][i], upper[l][i]) = (Math.Exp(low), Math.Exp(high));
            }

        return new(name, validated, lower, upper);
    }

    private CalibratedJets Made(double[] best, double[] spread, double[] measured, bool[] ambiguous, MethodIntervals[] methods, int recommended) => new()
    {
        Value = Array.ConvertAll(best, Math.Exp),
        Spread = spread,
        Measured = measured,
        AtEdge = [.. best.Select((b, i) => !network.Scales.Target.Supports(b, spread[i], 0))],
        Ambiguous = ambiguous,
        Methods = methods,
        Recommended = recommended,
    };
}
