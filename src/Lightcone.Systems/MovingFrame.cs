using System.Globalization;
using Lightcone.Kinematics;
using Lightcone.Randomness;

namespace Lightcone.Systems;

/// <summary>A Lorentz frame that symmetries are checked in.</summary>
/// <param name="Transform">From the frame of the jets to this one.</param>
/// <param name="Description">How a report names it.</param>
internal sealed record MovingFrame(LorentzTransform Transform, SymmetryFrame Description)
{
    /// <summary>The frames that taggers and baselines are checked in: rotations, boosts to β = 0.999, products of both.</summary>
    /// <param name="random">Number of random products.</param>
    public static IReadOnlyList<MovingFrame> Usual(int random) =>
    [
        .. Rotations(),
        .. Boosts(((double[])[0.1, 0.5, 0.9, 0.99, 0.999]).Select(beta => (beta, string.Create(CultureInfo.InvariantCulture, $"{beta}"))), ["0.5", "0.99", "0.999"], "boost "),
        .. Random(random, 0.9, "boost 0.9"),
    ];

    /// <summary>Rotations about x and z by 0.1, 1 and 3 rad.</summary>
    public static IEnumerable<MovingFrame> Rotations()
    {
        foreach (double angle in (double[])[0.1, 1, 3])
            foreach (var (axis, turn) in new[] { ("x", LorentzTransform.Rotation(1, 0, 0, angle)), ("z", LorentzTransform.Rotation(0, 0, 1, angle)) })
                yield return new(turn, new SymmetryFrame($"rotation {axis}, {angle} rad", 1, angle, "rotation"));
    }

    /// <summary>Boosts along x and z.</summary>
    /// <param name="velocities">Velocity β of each, with the words by which it goes: “0.5”, “rapidity 2”.</param>
    /// <param name="shown">Those words that tables have a column for, under <paramref name="heading"/>.</param>
    /// <param name="heading">What stands before the words in a column's heading.</param>
    public static IEnumerable<MovingFrame> Boosts(IEnumerable<(double Beta, string Words)> velocities, IReadOnlyList<string> shown, string heading = "")
    {
        foreach (var (beta, words) in velocities)
            foreach (var (axis, boost) in new[] { ("x", LorentzTransform.Boost(beta, 0, 0)), ("z", LorentzTransform.Boost(0, 0, beta)) })
                yield return new(boost, new SymmetryFrame($"boost {axis} {words}", boost.Matrix[0], 0, shown.Contains(words) ? heading + words : ""));
    }

    /// <summary>Random rotations before and after a boost; the same ones in every check.</summary>
    /// <param name="count">How many.</param>
    /// <param name="beta">Velocity of the boost.</param>
    /// <param name="words">The words by which it goes.</param>
    public static IEnumerable<MovingFrame> Random(int count, double beta, string words)
    {
        var random = new RandomStream(1, "symmetry frames", 0, 0);
        for (int k = 0; k < count; k++)
        {
            var turn = LorentzTransform.Rotation(random.NextGaussian(), random.NextGaussian(), random.NextGaussian(), 2 * Math.PI * random.NextDouble());
            var whole = turn.After(LorentzTransform.Boost(beta, 0, 0)).After(turn);
            yield return new(whole, new SymmetryFrame($"random rotation, {words} ({k + 1})", whole.Matrix[0], 0, "random"));
        }
    }
}
