using System.Text;

namespace Lightcone.Formats.Hdf5;

/// <summary>A small named value beside a group or dataset: text or numbers. Anything else (pickles excepted: they are text, and stay text) has no value.</summary>
internal sealed record Hdf5Attribute(string Name, string? Text, double[]? Numbers)
{
    private const int HeapLimit = 16 << 20;

    /// <summary>Whether the numbers are stored as integers.</summary>
    internal bool Whole { get; private init; }

    internal static Hdf5Attribute Parse(InputFile file, ReadOnlySpan<byte> body)
    {
        var cursor = new ByteCursor(body);
        int version = cursor.U8();
        if (version is < 1 or > 3) throw new InvalidDataException($"an attribute has the unknown version {version}");
        int flags = cursor.U8();
        int nameSize = cursor.U16(), typeSize = cursor.U16(), spaceSize = cursor.U16();
        if (version == 3) cursor.Skip(1);
        int Padded(int size) => version == 1 ? size + 7 & ~7 : size;
        string name = TrimmedText(cursor.Take(Padded(nameSize))[..nameSize]);
        var typeBody = cursor.Take(Padded(typeSize))[..typeSize];
        var spaceBody = cursor.Take(Padded(spaceSize))[..spaceSize];
        // Shared (named) types of attributes are not followed; the attribute is then without a value.
        if (version > 1 && (flags & 3) != 0) return new(name, null, null);
        var type = Hdf5Type.Parse(typeBody);
        long count = Dataspace.Count(Dataspace.Parse(spaceBody));
        return Value(file, name, type, count, ref cursor);
    }

    private static Hdf5Attribute Value(InputFile file, string name, Hdf5Type type, long count, ref ByteCursor cursor)
    {
        if (count < 0 || count > cursor.Remaining / type.Size) throw new InvalidDataException($"the attribute '{name}' is longer than its message");
        if (type.Class == TypeClass.Text && count == 1) return new(name, TrimmedText(cursor.Take(type.Size)), null);
        if (type.IsVariableText && count == 1 && type.Size == 16) return new(name, HeapText(file, cursor.Take(16)), null);
        if (!type.IsNumber) return new(name, null, null);
        var values = new double[count];
        Hdf5.Numbers.Convert(cursor.Take((int)count * type.Size), type, values);
        return new(name, null, values) { Whole = type.Class == TypeClass.Integer };
    }

    private static string TrimmedText(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Text of variable length lies in a global heap collection (III.E).</summary>
    private static string? HeapText(InputFile file, ReadOnlySpan<byte> reference)
    {
        var cursor = new ByteCursor(reference);
        uint length = cursor.U32();
        long address = cursor.Address();
        uint index = cursor.U32();
        if (length == 0 || address < 0) return "";
        var head = new ByteCursor(file.Read(address, 16, 16, "a global heap"));
        head.Expect("GCOL"u8, "a global heap");
        head.Skip(4);
        var heap = new ByteCursor(file.Read(address, head.Length(), HeapLimit, "a global heap"));
        heap.Skip(16);
        while (heap.Remaining >= 16)
        {
            int found = heap.U16();
            heap.Skip(6);
            long size = heap.Length();
            if (found == 0 || size > heap.Remaining) break;
            if (found == index) return TrimmedText(heap.Take((int)size)[..(int)Math.Min(size, length)]);
            heap.Skip((int)Math.Min(size + 7 & ~7L, heap.Remaining));
        }
        throw new InvalidDataException("an attribute's text is missing from its global heap");
    }
}
