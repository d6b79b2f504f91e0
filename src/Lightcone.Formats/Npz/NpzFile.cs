using System.IO.Compression;

namespace Lightcone.Formats.Npz;

/// <summary>
/// A NumPy archive: a zip file of .npy arrays. Members are only ever read, never extracted, so their names cannot lead anywhere; claims of size
/// are checked against the archive's length.
/// </summary>
internal sealed class NpzFile : IDisposable
{
    // Deflate expands by 1032 at most.
    private const long ExpansionLimit = 1032;

    private readonly InputFile file;
    private readonly ZipArchive archive;
    private readonly Dictionary<string, ZipArchiveEntry> members = new(StringComparer.Ordinal);

    private NpzFile(InputFile file)
    {
        this.file = file;
        archive = new ZipArchive(new InputFileStream(file), ZipArchiveMode.Read);
        foreach (var entry in archive.Entries)
            if (entry.FullName.EndsWith(".npy", StringComparison.Ordinal)) members[entry.FullName[..^4]] = entry;
    }

    internal string Path => file.Path;

    internal IEnumerable<string> Names => members.Keys.Order(StringComparer.Ordinal);

    internal static bool Recognises(InputFile file)
    {
        if (file.Length < 4) return false;
        Span<byte> start = stackalloc byte[4];
        file.Read(0, start);
        return start.SequenceEqual("PK\u0003\u0004"u8);
    }

    /// <summary>Takes over the file; it is closed with this object, or at once when opening fails.</summary>
    internal static NpzFile Open(InputFile file)
    {
        try
        {
            return Damage.At(file.Path, null, () => new NpzFile(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal bool Contains(string name) => members.ContainsKey(name);

    /// <summary>An array by its name.</summary>
    internal NpyArray Array(string name) => Damage.At(file.Path, name, () =>
    {
        if (!members.TryGetValue(name, out var entry)) throw new InvalidDataException("the archive has no such array");
        if (entry.IsEncrypted) throw new InvalidDataException("the array is encrypted");
        if (entry.Length > file.Length * ExpansionLimit + (1 << 20)) throw new InvalidDataException($"the array claims {entry.Length} bytes in an archive of {file.Length}");
        return new NpyArray(file.Path, name, entry);
    });

    public void Dispose()
    {
        archive.Dispose();
        file.Dispose();
    }
}

/// <summary>An <see cref="InputFile"/> as the stream that the zip reader wants.</summary>
internal sealed class InputFileStream(InputFile file) : Stream
{
    private long position;

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    public override long Length => file.Length;

    public override long Position
    {
        get => position;
        set => position = value >= 0 ? value : throw new InvalidDataException("an archive points before its start");
    }

    public override int Read(Span<byte> buffer)
    {
        int count = (int)Math.Clamp(file.Length - position, 0, buffer.Length);
        file.Read(Math.Min(position, file.Length), buffer[..count]);
        position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => position + offset,
        _ => file.Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
