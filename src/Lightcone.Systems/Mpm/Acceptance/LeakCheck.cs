using Lightcone.Evaluation;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>
/// Whether anything of a hidden particle reaches the prediction of it: its features, its type, its gradient, its place among all particles (where hidden particles are replaced by a placeholder,
/// their places are told on purpose), its token or any other truth.
/// </summary>
/// <remarks>
/// Not asked here, because both papers do it: Δη and Δφ are relative to the axis of the whole jet, so the visible particles' centre points away from the hidden ones.
/// </remarks>
internal static class LeakCheck
{
    private const double Rounding = 1e-12, Matters = 1e-6;

    /// <summary>All requirements.</summary>
    /// <param name="jets">Toy jets that they are measured on.</param>
    /// <param name="decoding">How hidden particles are decoded; the network's own way if null.</param>
    public static AcceptanceCheck Run(int jets = 200, MaskedDecoding? decoding = null)
    {
        decoding ??= MaskedAnswers.OfNetwork;
        return new("E7", "nothing hidden leaks", [.. ToyModels.Layouts.SelectMany(hiding => Gates(hiding, jets, decoding))]);
    }

    // Each requirement for all targets together: the worst of them counts.
    private static IEnumerable<EvaluationGate> Gates(HidingLayout hiding, int jets, MaskedDecoding decoding)
    {
        var subjects = ToyModels.Targets.Select(target => Leaks.Measure(ToyModels.Recipe(target, hiding), jets, decoding)).ToList();
        string of = hiding.ToString().ToLowerInvariant();
        // What is removed takes no part in any sum; a placeholder's row does, but holds the same numbers.
        double limit = hiding == HidingLayout.Removed ? 0 : Rounding;
        double Worst(Func<Leaks, double> number) => subjects.Select(number).Aggregate(0.0, Math.Max);
        double Least(Func<Leaks, double> number) => subjects.Select(number).Aggregate(double.PositiveInfinity, Math.Min);
        yield return EvaluationGate.AtMost($"one-replaced-{of}", Worst(l => l.OneReplaced), limit, $"one hidden particle of each jet replaced: largest change of a prediction, {of}");
        yield return EvaluationGate.AtMost($"all-replaced-{of}", Worst(l => l.AllReplaced), limit, $"all hidden particles replaced: largest change of a prediction, {of}");
        yield return EvaluationGate.AtMost($"hidden-gradient-{of}", Worst(l => l.HiddenGradient), 0, $"largest derivative of a prediction with respect to a hidden feature, {of}");
        yield return EvaluationGate.AtLeast($"visible-gradient-{of}", Least(l => l.VisibleGradient), Matters, $"largest derivative of a prediction with respect to a visible feature, {of}");
        if (hiding == HidingLayout.Removed) yield return EvaluationGate.AtMost($"new-ranks-{of}", Worst(l => l.NewRanks), 0, $"hidden particles of new pT, sorted in again: largest change of a prediction at its rank, {of}");
        yield return EvaluationGate.AtLeast($"visible-replaced-{of}", Least(l => l.VisibleReplaced), Matters, $"one visible particle replaced: smallest over the jets of the largest change, {of}");
        yield return EvaluationGate.AtMost($"truth-permuted-{of}", Worst(l => l.TruthPermuted), 0, $"truth permuted: largest change of a decoded particle, {of}");
        yield return EvaluationGate.AtLeast($"truth-counts-{of}", Least(l => l.TruthCounts), Matters, $"truth permuted: change of the loss, {of}");
        yield return EvaluationGate.AtMost($"truth-of-jets-{of}", Worst(l => l.TruthOfJets), limit, $"hidden constituents of the file altered: largest change of a decoded particle, {of}");
        yield return EvaluationGate.AtLeast($"truth-of-jets-counts-{of}", Least(l => l.TruthOfJetsCounts), Matters, $"hidden constituents of the file altered: change of the loss, {of}");
        yield return EvaluationGate.AtMost($"loss-explained-{of}", Worst(l => l.LossUnexplained), Rounding, $"hidden constituents of the file altered: loss, less that of the old predictions and the new truth, {of}");
        yield return EvaluationGate.AtMost($"counts-alone-{of}", Worst(l => l.CountsAlone), 0, $"shown nothing: largest change of a prediction between jets with equally many hidden particles, {of}");
    }
}
