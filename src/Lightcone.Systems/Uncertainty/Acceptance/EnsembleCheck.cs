using Lightcone.Evaluation;
using Lightcone.Randomness;

namespace Lightcone.Systems.Uncertainty.Acceptance;

/// <summary>Ensembles: what mixtures say by hand, and a bootstrap of least squares against its exact variance.</summary>
internal static class EnsembleCheck
{
    private const int Rows = 100, Members = 200, Few = 5;

    /// <summary>Runs it.</summary>
    public static UncertaintyCheckPart Run(ulong seed)
    {
        var small = Bootstrap(seed, Rows);
        var large = Bootstrap(seed + 1, 4 * Rows);
        double ratio = small.Sum(p => p.Epistemic) / large.Sum(p => p.Epistemic);
        return new("ensemble", "Deep ensembles: parts of the variance", [
            EvaluationGate.AtMost("identity", Identity(), 1e-12, "means 0, 1, 2 and variances 1, 1, 4: distance from 1, 2, 2/3, 8/3 and 1"),
            EvaluationGate.AtMost("entropy", Entropy(), 1e-12, "entropies of members that agree and of members that exclude one another: distance from the exact"),
            .. small.Select(p => EvaluationGate.AtMost($"bootstrap-{p.Name}", Math.Abs(p.Epistemic / p.Exact - 1), 0.4, $"least squares, 200 members: relative error of the epistemic variance at {p.Name}")),
            EvaluationGate.AtLeast("rows-low", ratio, 2.5, "four times the rows: epistemic variance falls by"),
            EvaluationGate.AtMost("rows-high", ratio, 6, "four times the rows: epistemic variance falls by"),
        ], [
            .. small.SelectMany(p => new UncertaintyNumber[] { new($"epistemic variance at {p.Name}", p.Epistemic), new($"exact at {p.Name}", p.Exact) }),
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

    // Var f(x₀) = σ² x₀ᵀ (XᵀX)⁻¹ x₀ at two points.
    private static (string Name, double Epistemic, double Exact, double Scatter)[] Bootstrap(ulong seed, int rows)
    {
        var line = CorrelatedLine.Draw(seed, rows);
        double[][] fits = [.. Enumerable.Range(0, Members).Select(j => Fit(line.At(Drawn(seed, j, rows))))];
        var gram = new CholeskyFactor(line.Sums(0).Gram);
        return [Point("(1, 1)", 1, 1), Point("(1, -1)", 1, -1)];

        (string, double, double, double) Point(string name, double a, double b)
        {
            double[] answers = [.. fits.Select(w => a * w[0] + b * w[1])];
            double[] few = [.. answers.Chunk(Few).Select(c => Math.Sqrt(EnsembleSpread.Of(c, new double[Few]).Epistemic))];
            double mean = few.Average(), scatter = Math.Sqrt(few.Sum(s => (s - mean) * (s - mean)) / (few.Length - 1)) / mean;
            return (name, EnsembleSpread.Of(answers, new double[Members]).Epistemic, CorrelatedLine.Noise * CorrelatedLine.Noise * gram.InverseForm([a, b]), scatter);
        }
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
}
