using Lightcone.Randomness;

namespace Lightcone.Systems.Mpm.Particles;

/// <summary>Which particles of a table are hidden from the network, and in what order it is asked for them.</summary>
internal sealed class HiddenParticles
{
    private HiddenParticles(int[] visible, int[] visibleCounts, int[] hidden, int[] hiddenCounts) =>
        (Visible, VisibleCounts, Hidden, HiddenCounts) = (visible, visibleCounts, hidden, hiddenCounts);

    /// <summary>Particles that the network sees, jet after jet, each jet's by falling pT.</summary>
    public int[] Visible { get; }

    /// <summary>Their number a jet.</summary>
    public int[] VisibleCounts { get; }

    /// <summary>Particles that it does not see, jet after jet, each jet's by falling pT: position k among a jet's is all it is told.</summary>
    public int[] Hidden { get; }

    /// <summary>Their number a jet.</summary>
    public int[] HiddenCounts { get; }

    /// <summary>Position of each hidden particle among those of its jet, from 0.</summary>
    public IEnumerable<int> Ranks => HiddenCounts.SelectMany(n => Enumerable.Range(0, n));

    /// <summary>Hides a share of each jet's particles, every choice equally likely: at least one, at most all but one; none of a jet with fewer than two.</summary>
    /// <param name="table">The particles.</param>
    /// <param name="fraction">The share.</param>
    /// <param name="random">Stream whose items are the jets' rows.</param>
    public static HiddenParticles Draw(ParticleTable table, double fraction, RandomStream random) => Choose(table, (jet, hidden) =>
    {
        int n = hidden.Length, count = n < 2 ? 0 : Math.Clamp((int)(fraction * n), 1, n - 1);
        var own = random.ForItem(table.Rows[jet]);
        // A jet's particles in random order, of which the first are hidden.
        for (int k = 0, left = n; k < n && count > 0; k++, left--)
        {
            if (own.NextInt(left) >= count) continue;
            hidden[k] = true;
            count--;
        }
    });

    /// <summary>Hides what <paramref name="choose"/> marks; it gets a jet and a flag for each of its particles.</summary>
    public static HiddenParticles Choose(ParticleTable table, Action<int, bool[]> choose)
    {
        List<int> visible = new(table.ParticleCount), hidden = [];
        int[] visibleCounts = new int[table.JetCount], hiddenCounts = new int[table.JetCount];
        for (int jet = 0; jet < table.JetCount; jet++)
        {
            var flags = new bool[table.Multiplicity(jet)];
            choose(jet, flags);
            for (int k = 0; k < flags.Length; k++) (flags[k] ? hidden : visible).Add(table.Offsets[jet] + k);
            hiddenCounts[jet] = flags.Count(f => f);
            visibleCounts[jet] = flags.Length - hiddenCounts[jet];
        }

        return new([.. visible], visibleCounts, [.. hidden], hiddenCounts);
    }

    /// <summary>Nothing hidden.</summary>
    public static HiddenParticles None(ParticleTable table) => Choose(table, (_, _) => { });
}
