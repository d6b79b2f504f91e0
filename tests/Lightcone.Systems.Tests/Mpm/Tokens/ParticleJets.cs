using Lightcone.Formats.Compact;
using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;

namespace Lightcone.Tests.Mpm.Tokens;

/// <summary>Small made-up jets whose particles have types and, if charged, displacements.</summary>
internal static class ParticleJets
{
    private static readonly string[] Columns = ["pid", "charge", "d0val", "d0err", "dzval", "dzerr"];

    public static JetSchema Schema { get; } = new() { Layout = "toy", Classes = ["narrow", "wide"], Statement = "Simulation (toy)", ConstituentColumns = Columns };

    /// <summary>Jets of <paramref name="least"/> … <paramref name="most"/> massless particles.</summary>
    public static JetBatch Make(int jets, ulong seed, int least = 1, int most = 12)
    {
        var offsets = new int[jets + 1];
        var momenta = new List<double>();
        var columns = Columns.ToDictionary(c => c, _ => new List<float>());
        for (int jet = 0; jet < jets; jet++)
        {
            var random = new RandomStream(seed, "particle jet", 0, jet);
            int n = least + random.NextInt(most - least + 1);
            double width = jet % 2 == 1 ? 0.3 : 0.1, eta = random.NextDouble() - 0.5, phi = 6 * random.NextDouble() - 3;
            for (int c = 0; c < n; c++)
            {
                var p = FourMomentum.FromPtEtaPhiMass(1 + 100 * Math.Exp(-0.3 * c) * random.NextDouble(), eta + width * random.NextGaussian(), phi + width * random.NextGaussian(), 0);
                momenta.AddRange([p.E, p.Px, p.Py, p.Pz]);
                int pid = random.NextInt(5);
                bool track = pid is 0 or 3 or 4;
                columns["pid"].Add(pid);
                columns["charge"].Add(track ? 2 * random.NextInt(2) - 1 : 0);
                foreach (string name in Columns[2..]) columns[name].Add(track ? (float)(name.EndsWith("err", StringComparison.Ordinal) ? 0.01 + 0.05 * random.NextDouble() : 0.1 * random.NextGaussian()) : 0);
            }

            offsets[jet + 1] = offsets[jet] + n;
        }

        return new JetBatch
        {
            Rows = [.. Enumerable.Range(0, jets).Select(r => (long)r)], Offsets = offsets, Momenta = [.. momenta], Labels = [.. Enumerable.Range(0, jets).Select(r => r % 2)],
            ConstituentColumns = columns.ToDictionary(c => c.Key, c => c.Value.ToArray()),
        };
    }

    public static InMemorySource Source(int jets, ulong seed) => new(Make(jets, seed), Schema);

    /// <summary>Writes train.h5, val.h5 and test.h5 into a folder.</summary>
    public static string WriteSplits(string folder, int training = 64, ulong seed = 1)
    {
        Directory.CreateDirectory(folder);
        CompactWriter.Write(Source(training, seed), Path.Combine(folder, "train.h5"));
        CompactWriter.Write(Source(32, seed + 1), Path.Combine(folder, "val.h5"));
        CompactWriter.Write(Source(40, seed + 2), Path.Combine(folder, "test.h5"));
        return folder;
    }
}
