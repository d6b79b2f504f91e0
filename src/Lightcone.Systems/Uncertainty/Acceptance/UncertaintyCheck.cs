using Lightcone.Evaluation;
using Lightcone.Statistics;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>The acceptance of everything that states its own uncertainty, on toys whose answers are known exactly.</summary>
public static class UncertaintyCheck
{
    /// <summary>Runs the parts asked for, in order.</summary>
    /// <param name="request">What to run.</param>
    /// <param name="say">Hears what begins.</param>
    /// <param name="stop">Asked to stop.</param>
    /// <exception cref="UsageException">A part is unknown.</exception>
    public static IEnumerable<UncertaintyCheckPart> Run(UncertaintyCheckRequest request, Action<string> say, CancellationToken stop)
    {
        var parts = Parts(request.Seed, stop);
        string[] wanted = request.Only.Count > 0 ? [.. request.Only.Select(o => o.ToLowerInvariant())] : [.. parts.Select(p => p.Id)];
        foreach (string id in wanted)
            if (parts.All(p => p.Id != id)) throw new UsageException($"There is no part {id}.", "--only", "A misspelt name.", $"The parts are: {string.Join(", ", parts.Select(p => p.Id))}.");
        foreach (string id in wanted)
        {
            stop.ThrowIfCancellationRequested();
            say(id);
            yield return parts.First(p => p.Id == id).Run();
        }
    }

    private static List<(string Id, Func<UncertaintyCheckPart> Run)> Parts(ulong seed, CancellationToken stop) =>
    [
        ("ensemble", () => EnsembleCheck.Run(seed)),
        ("laplace", () => LaplaceCheck.Run(seed)),
        ("dropout", () => DropoutCheck.Run(seed)),
        ("variational", () => VariationalCheck.Run(seed, VariationalCheck.Steps, stop)),
        ("flow", () => FlowCheck.Run(seed, stop)),
        ("histogram", () => HistogramCheck.Run(seed, stop)),
        ("support", () => SupportCheck.Run(seed, stop)),
        ("collaborating", () => CollaboratingCheck.Run(seed, stop)),
        ("curve", () => new CurveCheck(seed, stop).Run()),
    ];

    /// <summary>A gate on the distance of a measured number from where it should be.</summary>
    internal static EvaluationGate Near(string id, double measured, double wanted, double tolerance, string name) =>
        EvaluationGate.AtMost(id, Math.Abs(measured - wanted), tolerance, $"{name}: distance from {wanted:G5}");
}

/// <summary>What the acceptance is told.</summary>
public sealed record UncertaintyCheckRequest
{
    /// <summary>Parts to run, by name; empty for all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Seed of samples and trainings.</summary>
    public ulong Seed { get; init; } = 1;
}

/// <summary>One part of the acceptance.</summary>
/// <param name="Id">Its name.</param>
/// <param name="Title">What it shows.</param>
/// <param name="Gates">What it demands.</param>
/// <param name="Numbers">What else it measured.</param>
public sealed record UncertaintyCheckPart(string Id, string Title, IReadOnlyList<EvaluationGate> Gates, IReadOnlyList<UncertaintyNumber> Numbers)
{
    /// <summary>Methods side by side on one sample; empty where the part compares none.</summary>
    public IReadOnlyList<UncertaintyMethod> Methods { get; init; } = [];
}

/// <summary>A measured number without a demand.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Value">Its value.</param>
public sealed record UncertaintyNumber(string Name, double Value);

/// <summary>One method on the common sample. What a method does not state is NaN.</summary>
/// <param name="Name">The method.</param>
/// <param name="Covered68">Coverage of its 68.27 % intervals with the 95 % band.</param>
/// <param name="Covered90">Coverage of its 90 % intervals with the 95 % band.</param>
/// <param name="Conformalised">Coverage of the 90 % intervals after conformal calibration.</param>
/// <param name="WorstBin">Raw coverage at 90 % in the worst of ten bins of the input.</param>
/// <param name="Width">Mean width when scaled to cover 90 % of the calibration sample.</param>
/// <param name="ExcessLikelihood">Mean negative log-likelihood beyond that of the truth, nats.</param>
/// <param name="ExcessCrps">Mean continuous ranked probability score beyond that of the truth.</param>
/// <param name="Epistemic">Share of the variance that stems from the model.</param>
/// <param name="Flagged">Share of rows flagged as unlike the training.</param>
/// <param name="Seconds">Processor seconds of training.</param>
public sealed record UncertaintyMethod(
    string Name, Interval Covered68, Interval Covered90, double Conformalised, double WorstBin, double Width, double ExcessLikelihood, double ExcessCrps, double Epistemic, double Flagged, double Seconds);
