using System.Reflection;
using System.Runtime.ExceptionServices;
using PureHDF;
using PureHDF.Filters;
using PureHDF.Selections;
using PureHDF.VOL.Native;

namespace Lightcone.Formats.Hdf5;

/// <summary>A column of a file that is being written: values are collected into whole chunks, so memory is bounded by chunks.</summary>
internal abstract class WritableColumn
{
    /// <summary>Elements of a chunk, as in the shared data sets.</summary>
    internal const int ChunkElements = 65536;

    internal abstract H5Dataset Dataset { get; }

    internal abstract void Append(ReadOnlySpan<float> values);

    internal abstract void Append(ReadOnlySpan<long> values);

    internal abstract void Finish(H5NativeWriter writer);

    /// <summary>A column of numbers of the given type, or an array of the given shape a row.</summary>
    internal static WritableColumn Create(Hdf5Type type, long length, params int[] shape) => (type.Class, type.Size) switch
    {
        (TypeClass.Float, 8) => new Column<double>(length, shape, v => v, v => v),
        (TypeClass.Float, _) => new Column<float>(length, shape, v => v, v => v),
        (_, 1) when type.Signed => new Column<sbyte>(length, shape, v => checked((sbyte)v), v => checked((sbyte)v)),
        (_, 1) => new Column<byte>(length, shape, v => checked((byte)v), v => checked((byte)v)),
        (_, 2) => new Column<short>(length, shape, v => checked((short)v), v => checked((short)v)),
        (_, 4) => new Column<int>(length, shape, v => checked((int)v), v => checked((int)v)),
        _ => new Column<long>(length, shape, v => checked((long)v), v => v),
    };

    private sealed class Column<T>(long length, int[] shape, Func<float, T> fromSingle, Func<long, T> fromInteger) : WritableColumn
        where T : unmanaged
    {
        private readonly int chunkRows = RowsPerChunk(length, shape);
        private readonly H5Dataset<T[]> dataset = new(
            [(ulong)length, .. shape.Select(extent => (ulong)extent)],
            [(uint)RowsPerChunk(length, shape), .. shape.Select(extent => (uint)extent)],
            new H5DatasetCreation(new OneChunk(), [new H5Filter(ShuffleFilter.Id), new H5Filter(DeflateFilter.Id, new Dictionary<string, object> { [DeflateFilter.COMPRESSION_LEVEL] = 9 })]));

        private readonly Queue<T[]> full = new();
        private T[] buffer = [];
        private int filled;
        private long written;

        internal override H5Dataset Dataset => dataset;

        internal override void Append(ReadOnlySpan<float> values)
        {
            foreach (float value in values) Add(fromSingle(value));
        }

        internal override void Append(ReadOnlySpan<long> values)
        {
            foreach (long value in values) Add(fromInteger(value));
        }

        private void Add(T value)
        {
            if (buffer.Length == 0) buffer = new T[chunkRows * Width(shape)];
            buffer[filled++] = value;
            if (filled < buffer.Length) return;
            full.Enqueue(buffer);
            (buffer, filled) = ([], 0);
        }

        internal override void Finish(H5NativeWriter writer) => WriteChunks(writer, last: true);

        internal override void WriteFullChunks(H5NativeWriter writer) => WriteChunks(writer, last: false);

        private static int RowsPerChunk(long length, int[] shape) => (int)Math.Min(length, Math.Max(1, ChunkElements / Width(shape)));

        private static int Width(int[] shape) => shape.Aggregate(1, (product, extent) => checked(product * extent));

        private void WriteChunks(H5NativeWriter writer, bool last)
        {
            if (last && filled > 0) full.Enqueue(buffer[..filled]);
            while (full.TryDequeue(out var values))
            {
                ulong first = (ulong)written, rows = (ulong)(values.Length / Width(shape));
                var place = new HyperslabSelection(1 + shape.Length, [first, .. shape.Select(_ => 0UL)], [rows, .. shape.Select(extent => (ulong)extent)]);
                Hdf5Writing.Unwrapped(() => writer.Write(dataset, values, fileSelection: place));
                written += (long)rows;
            }
            if (last && written != length) throw new InvalidOperationException($"A column of {length} values received {written}.");
        }
    }

    /// <summary>Writes the chunks that are complete.</summary>
    internal abstract void WriteFullChunks(H5NativeWriter writer);

    /// <summary>Chunks arrive one after the other, so only one is held; PureHDF's own cache would hold the whole file.</summary>
    private sealed class OneChunk : IWritingChunkCache
    {
        private ulong held = ulong.MaxValue;
        private Memory<byte> bytes;
        private Action<ulong, Memory<byte>>? writeHeld;

        public Memory<byte> GetChunk(ulong chunkIndex, Func<Memory<byte>> chunkAllocator, Action<ulong, Memory<byte>> chunkWriter)
        {
            if (chunkIndex == held) return bytes;
            // PureHDF's callback writes to the index of the call it came with, whatever index it is given: the held chunk needs its own.
            Flush(writeHeld);
            (held, bytes, writeHeld) = (chunkIndex, chunkAllocator(), chunkWriter);
            return bytes;
        }

        public void Flush(Action<ulong, Memory<byte>>? chunkWriter = null)
        {
            if (held != ulong.MaxValue) chunkWriter?.Invoke(held, bytes);
            held = ulong.MaxValue;
        }
    }
}

/// <summary>Writing of HDF5 files through PureHDF.</summary>
internal static class Hdf5Writing
{
    /// <summary>Writes a file whole or not at all.</summary>
    internal static void Write(string path, H5File file, Action<H5NativeWriter> fill) => AtomicFile.Write(path, stream => Unwrapped(() =>
    {
        // Not a using block: after a failure, closing the writer would write on and hide the first error.
        var writer = file.BeginWrite(stream);
        fill(writer);
        writer.Dispose();
    }));

    /// <summary>PureHDF calls through reflection, which wraps what fails inside.</summary>
    internal static void Unwrapped(Action step)
    {
        try
        {
            step();
        }
        catch (TargetInvocationException wrapped) when (wrapped.InnerException is not null)
        {
            ExceptionDispatchInfo.Throw(wrapped.InnerException);
        }
    }
}
