namespace Lightcone.Jets;

/// <summary>The rows a caller asks a source for.</summary>
internal static class RowRange
{
    /// <summary>Refuses rows outside [0, available).</summary>
    public static void Check(long first, long count, long available)
    {
        if (first < 0 || count < 0 || first > available - count)
            throw new ArgumentOutOfRangeException(nameof(first), $"Rows {first} to {first + count} are outside the source's {available} jets.");
    }
}
