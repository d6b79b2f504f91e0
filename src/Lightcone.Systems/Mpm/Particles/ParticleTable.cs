namespace Lightcone.Systems.Mpm.Particles;

/// <summary>The particles of some jets as a network reads them: each jet's by falling pT, the hardest of long jets only.</summary>
internal sealed class ParticleTable
{
    /// <summary>Row of each jet in its source, shape [jets].</summary>
    public required long[] Rows { get; init; }

    /// <summary>First particle of each jet, then the number of particles, shape [jets + 1].</summary>
    public required int[] Offsets { get; init; }

    /// <summary>Features a particle.</summary>
    public required int Width { get; init; }

    /// <summary>Transformed features, row-major, shape [particles, width]; those of a track are 0 where there is none.</summary>
    public required float[] Features { get; init; }

    /// <summary>Type of each particle, shape [particles]; <see cref="ParticleTypes.Unknown"/> where the file tells none.</summary>
    public required int[] Types { get; init; }

    /// <summary>Whether a particle has a track with a displacement, shape [particles].</summary>
    public required bool[] Tracks { get; init; }

    /// <summary>Position of each particle in its batch before it was sorted, shape [particles].</summary>
    public required int[] Sources { get; init; }

    /// <summary>Number of jets.</summary>
    public int JetCount => Rows.Length;

    /// <summary>Number of particles of all jets together.</summary>
    public int ParticleCount => Offsets[^1];

    /// <summary>Number of particles of a jet.</summary>
    public int Multiplicity(int jet) => Offsets[jet + 1] - Offsets[jet];

    /// <summary>Features of one particle.</summary>
    public ReadOnlySpan<float> FeaturesOf(int particle) => Features.AsSpan(particle * Width, Width);

    /// <summary>
    /// The same jets with every particle replaced by one of another jet of the table, drawn with replacement: the numbers of particles and what is common to all jets stay, what belongs
    /// together goes. For a control: what pre-training on it brings was not learned from jets.
    /// </summary>
    public ParticleTable Scrambled(ref Randomness.RandomStream random)
    {
        var drawn = new int[ParticleCount];
        for (int jet = 0; jet < JetCount; jet++)
        {
            var own = drawn.AsSpan(Offsets[jet], Multiplicity(jet));
            foreach (ref int particle in own) particle = random.NextInt(ParticleCount);
            own.Sort((a, b) => FeaturesOf(b)[0].CompareTo(FeaturesOf(a)[0])); // transformed pT keeps the order of pT
        }

        return Rearranged(drawn);
    }

    /// <summary>Particle order[i] as particle i; the numbers of particles stay, one may come more than once.</summary>
    public ParticleTable Rearranged(int[] order)
    {
        var features = new float[Features.Length];
        for (int i = 0; i < order.Length; i++) FeaturesOf(order[i]).CopyTo(features.AsSpan(i * Width));
        return new ParticleTable
        {
            Rows = Rows, Offsets = Offsets, Width = Width, Features = features, Types = Array.ConvertAll(order, p => Types[p]), Tracks = Array.ConvertAll(order, p => Tracks[p]),
            Sources = Array.ConvertAll(order, p => Sources[p]),
        };
    }
}
