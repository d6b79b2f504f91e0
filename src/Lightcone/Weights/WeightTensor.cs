using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lightcone.Weights;

/// <summary>Kind of number in a tensor.</summary>
public enum WeightType
{
    /// <summary>64-bit float.</summary>
    F64,

    /// <summary>32-bit float.</summary>
    F32,

    /// <summary>16-bit float (IEEE half).</summary>
    F16,

    /// <summary>16-bit float with the exponent of a 32-bit one.</summary>
    BF16,

    /// <summary>64-bit integer.</summary>
    I64,

    /// <summary>32-bit integer.</summary>
    I32,

    /// <summary>16-bit integer.</summary>
    I16,

    /// <summary>8-bit integer.</summary>
    I8,

    /// <summary>8-bit unsigned integer.</summary>
    U8,

    /// <summary>Truth value, one byte each.</summary>
    Bool,
}

/// <summary>A named tensor as a weight file holds it: little-endian, row-major, contiguous.</summary>
public sealed class WeightTensor
{
    /// <summary>Names a block of bytes and says how to read it.</summary>
    /// <param name="name">Key in the file, for example <c>embedding.weight</c>.</param>
    /// <param name="type">Kind of number.</param>
    /// <param name="shape">Length of each axis; empty for a single number.</param>
    /// <param name="data">The numbers, little-endian, row-major.</param>
    /// <exception cref="ArgumentException">The shape does not need exactly the given bytes.</exception>
    public WeightTensor(string name, WeightType type, long[] shape, ReadOnlyMemory<byte> data)
    {
        if (ByteCount(type, shape) != data.Length)
            throw new ArgumentException($"Tensor '{name}' of shape [{string.Join(", ", shape)}] and type {type} does not need {data.Length} bytes.", nameof(data));
        (Name, Type, Shape, Data) = (name, type, shape, data);
    }

    /// <summary>Key in the file.</summary>
    public string Name { get; }

    /// <summary>Kind of number.</summary>
    public WeightType Type { get; }

    /// <summary>Length of each axis; empty for a single number.</summary>
    public long[] Shape { get; }

    /// <summary>The numbers, little-endian, row-major.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>How many numbers the tensor holds.</summary>
    public int Length => Data.Length / SizeOf(Type);

    /// <summary>The same tensor under another name; the bytes are shared.</summary>
    public WeightTensor Named(string name) => new(name, Type, Shape, Data);

    /// <summary>The numbers as float64, exact for every type but integers beyond 2⁵³.</summary>
    public double[] ToDouble()
    {
        var values = new double[Length];
        var bytes = Data.Span;
        int size = SizeOf(Type);
        for (int i = 0; i < values.Length; i++) values[i] = Read(bytes.Slice(i * size, size), Type);
        return values;
    }

    /// <summary>The numbers as float32, rounded to nearest where they do not fit.</summary>
    public float[] ToSingle()
    {
        if (Type == WeightType.F32 && BitConverter.IsLittleEndian) return MemoryMarshal.Cast<byte, float>(Data.Span).ToArray();
        return Array.ConvertAll(ToDouble(), x => (float)x);
    }

    /// <summary>A tensor of float32 numbers.</summary>
    public static WeightTensor FromSingle(string name, long[] shape, ReadOnlySpan<float> values)
    {
        var data = new byte[4 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteSingleLittleEndian(data.AsSpan(4 * i), values[i]);
        return new(name, WeightType.F32, shape, data);
    }

    /// <summary>A tensor of float64 numbers.</summary>
    public static WeightTensor FromDouble(string name, long[] shape, ReadOnlySpan<double> values)
    {
        var data = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteDoubleLittleEndian(data.AsSpan(8 * i), values[i]);
        return new(name, WeightType.F64, shape, data);
    }

    /// <summary>A tensor of 64-bit integers.</summary>
    public static WeightTensor FromInt64(string name, long[] shape, ReadOnlySpan<long> values)
    {
        var data = new byte[8 * values.Length];
        for (int i = 0; i < values.Length; i++) BinaryPrimitives.WriteInt64LittleEndian(data.AsSpan(8 * i), values[i]);
        return new(name, WeightType.I64, shape, data);
    }

    /// <summary>Bytes of one number.</summary>
    public static int SizeOf(WeightType type) => type switch
    {
        WeightType.F64 or WeightType.I64 => 8,
        WeightType.F32 or WeightType.I32 => 4,
        WeightType.F16 or WeightType.BF16 or WeightType.I16 => 2,
        _ => 1,
    };

    /// <summary>Bytes of a tensor, or null where an axis is negative or the product leaves the range of 64 bits.</summary>
    internal static long? ByteCount(WeightType type, ReadOnlySpan<long> shape)
    {
        if (shape.Contains(0L) && shape.IndexOfAnyExceptInRange(0, long.MaxValue) < 0) return 0;
        long bytes = SizeOf(type);
        foreach (long axis in shape)
        {
            if (axis < 0 || axis > long.MaxValue / bytes) return null;
            bytes *= axis;
        }
        return bytes;
    }

    private static double Read(ReadOnlySpan<byte> bytes, WeightType type) => type switch
    {
        WeightType.F64 => BinaryPrimitives.ReadDoubleLittleEndian(bytes),
        WeightType.F32 => BinaryPrimitives.ReadSingleLittleEndian(bytes),
        WeightType.F16 => (double)BinaryPrimitives.ReadHalfLittleEndian(bytes),
        WeightType.BF16 => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16),
        WeightType.I64 => BinaryPrimitives.ReadInt64LittleEndian(bytes),
        WeightType.I32 => BinaryPrimitives.ReadInt32LittleEndian(bytes),
        WeightType.I16 => BinaryPrimitives.ReadInt16LittleEndian(bytes),
        WeightType.I8 => (sbyte)bytes[0],
        WeightType.U8 => bytes[0],
        _ => bytes[0] == 0 ? 0 : 1,
    };
}
