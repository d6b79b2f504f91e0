namespace Lightcone.Formats.Hdf5;

/// <summary>Kinds of header messages that are read; the numbers are the format's.</summary>
internal enum MessageKind
{
    Dataspace = 0x01,
    LinkInfo = 0x02,
    Datatype = 0x03,
    Link = 0x06,
    ExternalFiles = 0x07,
    Layout = 0x08,
    Filters = 0x0B,
    Attribute = 0x0C,
    Continuation = 0x10,
    SymbolTable = 0x11,
    AttributeInfo = 0x15,
}

/// <summary>One message of an object header.</summary>
internal sealed record HeaderMessage(MessageKind Kind, bool Shared, ReadOnlyMemory<byte> Body);

/// <summary>The header of a group or dataset (HDF5 file format, IV.A): a list of messages, possibly over several blocks.</summary>
internal sealed class ObjectHeader
{
    // Together the blocks of one header; HDF5 itself limits one message to 64 KiB.
    private const long SizeLimit = 16 << 20;

    private readonly List<HeaderMessage> messages = [];
    private readonly Queue<(long Address, long Length)> continuations = new();
    private readonly HashSet<long> seen = [];
    private long size;

    private ObjectHeader()
    {
    }

    internal IEnumerable<HeaderMessage> All(MessageKind kind) => messages.Where(m => m.Kind == kind);

    /// <summary>The first message of a kind, or null.</summary>
    internal HeaderMessage? First(MessageKind kind) => messages.Find(m => m.Kind == kind);

    internal static ObjectHeader Read(InputFile file, long address)
    {
        var header = new ObjectHeader();
        bool newer = file.Read(address, 4, 4, "an object header").AsSpan().SequenceEqual("OHDR"u8);
        int creationOrder = 0;
        if (newer) creationOrder = header.ReadVersion2(file, address);
        else header.ReadVersion1(file, address);
        while (header.continuations.TryDequeue(out var block))
        {
            byte[] bytes = header.Block(file, block.Address, block.Length);
            if (!newer)
            {
                header.Messages(bytes, 8, 0);
                continue;
            }
            var cursor = new ByteCursor(bytes);
            cursor.Expect("OCHK"u8, "a continuation block");
            if (bytes.Length < 8) throw new InvalidDataException("a continuation block is too short");
            header.Messages(bytes.AsMemory(4, bytes.Length - 8), 4, creationOrder);
        }
        return header;
    }

    private byte[] Block(InputFile file, long address, long length)
    {
        if (!seen.Add(address)) throw new InvalidDataException("the blocks of an object header form a cycle");
        size += length;
        if (size > SizeLimit) throw new InvalidDataException($"an object header of more than {SizeLimit} bytes is not plausible");
        return file.Read(address, length, SizeLimit, "a block of an object header");
    }

    private void ReadVersion1(InputFile file, long address)
    {
        var prefix = new ByteCursor(file.Read(address, 16, 16, "an object header"));
        int version = prefix.U8();
        if (version != 1) throw new InvalidDataException($"an object header has the unknown version {version}");
        prefix.Skip(7);
        Messages(Block(file, address + 16, prefix.U32()), 8, 0);
    }

    private int ReadVersion2(InputFile file, long address)
    {
        var prefix = new ByteCursor(file.Read(address, Math.Min(64, file.Length - address), 64, "an object header"));
        prefix.Skip(4);
        int version = prefix.U8();
        if (version != 2) throw new InvalidDataException($"an object header has the unknown version {version}");
        int flags = prefix.U8();
        if ((flags & 0x20) != 0) prefix.Skip(16);
        if ((flags & 0x10) != 0) prefix.Skip(4);
        long length = (long)Math.Min(prefix.Unsigned(1 << (flags & 3)), long.MaxValue);
        int creationOrder = (flags & 4) != 0 ? 2 : 0;
        Messages(Block(file, address + prefix.Position, length), 4, creationOrder);
        return creationOrder;
    }

    private void Messages(ReadOnlyMemory<byte> block, int prefixSize, int creationOrder)
    {
        var cursor = new ByteCursor(block.Span);
        // What is too short for a message at the end of a block is a gap.
        while (cursor.Remaining >= prefixSize + creationOrder)
        {
            int kind = prefixSize == 8 ? cursor.U16() : cursor.U8();
            int length = cursor.U16();
            int flags = cursor.U8();
            cursor.Skip(prefixSize == 8 ? 3 : creationOrder);
            int start = cursor.Position;
            cursor.Skip(length);
            var message = new HeaderMessage((MessageKind)kind, (flags & 2) != 0, block.Slice(start, length));
            if (message.Kind != MessageKind.Continuation)
            {
                messages.Add(message);
                continue;
            }
            var target = new ByteCursor(message.Body.Span);
            continuations.Enqueue((target.Address(), target.Length()));
        }
    }
}
