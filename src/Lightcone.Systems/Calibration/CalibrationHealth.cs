using Lightcone.Evaluation;
using Lightcone.Statistics;
using Lightcone.Systems.Calibration.Ansatz;

namespace Lightcone.Systems.Calibration;

/// <summary>One check of a calibration's health.</summary>
/// <param name="Id">Its letter and number.</param>
/// <param name="Name">What it is.</param>
/// <param name="Measured">What was measured; NaN where it was not.</param>
/// <param name="Limit">What it is held to.</param>
/// <param name="AtLeast">Whether it must be at least the limit, or at most.</param>
/// <param name="Cure">What to do where it fails.</param>
internal sealed record HealthCheck(string Id, string Name, double Measured, double Limit, bool AtLeast, string Cure)
{
    /// <summary>Whether it was measured and failed.</summary>
    public bool Failed => !double.IsNaN(Measured) && (AtLeast ? !(Measured >= Limit) : !(Measured <= Limit));

    /// <summary>The check as a gate.</summary>
    public EvaluationGate ToGate()
    {
        var gate = AtLeast ? EvaluationGate.AtLeast(Id, Measured, Limit, Name) : EvaluationGate.AtMost(Id, Measured, Limit, Name);
        return double.IsNaN(Measured) ? gate with { Result = GateResult.NotRun } : gate;
    }
}

/// <summary>
/// Whether a learned likelihood is one: checks on events that were not trained on, each with its cure. A calibration that fails one is refused (arXiv:2205.03413 gives the algebra; the checks are ours,
/// docs/decisions/0013-gaussian-ansatz.md).
/// </summary>
internal static class CalibrationHealth
{
    private const int Bins = 10;
    private const double EdgeReach = 2;

    /// <summary>Checks a likelihood.</summary>
    /// <param name="likelihood">What was learned of the events.</param>
    /// <param name="targets">Their true targets, d = 1.</param>
    /// <param name="quantity">One quantity of the events that follows the target, for bins of x.</param>
    /// <param name="training">Mutual information on training events; null where it was not measured.</param>
    /// <param name="seed">Seed of the shuffles.</param>
    public static (IReadOnlyList<HealthCheck> Checks, InformationEstimate Information) Of(LearnedLikelihood likelihood, double[] targets, double[] quantity, InformationEstimate? training, ulong seed)
    {
        var information = MutualInformation.Of(t => likelihood.LogRatio(t), targets, 1, seed);
        double[] sigma = likelihood.Deviations(), best = likelihood.Best, displacements = likelihood.Displacements();
        int[] inner = [.. Enumerable.Range(0, targets.Length).Where(i =>
            targets[i] - EdgeReach * sigma[i] >= likelihood.Scale.SparseBelow[0] && targets[i] + EdgeReach * sigma[i] <= likelihood.Scale.SparseAbove[0])];
        double straight = GaussianInformation(StraightLine.Correlation(quantity, targets));
        var checks = new List<HealthCheck>
        {
            new("H2", "mutual information above that of a straight line, with two errors [nats]", information.Nats + 2 * information.Error - straight, 0, true, "Train longer, or from the loss CrossEntropy."),
        };
        if (training is not null)
        {
            double error = Math.Sqrt(information.Error * information.Error + training.Error * training.Error);
            checks.Add(new("H3", "mutual information of training above test events, less three errors [nats]", training.Nats - information.Nats - 3 * error, 0.02, false, "The network learned its events by heart: more events, a smaller network, fewer epochs, more weightDecay."));
        }

        checks.Add(new("H4", "largest miss of the mean of exp(T − c) from 1 in bins of x, less three errors", Normalisation(information, quantity, byPartner: false), 0.05, false, "T is no likelihood ratio yet: train longer, with larger batches."));
        checks.Add(new("H5", "largest miss of the mean of exp(T − c) from 1 in bins of the truth, less three errors", Normalisation(information, targets, byPartner: true), 0.05, false, "T is no likelihood ratio yet: train longer, with larger batches."));
        checks.Add(new("H6", "mean displacement by what is left of D [σ]", displacements.Average(), 0.02, false, "Raise penaltyTo."));
        checks.Add(new("H6b", "99th percentile of the displacement by what is left of D [σ]", Quantile.Of(displacements, 0.99), 0.1, false, "Raise penaltyTo."));
        double ambiguous = ProfileIntervals.Scan(likelihood).Count(s => s.Lambda < -ProfileIntervals.Elsewhere) / (double)targets.Length;
        checks.Add(new("H7", "share of events with a larger likelihood elsewhere", ambiguous, 0.005, false, "Raise penaltyTo, or train longer."));
        checks.Add(new("H8", "share of events whose curvature is no maximum", sigma.Count(s => !double.IsFinite(s)) / (double)sigma.Length, 0, false, "Use curvature=Cholesky."));
        if (inner.Length > 100)
            checks.Add(new("H12", "slope of the estimate against the truth, distance from 1", Math.Abs(StraightLine.Slope([.. inner.Select(i => targets[i])], [.. inner.Select(i => best[i])]) - 1), 0.015, false,
                "A slope below 1 is the posterior mean of the first phase: train longer."));
        return (checks, information);
    }

    /// <summary>What a user must know of a calibration that failed a check; null for a healthy one.</summary>
    public static string? Concern(IReadOnlyList<HealthCheck> checks)
    {
        var failed = checks.Where(c => c.Failed).ToList();
        return failed.Count == 0 ? null : $"The calibration fails {string.Join(", ", failed.Select(f => f.Id))}, so lightcone score refuses it. {failed[0].Cure}";
    }

    /// <summary>Refuses a calibration that failed a check.</summary>
    /// <exception cref="InputDataException">It did.</exception>
    public static void Require(IReadOnlyList<HealthCheck> checks, string run)
    {
        var failed = checks.Where(c => c.Failed).ToList();
        if (failed.Count == 0) return;
        var first = failed[0];
        throw new InputDataException(
            $"The calibration is not healthy: {string.Join("; ", failed.Select(f => $"{f.Id}, {f.Name}: {Figures.NumberText.Plain(f.Measured, 3)}, must be at {(f.AtLeast ? "least" : "most")} {Figures.NumberText.Plain(f.Limit, 3)}"))}.",
            run, "The training did not converge, or had too few jets.", first.Cure);
    }

    // Means of exp(T − c) over shuffled pairs in equally filled bins of one member. The other members of a bin's pairs are common to many of them, and few of them count where the target is well known:
    // the error of a mean is that of a ratio of sums over these members.
    private static double Normalisation(InformationEstimate information, double[] values, bool byPartner)
    {
        double[] edges = [.. Quantile.Edges(values, Bins).Distinct()];
        int n = values.Length, bins = edges.Length - 1;
        var (sum, count) = (new double[bins * n], new int[bins * n]);
        for (int pair = 0; pair < information.Shuffled.Length; pair++)
        {
            int own = byPartner ? information.Partners[pair] : pair % n, other = byPartner ? pair % n : information.Partners[pair];
            int found = Array.BinarySearch(edges, values[own]), cell = Math.Clamp(found >= 0 ? found : ~found - 1, 0, bins - 1) * n + other;
            sum[cell] += Math.Exp(information.Shuffled[pair] - information.Constant);
            count[cell]++;
        }

        double largest = 0;
        for (int bin = 0; bin < bins; bin++)
        {
            double total = sum.AsSpan(bin * n, n).ToArray().Sum(), pairs = count.AsSpan(bin * n, n).ToArray().Sum(), mean = total / pairs, squares = 0;
            if (pairs == 0) continue;
            for (int other = 0; other < n; other++) squares += Math.Pow(sum[bin * n + other] - mean * count[bin * n + other], 2);
            largest = Math.Max(largest, Math.Abs(mean - 1) - 3 * Math.Sqrt(squares) / pairs);
        }

        return largest;
    }

    // Of two Gaussian numbers with this correlation [nats]; none where one of them does not vary.
    private static double GaussianInformation(double correlation) => double.IsNaN(correlation) ? 0 : -0.5 * Math.Log(1 - Math.Min(correlation * correlation, 1 - 1e-15));
}
