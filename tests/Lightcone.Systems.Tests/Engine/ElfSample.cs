using System.Buffers.Binary;
using System.Text;

namespace Lightcone.Systems.Tests.Engine;

/// <summary>Writes the parts of a library that the weakening reads: needed versions, symbols with versions, relocations.</summary>
internal static class ElfSample
{
    public const string Version = "GLIBCXX_3.4.32", OlderVersion = "GLIBCXX_3.4", Symbol = "_Zf";

    private const int Names = 64, Needs = 128, Symbols = 192, Indices = 288, Relocations = 304, Table = 368;

    /// <summary>A library that needs <see cref="Version"/> (index 3) and an older version (index 2) of one file; symbol 1 has the older one, symbol 2 the newer.</summary>
    /// <param name="relocatedSymbol">The symbol that its two relocations name.</param>
    public static byte[] Create(uint relocatedSymbol, string version = Version)
    {
        var image = new byte[Table + 6 * 64];
        new byte[] { 0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1 }.CopyTo(image, 0);
        Put64(image, 0x28, Table);
        Put16(image, 0x3A, 64);
        Put16(image, 0x3C, 6);
        Encoding.ASCII.GetBytes($"\0libstdc++.so.6\0GLIBCXX_3.4\0{version}\0{Symbol}\0").CopyTo(image, Names);

        // One file with two needed versions.
        Put16(image, Needs, 1); Put16(image, Needs + 2, 2); Put32(image, Needs + 4, 1); Put32(image, Needs + 8, 16);
        Put16(image, Needs + 22, 2); Put32(image, Needs + 24, 16); Put32(image, Needs + 28, 16);
        Put16(image, Needs + 38, 3); Put32(image, Needs + 40, 28);
        Put32(image, Symbols + 2 * 24, (uint)(28 + version.Length + 1));
        foreach (var (symbol, index) in new[] { (0, 0), (1, 2), (2, 3) }) Put16(image, Indices + 2 * symbol, (ushort)index);
        for (int r = 0; r < 2; r++) Put32(image, Relocations + 24 * r + 12, relocatedSymbol);

        Section(image, 1, 3, Names, 64, 0, 0);
        Section(image, 2, 0x6ffffffe, Needs, 48, 1, 1);
        Section(image, 3, 11, Symbols, 72, 1, 1);
        Section(image, 4, 0x6fffffff, Indices, 6, 3, 0);
        Section(image, 5, 4, Relocations, 48, 3, 0);
        return image;
    }

    /// <summary>Where the flags of the newer version's record lie.</summary>
    public const int FlagsAt = Needs + 36;

    /// <summary>Where the type of section <paramref name="index"/> lies.</summary>
    public static int SectionTypeAt(int index) => Table + 64 * index + 4;

    private static void Section(byte[] image, int index, uint type, ulong offset, ulong size, uint link, uint info)
    {
        int s = Table + 64 * index;
        Put32(image, s + 4, type);
        Put64(image, s + 0x18, offset);
        Put64(image, s + 0x20, size);
        Put32(image, s + 0x28, link);
        Put32(image, s + 0x2C, info);
    }

    private static void Put16(byte[] image, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(image.AsSpan(at), value);

    private static void Put32(byte[] image, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(image.AsSpan(at), value);

    private static void Put64(byte[] image, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(image.AsSpan(at), value);
}
