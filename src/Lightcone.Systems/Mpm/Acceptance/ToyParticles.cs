using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Randomness;
using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm.Acceptance;

/// <summary>Made-up jets of any number of particles and of all eight types, without physics: what must hold exactly holds for them, too. Drawn at random, no two pT of a jet are equal, so ranks are never ties.</summary>
internal static class ToyParticles
{
    /// <summary>Particles of the longest jets.</summary>
    public const int Most = 64;

    /// <summary>Schema of <see cref="Jets"/>.</summary>
    public static JetSchema Schema { get; } = new()
    {
        Layout = "toy", Statement = "Simulation (toy)", ConstituentColumns = ["pid", "charge", .. RawParticles.FullNames[RawParticles.FirstTrackFeature..]], JetColumns = ["eta", "phi"],
    };

    /// <summary>Numbers of particles, every one equally likely; where all are allowed, the first jets have none, one and two, so that small jets are never missing.</summary>
    public static int[] Multiplicities(int jets, ulong seed, int least = 0, int most = Most)
    {
        var random = new RandomStream(seed, "toy multiplicities", 0, 0);
        var counts = new int[jets];
        for (int jet = 0; jet < jets; jet++) counts[jet] = least + random.NextInt(most - least + 1);
        for (int jet = 0; jet < Math.Min(3, jets) && least == 0; jet++) counts[jet] = jet;
        return counts;
    }

    /// <summary>Transformed particles, each jet's by falling pT.</summary>
    public static ParticleTable Table(int[] multiplicities, ulong seed, ParticleInputs inputs = ParticleInputs.Full)
    {
        var offsets = new int[multiplicities.Length + 1];
        for (int jet = 0; jet < multiplicities.Length; jet++) offsets[jet + 1] = offsets[jet] + multiplicities[jet];
        int width = Preprocessing.FeatureNames(inputs).Length;
        var table = new ParticleTable
        {
            Rows = [.. Enumerable.Range(0, multiplicities.Length).Select(r => (long)r)], Offsets = offsets, Width = width, Features = new float[offsets[^1] * width],
            Types = new int[offsets[^1]], Tracks = new bool[offsets[^1]], Sources = [.. Enumerable.Range(0, offsets[^1])],
        };
        var random = new RandomStream(seed, "toy particles", 0, 0);
        for (int p = 0; p < table.ParticleCount; p++) Draw(table, p, inputs, ref random);
        return Sorted(table);
    }

    /// <summary>A copy of which <paramref name="redrawn"/> particles are others, of any type; the places of all stay.</summary>
    /// <param name="table">The jets.</param>
    /// <param name="redrawn">Positions in the table.</param>
    /// <param name="seed">Seed of the new ones.</param>
    /// <param name="inputs">What a particle is.</param>
    public static ParticleTable Redrawn(ParticleTable table, IEnumerable<int> redrawn, ulong seed, ParticleInputs inputs = ParticleInputs.Full)
    {
        var copy = table.Rearranged([.. Enumerable.Range(0, table.ParticleCount)]);
        var random = new RandomStream(seed, "redrawn particles", 0, 0);
        foreach (int p in redrawn) Draw(copy, p, inputs, ref random);
        return copy;
    }

    /// <summary>The same jets, each one's particles by falling pT.</summary>
    public static ParticleTable Sorted(ParticleTable table) => table.Rearranged(ByFallingPt(table));

    /// <summary>Which particle comes where when each jet's are sorted by falling pT.</summary>
    public static int[] ByFallingPt(ParticleTable table) => InEachJet(table.Offsets, own => Array.Sort(own, (a, b) => table.FeaturesOf(b)[0].CompareTo(table.FeaturesOf(a)[0])));

    /// <summary>A random order within each jet.</summary>
    public static int[] Shuffled(int[] offsets, ulong seed)
    {
        var random = new RandomStream(seed, "toy order", 0, 0);
        return InEachJet(offsets, own => random.Shuffle(own.AsSpan()));
    }

    /// <summary>Jets as a file holds them, with identities, displacements and the axis of the jet.</summary>
    public static JetBatch Jets(int[] multiplicities, ulong seed)
    {
        var table = Table(multiplicities, seed);
        int n = table.ParticleCount;
        var random = new RandomStream(seed, "toy jets", 0, 0);
        var momenta = new double[4 * n];
        float[] eta = new float[table.JetCount], phi = new float[table.JetCount];
        for (int jet = 0; jet < table.JetCount; jet++)
        {
            (eta[jet], phi[jet]) = ((float)(3 * random.NextDouble() - 1.5), (float)(6 * random.NextDouble() - 3));
            for (int p = table.Offsets[jet]; p < table.Offsets[jet + 1]; p++)
            {
                var own = table.FeaturesOf(p);
                var momentum = FourMomentum.FromPtEtaPhiMass(10 * Math.Exp(own[0]), eta[jet] + 0.2 * own[1], phi[jet] + 0.2 * own[2], 0);
                (momenta[4 * p], momenta[4 * p + 1], momenta[4 * p + 2], momenta[4 * p + 3]) = (momentum.E, momentum.Px, momentum.Py, momentum.Pz);
            }
        }

        var columns = new Dictionary<string, float[]>
        {
            ["pid"] = Array.ConvertAll(table.Types, t => (float)ParticleTypes.IdentityOf(t)!.Value), ["charge"] = Array.ConvertAll(table.Types, t => !ParticleTypes.HasTrack(t) ? 0 : t is 3 or 5 or 7 ? 1f : -1),
        };
        for (int f = RawParticles.FirstTrackFeature; f < table.Width; f++) columns[RawParticles.FullNames[f]] = [.. Enumerable.Range(0, n).Select(p => table.FeaturesOf(p)[f])];
        return new()
        {
            Rows = table.Rows, Offsets = table.Offsets, Momenta = momenta, Labels = [.. table.Rows.Select(r => (int)(r % 2))], ConstituentColumns = columns,
            JetColumns = new Dictionary<string, float[]> { ["eta"] = eta, ["phi"] = phi },
        };
    }

    /// <summary>Constituent order[i] of some jets as constituent i; the numbers of constituents stay.</summary>
    public static JetBatch Rearranged(JetBatch jets, int[] order) => new()
    {
        Rows = jets.Rows, Offsets = jets.Offsets, Momenta = [.. order.SelectMany(c => jets.Momenta[(4 * c)..(4 * c + 4)])], Labels = jets.Labels, JetColumns = jets.JetColumns,
        ConstituentColumns = jets.ConstituentColumns.ToDictionary(c => c.Key, c => Array.ConvertAll(order, i => c.Value[i])),
    };

    private static void Draw(ParticleTable table, int particle, ParticleInputs inputs, ref RandomStream random)
    {
        bool full = inputs == ParticleInputs.Full;
        table.Types[particle] = full ? random.NextInt(ParticleTypes.Count) : ParticleTypes.Unknown;
        table.Tracks[particle] = ParticleTypes.HasTrack(table.Types[particle]);
        for (int f = 0; f < table.Width; f++)
            table.Features[particle * table.Width + f] = f < RawParticles.FirstTrackFeature || table.Tracks[particle] ? (float)random.NextGaussian() : 0;
    }

    private static int[] InEachJet(int[] offsets, Action<int[]> arrange)
    {
        var order = new int[offsets[^1]];
        for (int jet = 0; jet + 1 < offsets.Length; jet++)
        {
            int[] own = [.. Enumerable.Range(offsets[jet], offsets[jet + 1] - offsets[jet])];
            arrange(own);
            own.CopyTo(order, offsets[jet]);
        }

        return order;
    }
}
