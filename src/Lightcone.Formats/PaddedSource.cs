using Lightcone.Jets;

namespace Lightcone.Formats;

/// <summary>Jets of a layout that pads all of them to the same number of slots. Counts jets whose padding stands between constituents, over all that was read so far.</summary>
internal abstract class PaddedSource : IJetSource
{
    /// <inheritdoc/>
    public abstract JetSchema Schema { get; }

    /// <inheritdoc/>
    public abstract long Count { get; }

    /// <summary>Number of jets read so far with padding before a constituent; a jet read twice counts twice.</summary>
    internal long InnerPaddingJets => Padding.Jets;

    /// <summary>Row of the first such jet, or −1.</summary>
    internal long FirstInnerPadding => Padding.First;

    /// <summary>Counts them.</summary>
    protected PaddingCount Padding { get; } = new();

    /// <inheritdoc/>
    public JetBatch Read(long first, int count)
    {
        Layout.CheckRange(first, count, Count);
        return count == 0 ? JetBatch.Empty : ReadRows(first, count);
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Reads rows that are there, at least one.</summary>
    protected abstract JetBatch ReadRows(long first, int count);
}
