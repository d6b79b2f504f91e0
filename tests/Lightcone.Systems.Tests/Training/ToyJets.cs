using Lightcone.Formats.Compact;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;

namespace Lightcone.Tests.Training;

/// <summary>Small made-up jets: signal jets (label 1) are wider and richer than background jets, so that a network can learn something.</summary>
internal static class ToyJets
{
    public static JetSchema Schema { get; } = new() { Layout = "toy", Classes = ["background", "signal"], Statement = "Simulation (toy)", ConstituentColumns = [] };

    /// <summary>Jets with massless constituents; the number of a jet's constituents is drawn from <paramref name="least"/> … <paramref name="most"/>.</summary>
    public static JetBatch Make(int jets, ulong seed, int least = 2, int most = 12)
    {
        var multiplicities = new int[jets];
        for (int jet = 0; jet < jets; jet++)
        {
            var random = new RandomStream(seed, "toy multiplicity", 0, jet);
            multiplicities[jet] = least + random.NextInt(most - least + 1);
        }

        return Make(multiplicities, seed);
    }

    /// <summary>Jets with the given numbers of constituents; with <paramref name="identities"/> a pid column and the masses that go with it.</summary>
    public static JetBatch Make(int[] multiplicities, ulong seed, bool identities = false)
    {
        ReadOnlySpan<(int Pid, double Mass)> kinds = [(22, 0), (211, 0.13957), (-211, 0.13957), (321, 0.49368), (130, 0.49761), (2212, 0.93827), (11, 0.000511), (9999, 0.3)];
        var offsets = new int[multiplicities.Length + 1];
        var momenta = new List<double>();
        var pids = new List<float>();
        for (int jet = 0; jet < multiplicities.Length; jet++)
        {
            var random = new RandomStream(seed, "toy jet", 0, jet);
            double width = jet % 2 == 1 ? 0.4 : 0.15, eta = 2 * random.NextDouble() - 1, phi = 6 * random.NextDouble() - 3;
            for (int c = 0; c < multiplicities[jet]; c++)
            {
                var (pid, mass) = identities ? kinds[random.NextInt(kinds.Length)] : (0, 0);
                var p = FourMomentum.FromPtEtaPhiMass(100 * Math.Exp(-0.5 * c) * (0.5 + random.NextDouble()) + 1, eta + width * random.NextGaussian(), phi + width * random.NextGaussian(), mass);
                momenta.AddRange([p.E, p.Px, p.Py, p.Pz]);
                pids.Add(pid);
            }

            offsets[jet + 1] = offsets[jet] + multiplicities[jet];
        }

        return new JetBatch
        {
            Rows = [.. Enumerable.Range(0, multiplicities.Length).Select(r => (long)r)],
            Offsets = offsets,
            Momenta = [.. momenta],
            Labels = [.. Enumerable.Range(0, multiplicities.Length).Select(r => r % 2)],
            ConstituentColumns = identities ? new Dictionary<string, float[]> { ["pid"] = [.. pids] } : [],
        };
    }

    /// <summary>Toy jets as a source.</summary>
    public static InMemorySource Source(int jets, ulong seed) => new(Make(jets, seed), Schema);

    /// <summary>Writes train.h5 and val.h5 into a folder.</summary>
    public static string WriteSplits(string folder, JetBatch training, JetBatch validation)
    {
        Directory.CreateDirectory(folder);
        CompactWriter.Write(new InMemorySource(training, Schema), Path.Combine(folder, "train.h5"));
        CompactWriter.Write(new InMemorySource(validation, Schema), Path.Combine(folder, "val.h5"));
        return folder;
    }
}
