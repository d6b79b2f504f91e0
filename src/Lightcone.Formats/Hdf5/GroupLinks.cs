using System.Text;

namespace Lightcone.Formats.Hdf5;

/// <summary>The names in a group and where their objects are: symbol tables of the classic format, link messages of the newer one.</summary>
internal static class GroupLinks
{
    private const int NamesLimit = 16 << 20;
    private const int LinksLimit = 1_000_000;

    /// <summary>Hard links only: a soft link is left out, an external one is refused where it is followed.</summary>
    internal static Dictionary<string, long> Read(InputFile file, ObjectHeader group)
    {
        var links = new Dictionary<string, long>(StringComparer.Ordinal);
        if (group.First(MessageKind.SymbolTable) is { } table) ReadSymbolTable(file, table, links);
        foreach (var message in group.All(MessageKind.Link)) ReadLink(message, links);
        if (links.Count == 0 && group.First(MessageKind.LinkInfo) is { } info) RefuseDense(info);
        return links;
    }

    private static void RefuseDense(HeaderMessage info)
    {
        var cursor = new ByteCursor(info.Body.Span);
        cursor.Skip(1);
        int flags = cursor.U8();
        if ((flags & 1) != 0) cursor.Skip(8);
        if (cursor.Address() >= 0) throw new InvalidDataException("the group keeps its links in a fractal heap, a form that only libver='latest' writes; rewrite the file with h5repack");
    }

    private static void ReadLink(HeaderMessage message, Dictionary<string, long> links)
    {
        var cursor = new ByteCursor(message.Body.Span);
        if (cursor.U8() != 1) throw new InvalidDataException("a link has an unknown version");
        int flags = cursor.U8();
        int kind = (flags & 8) != 0 ? cursor.U8() : 0;
        if ((flags & 4) != 0) cursor.Skip(8);
        if ((flags & 16) != 0) cursor.Skip(1);
        ulong length = cursor.Unsigned(1 << (flags & 3));
        if (length > (ulong)cursor.Remaining) throw new InvalidDataException("a link's name is longer than its message");
        string name = Encoding.UTF8.GetString(cursor.Take((int)length));
        if (kind == 64) throw new InvalidDataException($"the link '{name}' leads into another file; Lightcone follows no external links");
        if (kind == 0) links[name] = cursor.Address();
    }

    private static void ReadSymbolTable(InputFile file, HeaderMessage table, Dictionary<string, long> links)
    {
        var cursor = new ByteCursor(table.Body.Span);
        long tree = cursor.Address();
        byte[] names = ReadNames(file, cursor.Address());
        foreach (long leaf in BTree.Leaves(file, tree, kind: 0, keySize: 8)) ReadLeaf(file, leaf, names, links);
    }

    private static byte[] ReadNames(InputFile file, long heap)
    {
        var cursor = new ByteCursor(file.Read(heap, 32, 32, "a local heap"));
        cursor.Expect("HEAP"u8, "a local heap");
        cursor.Skip(4);
        long size = cursor.Length();
        cursor.Skip(8);
        return file.Read(cursor.Address(), size, NamesLimit, "a local heap");
    }

    private static void ReadLeaf(InputFile file, long address, byte[] names, Dictionary<string, long> links)
    {
        var head = new ByteCursor(file.Read(address, 8, 8, "a symbol table"));
        head.Expect("SNOD"u8, "a symbol table");
        head.Skip(2);
        int count = head.U16();
        var entries = new ByteCursor(file.Read(address + 8, 40L * count, 40L * ushort.MaxValue, "a symbol table"));
        for (int i = 0; i < count; i++)
        {
            long nameAt = entries.Length();
            long header = entries.Address();
            bool symbolic = entries.U32() == 2;
            entries.Skip(20);
            if (nameAt < 0 || nameAt >= names.Length) throw new InvalidDataException("a name lies outside the local heap");
            var name = new ByteCursor(names.AsSpan((int)nameAt));
            if (!symbolic) links[name.ZeroEnded()] = header;
            if (links.Count > LinksLimit) throw new InvalidDataException($"a group with more than {LinksLimit} links is not plausible");
        }
    }
}
