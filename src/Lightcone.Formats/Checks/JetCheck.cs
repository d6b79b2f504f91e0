using System.Globalization;
using Lightcone.Jets;

namespace Lightcone.Formats.Checks;

/// <summary>Looks at all jets of a file, batch by batch, and says what it found.</summary>
internal abstract class JetCheck
{
    internal abstract void Look(JetBatch batch);

    internal abstract IEnumerable<DatasetFinding> Findings();

    /// <summary>Text with invariant numbers.</summary>
    protected static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    protected static DatasetFinding Pass(string check, string text) => new(FindingStatus.Pass, check, text);

    /// <summary>Jet of a constituent that is counted over the batch.</summary>
    protected static int JetOf(JetBatch batch, int constituent)
    {
        int found = Array.BinarySearch(batch.Offsets, constituent);
        if (found < 0) return ~found - 1;
        while (found + 1 < batch.Offsets.Length && batch.Offsets[found + 1] == constituent) found++;
        return found;
    }
}
