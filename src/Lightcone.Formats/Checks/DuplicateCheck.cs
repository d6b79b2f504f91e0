using System.Numerics;
using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>
/// Finds jets that occur twice, within a file or in two of the files looked at, by a 64-bit hash of their constituents' momenta in float32. Among
/// 10⁷ different jets a false alarm has a chance of 3·10⁻⁶.
/// </summary>
internal sealed class DuplicateCheck : JetCheck
{
    private readonly Dictionary<ulong, (int File, long Row)> seen = [];
    private readonly List<string> files = [];
    private readonly Dictionary<int, (long Count, long Row, long OtherRow)> twice = [];

    /// <summary>What follows comes from another file.</summary>
    internal void Begin(string path)
    {
        files.Add(path);
        twice.Clear();
    }

    internal override void Look(JetBatch batch)
    {
        for (int jet = 0; jet < batch.JetCount; jet++)
        {
            if (batch.Multiplicity(jet) == 0) continue;
            ulong hash = Hash(batch, jet);
            if (seen.TryAdd(hash, (files.Count - 1, batch.Rows[jet]))) continue;
            var other = seen[hash];
            var known = twice.GetValueOrDefault(other.File, (0, batch.Rows[jet], other.Row));
            twice[other.File] = (known.Item1 + 1, known.Item2, known.Item3);
        }
    }

    private static ulong Hash(JetBatch batch, int jet)
    {
        ulong hash = 0x9E3779B97F4A7C15;
        for (int c = batch.Offsets[jet]; c < batch.Offsets[jet + 1]; c++)
            for (int k = 1; k < 4; k++) hash = Mix(hash ^ BitConverter.SingleToUInt32Bits((float)batch.Momenta[4 * c + k]));
        return hash;
    }

    /// <summary>The finaliser of SplitMix64: every input bit reaches every output bit.</summary>
    private static ulong Mix(ulong x)
    {
        x = BitOperations.RotateLeft(x, 29) + 0x9E3779B97F4A7C15;
        x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9;
        x = (x ^ x >> 27) * 0x94D049BB133111EB;
        return x ^ x >> 31;
    }

    internal override IEnumerable<DatasetFinding> Findings()
    {
        int own = files.Count - 1;
        if (!twice.ContainsKey(own)) yield return Pass("duplicates", "no jet twice");
        foreach (var (file, (count, row, otherRow)) in twice.OrderBy(t => t.Key != own))
        {
            string where = file == own ? Text($"jets {otherRow} and {row}") : Text($"jet {row}, and jet {otherRow} of {files[file]}");
            yield return new(FindingStatus.Fail, file == own ? "duplicates" : "leakage",
                file == own ? Text($"{count} jets occur twice") : Text($"{count} jets are also in {Path.GetFileName(files[file])}"), where,
                file == own ? "files were joined with overlapping ranges" : "a set was split after its jets were duplicated, or the same file stands for two splits",
                file == own ? "remove the copies where the file is made: they make errors look smaller than they are" : "split the set anew: a network that saw test jets in training looks better than it is");
        }
        if (own > 0 && twice.Keys.All(f => f == own)) yield return Pass("leakage", "no jet shared with " + string.Join(", ", files[..own].Select(Path.GetFileName)));
    }
}
