using Lightcone.Jets;
using Lightcone.Statistics;
using Lightcone.Systems.Calibration.Ansatz;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Calibration;

/// <summary>Fits what makes a trained calibration cover, on jets that its training did not see, and checks its health on them.</summary>
internal static class UncertaintyFit
{
    private const int FewestJets = 100, MostTrainingJets = 200_000, InformationJets = 10_000;

    /// <summary>Fits and writes the run's file.</summary>
    /// <param name="run">A run whose training has ended.</param>
    /// <param name="recipe">Its recipe.</param>
    /// <param name="training">The training jets.</param>
    /// <param name="aside">The jets kept aside.</param>
    /// <exception cref="InputDataException">There are too few jets.</exception>
    public static void Write(Run run, CalibrationRecipe recipe, IJetSource training, IJetSource aside)
    {
        if (aside.Count < FewestJets)
            throw new InputDataException($"{aside.Count} jets kept aside are too few to fit uncertainties on.", run.Folder, "A very small file.", $"Give a file with {FewestJets} jets beside those for training at least.");
        using var model = CalibrationModel.LoadUnfitted(run);
        var jets = aside.Read(0, (int)Math.Min(aside.Count, MostTrainingJets));
        var seen = training.Read(0, (int)Math.Min(training.Count, MostTrainingJets));
        double[] truth = Array.ConvertAll(JetQuantities.Truth(jets, recipe.Target), Math.Log), trained = Array.ConvertAll(JetQuantities.Truth(seen, recipe.Target), Math.Log);
        var curve = ResponseCurve.Fit(trained, Array.ConvertAll(JetQuantities.TransverseMomentum(seen), Math.Log));
        string path = Path.Combine(run.Folder, FittedUncertainties.FileName);
        (model.Network.Ansatz is null ? OfBaseline(model, jets, truth, curve) : OfAnsatz(model, jets, truth, seen, trained, curve)).Write(path);
    }

    private static FittedUncertainties OfAnsatz(CalibrationModel model, JetBatch jets, double[] truth, JetBatch seen, double[] trained, ResponseCurve curve)
    {
        var network = model.Network;
        using var likelihood = network.Likelihood(jets);
        double[] spread = likelihood.Deviations(), pulls = [.. truth.Select((t, i) => (t - likelihood.Best[i]) / spread[i])];
        var few = seen.Select([.. Enumerable.Range(0, Math.Min(InformationJets, seen.JetCount))]);
        using var ofTraining = network.Likelihood(few);
        var before = MutualInformation.Of(t => ofTraining.LogRatio(t), trained[..few.JetCount], 1, model.Recipe.Seed);
        var measured = Array.ConvertAll(JetQuantities.TransverseMomentum(jets), Math.Log);
        var (health, _) = CalibrationHealth.Of(likelihood, truth, measured, before, model.Recipe.Seed);
        var target = network.Scales.Target;
        // At fixed truth away from the edges, where the whole response is there; closer to them the nearest bin stands in.
        int[] inner = [.. Enumerable.Range(0, truth.Length).Where(i => target.IsInside(truth[i], 0))];
        var closure = ClosureLine.Fit(truth, likelihood.Best, inner);
        double[] lambda = likelihood.Lambda(truth);
        var (edges, thresholds) = FittedUncertainties.ThresholdsOf([.. inner.Select(i => truth[i])], [.. inner.Select(i => lambda[i])]);
        return new(jets.JetCount, ScaleOf(pulls), FittedUncertainties.TailsOf(pulls), [], edges, thresholds, curve, closure, health, before.Nats);
    }

    private static FittedUncertainties OfBaseline(CalibrationModel model, JetBatch jets, double[] truth, ResponseCurve curve)
    {
        double[] outputs = model.Network.Predictions(jets);
        var (best, spread) = CalibrationModel.Central(outputs, model.Network, model.Recipe.Objective);
        double[] pulls = [.. truth.Select((t, i) => (t - best[i]) / spread[i])];
        (double, double)[] offsets = model.Recipe.Objective != CalibrationObjective.Quantiles ? [] : [.. CalibratedJets.Levels.Select((level, l) =>
        {
            (double Low, double High)[] ends = [.. truth.Select((_, i) => CalibrationModel.QuantileEnds(CalibrationModel.Sorted(outputs, i), l))];
            var fitted = ConformalisedQuantiles.FitAsymmetric(ends.Select(e => e.Low).ToArray(), ends.Select(e => e.High).ToArray(), truth, level);
            return (fitted.OffsetBelow, fitted.OffsetAbove);
        })];
        return new(jets.JetCount, ScaleOf(pulls), FittedUncertainties.TailsOf(pulls), offsets, [], [], curve, ClosureLine.None, [], double.NaN);
    }

    // Of the middle two thirds: the tails of a response would widen every deviation, and are the intervals' business.
    private static double ScaleOf(double[] pulls) => 0.5 * (Quantile.Of(pulls, 0.841345) - Quantile.Of(pulls, 0.158655));
}
