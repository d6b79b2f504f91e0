namespace Lightcone.Jets;

/// <summary>How a number of jets is cut into batches.</summary>
internal static class BatchPlan
{
    public static long Count(long jets, int batchSize, bool dropLast) => jets / batchSize + (!dropLast && jets % batchSize > 0 ? 1 : 0);

    public static void CheckStart(long batch, long batches)
    {
        if (batch < 0 || batch > batches) throw new ArgumentOutOfRangeException(nameof(batch), $"There is no batch {batch}: the epoch has {batches}.");
    }

    public static int Positive(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(value, name);
        return value;
    }
}
