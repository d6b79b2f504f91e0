using Microsoft.Win32.SafeHandles;

namespace Lightcone.Formats;

/// <summary>A file opened for reading at given places. Every read states its range and is checked against the length first; safe for several threads.</summary>
internal sealed class InputFile : IDisposable
{
    private readonly SafeFileHandle handle;

    private InputFile(string path, SafeFileHandle handle) => (Path, this.handle, Length) = (path, handle, RandomAccess.GetLength(handle));

    internal string Path { get; }

    /// <summary>Short name for messages.</summary>
    internal string Name => System.IO.Path.GetFileName(Path);

    /// <summary>Length in bytes when the file was opened.</summary>
    internal long Length { get; }

    internal static InputFile Open(string path)
    {
        try
        {
            return new InputFile(path, File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or ArgumentException)
        {
            throw new UsageException("there is no such file", path, "the path is mistyped or relative to another folder", "check the path with ls", e);
        }
        catch (UnauthorizedAccessException e)
        {
            string cause = Directory.Exists(path) ? "the path is a folder" : "the file's permissions do not allow reading";
            throw new UsageException("the file cannot be opened", path, cause, "name one file, or change its permissions", e);
        }
        catch (IOException e)
        {
            throw new MachineException("the file cannot be opened", path, e.Message, "check the disk or the network mount", e);
        }
    }

    /// <summary>Fills the buffer from the given place, or fails when the file is shorter.</summary>
    internal void Read(long offset, Span<byte> buffer)
    {
        if (offset < 0 || offset > Length - buffer.Length)
            throw new InvalidDataException($"{buffer.Length} bytes are wanted at {offset}, but the file has {Length} bytes");
        while (buffer.Length > 0)
        {
            int read = RandomAccess.Read(handle, buffer, offset);
            if (read <= 0) throw new InvalidDataException($"the file ends at {offset}, before its length when it was opened ({Length})");
            buffer = buffer[read..];
            offset += read;
        }
    }

    /// <summary>Reads a small range into a new array; the range is checked before anything is allocated.</summary>
    internal byte[] Read(long offset, long count, long limit, string what)
    {
        if (count < 0 || count > limit) throw new InvalidDataException($"{what} claims {count} bytes; at most {limit} are plausible");
        if (offset < 0 || offset > Length - count) throw new InvalidDataException($"{what} lies at {offset} (+{count}), beyond the end of the file ({Length} bytes)");
        var bytes = new byte[count];
        Read(offset, bytes);
        return bytes;
    }

    public void Dispose() => handle.Dispose();
}
