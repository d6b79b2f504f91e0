namespace Lightcone.Formats.Hdf5;

/// <summary>
/// An HDF5 file for reading, within limits: everything that a size field in the file could allocate or loop over is checked against the file's
/// length first. External links, external storage and virtual datasets are refused. Why this is written here: docs/decisions/0009-hdf5-reading.md.
/// </summary>
internal sealed class Hdf5File : IDisposable
{
    private static ReadOnlySpan<byte> Signature => [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly InputFile file;
    private readonly ObjectHeader root;
    private readonly Dictionary<string, Hdf5Group> groups = new(StringComparer.Ordinal);

    private Hdf5File(InputFile file)
    {
        this.file = file;
        root = ObjectHeader.Read(file, RootAddress(file));
    }

    internal string Path => file.Path;

    internal long Length => file.Length;

    internal static bool Recognises(InputFile file)
    {
        if (file.Length < 8) return false;
        Span<byte> start = stackalloc byte[8];
        file.Read(0, start);
        return start.SequenceEqual(Signature);
    }

    /// <summary>Takes over the file; it is closed with this object, or at once when opening fails.</summary>
    internal static Hdf5File Open(InputFile file)
    {
        try
        {
            return Damage.At(file.Path, null, () => new Hdf5File(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The superblock (HDF5 file format, II.A) says where the root group is.</summary>
    private static long RootAddress(InputFile file)
    {
        var cursor = new ByteCursor(file.Read(0, Math.Min(128, file.Length), 128, "the superblock"));
        cursor.Expect(Signature, "the file");
        int version = cursor.U8();
        if (version > 3) throw new InvalidDataException($"the superblock has the unknown version {version}");
        if (version < 2) cursor.Skip(4);
        int offsetSize = cursor.U8(), lengthSize = cursor.U8();
        if (offsetSize != 8 || lengthSize != 8) throw new InvalidDataException($"addresses of {offsetSize} and lengths of {lengthSize} bytes are not read");
        cursor.Skip(version >= 2 ? 1 : version == 1 ? 13 : 9);
        if (cursor.Address() != 0) throw new InvalidDataException("a file with a base address is not read");
        cursor.Skip(8);
        long end = cursor.Address();
        if (end > file.Length) throw new InvalidDataException($"the file should have {end} bytes, but it has {file.Length}: it was cut off");
        cursor.Skip(version >= 2 ? 0 : 16);
        return cursor.Address();
    }

    /// <summary>A group by its path, such as <c>constituents</c>; null where there is none. The empty path is the root.</summary>
    internal Hdf5Group? Group(string path)
    {
        if (groups.TryGetValue(path, out var known)) return known;
        var header = Header(path);
        if (header is null) return null;
        return groups[path] = Damage.At(file.Path, path.Length == 0 ? null : path, () => new Hdf5Group(file, header));
    }

    /// <summary>A dataset by its path, or null where nothing has that name.</summary>
    internal Hdf5Dataset? Dataset(string path) => Header(path) is { } header && header.First(MessageKind.Layout) is not null ? Hdf5Dataset.Open(file, path, header) : null;

    /// <summary>Attributes of the object at a path.</summary>
    internal IReadOnlyDictionary<string, Hdf5Attribute> Attributes(string path) => Damage.At(file.Path, path.Length == 0 ? null : path, () =>
    {
        var attributes = new Dictionary<string, Hdf5Attribute>(StringComparer.Ordinal);
        if (Header(path) is not { } header) return attributes;
        foreach (var message in header.All(MessageKind.Attribute))
        {
            if (message.Shared) continue;
            var attribute = Hdf5Attribute.Parse(file, message.Body.Span);
            attributes[attribute.Name] = attribute;
        }
        return attributes;
    });

    private ObjectHeader? Header(string path)
    {
        if (path.Length == 0) return root;
        int slash = path.LastIndexOf('/');
        var parent = Group(slash < 0 ? "" : path[..slash]);
        if (parent is null || !parent.Links.TryGetValue(path[(slash + 1)..], out long address)) return null;
        return Damage.At(file.Path, path, () => ObjectHeader.Read(file, address));
    }

    public void Dispose() => file.Dispose();
}

/// <summary>The names in a group.</summary>
internal sealed class Hdf5Group(InputFile file, ObjectHeader header)
{
    /// <summary>Names and the places of their headers.</summary>
    internal IReadOnlyDictionary<string, long> Links { get; } = GroupLinks.Read(file, header);

    /// <summary>Names, in ordinal order.</summary>
    internal IEnumerable<string> Names => Links.Keys.Order(StringComparer.Ordinal);
}
