using System.Buffers;
using System.Runtime.ExceptionServices;

namespace Lightcone.Formats.Hdf5;

/// <summary>The values of one chunk in a rented buffer, given back on disposal.</summary>
internal readonly struct DecodedChunk(byte[] buffer, int length) : IDisposable
{
    internal ReadOnlyMemory<byte> Bytes => buffer.AsMemory(0, length);

    internal static DecodedChunk Zeros(int length)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, length));
        buffer.AsSpan(0, length).Clear();
        return new DecodedChunk(buffer, length);
    }

    public void Dispose() => ArrayPool<byte>.Shared.Return(buffer);
}

/// <summary>Chunks are independent: they are decoded on the processor's cores, and the first failure is reported as it was.</summary>
internal static class Decoding
{
    internal static void InParallel(long from, long to, Action<long> decode)
    {
        if (to - from == 1 || Environment.ProcessorCount == 1)
        {
            for (long i = from; i < to; i++) decode(i);
            return;
        }
        try
        {
            Parallel.For(from, to, decode);
        }
        catch (AggregateException failures)
        {
            ExceptionDispatchInfo.Throw(failures.InnerExceptions[0]);
        }
    }
}
