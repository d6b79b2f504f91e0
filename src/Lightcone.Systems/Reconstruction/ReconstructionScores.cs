using Lightcone.Jets;

namespace Lightcone.Systems.Reconstruction;

/// <summary>
/// A number a jet that says how badly it was reconstructed: larger for jets unlike those of the training. Never negative, 0 for a perfect
/// reconstruction (of the jet's shape, for scores in relative coordinates).
/// </summary>
public sealed class ReconstructionScore
{
    private readonly Func<JetPair, double> function;

    internal ReconstructionScore(string id, string title, string? unit, Func<JetPair, double> function) =>
        (Id, Title, Unit, this.function) = (id, title, unit, function);

    /// <summary>Stable name: letters and hyphens.</summary>
    public string Id { get; }

    /// <summary>Title for tables and figures, in their markup.</summary>
    public string Title { get; }

    /// <summary>Unit; null for a pure number.</summary>
    public string? Unit { get; }

    /// <summary>The score of every jet, shape [jets]; one of a jet depends on that jet alone.</summary>
    /// <exception cref="InputDataException">A momentum is not finite.</exception>
    public double[] Of(JetBatch original, JetBatch reconstructed) => ReconstructionScores.Of([this], original, reconstructed)[0];

    internal double Of(JetPair pair) => function(pair);
}

/// <summary>
/// The scores that an evaluation tries. Absolute ones grow with a jet's momentum; those with <c>-pt</c> are divided by its transverse momentum, those with
/// <c>-rest</c> are taken where the jet is at rest and divided by its mass (Lorentz invariant), those with <c>-relative</c> compare
/// (Δη, Δφ, pT/pT_jet), each jet with respect to itself.
/// </summary>
public static class ReconstructionScores
{
    /// <summary>All scores.</summary>
    public static IReadOnlyList<ReconstructionScore> All { get; } = Make();

    /// <summary>The score of a name; null if there is none.</summary>
    public static ReconstructionScore? Find(string id) => All.FirstOrDefault(score => score.Id == id);

    /// <summary>Scores of every jet, shape [scores, jets]. Quicker than one by one: scores share what they need.</summary>
    /// <param name="scores">The scores.</param>
    /// <param name="original">The jets [GeV].</param>
    /// <param name="reconstructed">Their reconstructions in the same order [GeV].</param>
    /// <exception cref="InputDataException">A momentum is not finite.</exception>
    /// <exception cref="ArgumentException">The batches hold different numbers of jets.</exception>
    public static double[][] Of(IReadOnlyList<ReconstructionScore> scores, JetBatch original, JetBatch reconstructed)
    {
        if (original.JetCount != reconstructed.JetCount) throw new ArgumentException($"{original.JetCount} jets and {reconstructed.JetCount} reconstructions.", nameof(reconstructed));
        var values = new double[scores.Count][];
        for (int s = 0; s < values.Length; s++) values[s] = new double[original.JetCount];
        var pair = new JetPair();
        for (int jet = 0; jet < original.JetCount; jet++)
        {
            pair.Take(Momenta(original, jet, "jet"), Momenta(reconstructed, jet, "reconstruction of jet"));
            for (int s = 0; s < values.Length; s++) values[s][jet] = scores[s].Of(pair);
        }

        return values;
    }

    /// <summary>Momenta of one jet, checked to be finite.</summary>
    internal static ReadOnlySpan<double> Momenta(JetBatch jets, int jet, string name)
    {
        var momenta = jets.Momenta.AsSpan(4 * jets.Offsets[jet], 4 * jets.Multiplicity(jet));
        foreach (double component in momenta)
            if (!double.IsFinite(component))
                throw new InputDataException("A momentum is not a number.", $"{name} {jets.Rows[jet]}", "The jet holds NaN or infinity, or the network's weights do.",
                    "Check the jets with 'lightcone dataset check' and the training's loss.");
        return momenta;
    }

    private static List<ReconstructionScore> Make()
    {
        List<ReconstructionScore> scores = [];
        foreach (var (coordinates, suffix, words, unit, square) in new[]
        {
            (PairCoordinates.Absolute, "", "", "GeV", "GeV²"),
            (PairCoordinates.PerPt, "-pt", " / *p*_{T}", null, null),
            (PairCoordinates.AtRest, "-rest", " / *m*, jet at rest", null, null),
            (PairCoordinates.Relative, "-relative", ", relative", (string?)null, (string?)null),
        })
        {
            scores.Add(new($"chamfer{suffix}", $"Chamfer{words}", unit, pair => pair.Chamfer(coordinates)));
            scores.Add(new($"chamfer-squared{suffix}", $"squared Chamfer{words}", square, pair => pair.ChamferSquared(coordinates)));
            scores.Add(new($"hungarian{suffix}", $"matched mean square{words}", square, pair => pair.Hungarian(coordinates)));
            if (coordinates != PairCoordinates.AtRest) scores.Add(new($"emd{suffix}", $"energy mover's distance{words}", unit, pair => pair.EnergyMover(coordinates)));
            scores.Add(new($"jet{suffix}", $"jet momentum{words}", square, pair => pair.Jet(coordinates)));
        }

        return scores;
    }
}
