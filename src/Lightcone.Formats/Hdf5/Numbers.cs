using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Lightcone.Formats.Hdf5;

/// <summary>Stored numbers of any width, sign and byte order into the type a caller works with.</summary>
internal static class Numbers
{
    internal static void Convert(ReadOnlySpan<byte> stored, Hdf5Type type, Span<double> values)
    {
        if (type is { Class: TypeClass.Float, Size: 8, BigEndian: false })
        {
            MemoryMarshal.Cast<byte, double>(stored).CopyTo(values);
            return;
        }
        if (type is { Class: TypeClass.Float, Size: 4, BigEndian: false })
        {
            var singles = MemoryMarshal.Cast<byte, float>(stored);
            for (int i = 0; i < values.Length; i++) values[i] = singles[i];
            return;
        }
        for (int i = 0; i < values.Length; i++) values[i] = Double(stored.Slice(i * type.Size, type.Size), type);
    }

    internal static void Convert(ReadOnlySpan<byte> stored, Hdf5Type type, Span<float> values)
    {
        if (type is { Class: TypeClass.Float, Size: 4, BigEndian: false })
        {
            MemoryMarshal.Cast<byte, float>(stored).CopyTo(values);
            return;
        }
        for (int i = 0; i < values.Length; i++) values[i] = (float)Double(stored.Slice(i * type.Size, type.Size), type);
    }

    internal static void Convert(ReadOnlySpan<byte> stored, Hdf5Type type, Span<long> values)
    {
        if (type is { Class: TypeClass.Integer, Size: 8, Signed: true, BigEndian: false })
        {
            MemoryMarshal.Cast<byte, long>(stored).CopyTo(values);
            return;
        }
        for (int i = 0; i < values.Length; i++)
        {
            var element = stored.Slice(i * type.Size, type.Size);
            if (type.Class == TypeClass.Float)
            {
                double value = Double(element, type);
                values[i] = value >= -9e15 && value <= 9e15 && Math.Truncate(value) == value ? (long)value : throw new InvalidDataException($"{value} stands where a whole number is needed");
            }
            else values[i] = Integer(element, type.Base ?? type);
        }
    }

    private static double Double(ReadOnlySpan<byte> element, Hdf5Type type)
    {
        if (type.Class == TypeClass.Float)
            return (type.Size, type.BigEndian) switch
            {
                (2, false) => (double)BinaryPrimitives.ReadHalfLittleEndian(element),
                (2, true) => (double)BinaryPrimitives.ReadHalfBigEndian(element),
                (4, false) => BinaryPrimitives.ReadSingleLittleEndian(element),
                (4, true) => BinaryPrimitives.ReadSingleBigEndian(element),
                (8, false) => BinaryPrimitives.ReadDoubleLittleEndian(element),
                _ => BinaryPrimitives.ReadDoubleBigEndian(element),
            };
        var integer = type.Base ?? type;
        if (integer is { Signed: true, Size: 8, BigEndian: false }) return BinaryPrimitives.ReadInt64LittleEndian(element);
        long value = Integer(element, integer);
        return integer is { Signed: false, Size: 8 } ? (ulong)value : value;
    }

    private static long Integer(ReadOnlySpan<byte> element, Hdf5Type type)
    {
        ulong raw = 0;
        for (int i = 0; i < element.Length; i++) raw = raw << 8 | element[type.BigEndian ? i : element.Length - 1 - i];
        int shift = 64 - 8 * element.Length;
        return type.Signed ? (long)(raw << shift) >> shift : (long)raw;
    }
}
