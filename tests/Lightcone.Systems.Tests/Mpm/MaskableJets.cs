using Lightcone.Formats.Compact;
using Lightcone.Jets;
using Lightcone.Randomness;
using Lightcone.Tests.Training;

namespace Lightcone.Systems.Tests.Mpm;

/// <summary>Toy jets whose particles have types, charges and displacements; those of label 1 hold more particles.</summary>
internal static class MaskableJets
{
    private static readonly string[] Columns = ["pid", "charge", "d0val", "d0err", "dzval", "dzerr"];

    public static JetSchema Schema { get; } = new() { Layout = "toy", Classes = ["QCD", "Tbqq"], Statement = "Simulation (toy)", ConstituentColumns = Columns, Facts = new Dictionary<string, string> { ["jet_radius"] = "0.8" } };

    /// <summary>Jets with the given numbers of particles; labels alternate.</summary>
    public static JetBatch Make(int[] multiplicities, ulong seed)
    {
        var plain = ToyJets.Make(multiplicities, seed);
        var columns = Columns.ToDictionary(c => c, _ => new float[plain.ConstituentCount]);
        for (int c = 0; c < plain.ConstituentCount; c++)
        {
            var random = new RandomStream(seed, "toy particle", 0, c);
            int identity = random.NextInt(5);
            bool track = identity is 0 or 3 or 4;
            columns["pid"][c] = identity;
            columns["charge"][c] = track ? 2 * random.NextInt(2) - 1 : 0;
            if (!track) continue;
            foreach (string value in (string[])["d0val", "dzval"]) columns[value][c] = (float)(0.1 * random.NextGaussian());
            foreach (string error in (string[])["d0err", "dzerr"]) columns[error][c] = (float)(0.01 + 0.05 * random.NextDouble());
        }

        return new JetBatch { Rows = plain.Rows, Offsets = plain.Offsets, Momenta = plain.Momenta, Labels = plain.Labels, ConstituentColumns = columns };
    }

    /// <summary>Jets of 2 to 9 particles (label 0) and 6 to 13 (label 1); with <paramref name="small"/> every sixth jet is empty or of one particle.</summary>
    public static JetBatch Make(int jets, ulong seed, bool small = false) => Make(
        [.. Enumerable.Range(0, jets).Select(jet => small && jet % 6 == 5 ? jet / 6 % 2 : 2 + 4 * (jet % 2) + new RandomStream(seed, "toy number", 0, jet).NextInt(8))], seed);

    /// <summary>Writes train.h5, val.h5 and test.h5 into a folder.</summary>
    public static string WriteSplits(string folder, int training)
    {
        Directory.CreateDirectory(folder);
        CompactWriter.Write(new InMemorySource(Make(training, 1), Schema), Path.Combine(folder, "train.h5"));
        CompactWriter.Write(new InMemorySource(Make(40, 2), Schema), Path.Combine(folder, "val.h5"));
        CompactWriter.Write(new InMemorySource(Make(120, 3, small: true), Schema), Path.Combine(folder, "test.h5"));
        return folder;
    }
}
