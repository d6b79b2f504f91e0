using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm;

/// <summary>A network whose outputs must not know of the order of particles, nor of other jets.</summary>
/// <param name="Name">What is special about it.</param>
/// <param name="Preprocessing">How it reads jets.</param>
/// <param name="Outputs">Its outputs, as many for each jet, jet after jet.</param>
/// <param name="Unordered">Those that do not even know the order by transverse momentum, from particles in any order.</param>
/// <param name="Limit">Largest change, relative to the largest output.</param>
internal sealed record OrderFree(string Name, Preprocessing Preprocessing, Func<ParticleTable, double[]> Outputs, Func<ParticleTable, double[]> Unordered, double Limit);

/// <summary>
/// What a network of particles does when a jet's constituents stand in another order, or other jets stand beside it, with the empty slots that they bring. Nothing may change beyond rounding.
/// Of constituents with one transverse momentum only the first is kept: which of them comes first is all that their order may decide.
/// </summary>
internal static class OrderSymmetry
{
    /// <summary>Rounding of float32 sums over a jet's particles, with room for large weights.</summary>
    public const double SingleLimit = 1e-4;

    /// <summary>The same in float64.</summary>
    public const double DoubleLimit = 1e-10;

    /// <summary>Measures it.</summary>
    /// <param name="subject">What the outputs are.</param>
    /// <param name="jets">The jets.</param>
    /// <param name="variants">The network, in one or more precisions.</param>
    /// <exception cref="UsageException">No jet has two constituents.</exception>
    public static SymmetryReport Check(string subject, JetBatch jets, IReadOnlyList<OrderFree> variants)
    {
        jets = Rearranged(jets, (_, momenta) => Distinct(momenta));
        if (Enumerable.Range(0, jets.JetCount).All(jet => jets.Multiplicity(jet) < 2))
            throw new UsageException("No jet has two constituents, so there is no order to change.", "--data", "Empty jets, or jets of one particle.", "Name a file of other jets, or raise --jets.");
        var backwards = Rearranged(jets, (_, momenta) => [.. Enumerable.Range(0, momenta.Length).Reverse()]);
        var shuffled = Rearranged(jets, (jet, momenta) => Shuffled(momenta.Length, jet));
        var changes = new (string Name, string Group, Func<OrderFree, (double[] There, double[] Here)> Of)[]
        {
            ("constituents backwards", "order in the file", v => (v.Outputs(v.Preprocessing.Apply(backwards)), v.Outputs(v.Preprocessing.Apply(jets)))),
            ("constituents shuffled", "order in the file", v => (v.Outputs(v.Preprocessing.Apply(shuffled)), v.Outputs(v.Preprocessing.Apply(jets)))),
            ("tokens shuffled", "order of tokens", v => (v.Unordered(Shuffled(v.Preprocessing.Apply(jets))), v.Unordered(v.Preprocessing.Apply(jets)))),
            ("each jet by itself", "other jets", v => (Alone(v, jets), v.Outputs(v.Preprocessing.Apply(jets)))),
        };
        var measured = variants.Select(v => new SymmetryVariant(v.Name, v.Outputs(v.Preprocessing.Apply(jets)).Max(Math.Abs), [.. changes.Select(c => Change(c.Of(v)))])).ToList();
        return new SymmetryReport($"largest change of {subject}, relative to the largest", jets.JetCount, [.. changes.Select(c => new SymmetryFrame(c.Name, 1, 0, c.Group))], measured,
        [
            .. variants.Zip(measured).SelectMany(v => new[]
            {
                new SymmetryGate($"another order of the particles, {v.First.Name}", v.Second.LargestChange.Take(3).Max(), v.First.Limit),
                new SymmetryGate($"other jets and empty slots beside, {v.First.Name}", v.Second.LargestChange[3], v.First.Limit),
            }),
        ]);
    }

    private static double Change((double[] There, double[] Here) outputs)
    {
        double largest = outputs.Here.Max(Math.Abs);
        return largest == 0 ? 0 : outputs.There.Zip(outputs.Here).Max(o => Math.Abs(o.First - o.Second)) / largest;
    }

    private static double[] Alone(OrderFree network, JetBatch jets) =>
        [.. Enumerable.Range(0, jets.JetCount).SelectMany(jet => network.Outputs(network.Preprocessing.Apply(jets.Select([jet]))))];

    private static int[] Distinct(double[] momenta)
    {
        var seen = new HashSet<double>();
        return [.. Enumerable.Range(0, momenta.Length).Where(k => seen.Add(momenta[k]))];
    }

    private static int[] Shuffled(int count, int jet)
    {
        int[] order = [.. Enumerable.Range(0, count)];
        new RandomStream(1, "order of the particles", 0, jet).Shuffle(order.AsSpan());
        return order;
    }

    /// <summary>Jets with some of their constituents in some order; <paramref name="order"/> gets a jet and the transverse momenta of its constituents.</summary>
    private static JetBatch Rearranged(JetBatch jets, Func<int, double[], int[]> order)
    {
        var offsets = new int[jets.JetCount + 1];
        var sources = new List<int>();
        for (int jet = 0; jet < jets.JetCount; jet++)
        {
            int first = jets.Offsets[jet];
            sources.AddRange(order(jet, [.. Enumerable.Range(first, jets.Multiplicity(jet)).Select(c => jets.Constituent(c).Pt)]).Select(k => first + k));
            offsets[jet + 1] = sources.Count;
        }

        return new JetBatch
        {
            Rows = jets.Rows, Offsets = offsets, Momenta = [.. sources.SelectMany(c => jets.Momenta.Skip(4 * c).Take(4))], Labels = jets.Labels,
            ConstituentColumns = jets.ConstituentColumns.ToDictionary(c => c.Key, c => sources.Select(s => c.Value[s]).ToArray()), JetColumns = jets.JetColumns,
        };
    }

    private static ParticleTable Shuffled(ParticleTable table) =>
        table.Rearranged([.. Enumerable.Range(0, table.JetCount).SelectMany(jet => Shuffled(table.Multiplicity(jet), jet).Select(k => table.Offsets[jet] + k))]);
}
