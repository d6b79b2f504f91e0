using Lightcone.Jets;
using Lightcone.Kinematics;
using Lightcone.Statistics;
using Lightcone.Systems.Mpm.Particles;

namespace Lightcone.Systems.Mpm.Tokens;

/// <summary>
/// What makes a good tokenizer, whatever its kind: how evenly it uses its tokens, and how much of each feature a token keeps. R² = 1 − Σ(x − x̂)² / Σ(x − x̄)² over the transformed features
/// that particles have; of jets, over transverse momentum and mass of their particles, taken as massless, from rebuilt and from true features.
/// </summary>
internal sealed class TokenizerQuality
{
    private const int Groups = 20, JetsAtOnce = 256;

    private readonly Preprocessing preprocessing;
    private readonly Variation[][] features, jets; // [feature or jet quantity][group]
    private double huber;
    private long terms;

    /// <summary>No jet yet.</summary>
    /// <param name="preprocessing">How jets are read.</param>
    /// <param name="tokens">Number of tokens.</param>
    public TokenizerQuality(Preprocessing preprocessing, int tokens)
    {
        this.preprocessing = preprocessing;
        Counts = new long[tokens];
        features = [.. Enumerable.Range(0, preprocessing.Width).Select(_ => new Variation[Groups])];
        jets = [new Variation[Groups], new Variation[Groups]];
    }

    /// <summary>Uses of each token.</summary>
    public long[] Counts { get; }

    /// <summary>Particles so far.</summary>
    public long Particles => Counts.Sum();

    /// <summary>Jets with particles so far.</summary>
    public long Jets => (long)jets[0].Sum(v => v.Count);

    /// <summary>Tokens that occur.</summary>
    public int Used => Counts.Count(c => c > 0);

    /// <summary>exp(H) of the tokens: as many tokens, used alike, would be as hard to guess.</summary>
    public double Perplexity
    {
        get
        {
            double total = Particles;
            return Math.Exp(-Counts.Where(c => c > 0).Sum(c => c / total * Math.Log(c / total)));
        }
    }

    /// <summary>Mean Huber distance (δ = 1) of a feature.</summary>
    public double Reconstruction => huber / terms;

    /// <summary>R² of each transformed feature, in their order; NaN where no particle has it or all are alike.</summary>
    public IReadOnlyList<Interval> FeatureR2 => [.. features.Select(f => Jackknife(leave => Explained(f, leave)))];

    /// <summary>Mean of <see cref="FeatureR2"/> over the features that are known.</summary>
    public Interval MeanR2 => Jackknife(leave => features.Select(f => Explained(f, leave)).Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average());

    /// <summary>R² of the jets' transverse momentum.</summary>
    public Interval PtR2 => Jackknife(leave => Explained(jets[0], leave));

    /// <summary>R² of the jets' mass.</summary>
    public Interval MassR2 => Jackknife(leave => Explained(jets[1], leave));

    /// <summary>Measures any tokenizer by the mean features of its tokens.</summary>
    public static TokenizerQuality Of(ITokenizer tokenizer, Preprocessing preprocessing, IJetSource source)
    {
        float[] means = tokenizer.Means;
        return Of(tokenizer.Count, preprocessing, source, table =>
        {
            int[] ids = tokenizer.Ids(table, [.. Enumerable.Range(0, table.ParticleCount)]);
            var rebuilt = new float[ids.Length * table.Width];
            for (int p = 0; p < ids.Length; p++) means.AsSpan(ids[p] * table.Width, table.Width).CopyTo(rebuilt.AsSpan(p * table.Width));
            return new CodedJets(ids, rebuilt, []);
        });
    }

    /// <summary>Measures anything that gives tokens and rebuilds features.</summary>
    public static TokenizerQuality Of(int tokens, Preprocessing preprocessing, IJetSource source, Func<ParticleTable, CodedJets> code, Action<long>? progress = null)
    {
        var quality = new TokenizerQuality(preprocessing, tokens);
        long done = 0;
        foreach (var batch in new SequentialBatches(source) { BatchSize = JetsAtOnce })
        {
            var table = preprocessing.Apply(batch);
            quality.Add(table, code(table));
            progress?.Invoke(done += batch.JetCount);
        }

        return quality;
    }

    /// <summary>Adds some jets.</summary>
    public void Add(ParticleTable table, CodedJets coded)
    {
        for (int jet = 0; jet < table.JetCount; jet++)
        {
            int group = (int)(table.Rows[jet] % Groups);
            for (int p = table.Offsets[jet]; p < table.Offsets[jet + 1]; p++)
            {
                Counts[coded.Ids[p]]++;
                for (int f = 0; f < Known(table, p); f++)
                {
                    double truth = table.Features[p * table.Width + f], rebuilt = coded.Rebuilt[p * table.Width + f];
                    features[f][group].Add(truth, rebuilt);
                    huber += Huber(rebuilt - truth);
                    terms++;
                }
            }

            if (table.Multiplicity(jet) == 0) continue;
            FourMomentum jetTruth = Sum(table, jet, table.Features), jetRebuilt = Sum(table, jet, coded.Rebuilt);
            jets[0][group].Add(jetTruth.Pt, jetRebuilt.Pt);
            jets[1][group].Add(jetTruth.Mass, jetRebuilt.Mass);
        }
    }

    /// <summary>Mean Huber distance (δ = 1) of the features of each jet; 0 for a jet without particles.</summary>
    public static double[] ReconstructionByJet(ParticleTable table, float[] rebuilt)
    {
        var losses = new double[table.JetCount];
        for (int jet = 0; jet < losses.Length; jet++)
        {
            int terms = 0;
            for (int p = table.Offsets[jet]; p < table.Offsets[jet + 1]; p++)
                for (int f = 0; f < Known(table, p); f++, terms++)
                    losses[jet] += Huber(rebuilt[p * table.Width + f] - table.Features[p * table.Width + f]);
            if (terms > 0) losses[jet] /= terms;
        }

        return losses;
    }

    private static double Huber(double miss) => Math.Abs(miss) < 1 ? 0.5 * miss * miss : Math.Abs(miss) - 0.5;

    // A particle without a track has no displacement.
    private static int Known(ParticleTable table, int particle) =>
        table.Width == RawParticles.FullNames.Length && !table.Tracks[particle] ? RawParticles.FirstTrackFeature : table.Width;

    // Transverse momentum and mass do not change when the jet's axis is moved to the origin.
    private FourMomentum Sum(ParticleTable table, int jet, float[] transformed)
    {
        var sum = default(FourMomentum);
        for (int p = table.Offsets[jet]; p < table.Offsets[jet + 1]; p++)
        {
            var (pt, eta, phi) = preprocessing.Direction(transformed.AsSpan(p * table.Width, table.Width));
            sum += FourMomentum.FromPtEtaPhiMass(Math.Max(0, pt), eta, phi, 0);
        }

        return sum;
    }

    // Delete-a-group: twenty groups of jets by their rows; the spread of what is left without each gives the error.
    private static Interval Jackknife(Func<int, double> statistic)
    {
        double value = statistic(-1);
        double[] without = [.. Enumerable.Range(0, Groups).Select(statistic).Where(double.IsFinite)];
        if (!double.IsFinite(value) || without.Length < Groups) return new(value, double.NaN, double.NaN, Interval.OneSigma, "");
        double mean = without.Average(), error = Math.Sqrt((Groups - 1.0) / Groups * without.Sum(w => (w - mean) * (w - mean)));
        return new(value, value - error, value + error, Interval.OneSigma, $"jackknife over {Groups} groups of jets");
    }

    private static double Explained(Variation[] groups, int leave)
    {
        var sum = default(Variation);
        for (int g = 0; g < groups.Length; g++)
            if (g != leave) sum = sum.Plus(groups[g]);
        double variance = sum.Square - sum.Sum * sum.Sum / sum.Count;
        return variance > 0 ? 1 - sum.Miss / variance : double.NaN;
    }

    /// <summary>Sums over numbers and what was rebuilt of them.</summary>
    private struct Variation
    {
        public double Count, Sum, Square, Miss;

        public void Add(double truth, double rebuilt)
        {
            Count++;
            Sum += truth;
            Square += truth * truth;
            Miss += (truth - rebuilt) * (truth - rebuilt);
        }

        public readonly Variation Plus(Variation other) => new() { Count = Count + other.Count, Sum = Sum + other.Sum, Square = Square + other.Square, Miss = Miss + other.Miss };
    }
}
