using Lightcone.Evaluation;
using Lightcone.Randomness;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>Ensembles: what mixtures say by hand, and a bootstrap of least squares against its exact variance.</summary>
internal static class EnsembleCheck
{
    private const int Rows = 100, Members = 200, Few = 5, Samples = 10;
    private static readonly (string Name, double[] At)[] Points = [("(1, 1)", [1, 1]), ("(1, -1)", [1, -1])];

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed)
    {
        var small = Bootstrap(seed, Rows);
        var large = Bootstrap(seed, 4 * Rows);
        double ratio = small.Sum(p => p.Epistemic) / large.Sum(p => p.Epistemic);
        return new("ensemble", "Deep ensembles: parts of the variance", [
            EvaluationGate.AtMost("identity", Identity(), 1e-12, "means 0, 1, 2 and variances 1, 1, 4: distance from 1, 2, 2/3, 8/3 and 1"),
            EvaluationGate.AtMost("entropy", Entropy(), 1e-12, "entropies of members that agree and of members that exclude one another: distance from the exact"),
            .. small.Select(p => EvaluationGate.AtMost($"bootstrap-{p.Name}", Math.Abs(p.Relative - 1), 0.4, $"least squares, 200 members, mean of ten samples: relative error of the epistemic variance at {p.Name}")),
            EvaluationGate.AtLeast("rows-low", ratio, 2.5, "four times the rows: epistemic variance falls by"),
            EvaluationGate.AtMost("rows-high", ratio, 6, "four times the rows: epistemic variance falls by"),
        ], [
            .. small.SelectMany(p => new UncertaintyNumber[] { new($"epistemic variance over the exact at {p.Name}, mean of ten samples", p.Relative), new($"standard deviation over the samples at {p.Name}", p.Deviation) }),
            .. large.Select(p => new UncertaintyNumber($"the same of four times the rows at {p.Name}", p.Relative)),
            new("relative scatter of a standard deviation from five members (0.35 expected)", small.Average(p => p.Scatter)),
        ]);
    }

    /// <summary>Largest deviation of the parts of a mixture from what is computed by hand.</summary>
    internal static double Identity()
    {
        var spread = EnsembleSpread.Of([0, 1, 2], [1, 1, 4]);
        double[] deviations = [spread.Mean - 1, spread.Aleatoric - 2, spread.Spread - 2.0 / 3, spread.Total - 8.0 / 3, spread.Epistemic - 1];
        return deviations.Max(Math.Abs);
    }

    private static double Entropy()
    {
        var agreed = EnsembleEntropy.Of([[0.5, 0.5], [0.5, 0.5]]);
        var opposed = EnsembleEntropy.Of([[1, 0], [0, 1]]);
        double[] deviations = [agreed.Total - Math.Log(2), agreed.Epistemic, opposed.Total - Math.Log(2), opposed.Aleatoric];
        return deviations.Max(Math.Abs);
    }

    // One sample's own bootstrap is off by a quarter of the variance, as the squares of its hundred residuals are; so several samples are averaged.
    private static Answer[] Bootstrap(ulong seed, int rows)
    {
        Answer[][] samples = [.. Enumerable.Range(0, Samples).Select(s => Sample(new RandomStream(seed, "sample", rows, s).NextUInt64(), rows))];
        return [.. Points.Select((p, i) =>
        {
            double relative = samples.Average(s => s[i].Relative);
            return new Answer(
                p.Name, samples.Average(s => s[i].Epistemic), relative, Math.Sqrt(samples.Sum(s => (s[i].Relative - relative) * (s[i].Relative - relative)) / (Samples - 1)), samples.Average(s => s[i].Scatter));
        })];
    }

    // Var f(x₀) = σ² x₀ᵀ (XᵀX)⁻¹ x₀ exactly.
    private static Answer[] Sample(ulong seed, int rows)
    {
        var line = CorrelatedLine.Draw(seed, rows);
        double[][] fits = [.. Enumerable.Range(0, Members).Select(j => Fit(line.At(Drawn(seed, j, rows))))];
        var gram = new CholeskyFactor(line.Sums(0).Gram);
        return [.. Points.Select(p =>
        {
            double[] answers = [.. fits.Select(w => p.At[0] * w[0] + p.At[1] * w[1])];
            double[] few = [.. answers.Chunk(Few).Select(c => Math.Sqrt(EnsembleSpread.Of(c, new double[Few]).Epistemic))];
            double mean = few.Average(), epistemic = EnsembleSpread.Of(answers, new double[Members]).Epistemic;
            double exact = CorrelatedLine.Noise * CorrelatedLine.Noise * gram.InverseForm(p.At);
            return new Answer(p.Name, epistemic, epistemic / exact, 0, Math.Sqrt(few.Sum(s => (s - mean) * (s - mean)) / (few.Length - 1)) / mean);
        })];
    }

    private static double[] Fit(CorrelatedLine line)
    {
        var (gram, moment) = line.Sums(0);
        return new CholeskyFactor(gram).Solve(moment);
    }

    private static int[] Drawn(ulong seed, int member, int rows)
    {
        var random = new RandomStream(seed, "bootstrap", 0, member);
        var drawn = new int[rows];
        for (int i = 0; i < rows; i++) drawn[i] = random.NextInt(rows);
        return drawn;
    }

    private readonly record struct Answer(string Name, double Epistemic, double Relative, double Deviation, double Scatter);
}
