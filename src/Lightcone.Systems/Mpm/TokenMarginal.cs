using Lightcone.Jets;
using Lightcone.Systems.Mpm.Particles;
using Lightcone.Training.Runs;

namespace Lightcone.Systems.Mpm;

/// <summary>
/// How often each token and each type occurs among the particles of the training jets, and so what a hidden particle costs one who knows these shares and nothing else. Half a particle is added to
/// every count, so that a token that was never seen costs much and not everything.
/// </summary>
internal sealed class TokenMarginal(long[] tokens, long[] types)
{
    private const double Added = 0.5;

    private readonly double[] tokenLengths = Lengths(tokens), typeLengths = Lengths(types);

    /// <summary>Counts the particles of jets.</summary>
    public static TokenMarginal Of(MpmModel model, IJetSource jets, CancellationToken stop)
    {
        long[] tokens = new long[model.TokenCount], types = new long[ParticleTypes.Count];
        foreach (var batch in new SequentialBatches(jets) { BatchSize = MpmModel.LargestBatch })
        {
            stop.ThrowIfCancellationRequested();
            var table = model.Preprocessing.Apply(batch);
            foreach (int token in model.Tokens(table, [.. Enumerable.Range(0, table.ParticleCount)]) ?? []) tokens[token]++;
            foreach (int type in table.Types)
                if (type != ParticleTypes.Unknown) types[type]++;
        }

        return new(tokens, types);
    }

    /// <summary>The jets a run was trained on where they still lie; null where they are gone or other files lie there now.</summary>
    public static SessionJets? TrainingJets(ISystem system, Run run, MpmRecipe recipe)
    {
        if (TrainingSession.DataFolderOf(run) is not { } folder || !Directory.Exists(folder)) return null;
        try
        {
            var jets = SessionJets.Open(system, recipe, folder);
            if (Hashes(Provenance.Read(run.ProvenancePath).Data).SequenceEqual(Hashes(jets.Files))) return jets;
            jets.Dispose();
            return null;
        }
        catch (LightconeException)
        {
            return null;
        }

        static IEnumerable<string> Hashes(IEnumerable<DataFile> files) => files.Where(f => f.Role == "train").Select(f => f.Sha256);
    }

    /// <summary>−ln of the shares of hidden particles' tokens (NaN where there are none) and types (NaN where a type is not known).</summary>
    /// <param name="hiddenTokens">Tokens of the hidden particles; null for none.</param>
    /// <param name="hiddenTypes">Their types.</param>
    public HiddenLosses Costs(int[]? hiddenTokens, int[] hiddenTypes) => new(
        hiddenTokens is null ? [.. hiddenTypes.Select(_ => double.NaN)] : Array.ConvertAll(hiddenTokens, t => tokenLengths[t]),
        Array.ConvertAll(hiddenTypes, t => t == ParticleTypes.Unknown ? double.NaN : typeLengths[t]));

    private static double[] Lengths(long[] counts)
    {
        double total = counts.Sum() + Added * counts.Length;
        return Array.ConvertAll(counts, n => -Math.Log((n + Added) / total));
    }
}
