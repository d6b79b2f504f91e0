namespace Lightcone.Jets;

/// <summary>
/// Jets that can be read by row ranges. A source streams: it holds no more than the asked range in memory, whatever the file's length.
/// Sources of different files are independent; one source is used by one thread at a time.
/// </summary>
public interface IJetSource : IDisposable
{
    /// <summary>What the jets are: columns, classes, units, origin.</summary>
    JetSchema Schema { get; }

    /// <summary>Number of jets.</summary>
    long Count { get; }

    /// <summary>Reads jets [first, first + count). Rows of the result are numbered as in this source.</summary>
    /// <exception cref="InputDataException">The file is damaged there.</exception>
    JetBatch Read(long first, int count);
}
