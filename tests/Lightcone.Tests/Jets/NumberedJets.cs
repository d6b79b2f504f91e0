using Lightcone.Jets;
using Lightcone.Randomness;

namespace Lightcone.Tests.Jets;

/// <summary>A source whose every number tells which jet it belongs to; it counts the jets it was asked for and knows which are still in memory.</summary>
internal sealed class NumberedJets(long count, long firstIdentity = 0) : IJetSource
{
    public JetSchema Schema { get; init; } = new() { Layout = "numbered", Classes = ["background", "signal"], ConstituentColumns = ["pid"], JetColumns = ["identity"] };

    public long Count => count;

    public long JetsRead { get; private set; }

    public bool Disposed { get; private set; }

    /// <summary>Jets of batches that were read and are still in memory.</summary>
    public long JetsAlive => given.Sum(b => b.TryGetTarget(out var batch) ? batch.JetCount : 0L);

    private readonly List<WeakReference<JetBatch>> given = [];

    public static int MultiplicityOf(long identity) => 1 + new RandomStream(1, "multiplicity", 0, identity).NextInt(30);

    public JetBatch Read(long first, int asked)
    {
        Assert.InRange(first, 0, count - asked);
        JetsRead += asked;
        var offsets = new int[asked + 1];
        for (int i = 0; i < asked; i++) offsets[i + 1] = offsets[i] + MultiplicityOf(firstIdentity + first + i);
        var momenta = new double[4 * offsets[^1]];
        var pid = new float[offsets[^1]];
        for (int i = 0; i < asked; i++)
            for (int c = offsets[i]; c < offsets[i + 1]; c++)
            {
                for (int k = 0; k < 4; k++) momenta[4 * c + k] = 1000.0 * (firstIdentity + first + i) + 4 * (c - offsets[i]) + k;
                pid[c] = firstIdentity + first + i;
            }
        var identities = Enumerable.Range(0, asked).Select(i => firstIdentity + first + i).ToArray();
        var read = new JetBatch
        {
            Rows = [.. identities.Select(i => i - firstIdentity)],
            Offsets = offsets,
            Momenta = momenta,
            Labels = [.. identities.Select(i => (int)(i % 2))],
            ConstituentColumns = new Dictionary<string, float[]> { ["pid"] = pid },
            JetColumns = new Dictionary<string, float[]> { ["identity"] = [.. identities.Select(i => (float)i)] },
        };
        given.Add(new(read));
        return read;
    }

    public void Dispose() => Disposed = true;

    /// <summary>Fails unless every number of the batch belongs to the jet its identity column names.</summary>
    public static void AssertWhole(JetBatch batch)
    {
        for (int i = 0; i < batch.JetCount; i++)
        {
            long identity = (long)batch.JetColumns["identity"][i];
            Assert.Equal(identity % 2, batch.Labels![i]);
            Assert.Equal(MultiplicityOf(identity), batch.Multiplicity(i));
            for (int c = batch.Offsets[i]; c < batch.Offsets[i + 1]; c++)
            {
                Assert.Equal(identity, batch.ConstituentColumns["pid"][c]);
                Assert.Equal(1000.0 * identity + 4 * (c - batch.Offsets[i]), batch.Constituent(c).E);
                Assert.Equal(1000.0 * identity + 4 * (c - batch.Offsets[i]) + 3, batch.Constituent(c).Pz);
            }
        }
    }

    public static long[] Identities(JetBatch batch) => Array.ConvertAll(batch.JetColumns["identity"], x => (long)x);
}
