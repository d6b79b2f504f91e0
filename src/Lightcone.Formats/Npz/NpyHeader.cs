using System.Globalization;
using System.Text;
using Lightcone.Formats.Hdf5;

namespace Lightcone.Formats.Npz;

/// <summary>
/// The header of a .npy array: magic, version, and a Python dictionary literal with <c>descr</c>, <c>fortran_order</c> and <c>shape</c>. The
/// literal is parsed by hand and never evaluated; arrays of objects (pickles) are refused.
/// </summary>
internal sealed record NpyHeader(Hdf5Type Type, bool ColumnsFirst, long[] Shape)
{
    private const int TextLimit = 1 << 16;

    private static ReadOnlySpan<byte> Signature => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    internal long Elements => Dataspace.Count(Shape);

    internal static NpyHeader Read(Stream stream)
    {
        Span<byte> start = stackalloc byte[8];
        ReadExactly(stream, start);
        if (!start[..6].SequenceEqual(Signature)) throw new InvalidDataException("the array does not start with the NumPy signature");
        int version = start[6];
        if (version is < 1 or > 3) throw new InvalidDataException($"an array of NumPy format {version} is not read");
        Span<byte> length = stackalloc byte[version == 1 ? 2 : 4];
        ReadExactly(stream, length);
        long size = 0;
        for (int i = length.Length - 1; i >= 0; i--) size = size << 8 | length[i];
        if (size > TextLimit) throw new InvalidDataException($"the header of an array claims {size} bytes");
        var text = new byte[size];
        ReadExactly(stream, text);
        return Parse(Encoding.Latin1.GetString(text));
    }

    internal static NpyHeader Parse(string text)
    {
        string descr = "", order = "";
        long[]? shape = null;
        var scan = new LiteralScan(text);
        scan.Expect('{');
        while (!scan.Accept('}'))
        {
            string key = scan.Quoted();
            scan.Expect(':');
            switch (key)
            {
                case "descr":
                    if (scan.Peek == '[') throw new InvalidDataException("an array of records is not read; save plain arrays");
                    descr = scan.Quoted();
                    break;
                case "fortran_order":
                    order = scan.Word();
                    break;
                case "shape":
                    shape = scan.Numbers();
                    break;
                default:
                    throw new InvalidDataException($"the header of an array has the unknown key '{(key.Length > 40 ? key[..40] : key)}'");
            }
            scan.Accept(',');
        }
        if (shape is null || order is not ("True" or "False")) throw new InvalidDataException("the header of an array lacks its shape or order");
        if (shape.Length > 8) throw new InvalidDataException($"an array of {shape.Length} dimensions is not plausible");
        Dataspace.Count(shape);
        return new NpyHeader(ElementType(descr), order == "True", shape);
    }

    private static Hdf5Type ElementType(string descr)
    {
        if (descr.Contains('O')) throw new InvalidDataException("the array holds Python objects (a pickle), which could run code; save numbers with numpy.savez");
        if (descr.Length < 3 || !int.TryParse(descr.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out int size)) throw new InvalidDataException($"the element type '{Short(descr)}' is not read");
        var (kind, signed) = descr[1] switch
        {
            'f' => (TypeClass.Float, true),
            'i' => (TypeClass.Integer, true),
            'u' or 'b' => (TypeClass.Integer, false),
            _ => throw new InvalidDataException($"the element type '{Short(descr)}' is not read"),
        };
        var type = new Hdf5Type { Class = kind, Size = size, Signed = signed, BigEndian = descr[0] == '>' };
        return type.IsNumber && descr[0] is '<' or '>' or '|' or '=' ? type : throw new InvalidDataException($"the element type '{Short(descr)}' is not read");
    }

    private static string Short(string text) => text.Length > 20 ? text[..20] : text;

    internal static void ReadExactly(Stream stream, Span<byte> buffer)
    {
        if (stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) < buffer.Length) throw new InvalidDataException("the array is cut off");
    }
}

/// <summary>Steps over the few Python literals that an array header may hold.</summary>
internal sealed class LiteralScan(string text)
{
    private int at;

    internal char Peek
    {
        get
        {
            while (at < text.Length && text[at] is ' ' or '\n' or '\t') at++;
            return at < text.Length ? text[at] : '\0';
        }
    }

    internal bool Accept(char symbol)
    {
        if (Peek != symbol) return false;
        at++;
        return true;
    }

    internal void Expect(char symbol)
    {
        if (!Accept(symbol)) throw new InvalidDataException($"the header of an array has no '{symbol}' at {at}");
    }

    internal string Quoted()
    {
        char quote = Peek;
        if (quote is not ('\'' or '"')) throw new InvalidDataException($"the header of an array has no text at {at}");
        int end = text.IndexOf(quote, at + 1);
        if (end < 0) throw new InvalidDataException("a text in the header of an array has no end");
        string value = text[(at + 1)..end];
        at = end + 1;
        return value;
    }

    internal string Word()
    {
        _ = Peek;
        int start = at;
        while (at < text.Length && char.IsAsciiLetter(text[at])) at++;
        return text[start..at];
    }

    internal long[] Numbers()
    {
        var numbers = new List<long>();
        Expect('(');
        while (!Accept(')'))
        {
            _ = Peek;
            int start = at;
            while (at < text.Length && char.IsAsciiDigit(text[at])) at++;
            if (!long.TryParse(text.AsSpan(start, at - start), NumberStyles.None, CultureInfo.InvariantCulture, out long number)) throw new InvalidDataException("an extent in the header of an array is not a number");
            numbers.Add(number);
            if (numbers.Count > 32) throw new InvalidDataException("an array of more than 32 dimensions is not possible");
            if (!Accept(','))
            {
                Expect(')');
                break;
            }
        }
        return [.. numbers];
    }
}
