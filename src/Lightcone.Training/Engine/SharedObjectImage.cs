using System.Buffers.Binary;
using System.Text;

namespace Lightcone.Training.Engine;

/// <summary>Writes the smallest shared library that the x86-64 Linux linker accepts: one exported function that returns a constant.</summary>
internal static class SharedObjectImage
{
    private const int HeaderSize = 64, SegmentSize = 56, SymbolSize = 24, PageSize = 0x1000;
    private const int Load = 1, Dynamic = 2, GnuStack = 0x6474e551;
    private const int Execute = 1, Write = 2, Read = 4;

    /// <summary>The library's bytes: <paramref name="function"/> takes no argument and returns <paramref name="value"/>.</summary>
    public static byte[] ReturningConstant(string soname, string function, int value)
    {
        byte[] strings = Encoding.ASCII.GetBytes($"\0{soname}\0{function}\0");
        int functionName = soname.Length + 2;
        byte[] code = [0xf3, 0x0f, 0x1e, 0xfa, 0xb8, 0, 0, 0, 0, 0xc3]; // endbr64; mov eax, value; ret
        BinaryPrimitives.WriteInt32LittleEndian(code.AsSpan(5), value);

        int hash = HeaderSize + 4 * SegmentSize, symbols = hash + 24, names = symbols + 2 * SymbolSize, text = Align(names + strings.Length, 16);
        int end = text + code.Length;

        // The linker writes into the dynamic table of a loaded library: it gets a page of its own that is not executable.
        int table = PageSize;
        (long Tag, long Value)[] entries = [(4, hash), (5, names), (6, symbols), (10, strings.Length), (11, SymbolSize), (14, 1), (0, 0)];
        var image = new byte[table + entries.Length * 16];
        var writer = new Writer(image);

        WriteHeader(writer);
        WriteSegment(writer, Load, Read | Execute, 0, end, PageSize);
        WriteSegment(writer, Load, Read | Write, table, entries.Length * 16, PageSize);
        WriteSegment(writer, Dynamic, Read | Write, table, entries.Length * 16, 8);
        WriteSegment(writer, GnuStack, Read | Write, 0, 0, 16);

        // Hash table with one bucket: it holds symbol 1, the end of the chain.
        writer.At = hash;
        foreach (int word in (ReadOnlySpan<int>)[1, 2, 1, 0, 0]) writer.Int32(word);

        writer.At = symbols + SymbolSize;
        writer.Int32(functionName);
        writer.Bytes([0x12, 0]);     // global function, default visibility
        writer.Int16(1);             // defined here; libraries without section headers need only a section other than 0
        writer.Int64(text);
        writer.Int64(code.Length);

        writer.At = names;
        writer.Bytes(strings);
        writer.At = text;
        writer.Bytes(code);
        writer.At = table;
        foreach (var (tag, entry) in entries) { writer.Int64(tag); writer.Int64(entry); }
        return image;
    }

    private static void WriteHeader(Writer writer)
    {
        writer.Bytes([0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        writer.Int16(3);             // shared object
        writer.Int16(62);            // x86-64
        writer.Int32(1);
        writer.Int64(0);             // no entry point
        writer.Int64(HeaderSize);    // segments follow the header
        writer.Int64(0);             // no section headers
        writer.Int32(0);
        writer.Int16(HeaderSize);
        writer.Int16(SegmentSize);
        writer.Int16(4);
        writer.Int16(64);
        writer.Int16(0);
        writer.Int16(0);
    }

    private static void WriteSegment(Writer writer, int type, int flags, long at, long size, long align)
    {
        writer.Int32(type);
        writer.Int32(flags);
        foreach (long word in (ReadOnlySpan<long>)[at, at, at, size, size, align]) writer.Int64(word);
    }

    private static int Align(int value, int to) => (value + to - 1) / to * to;

    private sealed class Writer(byte[] image)
    {
        public int At { get; set; }

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(image.AsSpan(At));
            At += bytes.Length;
        }

        public void Int16(short value) { BinaryPrimitives.WriteInt16LittleEndian(image.AsSpan(At), value); At += 2; }

        public void Int32(int value) { BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(At), value); At += 4; }

        public void Int64(long value) { BinaryPrimitives.WriteInt64LittleEndian(image.AsSpan(At), value); At += 8; }
    }
}
