namespace Lightcone;

/// <summary>Writes a file under a temporary name beside it and renames it when complete, so a reader never meets half a file.</summary>
public static class AtomicFile
{
    /// <summary>Writes <paramref name="path"/> by <paramref name="write"/>; on any failure the old file, if there was one, stays.</summary>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        string temporary = path + ".tmp"; // always the same name: what a killed process left is overwritten, not collected
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 16))
            {
                write(stream);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MachineException($"The file cannot be written: {e.Message}", path, "The disk is full, or the folder is read-only.",
                "Free some space, or choose another folder.", e);
        }
        finally
        {
            DeleteQuietly(temporary);
        }
    }

    /// <summary>Writes text (UTF-8, as given) by <see cref="Write"/>.</summary>
    /// <exception cref="MachineException">The disk is full, or the folder cannot be written.</exception>
    public static void WriteText(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    private static void DeleteQuietly(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The error that led here is the one worth telling.
        }
    }
}
