namespace Lightcone;

/// <summary>Files that exist whole or not at all: written under a temporary name, forced to the disk, then renamed.</summary>
public static class AtomicFile
{
    /// <summary>Writes a file; one that was there before stays untouched until the new one is complete.</summary>
    /// <param name="path">The file to make or to replace; its folder must exist.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="MachineException">The folder is missing or read-only, or the disk is full.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string full = Path.GetFullPath(path);
        string temporary = Path.Combine(Path.GetDirectoryName(full)!, $".{Path.GetFileName(full)}.{Guid.NewGuid():N}.tmp");
        try
        {
            using (var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }
            File.Move(temporary, full, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Remove(temporary);
            throw new MachineException($"The file could not be written: {e.Message}", path,
                "the folder does not exist or may not be written to, or the disk is full", "free space, or choose another place for the output", e);
        }
        catch
        {
            Remove(temporary);
            throw;
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one to report; a leftover temporary file harms nothing.
        }
    }
}
