namespace Lightcone.Formats.Hdf5;

/// <summary>Classes of element types; the numbers are the format's.</summary>
internal enum TypeClass
{
    Integer = 0,
    Float = 1,
    Time = 2,
    Text = 3,
    BitField = 4,
    Opaque = 5,
    Compound = 6,
    Reference = 7,
    Enumeration = 8,
    VariableLength = 9,
    Array = 10,
}

/// <summary>One member of a compound type.</summary>
internal sealed record CompoundMember(string Name, int Offset, Hdf5Type Type);

/// <summary>The type of a dataset's or attribute's elements (HDF5 file format, IV.A.2.d).</summary>
internal sealed record Hdf5Type
{
    private const int NestingLimit = 8;

    internal required TypeClass Class { get; init; }

    /// <summary>Bytes of one element.</summary>
    internal required int Size { get; init; }

    internal bool Signed { get; init; }

    internal bool BigEndian { get; init; }

    /// <summary>Whether a variable-length type is text.</summary>
    internal bool IsVariableText { get; init; }

    internal IReadOnlyList<CompoundMember> Members { get; init; } = [];

    /// <summary>Extents of an array type.</summary>
    internal IReadOnlyList<int> Extents { get; init; } = [];

    /// <summary>Type of the elements of an array, an enumeration or a sequence.</summary>
    internal Hdf5Type? Base { get; init; }

    /// <summary>Whether elements are single numbers that <see cref="Numbers"/> converts.</summary>
    internal bool IsNumber => Class switch
    {
        TypeClass.Integer => Size is 1 or 2 or 4 or 8,
        TypeClass.Float => Size is 2 or 4 or 8,
        TypeClass.Enumeration => Base!.IsNumber && Base.Size == Size,
        _ => false,
    };

    internal static Hdf5Type Parse(ReadOnlySpan<byte> body)
    {
        var cursor = new ByteCursor(body);
        return Parse(ref cursor, 0);
    }

    private static Hdf5Type Parse(ref ByteCursor cursor, int depth)
    {
        if (depth > NestingLimit) throw new InvalidDataException($"an element type nested deeper than {NestingLimit} is not plausible");
        int head = cursor.U8();
        int bits = cursor.U8() | cursor.U8() << 8 | cursor.U8() << 16;
        uint size = cursor.U32();
        if (size is 0 or > 1 << 26) throw new InvalidDataException($"an element of {size} bytes is not plausible");
        var type = new Hdf5Type { Class = (TypeClass)(head & 15), Size = (int)size };
        int version = head >> 4;
        switch (type.Class)
        {
            case TypeClass.Integer or TypeClass.BitField:
                cursor.Skip(4);
                return type with { BigEndian = (bits & 1) != 0, Signed = (bits & 8) != 0 };
            case TypeClass.Float:
                return ParseFloat(ref cursor, type, bits);
            case TypeClass.Text or TypeClass.Reference:
                return type;
            case TypeClass.Opaque:
                cursor.Skip(bits & 0xFF);
                return type;
            case TypeClass.Compound:
                return type with { Members = ParseMembers(ref cursor, version, bits & 0xFFFF, type.Size, depth) };
            case TypeClass.Enumeration:
                return type with { Base = ParseEnumeration(ref cursor, version, bits & 0xFFFF, depth) };
            case TypeClass.VariableLength:
                return type with { IsVariableText = (bits & 15) == 1, Base = Parse(ref cursor, depth + 1) };
            case TypeClass.Array:
                return ParseArray(ref cursor, type, version, depth);
            default:
                throw new InvalidDataException($"elements of type class {head & 15} are not read");
        }
    }

    private static Hdf5Type ParseFloat(ref ByteCursor cursor, Hdf5Type type, int bits)
    {
        cursor.Skip(2);
        int precision = cursor.U16();
        cursor.Skip(8);
        if ((bits & 0x40) != 0 || precision != 8 * type.Size || type.Size is not (2 or 4 or 8))
            throw new InvalidDataException($"floating-point numbers of {precision} bits in {type.Size} bytes are not read");
        return type with { BigEndian = (bits & 1) != 0, Signed = true };
    }

    private static List<CompoundMember> ParseMembers(ref ByteCursor cursor, int version, int count, int size, int depth)
    {
        var members = new List<CompoundMember>();
        for (int i = 0; i < count; i++)
        {
            int before = cursor.Position;
            string name = cursor.ZeroEnded();
            if (version < 3) cursor.Skip(-(cursor.Position - before) & 7);
            ulong offset = cursor.Unsigned(version < 3 ? 4 : size < 1 << 8 ? 1 : size < 1 << 16 ? 2 : size < 1 << 24 ? 3 : 4);
            var extents = version == 1 ? ParseOldExtents(ref cursor) : [];
            var type = Parse(ref cursor, depth + 1);
            if (extents.Length > 0) type = ArrayOf(type, extents);
            if (offset > (ulong)(size - Math.Min(size, type.Size)) || type.Size > size) throw new InvalidDataException($"the member '{name}' lies outside its record");
            members.Add(new CompoundMember(name, (int)offset, type));
        }
        return members;
    }

    private static int[] ParseOldExtents(ref ByteCursor cursor)
    {
        int rank = cursor.U8();
        if (rank > 4) throw new InvalidDataException("a member of a record has more than four dimensions");
        cursor.Skip(11);
        var extents = new int[rank];
        for (int d = 0; d < 4; d++)
        {
            uint extent = cursor.U32();
            if (d < rank) extents[d] = Extent(extent);
        }
        return extents;
    }

    private static int Extent(uint extent) => extent is > 0 and < 1 << 26 ? (int)extent : throw new InvalidDataException($"an array extent of {extent} is not plausible");

    private static Hdf5Type ArrayOf(Hdf5Type element, int[] extents)
    {
        long size = element.Size;
        foreach (int extent in extents)
            if ((size *= extent) > 1 << 26) throw new InvalidDataException("an array member is larger than 64 MiB");
        return new Hdf5Type { Class = TypeClass.Array, Size = (int)size, Extents = extents, Base = element };
    }

    private static Hdf5Type ParseArray(ref ByteCursor cursor, Hdf5Type type, int version, int depth)
    {
        int rank = cursor.U8();
        if (version < 3) cursor.Skip(3);
        if (rank is 0 or > 8) throw new InvalidDataException($"an array type of {rank} dimensions is not plausible");
        var extents = new int[rank];
        for (int d = 0; d < rank; d++) extents[d] = Extent(cursor.U32());
        if (version < 3) cursor.Skip(4 * rank);
        var array = ArrayOf(Parse(ref cursor, depth + 1), extents);
        return array.Size == type.Size ? array : throw new InvalidDataException("the size of an array type contradicts its extents");
    }

    private static Hdf5Type ParseEnumeration(ref ByteCursor cursor, int version, int count, int depth)
    {
        var underlying = Parse(ref cursor, depth + 1);
        for (int i = 0; i < count; i++)
        {
            int before = cursor.Position;
            cursor.ZeroEnded();
            if (version < 3) cursor.Skip(-(cursor.Position - before) & 7);
        }
        cursor.Skip(checked(count * underlying.Size));
        return underlying;
    }
}
