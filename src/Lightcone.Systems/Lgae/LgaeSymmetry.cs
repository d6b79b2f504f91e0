using System.Globalization;
using Lightcone.Jets;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Lgae;

/// <summary>
/// How far an autoencoder's output turns and boosts with its jets: |f(Λp) − Λf(p)| / |Λf(p)| of every constituent and every latent four-vector, Euclidean
/// norms, 95th percentile. The network alone works on momenta as they come; as trained it works where the jet rests, which takes boosts out before float32 rounds.
/// </summary>
internal static class LgaeSymmetry
{
    private const double Quantile = 0.95, ModerateLimit = 1e-8, FastLimit = 1e-6;

    // Lorentz factors of rapidities 2 and 5: where the limits change.
    private static readonly double ModerateGamma = Math.Cosh(2.001), FastGamma = Math.Cosh(5.001);

    private static readonly (string Name, Func<LgaeRecipe, LgaeRecipe> Change)[] Variants =
    [
        ("as trained", r => r),
        ("network alone, float64", r => r with { Network = Precision.Float64, NetworkFrame = LgaeFrame.Laboratory }),
        ("network alone, float32", r => r with { Network = Precision.Float32, NetworkFrame = LgaeFrame.Laboratory }),
        ("in the rest frame, float64", r => r with { Network = Precision.Float64, NetworkFrame = LgaeFrame.Rest }),
    ];

    /// <summary>Measures a run on some jets.</summary>
    public static SymmetryReport Check(Run run, JetBatch jets)
    {
        if (jets.ConstituentCount == 0) throw new InputDataException("All jets to measure on are empty.", run.Folder, "A selection that keeps no constituent.", "Add --data with other jets, or more --jets.");
        var frames = Frames();
        var variants = new List<SymmetryVariant>();
        var mode = LgaeMode.Corrected;
        foreach (var (name, change) in Variants)
        {
            using var model = LgaeModel.Load(run, change);
            mode = model.Recipe.Mode;
            variants.Add(Measure(name, model, jets, frames));
        }

        var alone = variants[1].LargestChange;
        return new SymmetryReport("relative deviation of constituents and latent four-vectors, 95th percentile", jets.JetCount, [.. frames.Select(f => f.Description)], variants, mode == LgaeMode.Reference ? [] : // the published normalisation promises no symmetry
        [
            new("rotations and boosts to rapidity 2, float64", Worst(frames, alone, ModerateGamma), ModerateLimit),
            new("boosts to rapidity 5, float64", Worst(frames, alone, FastGamma), FastLimit),
        ]);
    }

    private static double Worst(IReadOnlyList<MovingFrame> frames, IReadOnlyList<double> changes, double largestGamma) =>
        frames.Zip(changes).Where(f => f.First.Description.Gamma <= largestGamma).Max(f => f.Second);

    private static SymmetryVariant Measure(string name, LgaeModel model, JetBatch jets, IReadOnlyList<MovingFrame> frames)
    {
        var unmoved = model.Rebuild(jets);
        double largest = unmoved.Constituents.Max(Math.Abs);
        var changes = frames.Select(frame =>
        {
            double[] momenta = [.. jets.Momenta], expectedLatents = [.. unmoved.Vectors], expected = [.. unmoved.Constituents];
            frame.Transform.Apply(momenta);
            frame.Transform.Apply(expectedLatents);
            frame.Transform.Apply(expected);
            var moved = model.Rebuild(new JetBatch { Rows = jets.Rows, Offsets = jets.Offsets, Momenta = momenta });
            return Lightcone.Statistics.Quantile.Of([.. Deviations(expected, moved.Constituents), .. Deviations(expectedLatents, moved.Vectors)], Quantile);
        }).ToList();
        return new SymmetryVariant(name, largest, changes);
    }

    private static IEnumerable<double> Deviations(double[] expected, double[] actual)
    {
        for (int i = 0; i < expected.Length; i += 4)
        {
            double difference = 0, size = 0;
            for (int k = i; k < i + 4; k++) (difference, size) = (difference + (actual[k] - expected[k]) * (actual[k] - expected[k]), size + expected[k] * expected[k]);
            yield return size > 0 ? Math.Sqrt(difference / size) : difference > 0 ? 1 : 0;
        }
    }

    private static IReadOnlyList<MovingFrame> Frames() =>
    [
        .. MovingFrame.Rotations(),
        .. MovingFrame.Boosts(((double[])[0.1, 0.5, 1, 2, 3, 4, 5, 6, 8, 10]).Select(y => (Math.Tanh(y), string.Create(CultureInfo.InvariantCulture, $"rapidity {y}"))),
            ["rapidity 1", "rapidity 2", "rapidity 5", "rapidity 10"]),
        .. MovingFrame.Random(4, Math.Tanh(1), "rapidity 1"),
    ];
}
